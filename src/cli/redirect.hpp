#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <box/error.hpp>
#include <box/support/secret.hpp>

/// The address at which a browser arrives after Box's page, and the program's answer to it. No I/O.
namespace box::cli {

/// An address of this machine to which Box redirects the browser.
struct LoopbackAddress {
  std::string host = "127.0.0.1";  ///< or "localhost"
  std::uint16_t port = 0;          ///< 0: any free port
  std::string path = "/callback";

  std::string url() const;
};

/// Parses a URL for this program to listen at: plain http, and 127.0.0.1 or localhost. std::nullopt: the program cannot
/// listen there.
std::optional<LoopbackAddress> parseLoopbackUrl(std::string_view url);

/// The answer to a request, and whether it ends the sign-in. Where neither `code` nor `failure` is set, the request was
/// not Box's redirect, and the listener continues to wait.
struct RedirectAnswer {
  int status = 400;
  std::string text;
  Secret code;
  std::optional<BoxSdkError> failure;

  bool settles() const noexcept { return failure || !code.empty(); }
};

/// `path`: where Box was told to redirect the browser. `state`: the value that the redirect must carry.
RedirectAnswer answerRedirect(std::string_view method, std::string_view target, std::string_view path,
                              std::string_view state);

}  // namespace box::cli
