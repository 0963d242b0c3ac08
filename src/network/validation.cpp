#include "network/validation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "box/entry.hpp"
#include "box/error.hpp"
#include "network/url.hpp"

namespace box::inline v0_1 {
namespace {

/// Whether the library sets this header itself, or the header would change the framing or the destination of the
/// message.
bool isOwned(std::string_view name) noexcept {
  static constexpr std::array<std::string_view, 15> owned{"Host",
                                                          "Authorization",
                                                          "Content-Length",
                                                          "Content-Type",
                                                          "Transfer-Encoding",
                                                          "Connection",
                                                          "Keep-Alive",
                                                          "Expect",
                                                          "TE",
                                                          "Trailer",
                                                          "Upgrade",
                                                          "Accept-Encoding",
                                                          "Cookie",
                                                          "HTTP2-Settings",
                                                          "X-Box-UA"};
  return startsWithIgnoreCase(name, "Proxy-") ||
         std::any_of(owned.begin(), owned.end(), [&](std::string_view o) { return equalsIgnoreCase(o, name); });
}

}  // namespace

bool isToken(std::string_view text) noexcept {
  static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return isLetter(c) || isDigit(c) || marks.find(c) != std::string_view::npos;
  });
}

std::string_view methodObjection(std::string_view method) noexcept {
  if (!isToken(method)) return "the method is not a valid name";
  if (equalsIgnoreCase(method, "CONNECT")) return "the method CONNECT asks for a tunnel, which Box does not offer";
  if (equalsIgnoreCase(method, "TRACE")) return "the method TRACE would make the server send the access token back";
  return {};
}

bool isContentCoding(std::string_view name) noexcept {
  for (const std::string_view none : {"", "identity", "none", "utf-8"}) {
    if (equalsIgnoreCase(name, none)) return false;
  }
  return true;
}

bool isFieldValue(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  if (!text.empty() && (blank(text.front()) || blank(text.back()))) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) { return blank(c) || (c > 0x20 && c < 0x7f); });
}

std::string headerObjection(std::string_view name, std::string_view value) {
  constexpr std::size_t longestName = 128, longestValue = 4096;
  if (name.empty()) return "a header has an empty name";
  if (!isToken(name) || name.size() > longestName) {
    return "a header's name has characters that no header name may have, or more than 128 of them";
  }
  const auto because = [name](std::string_view reason) { return "header " + std::string(name).append(reason); };
  if (isOwned(name)) return because(" is set by the library and cannot be changed");
  if (value.size() > longestValue) return because(" is longer than 4096 bytes");
  if (!isFieldValue(value)) return because(" has control characters, bytes above 127, or blanks at its ends");
  if (equalsIgnoreCase(name, "As-User") && !isBoxId(value)) return because(" must be a user id of 1 to 20 digits");
  return {};
}

void checkHeader(HeaderView header) {
  if (std::string objection = headerObjection(header.name, header.value); !objection.empty()) {
    throw BoxSdkError(Errc::invalidRequest, std::move(objection));
  }
}

void checkDetails(std::string_view query, std::string_view contentType, const HttpHeaders& headers) {
  if (const std::string objection = queryObjection(query); !objection.empty()) {
    throw BoxSdkError(Errc::invalidRequest, "the URL: " + objection);
  }
  if (!isFieldValue(contentType)) {
    throw BoxSdkError(Errc::invalidRequest, "the content type has characters that no header may have");
  }
  for (const HeaderView header : headers) checkHeader(header);
}

bool isRequestId(std::string_view text) noexcept {
  constexpr std::size_t longest = 64;
  return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
    return isLetter(c) || isDigit(c) || c == '-' || c == '_' || c == '.';
  });
}

std::string tagObjection(std::string_view tag) {
  constexpr std::size_t longest = 128;
  if (tag.size() > longest) return "the tag is longer than 128 characters";
  const auto printable = [](char c) { return c >= 0x20 && c < 0x7f; };
  const auto bad = std::find_if_not(tag.begin(), tag.end(), printable);
  if (bad == tag.end()) return {};
  return "the tag must be printable ASCII; character " + std::to_string(bad - tag.begin() + 1) + " is not";
}

}  // namespace box::inline v0_1
