#include "cli/redirect.hpp"

#include <algorithm>
#include <cstring>

#include <box/auth/oauth.hpp>

namespace box::cli {

namespace {

std::string_view reasonOf(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 431: return "Request Header Fields Too Large";
    default: return "Bad Request";
  }
}

}  // namespace

RequestHead::~RequestHead() { ::explicit_bzero(text_.data(), text_.capacity()); }

RequestHead::State RequestHead::feed(std::string_view bytes) {
  if (state_ != State::incomplete) return state_;
  // The end may lie across two pieces.
  const std::size_t from = text_.size() < 3 ? 0 : text_.size() - 3;
  text_.append(bytes.substr(0, limit - text_.size()));
  return state_ = examine(from);
}

RequestHead::State RequestHead::examine(std::size_t from) {
  const std::size_t lineEnd = text_.find("\r\n");
  if (lineEnd != std::string::npos && targetEnd_ == 0) {
    const std::string_view line(text_.data(), lineEnd);
    methodEnd_ = line.find(' ');
    if (methodEnd_ == std::string_view::npos || methodEnd_ == 0) return State::malformed;
    const std::size_t targetEnd = line.find(' ', methodEnd_ + 1);
    if (targetEnd == std::string_view::npos) return State::malformed;
    const std::string_view target = line.substr(methodEnd_ + 1, targetEnd - methodEnd_ - 1);
    const auto visible = [](char c) { return c > ' ' && c < 0x7f; };
    const std::string_view version = line.substr(targetEnd + 1);
    if (!target.starts_with('/') || !std::all_of(target.begin(), target.end(), visible) ||
        (version != "HTTP/1.1" && version != "HTTP/1.0")) {
      return State::malformed;
    }
    targetEnd_ = targetEnd;
  }
  if (text_.find("\r\n\r\n", from) != std::string::npos) return State::complete;
  return text_.size() >= limit ? State::tooLarge : State::incomplete;
}

std::string_view RequestHead::method() const noexcept { return std::string_view(text_).substr(0, methodEnd_); }

std::string_view RequestHead::target() const noexcept {
  return std::string_view(text_).substr(methodEnd_ + 1, targetEnd_ - methodEnd_ - 1);
}

RedirectAnswer judgeRedirect(const RequestHead& head, std::string_view path, std::string_view state) {
  RedirectAnswer out;
  if (head.state() == RequestHead::State::tooLarge) {
    out.status = 431;
    out.text = "This request is too large.";
    return out;
  }
  if (head.state() != RequestHead::State::complete) {
    out.text = "This is no request that box-sessions understands.";
    return out;
  }
  if (head.method() != "GET") {
    out.status = 405;
    out.text = "Only GET is answered here.";
    return out;
  }
  const std::string_view target = head.target();
  if (target.substr(0, target.find('?')) != path) {
    out.status = 404;
    out.text = "There is nothing here.";
    return out;
  }
  try {
    out.code = BoxOAuth::authorizationCode(target, state);
    out.status = 200;
    out.text = "Box has answered. Close this page and go back to the terminal: it says whether you are signed in.";
  } catch (const BoxSdkError& error) {
    if (error.code() == Errc::invalidRequest) {
      out.text =
          "This does not belong to the sign-in that box-sessions waits for. Open the address that it shows in the "
          "terminal.";
    } else {
      out.failure = error;
      out.status = 200;
      out.text = "You are not signed in. Close this page and go back to the terminal: it says why.";
    }
  }
  return out;
}

std::string httpPage(int status, std::string_view text) {
  std::string out = "HTTP/1.1 " + std::to_string(status) + " ";
  out.append(reasonOf(status));
  if (status == 405) out += "\r\nAllow: GET";
  out +=
      "\r\nContent-Type: text/plain; charset=utf-8"
      "\r\nX-Content-Type-Options: nosniff"
      "\r\nCache-Control: no-store"
      "\r\nContent-Security-Policy: default-src 'none'"
      "\r\nReferrer-Policy: no-referrer"
      "\r\nConnection: close"
      "\r\nContent-Length: " +
      std::to_string(text.size() + 1) + "\r\n\r\n";
  return out.append(text).append("\n");
}

}  // namespace box::cli
