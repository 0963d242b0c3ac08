#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <box/client.hpp>
#include <box/error.hpp>

#include "cli/commands.hpp"
#include "cli/credentials.hpp"
#include "cli/error_text.hpp"
#include "cli/files.hpp"
#include "cli/identity.hpp"
#include "cli/interruption.hpp"
#include "cli/option_words.hpp"
#include "cli/run_client.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

using TimePoint = AccessToken::TimePoint;

struct Check {
  const BoxClient& client;
  std::optional<Identity> identity;
};

asio::awaitable<void> authenticate(Check& check) { check.identity = co_await askWhoIAm(check.client); }

std::string shownExpiry(std::optional<TimePoint> expiry, TimePoint now) {
  if (!expiry) return "not known; a developer token lasts 60 minutes";
  if (*expiry <= now) return isoTime(*expiry) + ", which has passed";
  return isoTime(*expiry) + ", in " + shownDuration(std::chrono::duration_cast<std::chrono::seconds>(*expiry - now));
}

/// The way to authenticate, and where a developer token came from.
std::string methodText(const CredentialArguments& arguments, const Environment& environment) {
  const std::string method(describe(arguments.method));
  if (arguments.method != Method::developerToken) return method;
  if (!arguments.tokenFile && environment.developerToken.empty()) return method;
  return method + " of " + (arguments.tokenFile ? shownPath(*arguments.tokenFile) : Environment::developerTokenName);
}

std::string identityText(const Identity& who, const std::string& method, const std::string& baseUrl,
                         const std::string& expiry) {
  const std::string enterprise = enterpriseInWords(who);
  return "authenticated\n  id:            " + printable(who.id) + "\n  name:          " + printable(who.name) +
         "\n  login:         " + printable(who.login) + (enterprise.empty() ? "" : "\n  enterprise:    " + enterprise) +
         "\n  method:        " + method + "\n  Box:           " + printable(baseUrl) + "\n  token expires: " + expiry +
         "\n";
}

json::object identityJson(const Identity& who, Method method, const std::string& baseUrl,
                          std::optional<TimePoint> expiry) {
  json::object out;
  out["event"] = "authenticated";
  out["id"] = printable(who.id);
  out["name"] = printable(who.name);
  out["login"] = printable(who.login);
  if (!who.enterpriseId.empty()) out["enterpriseId"] = printable(who.enterpriseId);
  if (!who.enterpriseName.empty()) out["enterpriseName"] = printable(who.enterpriseName);
  out["method"] = nameOf(method);
  out["baseUrl"] = validUtf8(baseUrl);
  out["tokenExpiresAt"] = expiry ? json::value(isoTime(*expiry)) : json::value(nullptr);
  return out;
}

Exit reportFailedCheck(const AuthCheckArguments& arguments, const BoxSdkError& error, const Console& console) {
  const Exit exit = exitFor(error);
  const std::string advice = adviceForIdentity(error);
  console.complain("not authenticated: " + inOptionWords(error) + "\n" + failureLines(error, advice));
  if (arguments.json) {
    json::object out;
    out["event"] = "failed";
    out["method"] = nameOf(arguments.credentials.method);
    addFailure(out, error);
    if (!advice.empty()) out["advice"] = advice;
    out["exitStatus"] = static_cast<int>(exit);
    console.result(json::serialize(out) + "\n");
  }
  return exit;
}

}  // namespace

Exit runAuthCheck(const AuthCheckArguments& arguments, const Environment& environment, const Console& console) {
  const Method method = arguments.credentials.method;
  RunClient caller(arguments, environment, console);
  const BoxClient& client = caller.owner();
  Check check{client, std::nullopt};
  try {
    if (runInterruptibly(caller.context(), authenticate(check), console) && !check.identity) return Exit::interrupted;
  } catch (const BoxSdkError& error) {
    return reportFailedCheck(arguments, error, console);
  }
  const std::string& baseUrl = client.networkSession().baseUrls().baseUrl;
  const TimePoint now = std::chrono::system_clock::now();
  const auto token = client.auth()->currentToken(now);
  const std::optional<TimePoint> expiry = token ? token->expiresAt() : std::nullopt;
  console.result(arguments.json ? json::serialize(identityJson(*check.identity, method, baseUrl, expiry)) + "\n"
                                : identityText(*check.identity, methodText(arguments.credentials, environment), baseUrl,
                                               shownExpiry(expiry, now)));
  return Exit::accepted;
}

}  // namespace box::cli
