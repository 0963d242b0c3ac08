#include "cli/report.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

#include <boost/asio/error.hpp>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <box/observe/data_sanitizer.hpp>

#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

constexpr std::size_t entriesShown = 10;

bool isOurs(const error_code& code) noexcept { return code.category() == errorCategory(); }

bool isCancelled(const BoxSdkError& error) noexcept { return error.code() == asio::error::operation_aborted; }

/// Text of the server's, fit to be shown. It may repeat what it was sent: sanitized too.
std::string fromServer(std::string_view text) { return printable(defaultDataSanitizer()->sanitize(validUtf8(text))); }

/// A request id for Box's support. The sanitizer would take it for a key.
std::string requestId(std::string_view text) { return printable(text, 100); }

std::string_view errorName(const error_code& code) noexcept {
  if (code == asio::error::operation_aborted) return "cancelled";
  if (!isOurs(code)) return "other";
  return toString(static_cast<Errc>(code.value()));
}

std::string_view fateInWords(Fate fate) noexcept {
  switch (fate) {
    case Fate::notSent: return "not sent: Box cannot have seen it";
    case Fate::inDoubt: return "in doubt: it was sent, at least in part, and Box's answer did not arrive";
    case Fate::rejected: return "rejected: Box answered and refused it";
    case Fate::accepted: return "accepted: Box answered 202";
  }
  return "unknown";
}

std::string callPrefix(const CallLabel& label) {
  if (label.calls == 1) return {};
  return "call " + std::to_string(label.number) + " of " + std::to_string(label.calls) + ": ";
}

std::string countedEntries(Target target, const CallEntries& entries) {
  std::string out = counted(entries.size(), nounOf(target));
  if (!entries.ids.empty() && !entries.logins.empty()) {
    out += " (" + counted(entries.ids.size(), "id") + ", " + counted(entries.logins.size(), "login") + ")";
  }
  return out;
}

