#include "http/request_writer.hpp"

#include <charconv>

#include "box/error.hpp"
#include "box/version.hpp"
#include "network/validation.hpp"

namespace box {
namespace {

[[noreturn]] void refuse(std::string objection) { throw BoxSdkError(Errc::invalidRequest, std::move(objection)); }

void appendHeader(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void appendChecked(std::string& out, HeaderView header, bool& userAgent) {
  if (std::string objection = headerObjection(header.name, header.value); !objection.empty()) {
    refuse(std::move(objection));
  }
  userAgent = userAgent || equalsIgnoreCase(header.name, "User-Agent");
  appendHeader(out, header.name, header.value);
}

const std::string& agent() {
  static const std::string text = "box-sessions/" + std::string(version());
  return text;
}

/// What every request says, as it goes out; with our User-Agent unless the caller has one.
const std::string& common(bool userAgent) {
  static const std::string rest = "X-Box-UA: agent=" + agent() + "; env=c++/" + std::to_string(__cplusplus / 100) +
                                  "\r\nAccept: application/json\r\n";
  static const std::string all = "User-Agent: " + agent() + "\r\n" + rest;
  return userAgent ? rest : all;
}

}  // namespace

void writeRequest(std::string& out, const RequestParts& parts) {
  out.clear();
  if (!isToken(parts.method)) refuse("the method is no token");
  if (!isFieldValue(parts.contentType)) refuse("the content type has characters that no header may have");

  // A Url is made by parseUrl() alone, which lets nothing through that could end a line.
  const std::string_view target = parts.url->path.empty() ? std::string_view("/") : parts.url->path;
  out.append(parts.method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
  out.append(parts.url->authority).append("\r\n");
  if (!parts.bearerToken.empty()) {
    out.append("Authorization: Bearer ").append(parts.bearerToken).append("\r\n");
  }
  bool userAgent = false;
  if (parts.sessionHeaders != nullptr) {
    for (HeaderView header : *parts.sessionHeaders) {
      if (parts.headers == nullptr || !parts.headers->contains(header.name)) appendChecked(out, header, userAgent);
    }
  }
  if (parts.headers != nullptr) {
    for (HeaderView header : *parts.headers) appendChecked(out, header, userAgent);
  }
  out.append(common(userAgent));
  if (!parts.contentType.empty()) {
    appendHeader(out, "Content-Type", parts.contentType);
  } else if (!parts.body.empty()) {
    out.append("Content-Type: application/json\r\n");
  }
  char length[24];
  const auto [end, error] = std::to_chars(length, length + sizeof length, parts.body.size());
  static_cast<void>(error);  // 24 digits hold any size
  out.append("Content-Length: ").append(length, end).append("\r\n\r\n").append(parts.body);
}

void writeConnect(std::string& out, std::string_view authority, std::string_view credentials) {
  out.clear();
  out.reserve(256 + credentials.size());  // at once: no copy of the credentials is left behind
  out.append("CONNECT ").append(authority).append(" HTTP/1.1\r\n");
  appendHeader(out, "Host", authority);
  appendHeader(out, "User-Agent", agent());
  if (!credentials.empty()) out.append("Proxy-Authorization: Basic ").append(credentials).append("\r\n");
  out.append("\r\n");
}

}  // namespace box
