#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <box/error.hpp>
#include <box/support/secret.hpp>

/// How the program answers a browser that comes back from Box. No I/O.
namespace box::cli {

/// The answer to a request, and how it ends the sign-in; neither `code` nor `failure`: this was not Box's answer, and the
/// listener continues to wait.
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
