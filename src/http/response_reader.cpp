#include "http/response_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/beast/http/error.hpp>

#include "network/validation.hpp"

namespace box {
namespace {

namespace http = boost::beast::http;

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool isLimit(const error_code& ec) {
  return ec == http::error::header_limit || ec == http::error::body_limit || ec == http::error::buffer_overflow;
}

}  // namespace

void ResponseReader::Parser::on_response_impl(int code, Text, int version, error_code&) {
  reader_.statusCode_ = code;
  reader_.version_ = version;
}

void ResponseReader::Parser::on_field_impl(Field, Text name, Text value, error_code& ec) {
  // Trailers come here too, behind the header; they are counted and dropped.
  if (reader_.headers_.size() >= reader_.limits_->headerFields) {
    ec = http::error::header_limit;
    return;
  }
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
  }
}

void ResponseReader::Parser::on_body_init_impl(const Length& length, error_code&) {
  if (length) reader_.body_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, reader_.limits_->bodyBytes)));
}

std::size_t ResponseReader::Parser::on_body_impl(Text body, error_code& ec) {
  if (body.size() > reader_.limits_->bodyBytes - reader_.body_.size()) {
    ec = http::error::body_limit;
    return 0;
  }
  reader_.body_.append(body.data(), body.size());
  return body.size();
}

const char* ResponseReader::headerComplaint() const {
  if (version_ != 10 && version_ != 11) return "its HTTP version is neither 1.0 nor 1.1";
  if (statusCode_ < 100 || statusCode_ > 599) return "its status is not from 100 to 599";
  if (statusCode_ == 101) return "it switches protocols, which nobody asked for";
  if (statusCode_ < 200) return nullptr;
  if (const auto encoding = headers_.get("Transfer-Encoding")) {
    if (headers_.count("Transfer-Encoding") > 1 || !equalsIgnoreCase(trimmed(*encoding), "chunked")) {
      return "its Transfer-Encoding is other than chunked";
    }
    if (headers_.contains("Content-Length")) return "it has both a Content-Length and a Transfer-Encoding";
    if (version_ == 10) return "it is chunked in HTTP/1.0";
  }
  if (const auto coding = headers_.get("Content-Encoding"); coding && !equalsIgnoreCase(trimmed(*coding), "identity")) {
    return "its body is encoded, which nobody asked for";
  }
  return nullptr;
}

void ResponseReader::start(const ResponseLimits& limits) {
  limits_ = &limits;
  state_ = State::header;
  finalHeader_ = keepAlive_ = false;
  statusCode_ = 0;
  wireBytes_ = interim_ = 0;
  headers_.clear();
  body_.clear();
  error_ = cause_ = {};
  complaint_ = "";
  parser_.reset();
}

std::size_t ResponseReader::feed(std::string_view bytes) {
  std::size_t used = 0;
  if (bytes.empty()) return 0;
  if (wireBytes_ == 0) wireBytes_ = 1;  // begun() must hold before the first byte is used up
  while (used < bytes.size() && (state_ == State::header || state_ == State::body)) {
    if (!parser_) {
      parser_.emplace(*this);
      parser_->eager(true);
      parser_->header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits_->headerBytes, UINT32_MAX)));
      parser_->body_limit(boost::optional<std::uint64_t>(limits_->bodyBytes));
    }
    error_code ec;
    const std::size_t n = parser_->put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), ec);
    used += n;
    wireBytes_ += n;
    if (wireBytes_ > limits_->wireBytes) {
      fail(Errc::responseTooLarge, "it takes more bytes on the wire than ResponseLimits::wireBytes");
    } else if (ec == http::error::need_more) {
      // What the parser leaves is one unfinished line or header block; Beast bounds it only while it is a header.
      if (bytes.size() - used > limits_->headerBytes) fail(Errc::responseTooLarge, "one of its lines is too long", ec);
      break;
    } else if (ec) {
      fail(isLimit(ec) ? Errc::responseTooLarge : Errc::protocolError, complaint_, ec);
    } else if (parser_->is_done()) {
      if (statusCode_ < 200) {
        if (++interim_ > limits_->interimResponses) {
          fail(Errc::responseTooLarge, "more interim responses came than ResponseLimits::interimResponses");
        } else {
          headers_.clear();
          parser_.reset();
        }
      } else {
        keepAlive_ = parser_->keep_alive() && !parser_->need_eof();
        state_ = State::complete;
      }
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
  std::string_view value = headers_.get("Keep-Alive").value_or(std::string_view());
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    std::string_view item = trimmed(value.substr(0, comma));
    value.remove_prefix(std::min(comma + 1, value.size()));
    if (item.size() < 8 || !equalsIgnoreCase(item.substr(0, 8), "timeout=")) continue;
    item.remove_prefix(8);
    std::uint32_t seconds = 0;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), seconds);
    if (error == std::errc() && end == item.data() + item.size()) return std::chrono::seconds(seconds);
  }
  return std::nullopt;
}

void ResponseReader::fail(Errc error, const char* complaint, error_code cause) noexcept {
  state_ = State::failed;
  error_ = error;
  cause_ = cause;
  complaint_ = complaint;
}

}  // namespace box
