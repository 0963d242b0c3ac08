#include "network/url.hpp"

#include <algorithm>
#include <optional>

#include <boost/asio/ip/address.hpp>

#include "box/error.hpp"
#include "network/validation.hpp"
#include "support/number_in.hpp"
#include "support/refuse.hpp"
#include "support/text_codec.hpp"

namespace box::inline v0_1 {
namespace {

bool isLabel(std::string_view label) noexcept {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) {
    // An underscore is not a letter of a host name, but some internal names have one.
    return isLetter(c) || isDigit(c) || c == '-' || c == '_';
  });
}

/// The byte that a % escape stands for; unset if the escape is malformed.
std::optional<unsigned char> escapedByte(std::string_view text, std::size_t at) noexcept {
  if (at + 2 >= text.size()) return std::nullopt;
  const int high = hexValue(text[at + 1]), low = hexValue(text[at + 2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<unsigned char>(high * 16 + low);
}

bool isPathCharacter(char c) noexcept {
  static constexpr std::string_view marks = "!$&'()*+,;=:@/";
  return isUnreserved(c) || marks.find(c) != std::string_view::npos;
}

/// Whether the segment is "." or "..". A dot may be escaped.
bool isDotSegment(std::string_view segment) noexcept {
  std::size_t dots = 0;
  while (!segment.empty()) {
    const bool escaped = segment.starts_with("%2e") || segment.starts_with("%2E");
    if (!escaped && segment.front() != '.') return false;
    segment.remove_prefix(escaped ? 3 : 1);
    ++dots;
  }
  return dots == 1 || dots == 2;
}

/// The parts of an authority, as they are written.
struct Authority {
  std::string_view host;  // without brackets
  std::string_view port;  // the text after the host, with its colon; empty: none
  bool inBrackets = false;
};

Authority split(std::string_view authority, std::string_view what) {
  if (!authority.starts_with('[')) {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    return {authority.substr(0, colon), authority.substr(colon), false};
  }
  const std::size_t close = authority.find(']');
  if (close == std::string_view::npos) refuseConfiguration(what, "its IPv6 address has no closing bracket");
  return {authority.substr(1, close - 1), authority.substr(close + 1), true};
}

std::uint16_t portIn(std::string_view text, std::string_view what) {
  const auto port = numberIn<std::uint16_t>(text.substr(1));
  if (text.front() != ':' || !port || *port == 0)
    refuseConfiguration(what, "its port must be a number from 1 to 65535");
  return *port;
}

void requireIpv6(std::string_view host, std::string_view what) {
  boost::system::error_code ec;
  boost::asio::ip::make_address_v6(std::string(host), ec);
  // Without this check, Asio would ignore the text after a NUL, and would accept a % with the name of an interface.
  const bool clean =
      std::all_of(host.begin(), host.end(), [](char c) { return hexValue(c) >= 0 || c == ':' || c == '.'; });
  if (ec || !clean) refuseConfiguration(what, "its IPv6 address is not valid");
}

/// Whether the host is four numbers up to 255 in decimal digits, without zeros before them. Windows' own function,
/// which Asio uses, also accepts fewer numbers and octal ones.
bool isIpv4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    const std::string_view digits = host.substr(0, host.find('.'));
    if (!numberIn<std::uint8_t>(digits)) return false;
    if (digits.size() > 1 && digits.front() == '0') return false;
    const bool isLast = digits.size() == host.size();
    if (isLast != (part == 3)) return false;
    host.remove_prefix(isLast ? digits.size() : digits.size() + 1);
  }
  return true;
}

/// Reads host, port and authority into `url`.
void readAuthority(Url& url, std::string_view text, std::string_view what) {
  Authority authority = split(text, what);
  url.isIpLiteral = authority.inBrackets;
  if (authority.inBrackets) requireIpv6(authority.host, what);
  if (!authority.port.empty()) url.port = portIn(authority.port, what);
  if (!authority.inBrackets) {
    std::string_view& host = authority.host;
    // "api.box.com." is the fully qualified form of the same name
    if (host.ends_with('.')) host.remove_suffix(1);
    if (const std::string objection = hostObjection(host); !objection.empty()) refuseConfiguration(what, objection);
    url.isIpLiteral = isIpv4(host);
  }
  url.host.resize(authority.host.size());
  std::transform(authority.host.begin(), authority.host.end(), url.host.begin(), toLower);
  url.authority = authority.inBrackets ? "[" + url.host + "]" : url.host;
  if (url.port != (url.secure ? 443 : 80)) url.authority += ":" + std::to_string(url.port);
}

