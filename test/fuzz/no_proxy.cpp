// The first line is the host and port of a call; the rest is a list of hosts that are called without the proxy.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <arpa/inet.h>

#include "box/error.hpp"
#include "fuzz/fuzz.hpp"
#include "network/proxy.hpp"

namespace {

using namespace box;
using namespace box::fuzz;

/// The bits of an address, as characters.
std::optional<std::string> bitsOf(std::string_view address, int family) {
  std::array<unsigned char, 16> bytes{};
  if (address.find('\0') != std::string_view::npos) return std::nullopt;
  if (::inet_pton(family, std::string(address).c_str(), bytes.data()) != 1) return std::nullopt;
  std::string bits;
  for (std::size_t i = 0; i < (family == AF_INET ? 32U : 128U); ++i) {
    bits += static_cast<char>('0' + (bytes[i / 8] >> (7 - i % 8) & 1));
  }
  return bits;
}

/// The prefix of an IPv4 address mapped to IPv6, RFC 4291 2.5.5.2.
const std::string& mapped() {
  static const std::string bits = std::string(80, '0') + std::string(16, '1');
  return bits;
}

std::optional<std::string> bitsOf(std::string_view address) {
  if (const auto v4 = bitsOf(address, AF_INET)) return mapped() + *v4;
  return bitsOf(address, AF_INET6);
}

/// Removes the last mark and the number after it.
std::optional<unsigned> takeFromEnd(std::string_view& text, char mark, unsigned most) {
  const std::size_t at = text.rfind(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(at + 1);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  unsigned value = 0;
  for (const char digit : digits) value = std::min(value * 10 + static_cast<unsigned>(digit - '0'), most + 1);
  if (value > most) return std::nullopt;
  text = text.substr(0, at);
  return value;
}

/// Whether an entry matches this host. `withBits`, `withPort`: whether a network's size or a port may follow the host
/// in the entry.
bool matches(std::string_view host, const Url& url, bool withBits, bool withPort) {
  const auto port = withPort ? takeFromEnd(host, ':', 65535) : std::nullopt;
  const auto bits = withBits ? takeFromEnd(host, '/', 128) : std::nullopt;
  if (port.has_value() != withPort || bits.has_value() != withBits || (port && *port != url.port)) return false;
  const bool bracketed = host.size() > 1 && host.front() == '[' && host.back() == ']';
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos && port && !bits) {
    return false;  // the last group of an IPv6 address is not a port
  }
  if (host == "*" && !bracketed && !bits) return true;

  const auto own = bitsOf(url.host);
  if (const auto address = bracketed ? bitsOf(host, AF_INET6) : bitsOf(host)) {
    const std::size_t all = bitsOf(host, AF_INET) ? 32 : 128, size = bits.value_or(all);
    if (!own || size > all) return false;
    const std::string network = address->substr(0, 128 - all + size);
    return own->starts_with(network) && (network.size() >= 96 || !own->starts_with(mapped()));
  }
  if (own || bits || bracketed) return false;
  std::string name = lowerCase(host);
  const bool below = name.starts_with('.') || name.starts_with("*.");
  if (below) name.erase(0, name.find('.') + 1);
  if (name.ends_with('.')) name.pop_back();
  return !name.empty() && ((!below && url.host == name) || url.host.ends_with('.' + name));
}

bool reference(std::string_view list, const Url& url) {
  std::string separated(list);
  std::replace_if(
      separated.begin(), separated.end(), [](char c) { return c == ' ' || c == '\t'; }, ',');
  for (std::string_view rest = separated; !rest.empty();) {
    const std::string_view entry = takeLine(rest, ',');
    for (const bool withBits : {false, true}) {
      for (const bool withPort : {false, true}) {
        if (matches(entry, url, withBits, withPort)) return true;
      }
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view list = textOf(data, size);
  const std::string text = "https://" + std::string(takeLine(list));
  std::optional<Url> url;
  try {
    url = parseUrl(text, "");
  } catch (const BoxSdkError&) {
    return 0;
  }
  require(bypassesProxy(list, *url) == reference(list, *url), "a host is reached directly where an entry says so");
  return 0;
}
