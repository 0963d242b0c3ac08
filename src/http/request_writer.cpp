#include "http/request_writer.hpp"

#include <charconv>

#include "box/version.hpp"
#include "support/ascii.hpp"
#include "support/wipe.hpp"

namespace box::inline v0_1 {
namespace {

void appendHeader(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

/// Whether the request has a header with the same name, which replaces this header of the session.
bool givesWay(const RequestParts& parts, HeaderView header) {
  return parts.headers != nullptr && parts.headers->contains(header.name);
}

/// Which of the library's own headers the caller has set, so that they are sent once.
struct Replaced {
  bool userAgent = false, accept = false;
};

void append(std::string& out, HeaderView header, Replaced& replaced) {
  replaced.userAgent = replaced.userAgent || equalsIgnoreCase(header.name, "User-Agent");
  replaced.accept = replaced.accept || equalsIgnoreCase(header.name, "Accept");
  appendHeader(out, header.name, header.value);
}

/// Whether the request has a Content-Length. RFC 9110 8.6: a request without a body has one only if the server expects
/// a body because of the method.
bool tellsLength(const RequestParts& parts) {
  if (!parts.body.empty()) return true;
  return parts.method == "POST" || parts.method == "PUT" || parts.method == "PATCH";
}

const std::string& agent() {
  static const std::string text = "box-sessions/" + std::string(version());
  return text;
}

/// The headers of every request, as they are sent, without those that the caller has replaced.
struct CommonHeaders {
  const std::string userAgent = "User-Agent: " + agent() + "\r\n";
  const std::string client = "X-Box-UA: agent=" + agent() + "; env=c++/" + std::to_string(__cplusplus / 100) + "\r\n";
  const std::string accept = "Accept: application/json\r\n";
  const std::string all = userAgent + client + accept;

  void appendTo(std::string& out, Replaced replaced) const {
    if (!replaced.userAgent && !replaced.accept) {
      out.append(all);
      return;
    }
    if (!replaced.userAgent) out.append(userAgent);
    out.append(client);
    if (!replaced.accept) out.append(accept);
  }
};

const CommonHeaders& common() {
  static const CommonHeaders headers;
  return headers;
}

std::size_t sizeOf(const HttpHeaders* headers) {
  std::size_t size = 0;
  if (headers != nullptr) {
    for (const HeaderView header : *headers) size += header.name.size() + header.value.size() + 4;
  }
  return size;
}

/// The memory to reserve: at least the size of the request, because growing would leave copies of the token in memory.
std::size_t roomFor(const RequestParts& parts) {
  constexpr std::size_t rest = 256;  // for the start line, and for the headers that each request has
  return rest + common().all.size() + parts.method.size() + parts.prefix.size() + parts.path.size() +
         parts.query.size() + parts.authority.size() + parts.bearerToken.size() + sizeOf(parts.sessionHeaders) +
         sizeOf(parts.headers) + parts.contentType.size() + parts.body.size();
}

}  // namespace

void writeRequest(std::string& out, const RequestParts& parts) {
  out.clear();
  makeRoom(out, roomFor(parts));
  out.append(parts.method).append(" ");
  if (parts.prefix.empty() && parts.path.empty()) out.append("/");
  out.append(parts.prefix).append(parts.path);
  if (!parts.query.empty()) out.append("?").append(parts.query);
  out.append(" HTTP/1.1\r\nHost: ").append(parts.authority).append("\r\n");
  if (!parts.bearerToken.empty()) {
    out.append("Authorization: Bearer ").append(parts.bearerToken).append("\r\n");
  }
  Replaced replaced;
  if (parts.sessionHeaders != nullptr) {
    for (const HeaderView header : *parts.sessionHeaders) {
      if (!givesWay(parts, header)) append(out, header, replaced);
    }
  }
  if (parts.headers != nullptr) {
    for (const HeaderView header : *parts.headers) append(out, header, replaced);
  }
  common().appendTo(out, replaced);
  if (!parts.contentType.empty()) {
    appendHeader(out, "Content-Type", parts.contentType);
  } else if (!parts.body.empty()) {
    out.append("Content-Type: application/json\r\n");
  }
  if (tellsLength(parts)) {
    char length[24];
    const auto [end, error] = std::to_chars(length, length + sizeof length, parts.body.size());
    static_cast<void>(error);  // 24 digits are enough for any size
    out.append("Content-Length: ").append(length, end).append("\r\n");
  }
  out.append("\r\n").append(parts.body);
}

void writeConnect(std::string& out, std::string_view authority, std::string_view credentials) {
  out.clear();
  // Reserved before, so that growing leaves no copy of the credentials in memory.
  makeRoom(out, 256 + 2 * authority.size() + credentials.size());
  out.append("CONNECT ").append(authority).append(" HTTP/1.1\r\n");
  appendHeader(out, "Host", authority);
  appendHeader(out, "User-Agent", agent());
  if (!credentials.empty()) out.append("Proxy-Authorization: Basic ").append(credentials).append("\r\n");
  out.append("\r\n");
}

}  // namespace box::inline v0_1
