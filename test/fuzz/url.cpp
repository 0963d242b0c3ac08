// The input is a URL of Box's, and of a proxy.
#include "network/url.hpp"

#include <algorithm>

#include "box/error.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace box;
using namespace box::fuzz;

void check(std::string_view text, bool isProxy) {
  const auto parse = [isProxy](std::string_view from) {
    return isProxy ? parseProxyUrl(from, "the URL") : parseUrl(from, "the URL");
  };
  try {
    const Url url = parse(text);
    require(isPrintableLine(text) && text.find(' ') == std::string_view::npos, "a URL has no blanks and controls");
    require(url.port != 0, "a URL has a port");
    require(url.secure || isProxy, "only a proxy may be without TLS");
    require(url.path.empty() || (url.path.front() == '/' && !isProxy),
            "a path begins with a slash, and a proxy has none");
    require(url.path.find_first_of("?#\\") == std::string_view::npos, "a path has no query, fragment or backslash");
    const bool isIpv6 = url.host.find(':') != std::string::npos;
    require(isIpv6 ? url.isIpLiteral : hostObjection(url.host).empty(), "a host is one that TLS can verify");
    require(std::none_of(url.host.begin(), url.host.end(), [](char c) { return c >= 'A' && c <= 'Z'; }),
            "a host is in lower case");
    const std::string again = (url.secure ? "https://" : "http://") + url.authority + std::string(url.path);
    const Url same = parse(again);
    require(same.host == url.host && same.port == url.port && same.path == url.path && same.secure == url.secure &&
                same.isIpLiteral == url.isIpLiteral,
            "the parts in the request mean the same URL");
  } catch (const BoxSdkError& error) {
    static Refusals refusals(30);  // the URL may contain a password
    require(error.code() == Errc::invalidConfiguration, "a refusal is an invalid configuration");
    require(std::string_view(error.what()).starts_with("the URL: "), "a refusal names what was refused");
    refusals.add(error.what());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check(textOf(data, size), false);
  check(textOf(data, size), true);
  return 0;
}
