// Any bytes as a response, in any pieces. The first line is about the way in which they come: its first byte chooses the end
// of the connection and the limits, each further one is the size of a piece, over and over. Without them: byte by byte.
#include "http/response_reader.hpp"

#include <string>

#include "fuzz/fuzz.hpp"

namespace {

using namespace box;
using namespace box::fuzz;
using State = ResponseReader::State;

enum class End { open, orderly, cut };

struct Outcome {
  State state = State::header;
  bool headerComplete = false, keepAlive = false;
  int status = 0;
  std::string headers, body, leftover;
  error_code error{};

  bool operator==(const Outcome&) const = default;

  /// Its header did not come to its end within the limits, so that Beast may not have looked at all of its lines.
  bool isUndecided() const {
    if (error == Errc::responseTooLarge) return true;
    return (state == State::header || error == Errc::connectionLost) && leftover.find("\r\n\r\n") == std::string::npos;
  }
};

/// Alike but for this: Beast refuses a malformed line at once where it comes first in a call, and at the end of the header
/// (or of the chunk's header) where it comes later, when a limit or the end of the connection may have been met before.
bool agree(const Outcome& a, const Outcome& b) {
  if (a == b) return true;
  if (a.state == State::complete || b.state == State::complete || a.headerComplete != b.headerComplete) return false;
  // Behind the header the body is lost in any case.
  if (a.headerComplete) return a.status == b.status && a.headers == b.headers;
  return a.isUndecided() || b.isUndecided();
}

class Peer {
 public:
  Peer(const ResponseLimits& limits, End end) : limits_(limits), end_(end) { reader_.start(limits_); }

  void send(std::string_view piece) {
    buffer_.append(piece);
    const std::size_t used = reader_.feed(buffer_);
    require(used <= buffer_.size(), "no more is used than there is");
    buffer_.erase(0, used);
    used_ += used;
    require(reader_.headers().size() <= limits_.headerFields, "fields are limited");
    if (reader_.state() == State::header || reader_.state() == State::body) {
      require(used_ <= limits_.wireBytes, "bytes on the wire are limited");
      require(buffer_.size() <= limits_.headerBytes, "what is not used up yet is limited");
    }
  }

  Outcome finish() {
    if (end_ != End::open) {
      reader_.finish(end_ == End::orderly);
      require(reader_.state() == State::complete || reader_.state() == State::failed, "the end of the bytes is an end");
    }
    Outcome outcome;
    outcome.state = reader_.state();
    outcome.headerComplete = reader_.headerComplete();
    outcome.keepAlive = reader_.keepAlive();
    outcome.error = reader_.error();
    require((outcome.state == State::failed) == static_cast<bool>(outcome.error), "a failure has a code");
    if (outcome.headerComplete) {
      outcome.status = reader_.statusCode();
      require(outcome.status >= 200 && outcome.status <= 599, "the final status is from 200 to 599");
      for (HeaderView h : reader_.headers()) outcome.headers.append(h.name).append("=").append(h.value).append("\n");
    }
    if (outcome.state == State::complete) {
      outcome.body = reader_.takeBody();
      require(outcome.body.size() <= limits_.bodyBytes, "the body is limited");
      require(used_ <= limits_.wireBytes, "bytes on the wire are limited");
      reader_.keepAliveTimeout();
    }
    // What is left of a response that failed behind its header belongs to nobody.
    if (outcome.state == State::complete || !outcome.headerComplete) outcome.leftover = buffer_;
    return outcome;
  }

 private:
  const ResponseLimits& limits_;
  End end_;
  ResponseReader reader_;
  std::string buffer_;
  std::size_t used_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes = textOf(data, size);
  std::string_view pieces = takeLine(bytes);
  const auto byte = [](char c) { return static_cast<unsigned char>(c); };
  const unsigned choice = pieces.empty() ? 0 : byte(pieces.front());
  pieces.remove_prefix(pieces.empty() ? 0 : 1);
  ResponseLimits limits;
  if (choice & 4U) {
    limits.headerBytes = 100;
    limits.headerFields = 4;
    limits.interimResponses = 1;
    limits.bodyBytes = 40;
    limits.wireBytes = 250;
  }
  const End end = static_cast<End>(choice % 4 % 3);

  Peer atOnce(limits, end), inPieces(limits, end);
  atOnce.send(bytes);
  for (std::size_t at = 0, i = 0; at < bytes.size(); ++i) {
    const std::size_t wanted = pieces.empty() ? 1 : byte(pieces[i % pieces.size()]);
    const std::string_view piece = bytes.substr(at, wanted == 0 ? 256 : wanted);
    inPieces.send(piece);
    at += piece.size();
  }
  require(agree(atOnce.finish(), inPieces.finish()), "the outcome does not depend on the pieces");
  return 0;
}
