#include "cli/redirect.hpp"

#include <box/auth/oauth.hpp>

namespace box::cli {

RedirectAnswer judgeRedirect(std::string_view method, std::string_view target, std::string_view path,
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