json::array jsonArray(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

json::object eventObject(std::string_view name, const CallLabel& label, const CallEntries& entries) {
  json::object out;
  out["event"] = name;
  out["target"] = std::string(nounOf(label.target)) + "s";
  out["call"] = label.number;
  out["calls"] = label.calls;
  out["ids"] = jsonArray(entries.ids);
  if (label.target == Target::users) out["logins"] = jsonArray(entries.logins);
  return out;
}

std::string attemptText(const AttemptRecord& attempt) {
  std::string out = std::to_string(attempt.number) + ": ";
  if (attempt.waited.count() > 0) out += "after a wait of " + shownDuration(attempt.waited) + ", ";
  if (attempt.statusCode != 0) {
    out += "status " + std::to_string(attempt.statusCode);
  } else {
    out += attempt.code ? attempt.code.message() : "no status";
    if (attempt.cause) out += " (" + printable(attempt.cause.message()) + ")";
  }
  return out.append(" in phase ").append(toString(attempt.phase)).append(", ").append(shownDuration(attempt.elapsed));
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

std::string entriesInWords(const CallEntries& entries) {
  std::string out;
  std::size_t count = 0;
  for (const auto* list : {&entries.ids, &entries.logins}) {
    for (const std::string& entry : *list) {
      if (count++ < entriesShown) out.append(out.empty() ? "" : " ").append(entry);
    }
  }
  if (count > entriesShown) out += " … and " + std::to_string(count - entriesShown) + " more";
  return out;
}

void addLine(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  constexpr std::size_t width = 14;
  out.append("  ").append(name).append(":");
  out.append(width > name.size() ? width - name.size() : 1, ' ');
  out.append(text).append("\n");
}

json::value optionalText(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  return json::value(fromServer(*text));
}

}  // namespace

std::size_t& Tally::of(Fate fate) noexcept {
  switch (fate) {
    case Fate::accepted: return accepted;
    case Fate::rejected: return rejected;
    case Fate::inDoubt: return inDoubt;
    case Fate::notSent: break;
  }
  return notSent;
}

Exit exitFor(const BoxSdkError& error) noexcept {
  if (isCancelled(error)) return Exit::interrupted;
  if (error.fate() == Fate::rejected) return Exit::rejected;
  const error_code& code = error.code();
  if (code == Errc::credentialsInvalid || code == Errc::appNotAuthorized || code == Errc::refreshTokenExpired ||
      code == Errc::clockSkew || (code == Errc::tokenUnavailable && error.api() != nullptr)) {
    return Exit::rejected;  // the call itself was not sent, but Box was asked and refused
  }
  if (code == Errc::invalidRequest || code == Errc::invalidConfiguration || code == Errc::tokenUnavailable) {
    return Exit::usage;
  }
  return Exit::stopped;
}

std::string hintFor(const BoxSdkError& error, std::size_t entries) {
  const std::string doubt =
      "It is safe to run it again; anyone who has signed in again since then is signed out again.";
  // A call of one entry leaves no doubt about which it is.
  const std::string isolate =
      " Run it again with the list in a file and --journal FILE: this finds the entries that Box refuses and sends the "
      "others.";
  if (isCancelled(error)) return error.fate() == Fate::inDoubt ? doubt : std::string();
  if (!isOurs(error.code())) return {};
  switch (static_cast<Errc>(error.code().value())) {
    case Errc::unauthorized:
      return "Get a new token and run it again: a developer token lasts 60 minutes. Check also that it is "
             "for this Box.";
    case Errc::credentialsInvalid:
    case Errc::appNotAuthorized:
      return "'box-sessions auth check' with the same options tries the credentials without ending sessions.";
    case Errc::forbidden: {
      const ApiErrorInfo* const api = error.api();
      const bool isScope = api != nullptr && api->wwwAuthenticate.find("insufficient_scope") != std::string::npos;
      const std::string rights =
          "The app needs the scope for managing the enterprise (in Box's Developer Console, then authorized again by "
          "an "
          "admin), and its user must be an admin with rights over all of them.";
      return isScope || entries == 1 ? rights
                                     : rights + " If they are in order, some entries may be out of reach." + isolate;
    }
    case Errc::notFound:
      if (entries == 1) return "Box does not know this one: check the id or login.";
      return "Box does not know at least one of them, and does not say which." + isolate;
    case Errc::badRequest:
      if (entries == 1) return "Box does not take this entry: check it.";
      return "Box does not take one of the entries, or not so many in one call." + isolate;
    case Errc::rateLimited: {
      const ApiErrorInfo* const api = error.api();
      const std::string wait =
          api != nullptr && api->retryAfter ? shownDuration(*api->retryAfter) : std::string("a few minutes");
      return "Box limits the rate of calls: wait " + wait + " and run it again, or raise --timeout.";
    }
    case Errc::serverError: return "Box has a problem: try again later. " + doubt;
    case Errc::tlsVerificationFailed:
      return "The server's certificate is not trusted for this host. Behind a proxy that inspects TLS, or for the "
             "emulator, give its CA with --ca FILE. Otherwise stop: someone may be intercepting the connection.";
    case Errc::tlsProtocolError:
    case Errc::tlsNotTls:
    case Errc::protocolError:
    case Errc::unexpectedResponse:
      return "Is --base-url right? Something between here and Box, a proxy or a portal, may be answering in "
             "its place.";
    case Errc::hostNotFound:
    case Errc::resolveFailed:
    case Errc::resolveTimeout: return "Check --base-url, --proxy and this machine's DNS.";
    case Errc::connectFailed:
    case Errc::connectTimeout: return "Check --base-url, --proxy, the network and firewalls.";
    case Errc::handshakeTimeout:
      return "A connection was made, but the TLS handshake did not finish: check --base-url, --proxy, the network and "
             "firewalls.";
    case Errc::proxyAuthenticationFailed:
      return "Check --proxy-user and --proxy-password-file. A proxy that takes NTLM or Negotiate only cannot be used: "
             "ask "
             "for Basic.";
    case Errc::proxyRefused:
      return "The proxy does not let this machine through to Box: check --proxy, or ask who runs it.";
    case Errc::proxyFailed:
    case Errc::proxyTimeout: return "The proxy does not get through to Box, or is not a proxy: check --proxy.";
    case Errc::callTimeout: {
      std::string hint = error.phase() == Phase::handshake
                             ? "A connection was made, but the TLS handshake did not finish in time. "
                             : "";
      hint += "Raise --timeout.";
      return error.fate() == Fate::notSent ? hint : hint + " " + doubt;
    }
    case Errc::attemptTimeout:
    case Errc::writeTimeout:
    case Errc::readTimeout:
    case Errc::connectionLost:
    case Errc::responseTooLarge: return error.fate() == Fate::inDoubt ? doubt : std::string();
    default: return {};
  }
}

std::string questionText(const Plan& plan, std::string_view host, std::string_view asUser) {
  const std::string who = counted(plan.entries().size(), nounOf(plan.target()));
  std::string out = "This signs out ";
  out.append(plan.target() == Target::users ? "" : "the members of ")
      .append(who)
      .append(" at ")
      .append(printable(host));
  if (!asUser.empty()) out.append(", as user ").append(asUser);
  return out + ". Continue? [y/N] ";
}

std::string planText(const Plan& plan, std::string_view baseUrl, std::string_view asUser) {
  std::string out = "Would sign out ";
  out.append(plan.target() == Target::users ? "" : "the members of ");
  out += counted(plan.entries().size(), nounOf(plan.target())) + " at " + printable(baseUrl) + " with " +
         counted(plan.calls(), "call");
  if (plan.calls() > 1) out += " of at most " + std::to_string(plan.batch());
  if (!asUser.empty()) out.append(", as user ").append(asUser);
  return out + ". Nothing was sent.\n";
}

json::object planJson(const Plan& plan, std::string_view baseUrl, std::string_view asUser) {
  json::object out;
  out["event"] = "plan";
  out["target"] = std::string(nounOf(plan.target())) + "s";
  out["entries"] = plan.entries().size();
  out["calls"] = plan.calls();
  out["batch"] = plan.batch();
  out["baseUrl"] = validUtf8(baseUrl);
  if (!asUser.empty()) out["asUser"] = asUser;
  return out;
}

std::string acceptedText(CallLabel label, const CallEntries& entries, const SessionTerminationMessage& message) {
  std::string out = callPrefix(label) + "accepted: " + countedEntries(label.target, entries);
  if (!message.boxRequestId.empty()) out += ", Box request id " + requestId(message.boxRequestId);
  if (message.message && !message.message->empty()) out += ": " + fromServer(*message.message);
  if (!message.bodyIntact) out += " (the answer was cut short, but it is accepted)";
  return out + "\n";
}

json::object acceptedJson(CallLabel label, const CallEntries& entries, const SessionTerminationMessage& message) {
  json::object out = eventObject("accepted", label, entries);
  out["boxRequestId"] = requestId(message.boxRequestId);
  out["message"] = optionalText(message.message);
  out["bodyIntact"] = message.bodyIntact;
  return out;
}

std::string failureLines(const BoxSdkError& error) {
  std::string out;
  const std::string code = std::string(errorName(error.code())) + ", in phase " + std::string(toString(error.phase())) +
                           (error.cause() ? " (" + printable(error.cause().message()) + ")" : "");
  addLine(out, "error", code);
  for (const AttemptRecord& attempt : error.attempts()) addLine(out, "attempt", attemptText(attempt));
  if (const ApiErrorInfo* const api = error.api()) {
    addLine(out, "box-request-id", requestId(api->boxRequestId));
    addLine(out, "request_id", requestId(api->clientError.requestId.value_or("")));
    addLine(out, "details", fromServer(api->clientError.contextInfo.value_or("")));
    // Without the scheme: the sanitizer takes what follows the word Bearer for a token.
    std::string_view challenge = api->wwwAuthenticate;
    if (challenge.starts_with("Bearer ")) challenge.remove_prefix(7);
    addLine(out, "authenticate", fromServer(challenge));
    if (api->retryAfter) addLine(out, "retry after", shownDuration(*api->retryAfter));
  }
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

std::string failedText(CallLabel label, const CallEntries& entries, const BoxSdkError& error) {
  std::string out = callPrefix(label) + countedEntries(label.target, entries) + ": " + inOptionWords(error) + "\n";
  addLine(out, "fate", fateInWords(error.fate()));
  out += failureLines(error);
  addLine(out, std::string(nounOf(label.target)) + "s", entriesInWords(entries));
  addLine(out, "advice", hintFor(error, entries.size()));
  return out;
}

json::object failedJson(CallLabel label, const CallEntries& entries, const BoxSdkError& error) {
  json::object out = eventObject("failed", label, entries);
  addFailure(out, error);
  const std::string hint = hintFor(error, entries.size());
  if (!hint.empty()) out["advice"] = hint;
  return out;
}

json::object notSentJson(CallLabel label, const CallEntries& entries) { return eventObject("notSent", label, entries); }

std::string summaryText(Target target, const Tally& tally) {
  std::string out = counted(tally.total(), nounOf(target)) + ": " + std::to_string(tally.accepted) + " accepted";
  if (tally.rejected > 0) out += ", " + std::to_string(tally.rejected) + " rejected";
  if (tally.inDoubt > 0) out += ", " + std::to_string(tally.inDoubt) + " in doubt";
  if (tally.notSent > 0) out += ", " + std::to_string(tally.notSent) + " not sent";
  return out + "\n";
}

json::object summaryJson(Target target, const Tally& tally, Exit status) {
  json::object out;
  out["event"] = "summary";
  out["target"] = std::string(nounOf(target)) + "s";
  out["entries"] = tally.total();
  out["accepted"] = tally.accepted;
  out["rejected"] = tally.rejected;
  out["inDoubt"] = tally.inDoubt;
  out["notSent"] = tally.notSent;
  out["exitStatus"] = static_cast<int>(status);
  return out;
}

std::string remainingText(const Plan& plan, std::size_t failedCall, const BoxSdkError* failure) {
  std::string out;
  const auto addEntries = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) out.append(plan.entries()[i]).append("\n");
  };
  std::size_t next = plan.begin(failedCall);
  if (failure != nullptr && failure->fate() != Fate::notSent) {
    const std::size_t end = plan.begin(failedCall + 1);
    if (failure->fate() != Fate::accepted) {
      out.append("# ").append(failure->fate() == Fate::rejected ? "rejected by Box" : "in doubt").append("\n");
      addEntries(next, end);
    }
    next = end;
  }
  if (next < plan.entries().size()) out += "# not sent\n";
  addEntries(next, plan.entries().size());
  return out;
}

