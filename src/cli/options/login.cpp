#include "cli/options/sections.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/redirect.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr Option port{"port", "N", "listen at http://127.0.0.1:N/callback; without this option, or with 0, a free port",
                      [](Draft& draft, const GivenOption& given) {
                        draft.port = static_cast<std::uint16_t>(numberOf(given, 0, 65'535));
                      }};
constexpr Option redirectUrl{
    "redirect-url", "URL",
    "listen at this address of this machine: http://127.0.0.1:PORT/PATH, or localhost (both of its addresses)",
    storeText<&Draft::login, &LoginArguments::redirectUrl>};
constexpr Option paste{
    "paste", "",
    "do not listen: open the printed address in any browser and sign in. Box then sends the browser to another "
    "address: paste that address within 30 seconds, even if the browser cannot open it. With this option, "
    "--redirect-url may be any address that the console has",
    setFlag<&Draft::login, &LoginArguments::paste>};
constexpr Option wait{"wait", "TIME", "how long to wait for the browser (5m)",
                      storeDuration<&Draft::login, &LoginArguments::wait>};
constexpr Option oauth2Url{"oauth2-url", "URL",
                           "where people sign in (https://account.box.com/api/oauth2); needed with --base-url",
                           storeText<&Draft::connection, &ConnectionArguments::oauth2Url>};

/// The address to which Box sends the browser, and at which this program listens. *Errors*: UsageError.
LoopbackAddress redirectIn(const Draft& draft) {
  LoopbackAddress out;
  if (!draft.login.redirectUrl) {
    out.port = draft.port.value_or(0);
    return out;
  }
  const std::string& url = *draft.login.redirectUrl;
  const auto address = parseLoopbackUrl(url);
  if (!address) {
    throw UsageError("--redirect-url " + inQuotes(url) +
                     ": the browser can come back only to http://127.0.0.1:PORT/PATH or http://localhost:PORT/PATH; "
                     "for other addresses there is --paste");
  }
  if (draft.port && *draft.port != address->port) {
    throw UsageError("--port and the port of --redirect-url differ: give one of them");
  }
  return *address;
}

}  // namespace

Section loginSection() {
  std::vector<Option> options = loginCredentialOptions();
  options.insert(options.end(), {port, redirectUrl, paste, wait, oauth2Url, helpFlag});
  return {"Options:", std::move(options)};
}

LoginArguments loginIn(const Draft& draft) {
  if (!draft.has("oauth")) {
    throw UsageError("say with --oauth FILE where to keep the tokens; see 'box-sessions login --help'");
  }
  LoginArguments out = draft.login;
  static_cast<CallArguments&>(out) = callIn(draft);
  if (out.connection.baseUrl && !out.connection.oauth2Url) {
    throw UsageError(
        "--base-url without --oauth2-url: give also the address where people sign in (the emulator: its base URL and "
        "/api/oauth2)");
  }
  if (!out.paste) {
    out.redirect = redirectIn(draft);
    out.redirectUrl.reset();
    return out;
  }
  if (draft.port) throw UsageError("--paste and --port: with --paste nothing listens, leave the port out");
  if (out.readsStandardInput) {
    throw UsageError(
        "standard input can be read once, and --paste reads the address from it: give the secret in a file");
  }
  return out;
}

AuthCheckArguments authCheckIn(const Draft& draft) { return {callIn(draft)}; }

}  // namespace box::cli
