#include "http/response_reader.hpp"

#include <algorithm>

#include <boost/beast/http/error.hpp>

#include "network/validation.hpp"
#include "support/number_in.hpp"
#include "support/wipe.hpp"

namespace box::inline v0_1 {
namespace {

namespace http = boost::beast::http;

/// Passes the items of a list header, which may have several lines, to `take` until it returns true. Returns whether it
/// returned true.
template <class Take>
bool findItem(const HttpHeaders& headers, std::string_view name, const Take& take) {
  for (const HeaderView header : headers) {
    if (!equalsIgnoreCase(header.name, name)) continue;
    for (std::string_view value = header.value; !value.empty();) {
      const std::size_t comma = std::min(value.find(','), value.size());
      if (take(trimBlanks(value.substr(0, comma)))) return true;
      value.remove_prefix(std::min(comma + 1, value.size()));
    }
  }
  return false;
}

/// Whether Content-Length or Transfer-Encoding is not as RFC 9112 6 allows.
bool isFraming(const error_code& ec) {
  return ec == http::error::bad_content_length || ec == http::error::multiple_content_length ||
         ec == http::error::bad_transfer_encoding;
}

bool isFramingField(std::string_view line) {
  const std::string_view name = line.substr(0, line.find(':'));
  return equalsIgnoreCase(name, "Content-Length") || equalsIgnoreCase(name, "Transfer-Encoding");
}

/// Whether the text begins with a line that continues the one before.
bool isFolded(std::string_view text) { return text.starts_with(' ') || text.starts_with('\t'); }

std::string statusLine(int version, int status) {
  return std::string(version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ") + std::to_string(status) + " \r\n";
}

const char* tooLong(bool inHeader) noexcept {
  return inHeader ? "its header is longer than ResponseLimits::headerBytes" : "one of its lines is too long";
}

bool isLimit(const error_code& ec) {
  return ec == http::error::header_limit || ec == http::error::body_limit || ec == http::error::buffer_overflow;
}

}  // namespace

void ResponseReader::Parser::on_response_impl(int code, Text, int version, error_code&) {
  reader_.statusCode_ = code;
  reader_.version_ = version;
}

void ResponseReader::clearHeaders() noexcept {
  headers_.clear();
  fields_ = 0;
  hasContentEncoding_ = hasTransferEncoding_ = hasKeepAlive_ = false;
}

void ResponseReader::Parser::on_field_impl(Field field, Text name, Text value, error_code& ec) {
  // The parser also calls this for trailers, after the header. They are counted and dropped.
  if (reader_.fields_ >= reader_.limits_->headerFields) {
    reader_.complaint_ = "it has more fields than ResponseLimits::headerFields";
    ec = http::error::header_limit;
    return;
  }
  ++reader_.fields_;
  if (reader_.finalHeader_) return;
  reader_.hasContentEncoding_ |= field == Field::content_encoding;
  reader_.hasTransferEncoding_ |= field == Field::transfer_encoding;
  reader_.hasKeepAlive_ |= field == Field::keep_alive;
  reader_.headers_.append({name.data(), name.size()}, {value.data(), value.size()});
}

void ResponseReader::Parser::on_header_impl(error_code& ec) {
  if (const char* complaint = reader_.headerComplaint()) {
    reader_.complaint_ = complaint;
    ec = http::error::bad_value;
    return;
  }
  if (reader_.statusCode_ >= 200) {
    reader_.finalHeader_ = true;
    reader_.state_ = State::body;
    reader_.coded_ = reader_.hasContentEncoding_ && findItem(reader_.headers_, "Content-Encoding", isContentCoding);
    if (const char* complaint = reader_.framingComplaint()) {
      reader_.complaint_ = complaint;
      ec = http::error::bad_value;
      return;
    }
    // The length is checked here, because Beast checks it before the header counts as complete; but a 202 is valid
    // whatever body follows.
    const Length length = content_length();
    // From here on only this class measures, because Beast since 1.87 subtracts trailers from the part of the limit
    // that the header has not used.
    header_limit(UINT32_MAX / 2);
    if (!is_done() && length && *length > reader_.limits_->bodyBytes) reader_.bodyTooLarge(ec);
  }
}

void ResponseReader::Parser::on_chunk_header_impl(std::uint64_t size, Text, error_code& ec) {
  reader_.chunkHeaderRead_ = true;
  reader_.lastChunk_ = size == 0;
  if (size > reader_.limits_->bodyBytes - reader_.body_.size()) reader_.bodyTooLarge(ec);
}

void ResponseReader::Parser::on_body_init_impl(const Length& length, error_code&) {
  // Only what has arrived is believed: a server may announce any length.
  constexpr std::uint64_t most = std::uint64_t{64} * 1024;
  if (length) {
    reader_.body_.reserve(
        static_cast<std::size_t>(std::min({*length, most, std::uint64_t{reader_.limits_->bodyBytes}})));
  }
}

std::size_t ResponseReader::Parser::on_body_impl(Text body, error_code& ec) {
  if (body.size() > reader_.limits_->bodyBytes - reader_.body_.size()) {
    reader_.bodyTooLarge(ec);
    return 0;
  }
  makeRoom(reader_.body_, reader_.body_.size() + body.size());
  reader_.body_.append(body.data(), body.size());
  return body.size();
}

void ResponseReader::bodyTooLarge(error_code& ec) {
  complaint_ = "its body is longer than ResponseLimits::bodyBytes";
  ec = http::error::body_limit;
}

const char* ResponseReader::headerComplaint() const {
  if (version_ != 10 && version_ != 11) return "its HTTP version is neither 1.0 nor 1.1";
  if (statusCode_ < 100 || statusCode_ > 599) return "its status is not from 100 to 599";
  if (statusCode_ == 101) return "it switches protocols, which was not requested";
  return nullptr;
}

const char* ResponseReader::framingComplaint() const {
  if (expect_ != Expect::response) return nullptr;
  if (framingIgnored_) return "its Content-Length or Transfer-Encoding is not valid";
  if (hasTransferEncoding_) {
    const std::string_view encoding = headers_.get("Transfer-Encoding").value_or("");
    if (headers_.count("Transfer-Encoding") > 1 || !equalsIgnoreCase(trimBlanks(encoding), "chunked")) {
      return "its Transfer-Encoding is other than chunked";
    }
    if (headers_.contains("Content-Length")) return "it has both a Content-Length and a Transfer-Encoding";
    if (version_ == 10) return "it is chunked in HTTP/1.0";
  }
  return nullptr;
}

ResponseReader::~ResponseReader() { wipe(body_); }

void ResponseReader::start(const ResponseLimits& limits, Expect expect) {
  limits_ = &limits;
  expect_ = expect;
  state_ = State::header;
  begun_ = finalHeader_ = keepAlive_ = coded_ = lastChunk_ = false;
  statusCode_ = 0;
  wireBytes_ = headerBytes_ = lastChunkBytes_ = interim_ = 0;
  clearHeaders();
  body_.clear();
  error_ = cause_ = {};
  complaint_ = "";
  parser_.reset();
}

/// Measures the bytes that one step of the parser has used. Beast measures only the bytes of one call, so its limits
/// would depend on how the bytes arrive.
bool ResponseReader::exceedsSizeLimit(bool inHeader, std::size_t used, std::size_t unfinished) {
  wireBytes_ += used;
  if (inHeader) headerBytes_ += used;
  if (lastChunk_) lastChunkBytes_ += used;
  // After the header, the unfinished part is the header of a chunk, or the last chunk with its trailers. Beast before
  // 1.86 reads these in one step, later versions field by field.
  const std::size_t line = inHeader ? headerBytes_ : lastChunk_ ? lastChunkBytes_ : chunkHeaderRead_ ? used : 0;
  const char* complaint = nullptr;
  if (wireBytes_ > limits_->wireBytes) {
    complaint = "it takes more bytes on the wire than ResponseLimits::wireBytes";
  } else if (line + unfinished > limits_->headerBytes) {
    complaint = tooLong(inHeader);
  } else {
    return false;
  }
  if (inHeader) finalHeader_ = false;
  fail(Errc::responseTooLarge, complaint);
  return true;
}

void ResponseReader::startParser() {
  parser_.emplace(*this);
  parser_->header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits_->headerBytes, UINT32_MAX)));
  parser_->body_limit(boost::none);
  parser_->skip(expect_ != Expect::response);
}

