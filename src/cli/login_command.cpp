#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <box/auth/oauth.hpp>
#include <box/auth/token_storage.hpp>
#include <box/client.hpp>
#include <box/error.hpp>

#include "cli/commands.hpp"
#include "cli/error_text.hpp"
#include "cli/identity.hpp"
#include "cli/interruption.hpp"
#include "cli/option_words.hpp"
#include "cli/redirect_listener.hpp"
#include "cli/run_client.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::chrono::seconds lockTime{10};
constexpr int pasteTries = 3;

/// A sign-in in progress: what it needs, and its results so far.
struct Login {
  const LoginArguments& arguments;
  const Console& console;
  std::shared_ptr<TokenStorage> storage;
  std::shared_ptr<BoxOAuth> auth;
  const BoxClient& client;
  std::string state;
  std::string redirectUrl;  // empty: the one in Box's console

  Secret code{};
  std::optional<Identity> person{};  // not set: Box did not say
  bool personAnswers = false;        // Errc::tokenUnavailable means that the person refused
  bool stored = false;
};

/// Checks the token storage first: a person should not sign in for tokens that cannot be stored.
asio::awaitable<void> tryStorage(Login& login) {
  const std::shared_ptr<void> exclusion = co_await login.storage->lock(Deadline(lockTime));
  co_await login.storage->get();
}

asio::awaitable<void> exchangeCode(Login& login) {
  co_await login.auth->getTokensAuthorizationCodeGrant(std::move(login.code), login.client.tokenContext(),
                                                       login.redirectUrl);
  login.stored = true;
  // Another person may be signed in in the browser, so the operator has to see to whom the tokens belong. A scope that
  // does not allow this question is not a failure of the sign-in.
  CallResult<Identity> answer = co_await tryAwait(askWhoIAm(login.client));
  if (answer) login.person = *answer;
}

void showAuthorizeUrl(Login& login) {
  GetAuthorizeUrlOptions options;
  options.redirectUri = login.redirectUrl;
  options.state = login.state;
  login.console.tell("Open this address in a browser and approve the app:");
  login.console.result(login.auth->getAuthorizeUrl(options, login.client.networkSession().baseUrls()) + "\n");
}

asio::awaitable<void> listenAndExchange(Login& login, RedirectListener& listener) {
  co_await tryStorage(login);
  showAuthorizeUrl(login);
  login.console.tell("Waiting for the browser at " + listener.url() + ", for " + shownDuration(login.arguments.wait) +
                     " at most; Ctrl-C ends it.");
  login.personAnswers = true;
  login.code = co_await listener.wait(login.arguments.wait);
  login.personAnswers = false;
  co_await exchangeCode(login);
}

/// Asks for the address to which Box has sent the browser. *Errors*: BoxSdkError, FileError where none is entered.
Secret askForAddress(Login& login) {
  Input input("-");
  SecretLines lines(input);
  for (int tries = 0; tries < pasteTries && !lines.ended(); ++tries) {
    login.console.tell(
        "Paste the address to which Box sent the browser, from its address bar, even if the page shows an error:");
    const Secret address = lines.next();
    if (address.empty() && lines.ended()) break;
    try {
      return BoxOAuth::authorizationCode(address.reveal(), login.state);
    } catch (const BoxSdkError& error) {
      if (error.code() != Errc::stateMismatch) throw;
      login.console.complain(
          "That is not the address of this sign-in: it has another state, or none. Copy the whole address bar of the "
          "browser, starting with http.");
    }
  }
  throw UsageError("no address of this sign-in was given; start again");
}

/// Waits for the authorization code and exchanges it. True: the operator interrupted it.
bool signIn(Login& login, asio::io_context& context, RedirectListener* listener) {
  if (listener != nullptr) {
    return runInterruptibly(context, listenAndExchange(login, *listener), login.console);
  }
  if (runInterruptibly(context, tryStorage(login), login.console)) return true;
  showAuthorizeUrl(login);
  login.personAnswers = true;
  login.code = askForAddress(login);
  login.personAnswers = false;
  return runInterruptibly(context, exchangeCode(login), login.console);
}

Exit reportFailedLogin(const Login& login, const BoxSdkError& error) {
  const std::string advice = adviceForIdentity(error);
  login.console.complain("not signed in: " + inOptionWords(error) +
                         (error.attempts().empty() ? "" : "\n" + failureLines(error, advice)));
  const Exit exit = exitFor(error);
  const bool refused = login.personAnswers && error.code() == Errc::tokenUnavailable;
  return refused ? Exit::rejected : exit;
}

}  // namespace

Exit runLogin(const LoginArguments& arguments, const Environment& environment, const Console& console) {
  const NetworkSession session = makeSession(arguments, console);
  const std::string& file = *arguments.credentials.oauthFile;
  const auto storage = std::make_shared<FileTokenStorage>(file);
  ClientCredentials credentials = findClient(arguments.credentials, environment);
  OAuthConfig config;
  config.clientId = std::move(credentials.id);
  config.clientSecret = std::move(credentials.secret);
  config.tokenStorage = storage;
  const auto auth = std::make_shared<BoxOAuth>(std::move(config));

  RunClient caller(arguments, session, {auth, {}});
  Login login{
      arguments, console, storage, auth, caller.owner(), BoxOAuth::makeState(), arguments.redirectUrl.value_or("")};
  std::optional<RedirectListener> listener;
  if (!arguments.paste) {
    listener.emplace(caller.context(), arguments.redirect, login.state);
    login.redirectUrl = listener->url();
  }
  try {
    if (signIn(login, caller.context(), listener ? &*listener : nullptr) && !login.stored) return Exit::interrupted;
  } catch (const BoxSdkError& error) {
    return reportFailedLogin(login, error);
  }
  const std::string who = login.person ? " as " + inWords(*login.person) : "";
  console.result("signed in" + who + ": the tokens are in " + printable(file) + ", which only you may read\n");
  console.tell(login.person ? "If that is not the person who should have signed in, remove the file and start again."
                            : "Box did not say who signed in. To ask again: box-sessions auth check --oauth " +
                                  printable(file) + " …");
  return Exit::accepted;
}

}  // namespace box::cli
