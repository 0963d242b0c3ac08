#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <box/error.hpp>
#include <box/support/secret.hpp>

/// Where a browser comes back to from Box, and how the program answers it. No I/O.
namespace box::cli {

/// An address of this machine to which Box sends the browser back.
struct LoopbackAddress {
  std::string host = "127.0.0.1";  ///< or "localhost"
  std::uint16_t port = 0;          ///< 0: a free one
  std::string path = "/callback";

  std::string url() const;
};

/// The address that a URL names, where this program can listen at it: plain http, 127.0.0.1 or localhost. std::nullopt:
/// it cannot.
std::optional<LoopbackAddress> parseLoopbackUrl(std::string_view url);

/// The answer to a request, and how it ends the sign-in; neither `code` nor `failure`: this was not Box's answer, and
/// the listener continues to wait.
struct RedirectAnswer {
  int status = 400;
  std::string text;
  Secret code;
  std::optional<BoxSdkError> failure;

  bool settles() const noexcept { return failure || !code.empty(); }
};

/// `path`: Box was told to send the browser there. `state`: the browser has to bring it back.
RedirectAnswer judgeRedirect(std::string_view method, std::string_view target, std::string_view path,
                             std::string_view state);

}  // namespace box::cli
