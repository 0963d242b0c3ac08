// The input is what a peer sends after several requests on one connection, separated by form feeds. The first line says
// how it arrives; see response.cpp.
#include <string>
#include <vector>

#include "fuzz/response_peer.hpp"

namespace {

using namespace box;
using namespace box::fuzz;
using State = ResponseReader::State;

/// A second implementation, which decides where the first final response ends, what its body is and whether the
/// connection stays open, for bytes that are a valid response. It follows RFC 9112 6.3 and 9.3 and does not validate
/// anything else.
class Framing {
 public:
  explicit Framing(std::string_view bytes) : bytes_(bytes) {
    while (header()) {
    }
  }

  std::size_t end() const { return at_; }
  const std::string& body() const { return body_; }
  /// The body lasts until the connection ends.
  bool untilEnd() const { return untilEnd_; }
  bool persists() const { return !close_ && (keep_ || newest_) && !untilEnd_; }

 private:
  std::string_view line() {
    const std::size_t end = bytes_.find("\r\n", at_);
    require(end != std::string_view::npos, "a response has whole lines");
    const std::string_view line = bytes_.substr(at_, end - at_);
    at_ = end + 2;
    return line;
  }

  struct Field {
    std::string name, value;
  };

  /// The lines up to an empty one.
  std::vector<Field> fields() {
    std::vector<Field> fields;
    for (std::string_view next = line(); !next.empty(); next = line()) {
      const bool folded = (next.front() == ' ' || next.front() == '\t') && !fields.empty();
      const std::size_t colon = folded ? 0 : next.find(':');
      if (!folded) fields.push_back({lowerCase(next.substr(0, std::min(colon, next.find_first_of(" \t")))), ""});
      fields.back().value += next.substr(folded ? 0 : colon + 1);
      if (fields.back().name == "connection") options(fields.back().value);
    }
    return fields;
  }

  /// Reads the options of a Connection header. A peer may also send them in its trailers.
  void options(std::string_view list) {
    while (!list.empty()) {
      const std::string_view option = takeLine(list, ',');
      const std::size_t first = std::min(option.find_first_not_of(" \t"), option.size());
      const std::string word = lowerCase(option.substr(first, option.find_last_not_of(" \t") + 1 - first));
      close_ = close_ || word == "close";
      keep_ = keep_ || word == "keep-alive";
    }
  }

  /// True for an interim response, after which another response follows.
  bool header() {
    const std::string_view start = line(), status = start.substr(9, 3);
    newest_ = start.starts_with("HTTP/1.1");
    close_ = keep_ = false;
    bool chunked = false;
    std::string length;
    for (const Field& field : fields()) {
      chunked = chunked || field.name == "transfer-encoding";
      if (field.name != "content-length") continue;
      const std::size_t first = field.value.find_first_of("0123456789");
      length = field.value.substr(first, field.value.find_first_not_of("0123456789", first) - first);
    }
    if (status.front() == '1') return true;
    if (status == "204" || status == "304") return false;
    if (chunked) {
      chunks();
    } else if (!length.empty()) {
      take(std::stoul(length));
    } else {
      untilEnd_ = true;
      take(bytes_.size() - at_);
    }
    return false;
  }

  void chunks() {
    while (const std::size_t size = std::stoul(std::string(line()), nullptr, 16)) {
      take(size);
      require(line().empty(), "a line break follows a chunk");
    }
    fields();  // trailers
  }

  void take(std::size_t size) {
    require(size <= bytes_.size() - at_, "a response is whole");
    body_ += bytes_.substr(at_, size);
    at_ += size;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string body_;
  bool untilEnd_ = false, close_ = false, keep_ = false, newest_ = false;
};

Outcome read(Feeder feeder, std::string_view bytes, Feeder::End end) {
  feeder.feed(bytes);
  return feeder.finish(end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes = textOf(data, size);
  std::string_view sizes = takeLine(bytes);
  const unsigned choice = sizes.empty() ? 0 : static_cast<unsigned char>(sizes.front());
  sizes.remove_prefix(sizes.empty() ? 0 : 1);
  const auto lastEnd = static_cast<Feeder::End>(choice % 4 % 3);
  const ResponseLimits limits;
  Pieces pieces(sizes);

  ResponseReader reader;  // one reader for all responses of the connection
  while (!bytes.empty()) {
    const std::string_view answer = takeLine(bytes, '\f');
    const Feeder::End end = bytes.empty() ? lastEnd : Feeder::End::open;

    // The pieces are fed until there is a response. What remains of the last pieces comes after it.
    Feeder feeder(reader, limits);
    std::string_view onItsWay = answer;
    while (feeder.isOpen() && !onItsWay.empty()) feeder.feed(pieces.take(onItsWay));
    const std::size_t used = feeder.used();
    feeder.feed(onItsWay);
    Outcome outcome = feeder.finish(end);

    ResponseReader fresh;
    require(agree(outcome, read(Feeder(fresh, limits), answer, end)),
            "a response does not depend on its pieces or on earlier responses");
    if (outcome.state != State::complete) break;

    const Framing framing(answer);
    require(framing.body() == outcome.body, "the body is that of this response");
    require(framing.untilEnd() || framing.end() + outcome.leftover.size() == answer.size(),
            "bytes after the response are noticed");
    require(!framing.untilEnd() || end == Feeder::End::orderly,
            "only an orderly end of the connection ends a response");
    require(framing.persists() == outcome.keepAlive, "the connection stays open where both ends say so");
    if (!framing.untilEnd()) {
      require(used == framing.end(), "the reader uses no byte after the response");
      outcome.leftover += bytes;
      const std::string all = std::string(answer) + std::string(bytes);
      require(read(Feeder(fresh, limits), all, end) == outcome, "a response does not depend on the bytes after it");
    }
    if (!outcome.keepAlive || used != answer.size()) break;  // the client closes the connection
  }
  return 0;
}
