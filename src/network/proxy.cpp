#include "network/proxy.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include "box/error.hpp"
#include "network/validation.hpp"
#include "support/refuse.hpp"
#include "support/text_codec.hpp"
#include "support/wipe.hpp"

namespace box::inline v0_1 {
namespace {

namespace ip = boost::asio::ip;

/// The longest user name and password together. With longer ones a proxy would refuse the header.
constexpr std::size_t longestCredentials = 4096;

bool isControl(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// ------------------------------------------------------------------------------------------------------------ NO_PROXY

/// An address or, with fewer than 128 bits, a network. IPv4 is represented as IPv6 (::ffff:0:0/96), so that both are
/// handled in the same way.
struct AddressRange {
  ip::address_v6 address;
  unsigned bits = 128;
};

constexpr unsigned mappedBits = 96;

std::optional<AddressRange> parseAddress(std::string_view text) {
  // Without this check, Asio would ignore the text after a NUL, and would accept a % with the name of an interface.
  if (text.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) return std::nullopt;
  boost::system::error_code ec;
  const std::string copy(text);
  // hostObjection(), because Windows' own function also accepts fewer than four numbers, and octal ones.
  if (const auto v4 = ip::make_address_v4(copy, ec); !ec && hostObjection(text).empty())
    return AddressRange{ip::make_address_v6(ip::v4_mapped, v4)};
  if (const auto v6 = ip::make_address_v6(copy, ec); !ec) return AddressRange{v6};
  return std::nullopt;
}

bool contains(const AddressRange& range, const ip::address_v6& address) {
  if (address.is_v4_mapped() && range.bits < mappedBits) return false;  // ::/0 means all of IPv6, but not IPv4
  const auto a = range.address.to_bytes(), b = address.to_bytes();
  const std::size_t whole = range.bits / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
  const unsigned rest = range.bits % 8;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

/// Removes a mark and the number after it from the front. Does nothing if the mark is missing.
bool takeNumber(std::string_view& text, char mark, unsigned most, std::optional<unsigned>& number) {
  if (text.empty() || text.front() != mark) return true;
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + 1, end, value);
  if (error != std::errc() || value > most) return false;
  number = value;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  return true;
}

/// Whether one entry, host[/bits][:port], matches the URL.
bool matches(std::string_view entry, const Url& url) {
  std::string_view host, rest;
  bool bracketed = false;
  if (entry.front() == '[') {
    const std::size_t close = entry.find(']');
    if (close == std::string_view::npos) return false;
    bracketed = true;
    host = entry.substr(1, close - 1);
    rest = entry.substr(close + 1);
  } else {
    const std::string_view head = entry.substr(0, entry.find('/'));
    // Two colons mean an IPv6 address without brackets, which cannot have a port.
    const bool bare = std::count(head.begin(), head.end(), ':') > 1;
    host = bare ? head : head.substr(0, head.find(':'));
    rest = entry.substr(host.size());
  }
  std::optional<unsigned> bits, port;
  if (!takeNumber(rest, '/', 128, bits) || !takeNumber(rest, ':', 65535, port) || !rest.empty()) return false;
  if (port && *port != url.port) return false;

  if (host == "*" && !bits && !bracketed) return true;
  if (std::optional<AddressRange> range = parseAddress(host)) {
    if (bracketed && host.find(':') == std::string_view::npos) return false;
    if (bits) {
      const unsigned before = host.find(':') == std::string_view::npos ? mappedBits : 0;
      if (*bits > 128 - before) return false;
      range->bits = before + *bits;
    }
    if (!url.isIpLiteral) return false;
    const std::optional<AddressRange> own = parseAddress(url.host);
    return own && contains(*range, own->address);
  }

  if (bits || bracketed || url.isIpLiteral) return false;
  const bool onlyBelow = host.starts_with(".") || host.starts_with("*.");
  if (onlyBelow) host.remove_prefix(host.find('.') + 1);
  if (host.size() > 1 && host.back() == '.') host.remove_suffix(1);
  if (!hostObjection(host).empty()) return false;
  const std::string_view name(url.host);
  if (equalsIgnoreCase(name, host)) return !onlyBelow;
  return name.size() > host.size() && name[name.size() - host.size() - 1] == '.' &&
         equalsIgnoreCase(name.substr(name.size() - host.size()), host);
}

// --------------------------------------------------------------------------------------------------------- credentials

Secret decode(std::string_view text, std::string_view what) {
  std::optional<std::string> out = percentDecoded(text, Plus::literal);
  if (!out) refuseConfiguration(what, "its user name or password has a broken % escape; a % itself is written %25");
  return Secret(std::move(*out));
}

std::string credentialsObjection(const std::string& username, const Secret& password) {
  const std::string_view secret = password.reveal();
  if (username.empty() && !password.empty()) return "there is a password without a user name";
  if (username.find(':') != std::string::npos) return "a user name must not contain a colon";
  if (std::any_of(username.begin(), username.end(), isControl) ||
      std::any_of(secret.begin(), secret.end(), isControl)) {
    return "user name and password must have no control characters";
  }
  if (username.size() + secret.size() > longestCredentials) {
    return "user name and password are longer than " + std::to_string(longestCredentials) + " bytes";
  }
  return {};
}

ProxyOptions parseProxy(std::string_view text, std::string_view what) {
  ProxyOptions options;
  const std::size_t colon = text.find("://");
  const std::size_t begin = colon == std::string_view::npos ? text.size() : colon + 3;
  const std::size_t end = std::min(text.find_first_of("/?#\\", begin), text.size());
  if (text.find('@', end) != std::string_view::npos) {
    refuseConfiguration(what, "in a user name or password / is written %2F, ? is %3F, # is %23 and \\ is %5C");
  }
  std::string_view address = text;
  std::string bare;
  if (const std::string_view authority = text.substr(begin, end - begin);
      authority.find('@') != std::string_view::npos) {
    const std::size_t at = authority.find('@');
    if (authority.find('@', at + 1) != std::string_view::npos) {
      refuseConfiguration(what, "it has more than one @; one in a user name or password is written %40");
    }
    const std::string_view userinfo = authority.substr(0, at);
    const std::size_t split = std::min(userinfo.find(':'), userinfo.size());
    options.username = decode(userinfo.substr(0, split), what).reveal();
    if (split != userinfo.size()) options.password = decode(userinfo.substr(split + 1), what);
    if (options.username.empty()) refuseConfiguration(what, "it has an @ without a user name before it");
    if (const std::string objection = credentialsObjection(options.username, options.password); !objection.empty()) {
      refuseConfiguration(what, objection);
    }
    bare.append(text.substr(0, begin)).append(text.substr(begin + at + 1));
    address = bare;
  }
  const Url url = parseProxyUrl(address, what);
  options.url = (url.secure ? "https://" : "http://") + url.authority;
  return options;
}

/// The first of the two variables that is set and not empty, with its value.
std::pair<const char*, std::string_view> fromEither(const char* upper, const char* lower) {
  for (const char* name : {upper, lower}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return {name, value};
  }
  return {upper, {}};
}

}  // namespace

bool bypassesProxy(std::string_view noProxy, const Url& url) {
  constexpr std::string_view separators = ", \t";
  for (std::size_t begin = 0; begin < noProxy.size();) {
    const std::size_t end = std::min(noProxy.find_first_of(separators, begin), noProxy.size());
    if (end != begin && matches(noProxy.substr(begin, end - begin), url)) return true;
    begin = end + 1;
  }
  return false;
}

Secret basicCredentials(const ProxyOptions& options) {
  if (options.username.empty()) return Secret();
  const std::string_view password = options.password.reveal();
  std::string plain;
  plain.reserve(options.username.size() + 1 + password.size());
  plain.append(options.username).append(1, ':').append(password);
  std::string encoded = base64(plain);
  wipe(plain);
  return Secret(std::move(encoded));
}

std::string proxyObjection(const ProxyOptions& options) {
  if (options.url.empty()) {
    return options.username.empty() && options.password.empty() ? ""
                                                                : "ProxyOptions: there are credentials without a url";
  }
  if (const std::string objection = credentialsObjection(options.username, options.password); !objection.empty()) {
    return "ProxyOptions: " + objection;
  }
  return {};
}

ProxyOptions ProxyOptions::fromUrl(std::string_view url) { return parseProxy(url, "ProxyOptions::fromUrl"); }

ProxyOptions ProxyOptions::fromEnvironment() {
  const auto [name, value] = fromEither("HTTPS_PROXY", "https_proxy");
  ProxyOptions options;
  if (!value.empty()) {
    // Most people write "proxy:3128", and programs usually read that as http://.
    std::string complete = value.find("://") == std::string_view::npos ? "http://" : "";
    complete.append(value);
    Secret kept(std::move(complete));
    options = parseProxy(kept.reveal(), name);
  }
  options.noProxy = fromEither("NO_PROXY", "no_proxy").second;
  return options;
}

}  // namespace box::inline v0_1