/// Reads the start line when it is complete. Some servers omit the blank before an empty reason, and nearly all clients
/// accept that.
std::size_t ResponseReader::readStartLine(std::string_view bytes, error_code& ec) {
  constexpr std::string_view shortest = "HTTP/1.1 202\r\n";
  const std::size_t size = bytes.find('\n') + 1;
  if (size == 0) {
    ec = http::error::need_more;
    return 0;
  }
  std::string_view line = bytes.substr(0, size);
  char patched[shortest.size() + 1];
  if (size == shortest.size() && line.ends_with("\r\n")) {
    std::copy_n(line.data(), size - 2, patched);
    std::copy_n(" \r\n", 3, patched + size - 2);
    line = std::string_view(patched, sizeof patched);
  }
  const std::size_t n = parser_->put(boost::asio::const_buffer(line.data(), line.size()), ec);
  if (ec && ec != http::error::need_more) return 0;
  ec = {};
  if (n != line.size()) {
    ec = http::error::bad_reason;
    return 0;
  }
  startLineRead_ = true;
  return size;
}

/// In the answer to HEAD, the fields about the body are those of a body that is not sent. They say nothing about the
/// framing of this answer, but they are a part of its header.
void ResponseReader::keepFramingField(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view value = trimBlanks(line.substr(colon + 1, line.size() - colon - 3));
  if (expect_ != Expect::header || fields_ >= limits_->headerFields || !isFieldValue(value)) return;
  ++fields_;
  headers_.append(line.substr(0, colon), value);
}