enum class Scheme { https, any };
enum class Query { refused, allowed };

Url parseAs(std::string_view text, std::string_view what, Scheme allowed, Query queries) {
  const bool plainAllowed = allowed == Scheme::any;
  Url url;
  const auto scheme = text.substr(0, text.find("://"));
  const bool complete = scheme.size() != text.size();
  if (complete && equalsIgnoreCase(scheme, "https")) {
    url.port = 443;
  } else if (complete && plainAllowed && equalsIgnoreCase(scheme, "http")) {
    url.port = 80;
    url.secure = false;
  } else {
    refuseConfiguration(what, plainAllowed ? "it must begin with http:// or https://" : "it must begin with https://");
  }
  text.remove_prefix(scheme.size() + 3);

  const std::size_t slash = std::min(text.find_first_of("/?#\\"), text.size());
  std::string_view authority = text.substr(0, slash);
  url.path = text.substr(slash);
  if (const std::size_t question = url.path.find('?'); queries == Query::allowed && question != url.path.npos) {
    url.query = url.path.substr(question + 1);
    url.path = url.path.substr(0, question);
    if (const std::string objection = queryObjection(url.query); !objection.empty())
      refuseConfiguration(what, objection);
  }
  if (authority.find('@') != std::string_view::npos) refuseConfiguration(what, "it must hold no user name or password");
  if (!url.path.empty() && url.path.front() == '\\') refuseConfiguration(what, "it has a backslash");
  if (url.path == "/") url.path = {};
  if (const std::string objection = pathObjection(url.path); !objection.empty()) refuseConfiguration(what, objection);

  readAuthority(url, authority, what);
  return url;
}

}  // namespace

std::string hostObjection(std::string_view host) {
  if (host.empty()) return "it names no host";
  if (host.size() > 253) return "its host name is longer than 253 characters";
  for (std::size_t begin = 0; begin <= host.size();) {
    const std::size_t end = std::min(host.find('.', begin), host.size());
    if (!isLabel(host.substr(begin, end - begin))) {
      return "its host name is not made of labels of letters, digits and hyphens, with single dots between them";
    }
    begin = end + 1;
  }
  // A host whose last label has digits only is meant as an IPv4 address, and is refused if it is not a valid one.
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (std::all_of(last.begin(), last.end(), isDigit)) {
    if (!isIpv4(host)) return "its host looks like an IPv4 address and is not a valid one";
  }
  return {};
}

std::string pathObjection(std::string_view path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '%') {
      const std::optional<unsigned char> byte = escapedByte(path, i);
      if (!byte) return "its path has a broken % escape";
      if (*byte < 0x20 || *byte == 0x7f) return "its path has an escaped control character";
      if (*byte == '/' || *byte == '\\') return "its path has an escaped slash or backslash";
    } else if (!isPathCharacter(c)) {
      return c == '?'   ? "it must have no query"
             : c == '#' ? "it must have no fragment"
                        : "its path has a character that must be escaped";
    }
  }
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin + 1), path.size());
    const std::string_view segment = path.substr(begin + 1, end - begin - 1);
    if (isDotSegment(segment) || (segment.empty() && end != path.size())) {
      return "its path has an empty, . or .. segment";
    }
    begin = end;
  }
  return {};
}

std::string queryObjection(std::string_view query) {
  for (std::size_t i = 0; i < query.size(); ++i) {
    const char c = query[i];
    if (c == '%') {
      if (!escapedByte(query, i)) return "its query has a broken % escape";
    } else if (!isPathCharacter(c) && c != '?') {
      return c == '#' ? "it must have no fragment" : "its query has a character that must be escaped";
    }
  }
  return {};
}

Url parseUrl(std::string_view text, std::string_view what) {
  return parseAs(text, what, Scheme::https, Query::refused);
}

Url parseRequestUrl(std::string_view text, std::string_view what) {
  return parseAs(text, what, Scheme::https, Query::allowed);
}

Url parseProxyUrl(std::string_view text, std::string_view what) {
  Url url = parseAs(text, what, Scheme::any, Query::refused);
  if (!url.path.empty()) refuseConfiguration(what, "it must have no path");
  return url;
}

}  // namespace box::inline v0_1
