#include "cli/error_text.hpp"

#include <utility>

#include <boost/asio/error.hpp>
#include <boost/json/array.hpp>

#include <box/network/options.hpp>
#include <box/observe/data_sanitizer.hpp>

#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

bool isOurs(const error_code& code) noexcept { return code.category() == errorCategory(); }

bool isCancelled(const BoxSdkError& error) noexcept { return error.code() == asio::error::operation_aborted; }

std::string_view errorName(const error_code& code) noexcept {
  if (code == asio::error::operation_aborted) return "cancelled";
  if (!isOurs(code)) return "other";
  return toString(static_cast<Errc>(code.value()));
}

/// The code's text, with "cancelled" in place of the system's words for it, which operators may not know.
std::string codeText(const error_code& code) {
  return code == asio::error::operation_aborted ? "cancelled" : code.message();
}
std::string causeText(const error_code& cause) {
  return cause && cause != asio::error::operation_aborted ? " (" + printable(cause.message()) + ")" : std::string();
}

json::object attemptJson(const AttemptRecord& attempt) {
  json::object out;
  out["number"] = attempt.number;
  out["fate"] = toString(attempt.fate);
  out["phase"] = toString(attempt.phase);
  if (attempt.code) out["error"] = errorName(attempt.code);
  if (attempt.statusCode != 0) out["status"] = attempt.statusCode;
  out["elapsedMs"] = inMilliseconds(attempt.elapsed);
  out["waitedMs"] = inMilliseconds(attempt.waited);
  return out;
}

/// Appends an indented line, "  name:   text", unless the text is empty.
void addLine(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  constexpr std::size_t width = 14;
  out.append("  ").append(name).append(":");
  out.append(width > name.size() ? width - name.size() : 1, ' ');
  out.append(text).append("\n");
}

}  // namespace

std::string fromServer(std::string_view text) { return printable(defaultDataSanitizer()->sanitize(validUtf8(text))); }

std::string requestId(std::string_view text) { return printable(text, 100); }

namespace {

/// The text as fromServer() makes it, or null without a text.
json::value optionalText(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  return json::value(fromServer(*text));
}

}  // namespace

std::string attemptText(const AttemptRecord& attempt) {
  std::string out = std::to_string(attempt.number) + ": ";
  if (attempt.waited.count() > 0) out += "after a wait of " + shownDuration(attempt.waited) + ", ";
  if (attempt.statusCode != 0) {
    out += "status " + std::to_string(attempt.statusCode);
  } else {
    out += attempt.code ? codeText(attempt.code) : "no status";
    out += causeText(attempt.cause);
  }
  return out.append(" in phase ").append(toString(attempt.phase)).append(", ").append(shownDuration(attempt.elapsed));
}

Exit exitFor(const BoxSdkError& error) noexcept {
  if (isCancelled(error)) return Exit::interrupted;
  if (error.fate() == Fate::rejected) return Exit::rejected;
  const error_code& code = error.code();
  if (code == Errc::credentialsInvalid || code == Errc::appNotAuthorized || code == Errc::refreshTokenExpired ||
      code == Errc::clockSkew || (code == Errc::tokenUnavailable && error.api() != nullptr)) {
    return Exit::rejected;  // this call was not sent, but Box was asked for a token and refused
  }
  if (code == Errc::invalidRequest || code == Errc::invalidConfiguration || code == Errc::tokenUnavailable ||
      code == Errc::signInRequired) {
    return Exit::usage;
  }
  return Exit::stopped;
}

