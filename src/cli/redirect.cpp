#include "cli/redirect.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>

#include <box/auth/oauth.hpp>

namespace box::cli {

std::string LoopbackAddress::url() const { return "http://" + host + ":" + std::to_string(port) + path; }

std::optional<LoopbackAddress> parseLoopbackUrl(std::string_view url) {
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) return std::nullopt;
  url.remove_prefix(scheme.size());
  LoopbackAddress out;
  const std::size_t slash = url.find('/');
  if (slash == std::string_view::npos) return std::nullopt;  // a browser would add one, and Box compares exactly
  out.path = url.substr(slash);
  for (const char c : out.path) {
    // Only characters that a request line can carry unescaped. Box itself adds a query, so that none is allowed.
    if (c <= ' ' || c >= 0x7f || std::string_view("?#\\\"<>%").find(c) != std::string_view::npos) return std::nullopt;
  }
  const std::string_view authority = url.substr(0, slash);
  const std::size_t colon = authority.find(':');
  out.host = authority.substr(0, colon);
  if (out.host != "127.0.0.1" && out.host != "localhost") return std::nullopt;
  if (colon == std::string_view::npos) return std::nullopt;  // the default port 80 needs root
  const std::string_view port = authority.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size() || out.port == 0) return std::nullopt;
  return out;
}

RedirectAnswer answerRedirect(std::string_view method, std::string_view target, std::string_view path,
                              std::string_view state) {
  RedirectAnswer out;
  if (method != "GET") {
    out.status = 405;
    out.text = "Only GET is answered here.";
    return out;
  }
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
    if (error.code() == Errc::stateMismatch) {
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

}  // namespace box::cli
