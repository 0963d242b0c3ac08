#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>

#include "box/error.hpp"
#include "box/network/headers.hpp"
#include "box/network/options.hpp"

namespace box::inline v0_1 {

/// Reads one final response from bytes, or says why they are not a response. It has no I/O.
///
/// Beast's parser checks the syntax; this class checks what the parser accepts: the range of the status, the framing
/// (exactly `chunked` or a length, never both), the number of fields and of interim responses, and all bytes on the
/// wire, because no limit of Beast counts chunk headers and extensions. A header is complete when its lines are
/// complete: if its fields about the body are not valid, the body is lost, but the status is valid. A status line may
/// lack the blank before its reason.
class ResponseReader {
 public:
  enum class State : std::uint8_t { header, body, complete, failed };

  enum class Expect : std::uint8_t {
    response,
    header,  ///< the answer to HEAD: it has no body, whatever its header says
    tunnel,  ///< a proxy's answer to CONNECT: it has no body either
  };

  ResponseReader() = default;
  /// Wipes a body that was not taken, because it may contain a token.
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  /// Drops everything and expects a new response.
  void start(const ResponseLimits& limits, Expect expect = Expect::response);

  /// Takes bytes in order and returns how many it has used. The others must be given again, together with later bytes,
  /// unless the state is `complete` (then they do not belong to the response) or `failed`.
  std::size_t feed(std::string_view bytes);

  /// The peer will send no more bytes. `orderly`: whether it has said that by close_notify; without it, a body that
  /// ends with the connection may have been cut.
  void finish(bool orderly);

  State state() const noexcept { return state_; }
  bool headerComplete() const noexcept { return state_ == State::body || state_ == State::complete || finalHeader_; }
  /// Whether at least one byte was fed.
  bool begun() const noexcept { return begun_; }
  /// If the state is `failed`: Errc::protocolError, responseTooLarge or connectionLost; `cause` is Beast's error.
  const error_code& error() const noexcept { return error_; }
  const error_code& cause() const noexcept { return cause_; }
  /// A description of the failure, if it says more than the error code; otherwise empty. The text is static.
  const char* complaint() const noexcept { return complaint_; }
  /// Whether the response is complete and its body can be used, because it is not in a coding that was not requested.
  bool bodyIntact() const noexcept { return state_ == State::complete && (!coded_ || body_.empty()); }

  int statusCode() const noexcept { return statusCode_; }
  const HttpHeaders& headers() const noexcept { return headers_; }
  HttpHeaders takeHeaders() noexcept { return std::move(headers_); }
  std::string takeBody() noexcept { return std::move(body_); }

  /// Whether the connection may be used for another request: the response is complete, and its end was not marked by
  /// the end of the connection.
  bool keepAlive() const noexcept { return state_ == State::complete && keepAlive_; }
  /// The seconds of `Keep-Alive: timeout=N`; if there are several, the first.
  std::optional<std::chrono::seconds> keepAliveTimeout() const;

 private:
  class Parser;
  friend class Parser;

  void fail(Errc error, const char* complaint, error_code cause = {}) noexcept;
  bool exceedsSizeLimit(bool inHeader, std::size_t used, std::size_t unfinished);
  void startParser();
  void clearHeaders() noexcept;
  std::size_t readStep(std::string_view bytes, error_code& ec);
  void ignoreFraming();
  void failParsing(bool inHeader, const error_code& ec);
  void endMessage();
  std::size_t readStartLine(std::string_view bytes, error_code& ec);
  void keepFramingField(std::string_view line);
  std::size_t readFields(std::string_view bytes, error_code& ec);
  void bodyTooLarge(error_code& ec);
  const char* headerComplaint() const;
  const char* framingComplaint() const;

  class Parser final : public boost::beast::http::basic_parser<false> {
   public:
    explicit Parser(ResponseReader& reader) : reader_(reader) {}

   private:
    using Field = boost::beast::http::field;
    using Verb = boost::beast::http::verb;
    using Text = boost::beast::string_view;
    using Length = boost::optional<std::uint64_t>;

    void on_request_impl(Verb, Text, Text, int, error_code&) override {}
    void on_response_impl(int code, Text reason, int version, error_code& ec) override;
    void on_field_impl(Field, Text name, Text value, error_code& ec) override;
    void on_header_impl(error_code& ec) override;
    void on_body_init_impl(const Length& length, error_code& ec) override;
    std::size_t on_body_impl(Text body, error_code& ec) override;
    void on_chunk_header_impl(std::uint64_t size, Text, error_code& ec) override;
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code& ec) override { return on_body_impl(body, ec); }
    void on_finish_impl(error_code&) override {}

    ResponseReader& reader_;
  };

  std::optional<Parser> parser_;
  const ResponseLimits* limits_ = nullptr;
  Expect expect_ = Expect::response;
  State state_ = State::header;
  bool begun_ = false;
  bool finalHeader_ = false;
  bool keepAlive_ = false;
  bool coded_ = false;
  bool startLineRead_ = false;    // whether this parser has read the start line
  bool framingIgnored_ = false;   // whether this parser is given no fields about the body
  bool chunkHeaderRead_ = false;  // whether the last step of the parser has read it
  bool lastChunk_ = false;        // whether the header of the last chunk was read; only trailers follow it
  // Whether the response has these fields, which are rare. A search by name would read all fields.
  bool hasContentEncoding_ = false;
  bool hasTransferEncoding_ = false;
  bool hasKeepAlive_ = false;
  int statusCode_ = 0;
  int version_ = 11;
  std::size_t wireBytes_ = 0;
  std::size_t headerBytes_ = 0;  // interim responses included
  std::size_t lastChunkBytes_ = 0;
  std::size_t fields_ = 0;  // how many fields this response has, trailers included
  std::size_t interim_ = 0;
  HttpHeaders headers_;
  std::string body_;
  error_code error_, cause_;
  const char* complaint_ = "";
};

}  // namespace box::inline v0_1
