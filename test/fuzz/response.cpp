// The input is a response, in pieces of any size. The first line says how it arrives: its first byte chooses the end of
// the connection, the limits and the kind of the request; each further byte is the size of a piece, and the sizes are
// repeated. Without sizes the response comes byte by byte.
#include "fuzz/response_peer.hpp"

#include "pipeline/judge.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace box;
  using namespace box::fuzz;
  std::string_view bytes = textOf(data, size);
  std::string_view sizes = takeLine(bytes);
  const unsigned choice = sizes.empty() ? 0 : static_cast<unsigned char>(sizes.front());
  sizes.remove_prefix(sizes.empty() ? 0 : 1);
  ResponseLimits limits;
  if (choice & 4U) {
    limits.headerBytes = 100;
    limits.headerFields = 4;
    limits.interimResponses = 1;
    limits.bodyBytes = 40;
    limits.wireBytes = 250;
  }
  const auto end = static_cast<Feeder::End>(choice % 4 % 3);
  const auto expect = static_cast<ResponseReader::Expect>(choice / 8 % 4 % 3);

  ResponseReader reader, other;
  Feeder atOnce(reader, limits, expect), inPieces(other, limits, expect);
  atOnce.feed(bytes);
  const Outcome outcome = atOnce.finish(end);
  Pieces pieces(sizes);
  while (!bytes.empty()) inPieces.feed(pieces.take(bytes));
  require(agree(outcome, inPieces.finish(end)), "the outcome does not depend on the pieces");

  if (expect != ResponseReader::Expect::response) {
    require(!outcome.headerComplete || outcome.state == ResponseReader::State::complete,
            "a response without a body ends with its header");
    require(outcome.body.empty(), "there is no body");
  }
  if (outcome.headerComplete) {
    FetchResponse response;
    response.statusCode = outcome.status;
    response.headers = reader.takeHeaders();
    const Verdict verdict = judgeResponse(response, 202, "POST");
    require(!verdict.success || outcome.status == 202, "nothing is success without a 202");
    require((verdict.fate == Fate::accepted) == verdict.success, "what is accepted is success");
  }
  return 0;
}
