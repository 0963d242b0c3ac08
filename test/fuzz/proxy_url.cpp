// The input is an argument of ProxyOptions::fromUrl. What it accepts must mean the same to a second implementation, and
// if it is written again from the options. The message about what it refuses must not contain any part of it.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "box/error.hpp"
#include "fuzz/fuzz.hpp"
#include "network/proxy.hpp"

namespace {

using namespace box;
using namespace box::fuzz;

constexpr std::string_view hexDigits = "0123456789abcdef";

/// Decodes percent-encoding as RFC 3986 2.1 says.
std::optional<std::string> decoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    out += text.front();
    text.remove_prefix(1);
    if (out.back() != '%') continue;
    if (text.size() < 2) return std::nullopt;
    const std::string digits = lowerCase(text.substr(0, 2));
    const std::size_t high = hexDigits.find(digits[0]), low = hexDigits.find(digits[1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out.back() = static_cast<char>(high * 16 + low);
    text.remove_prefix(2);
  }
  return out;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', hexDigits[byte / 16], hexDigits[byte % 16]};
  }
  return out;
}

bool isFit(std::string_view credential) {
  return std::none_of(credential.begin(), credential.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// User name and password of a proxy's URL, and the URL without them.
struct Parts {
  std::string bare, username, password;
};

std::optional<Parts> takeApart(std::string_view text) {
  const std::size_t authority = std::min(text.find("://"), text.size() - 3) + 3;
  const std::size_t end = std::min(text.find_first_of("/?#\\", authority), text.size());
  const std::size_t at = text.substr(0, end).find('@', authority);
  if (at == std::string_view::npos) return Parts{std::string(text), "", ""};
  std::string_view password = text.substr(authority, at - authority);
  const std::string_view username = takeLine(password, ':');
  const std::optional<std::string> name = decoded(username), secret = decoded(password);
  if (!name || !secret || name->empty() || name->find(':') != std::string::npos) return std::nullopt;
  if (!isFit(*name) || !isFit(*secret) || name->size() + secret->size() > 4096) return std::nullopt;
  return Parts{std::string(text.substr(0, authority)).append(text.substr(at + 1)), *name, *secret};
}

/// The credentials as RFC 7617 2 encodes them.
std::string basic(const std::string& username, const std::string& password) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0, count = 0;
  for (const char c : username + ':' + password) {
    bits = (bits << 8 | static_cast<unsigned char>(c)) & 0xffff;
    for (count += 8; count >= 6; count -= 6) out += digits[bits >> (count - 6) & 63];
  }
  if (count > 0) out += digits[bits << (6 - count) & 63];
  return out.append((4 - out.size() % 4) % 4, '=');
}

bool isProxyUrl(std::string_view text) {
  try {
    parseProxyUrl(text, "");
    return true;
  } catch (const BoxSdkError&) {
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = textOf(data, size);
  const std::optional<Parts> parts = text.size() < 3 ? std::nullopt : takeApart(text);
  const bool isOne = parts && isProxyUrl(parts->bare);
  try {
    const ProxyOptions options = ProxyOptions::fromUrl(text);
    require(isOne, "a URL that is not valid for a proxy is refused");
    const std::string_view password = options.password.reveal();
    require(options.username == parts->username && password == parts->password,
            "the credentials are those before the @");
    require(options.noProxy.empty() && !options.tls, "a URL does not set the other options");
    require(proxyObjection(options).empty(), "a client accepts the options");
    require(
        basicCredentials(options).reveal() == (options.username.empty() ? "" : basic(parts->username, parts->password)),
        "the proxy is sent exactly these credentials");

    const Url url = parseProxyUrl(options.url, ""), expected = parseProxyUrl(parts->bare, "");
    require(url.host == expected.host && url.port == expected.port && url.secure == expected.secure,
            "host and port are those of the URL without its credentials");
    std::string again = options.url;
    if (!options.username.empty()) {
      again.insert(again.find("://") + 3, encoded(options.username) + ':' + encoded(password) + '@');
    }
    const ProxyOptions same = ProxyOptions::fromUrl(again);
    require(same.url == options.url && same.username == options.username && same.password.reveal() == password,
            "the URL is the same when it is written again");
  } catch (const BoxSdkError& error) {
    require(!isOne, "a valid URL is accepted");
    static Refusals refusals(40);
    require(error.code() == Errc::invalidConfiguration, "a refusal is an invalid configuration");
    require(std::string_view(error.what()).starts_with("ProxyOptions::fromUrl: "), "a refusal names what was refused");
    refusals.add(error.what());
  }
  return 0;
}