namespace {

struct EventWriter {
  std::string operator()(const event::CallStarted& e) const {
    return "call " + std::to_string(e.call) + ": " + std::string(e.method) + " " + printable(e.url);
  }
  std::string operator()(const event::AttemptStarted& e) const {
    return "call " + std::to_string(e.call) + ": attempt " + std::to_string(e.attempt);
  }
  std::string operator()(const event::AttemptEnded& e) const {
    return "call " + std::to_string(e.call) + ": attempt " + attemptText(e.record) + ", " +
           std::string(toString(e.record.fate)) + (e.record.reusedConnection ? ", on a reused connection" : "");
  }
  std::string operator()(const event::RetryScheduled& e) const {
    return "call " + std::to_string(e.call) + ": waits " + shownDuration(e.delay) + " before attempt " +
           std::to_string(e.attempt) + " (" + std::string(toString(e.kind)) + ")";
  }
  std::string operator()(const event::CallEnded& e) const {
    return "call " + std::to_string(e.call) + ": " + std::string(toString(e.fate)) + " after " +
           shownDuration(e.elapsed) + ", " + counted(e.attempts, "attempt") + (e.code ? ": " + e.code.message() : "");
  }
  std::string operator()(const event::TokenRequested& e) const {
    return "call " + std::to_string(e.call) + ": asks for a token" + (e.refused ? ", the last one was refused" : "");
  }
  std::string operator()(const event::PoolWaited& e) const {
    return "call " + std::to_string(e.call) + ": waited " + shownDuration(e.waited) + " for a connection";
  }
  std::string operator()(const event::ConnectionOpened& e) const {
    return "connection " + std::to_string(e.connection) + ": " + printable(e.host) + " port " + std::to_string(e.port) +
           (e.proxy.empty() ? "" : " through " + printable(e.proxy)) + ", " + printable(e.tlsVersion) +
           (e.resumed ? " resumed" : "") + ", " + shownDuration(e.elapsed);
  }
  std::string operator()(const event::ConnectionClosed& e) const {
    return "connection " + std::to_string(e.connection) + ": closed (" + std::string(toString(e.reason)) + ") after " +
           counted(e.requests, "request");
  }
};

}  // namespace

std::string eventText(const Event& event) { return std::visit(EventWriter{}, event); }

}  // namespace box::cli
