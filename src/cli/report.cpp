#include "cli/report.hpp"

#include <boost/json/array.hpp>

#include "cli/error_text.hpp"
#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

constexpr std::size_t entriesShown = 10;

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

}  // namespace box::cli