/// Reads all fields except those about the body, which the parser would check and refuse.
std::size_t ResponseReader::readFields(std::string_view bytes, error_code& ec) {
  constexpr std::string_view lineBreak = "\r\n";
  const std::size_t end = bytes.starts_with(lineBreak) ? 0 : bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    ec = http::error::need_more;
    return 0;
  }
  const std::size_t size = end == 0 ? lineBreak.size() : end + 2 * lineBreak.size();
  std::string kept;
  bool dropped = false;
  for (std::string_view rest = bytes.substr(0, size); !rest.empty();) {
    const std::size_t length = rest.find(lineBreak) + lineBreak.size();
    const std::string_view line = rest.substr(0, length);
    rest.remove_prefix(length);
    if (!isFolded(line)) {
      dropped = isFramingField(line);
      if (dropped && !isFolded(rest)) keepFramingField(line);
    }
    if (!dropped) kept.append(line);
  }
  const std::size_t n = parser_->put(boost::asio::const_buffer(kept.data(), kept.size()), ec);
  if (ec == http::error::need_more || (!ec && n != kept.size())) ec = http::error::bad_field;
  // Returned with an error too, because the size limit applies also to a header with an error about the body.
  return size;
}

/// Performs one step of the parser.
std::size_t ResponseReader::readStep(std::string_view bytes, error_code& ec) {
  chunkHeaderRead_ = false;
  if (!startLineRead_) return readStartLine(bytes, ec);
  if (state_ == State::header && framingIgnored_) return readFields(bytes, ec);
  return parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
}

/// The header may be complete although the parser refuses its fields about the body. So the rest of the header is read
/// with a new parser, without these fields.
void ResponseReader::ignoreFraming() {
  framingIgnored_ = true;
  startParser();
  error_code ignored;
  readStartLine(statusLine(version_, statusCode_), ignored);
}