namespace {

bool isProxyInEnvironment() {
  try {
    return !ProxyOptions::fromEnvironment().url.empty();
  } catch (const BoxSdkError&) {
    return true;  // it is set, to something that is not a proxy
  }
}

/// What to know about HTTPS_PROXY where Box could not be reached directly; empty: it is not set.
std::string noteOnEnvironment(const BoxSdkError& error) {
  if (error.atProxy() || !isProxyInEnvironment()) return {};
  return " HTTPS_PROXY is set, but it is used only with --proxy env, and not for the hosts in NO_PROXY.";
}

/// The error's code. Where the time of a call has passed before there was a connection, the code of that step, because
/// more time would not help.
Errc causeOf(const BoxSdkError& error) noexcept {
  const auto code = static_cast<Errc>(error.code().value());
  if (code != Errc::callTimeout) return code;
  switch (error.phase()) {
    case Phase::resolve: return Errc::resolveTimeout;
    case Phase::connect: return Errc::connectTimeout;
    case Phase::proxy: return Errc::proxyTimeout;
    case Phase::handshake: return Errc::handshakeTimeout;
    default: return code;
  }
}

}  // namespace

bool isUnreached(const BoxSdkError& error) noexcept {
  return error.code() == ErrorCondition::network ||
         (isOurs(error.code()) && error.code() == ErrorCondition::timeout && causeOf(error) != Errc::callTimeout &&
          error.phase() >= Phase::resolve && error.phase() <= Phase::handshake);
}

std::string hintFor(const BoxSdkError& error, Purpose purpose) {
  const std::string doubt =
      purpose == Purpose::read
          ? "It is safe to run it again."
          : "It is safe to run it again; anyone who has signed in again since then is signed out again.";
  if (isCancelled(error)) return error.fate() == Fate::inDoubt ? doubt : std::string();
  if (!isOurs(error.code())) return {};
  switch (causeOf(error)) {
    case Errc::unauthorized:
      // A developer token cannot be replaced. With another one there was a second attempt, with a new token.
      if (error.attempts().size() < 2)
        return "If the token is younger than 60 minutes, it was revoked, or --base-url names another Box.";
      return "Box refuses even the token that it has just given: the app may be disabled, or its user deactivated. If "
             "you give --base-url, it must name the Box that gave the token.";
    case Errc::credentialsInvalid:
    case Errc::appNotAuthorized:
      return "'box-sessions auth check' with the same options tries the credentials without ending sessions.";
    case Errc::refreshTokenExpired:
    case Errc::signInRequired: return "To sign in: box-sessions login, with the same --oauth and --client-id.";
    case Errc::forbidden:
      return "The app needs the scope for managing the enterprise (in Box's Developer Console, then authorized again "
             "by "
             "an admin), and its user must be an admin with rights over everybody on the list.";
    case Errc::notFound:
      return "Box does not know these entries: check the ids and logins, whose credentials these are, and --base-url.";
    case Errc::badRequest: return "Box does not accept these entries: check them.";
    case Errc::rateLimited: {
      const ApiErrorInfo* const api = error.api();
      const std::string wait =
          api != nullptr && api->retryAfter ? shownDuration(*api->retryAfter) : std::string("a few minutes");
      return "Box limits the rate of calls: wait " + wait + " and run it again, or raise --timeout.";
    }
    case Errc::serverError: return "Box has a problem: try again later. " + doubt;
    case Errc::tlsVerificationFailed:
      return "The server's certificate is not trusted for this host: someone may be intercepting the connection. Only "
             "where you know that a proxy inspects TLS, or for the emulator, add --ca FILE with its CA.";
    case Errc::tlsProtocolError:
    case Errc::tlsNotTls:
    case Errc::protocolError:
    case Errc::unexpectedResponse:
      return "Is --base-url right? Something between here and Box, a proxy or a portal, may be answering in "
             "its place.";
    case Errc::hostNotFound:
    case Errc::resolveFailed:
    case Errc::resolveTimeout:
      return error.atProxy() ? "Check --proxy and this machine's DNS."
                             : "Check --base-url, --proxy and this machine's DNS." + noteOnEnvironment(error);
    case Errc::connectFailed:
    case Errc::connectTimeout:
      return error.atProxy() ? "Check --proxy, and whether this proxy runs and takes connections from this machine."
                             : "Check --base-url, --proxy, the network and firewalls." + noteOnEnvironment(error);
    case Errc::handshakeTimeout:
      return "A connection was made, but the TLS handshake did not finish: check --base-url, --proxy, the network and "
             "firewalls.";
    case Errc::proxyAuthenticationFailed: return "Check --proxy-user and --proxy-password-file.";
    case Errc::proxyAuthenticationRequired: return "Add --proxy-user NAME and --proxy-password-file FILE.";
    case Errc::proxyAuthenticationUnsupported:
      return "This proxy takes NTLM or Negotiate only, which this program does not speak: ask who runs it for Basic, "
             "or for another proxy.";
    case Errc::proxyRefused:
      return "The proxy does not let this machine through to Box: check --proxy, or ask who runs it.";
    case Errc::proxyFailed:
    case Errc::proxyTimeout: return "The proxy does not get through to Box, or is not a proxy: check --proxy.";
    case Errc::callTimeout:
      if (purpose == Purpose::read) return "Give Box more time with --timeout.";
      return error.fate() == Fate::notSent ? "Raise --timeout." : "Raise --timeout. " + doubt;
    case Errc::attemptTimeout:
    case Errc::writeTimeout:
    case Errc::readTimeout:
    case Errc::connectionLost:
    case Errc::responseTooLarge: return error.fate() == Fate::inDoubt ? doubt : std::string();
    default: return {};
  }
}

