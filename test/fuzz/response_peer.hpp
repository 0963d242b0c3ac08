#pragma once

#include <string>
#include <string_view>

#include "fuzz/fuzz.hpp"
#include "http/response_reader.hpp"

namespace box::fuzz {

/// The result for a response: all that a ResponseReader says about it.
struct Outcome {
  using State = ResponseReader::State;

  State state = State::header;
  bool headerComplete = false, keepAlive = false, bodyIntact = false;
  int status = 0;
  std::string headers, body, leftover;
  error_code error{};

  bool operator==(const Outcome&) const = default;

  /// The header was not complete within the limits, so that Beast may not have examined all of its lines.
  bool isUndecided() const {
    if (error == Errc::responseTooLarge) return true;
    return (state == State::header || error == Errc::connectionLost) && leftover.find("\r\n\r\n") == std::string::npos;
  }
};

/// Whether two results are the same, except for one difference: Beast refuses a malformed line at once if it is the
/// first one in a call, and otherwise at the end of the header (or of the chunk's header), where a limit or the end of
/// the connection may have come first.
inline bool agree(const Outcome& a, const Outcome& b) {
  using State = ResponseReader::State;
  if (a == b) return true;
  if (a.state == State::complete || b.state == State::complete || a.headerComplete != b.headerComplete) return false;
  // After the header the body is lost in both cases.
  if (a.headerComplete) return a.status == b.status && a.headers == b.headers;
  return a.isUndecided() || b.isUndecided();
}

/// The sizes of the pieces: each character is a size, and the sizes are repeated. Empty: single bytes.
class Pieces {
 public:
  explicit Pieces(std::string_view sizes) : sizes_(sizes) {}

  /// Removes the next piece from `bytes` and gives it.
  std::string_view take(std::string_view& bytes) {
    const unsigned wanted = sizes_.empty() ? 1 : static_cast<unsigned char>(sizes_[next_++ % sizes_.size()]);
    const std::string_view piece = bytes.substr(0, wanted == 0 ? 256 : wanted);
    bytes.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view sizes_;
  std::size_t next_ = 0;
};

/// Feeds a reader as an exchange does: bytes that it has not used are given again, followed by new ones.
class Feeder {
 public:
  enum class End { open, orderly, cut };

  Feeder(ResponseReader& reader, const ResponseLimits& limits,
         ResponseReader::Expect expect = ResponseReader::Expect::response)
      : reader_(reader), limits_(limits) {
    reader_.start(limits_, expect);
  }

  void feed(std::string_view piece) {
    buffer_.append(piece);
    const std::size_t used = reader_.feed(buffer_);
    require(used <= buffer_.size(), "no more bytes are used than were given");
    buffer_.erase(0, used);
    used_ += used;
    require(reader_.headers().size() <= limits_.headerFields, "fields are limited");
    if (isOpen()) {
      require(used_ <= limits_.wireBytes, "bytes on the wire are limited");
      require(buffer_.size() <= limits_.headerBytes, "the unused bytes are limited");
    }
  }

  /// Whether the reader needs more bytes.
  bool isOpen() const {
    return reader_.state() == ResponseReader::State::header || reader_.state() == ResponseReader::State::body;
  }
  /// How many bytes the response has used.
  std::size_t used() const { return used_; }

  Outcome finish(End end) {
    using State = ResponseReader::State;
    if (end != End::open) {
      reader_.finish(end == End::orderly);
      require(!isOpen(), "the response ends when its bytes end");
    }
    Outcome outcome;
    outcome.state = reader_.state();
    outcome.headerComplete = reader_.headerComplete();
    outcome.keepAlive = reader_.keepAlive();
    outcome.bodyIntact = reader_.bodyIntact();
    outcome.error = reader_.error();
    require(!outcome.bodyIntact || outcome.state == State::complete, "an incomplete body is not intact");
    require(outcome.error.failed() == (*reader_.complaint() != '\0') || !reader_.begun(), "a failure has a reason");
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
    }
    // The rest of a response that failed after its header is not compared.
    if (outcome.state == State::complete || !outcome.headerComplete) outcome.leftover = buffer_;
    return outcome;
  }

 private:
  ResponseReader& reader_;
  const ResponseLimits& limits_;
  std::string buffer_;
  std::size_t used_ = 0;
};

}  // namespace box::fuzz