void ResponseReader::failParsing(bool inHeader, const error_code& ec) {
  const char* complaint = *complaint_ != '\0' ? complaint_
                          : isLimit(ec)       ? tooLong(inHeader)
                          : inHeader          ? "its header is not valid HTTP"
                                              : "its body is not valid HTTP";
  fail(isLimit(ec) ? Errc::responseTooLarge : Errc::protocolError, complaint, ec);
}

void ResponseReader::endMessage() {
  if (statusCode_ < 200) {
    if (++interim_ > limits_->interimResponses) {
      return fail(Errc::responseTooLarge, "more interim responses came than ResponseLimits::interimResponses");
    }
    clearHeaders();
    parser_.reset();
    return;
  }
  keepAlive_ = parser_->keep_alive() && !parser_->need_eof();
  // If an HTTP/1.0 peer says both keep-alive and close, Beast keeps the connection; RFC 9112 9.3 requires that it is
  // closed.
  const auto isClose = [](std::string_view item) { return equalsIgnoreCase(item, "close"); };
  if (keepAlive_ && version_ == 10) keepAlive_ = !findItem(headers_, "Connection", isClose);
  state_ = State::complete;
}

std::size_t ResponseReader::feed(std::string_view bytes) {
  constexpr std::string_view beginning = "HTTP/1.";
  constexpr std::size_t shortestLastChunk = 5;  // a zero and two line breaks
  std::size_t used = 0;
  if (!bytes.empty()) begun_ = true;  // before the first byte is used
  while (used < bytes.size() && (state_ == State::header || state_ == State::body)) {
    if (!parser_) {
      startParser();
      startLineRead_ = false;
      framingIgnored_ = expect_ != Expect::response;
    }
    const bool inHeader = state_ == State::header;
    const std::string_view rest = bytes.substr(used);
    // Beast before 1.86 asserts that the last chunk is complete if it is passed a second time. The end of a chunked
    // body has at least this many bytes.
    if (!inHeader && parser_->chunked() && !lastChunk_ && rest.size() < shortestLastChunk) break;
    // Checked at once, not when the line is complete, because a peer that speaks another protocol may never end a line.
    if (!startLineRead_ && !rest.starts_with(beginning.substr(0, rest.size()))) {
      fail(Errc::protocolError, "it does not begin with HTTP/1");
      break;
    }
    error_code ec;
    const std::size_t n = readStep(rest, ec);
    used += n;
    const bool unfinished = ec == http::error::need_more;
    if (exceedsSizeLimit(inHeader, n, unfinished ? bytes.size() - used : 0)) break;
    if (unfinished) break;
    if (inHeader && isFraming(ec)) {
      ignoreFraming();
    } else if (ec) {
      failParsing(inHeader, ec);
    } else if (parser_->is_done()) {
      endMessage();
    } else if (n == 0) {
      break;
    }
  }
  return used;
}

void ResponseReader::finish(bool orderly) {
  if (state_ == State::complete || state_ == State::failed) return;
  if (state_ == State::body && orderly && parser_ && parser_->need_eof()) {
    error_code ec;
    parser_->put_eof(ec);
    if (!ec) {
      state_ = State::complete;
      return;
    }
    fail(Errc::connectionLost, "it was cut short", ec);
    return;
  }
  fail(Errc::connectionLost, begun() ? "it was cut short" : "");
}

std::optional<std::chrono::seconds> ResponseReader::keepAliveTimeout() const {
  if (!hasKeepAlive_) return std::nullopt;  // the usual case
  std::optional<std::chrono::seconds> timeout;
  findItem(headers_, "Keep-Alive", [&](std::string_view item) {
    if (!startsWithIgnoreCase(item, "timeout=")) return false;
    item.remove_prefix(8);
    const auto seconds = numberIn<std::uint32_t>(item);
    if (seconds) timeout = std::chrono::seconds(*seconds);
    return seconds.has_value();
  });
  return timeout;
}

void ResponseReader::fail(Errc error, const char* complaint, error_code cause) noexcept {
  state_ = State::failed;
  error_ = error;
  cause_ = cause;
  complaint_ = complaint;
}

}  // namespace box::inline v0_1