std::string answerLines(const BoxSdkError& error) {
  const ApiErrorInfo* const api = error.api();
  if (api == nullptr) return {};
  std::string out;
  const std::string reason = inOptionWords(error);
  const auto addId = [&](std::string_view name, const std::string& id) {
    if (reason.find(id) == std::string::npos) addLine(out, name, requestId(id));
  };
  addId("box-request-id", api->boxRequestId);
  addId("request_id", api->clientError.requestId.value_or(""));
  addLine(out, "details", fromServer(api->clientError.contextInfo.value_or("")));
  // The scheme is cut off, because the sanitizer would take the text after the word Bearer for a token.
  std::string_view challenge = api->wwwAuthenticate;
  if (challenge.starts_with("Bearer ")) challenge.remove_prefix(7);
  addLine(out, "authenticate", fromServer(challenge));
  if (api->retryAfter) addLine(out, "retry after", shownDuration(*api->retryAfter));
  return out;
}

std::string failureLines(const BoxSdkError& error, std::string_view advice) {
  std::string out;
  const std::string code = std::string(errorName(error.code())) + ", in phase " + std::string(toString(error.phase())) +
                           causeText(error.cause());
  addLine(out, "error", code);
  for (const AttemptRecord& attempt : error.attempts()) addLine(out, "attempt", attemptText(attempt));
  out += answerLines(error);
  addLine(out, "advice", advice);
  return out;
}

void addFailure(json::object& out, const BoxSdkError& error) {
  out["fate"] = toString(error.fate());
  out["error"] = errorName(error.code());
  out["phase"] = toString(error.phase());
  out["text"] = inOptionWords(error);
  if (const ApiErrorInfo* const api = error.api()) {
    out["status"] = api->statusCode;
    out["boxCode"] = optionalText(api->clientError.code);
    out["boxMessage"] = optionalText(api->clientError.message);
    out["boxRequestId"] = requestId(api->boxRequestId);
    if (api->clientError.requestId) out["requestId"] = requestId(*api->clientError.requestId);
    if (api->retryAfter) out["retryAfterMs"] = inMilliseconds(*api->retryAfter);
  }
  json::array attempts;
  for (const AttemptRecord& attempt : error.attempts()) attempts.push_back(attemptJson(attempt));
  out["attempts"] = std::move(attempts);
  out["elapsedMs"] = inMilliseconds(error.elapsed());
}

}  // namespace box::cli
