#include "cli/bulk_account.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/error_text.hpp"
#include "cli/interruption.hpp"
#include "cli/option_words.hpp"
#include "cli/shell_command.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr const char* idNote = "account";
constexpr const char* nameNote = "account-name";
constexpr const char* enterpriseNote = "enterprise";
constexpr const char* unknownNote = "account-not-known";  // its value says why

/// Whether the subject tells accounts apart. It does not for a developer token or a person who signed in: all of these
/// have the same subject.
bool namesTheAccount(const std::string& subject) { return subject.starts_with("ccg ") || subject.starts_with("jwt "); }

[[noreturn]] void refuseAccount(const std::string& journal, const std::string& then, const std::string& now) {
  throw JournalError(JournalError::Kind::mismatch, "journal '" + printable(journal) + "': it was begun by " + then +
                                                       ", and these credentials are of " + now +
                                                       ". Use the same account, or begin a new journal");
}

std::string accountIn(const JournalContents& contents) { return printable(contents.note(nameNote)); }

bool isSameUser(const JournalContents& contents, const Identity& identity) {
  const std::string enterprise = contents.note(enterpriseNote);
  const bool isElsewhere = !enterprise.empty() && !identity.enterpriseId.empty() && enterprise != identity.enterpriseId;
  return contents.note(idNote) == identity.id && !isElsewhere;
}

}  // namespace

void BulkAccount::note(JournalHeader& header) const {
  if (!identity) {
    header.notes.emplace_back(unknownNote, failure ? inOptionWords(*failure) : "Box was not asked");
    return;
  }
  header.notes.emplace_back(idNote, identity->id);
  header.notes.emplace_back(nameNote, inWords(*identity));
  if (!identity->enterpriseId.empty()) header.notes.emplace_back(enterpriseNote, identity->enterpriseId);
}

AccountCheck BulkAccount::check(const std::string& journal, const JournalContents& contents) const {
  const bool isKnownThen = !contents.note(idNote).empty();
  if (isKnownThen && identity) {
    if (!isSameUser(contents, *identity)) refuseAccount(journal, accountIn(contents), inWords(*identity));
    return AccountCheck::same;
  }
  const std::string& subjectThen = contents.header().binding.subject;
  if (subject != subjectThen)
    refuseAccount(journal, "'" + printable(subjectThen) + "'", "'" + printable(subject) + "'");
  if (namesTheAccount(subject)) return AccountCheck::same;
  return isKnownThen ? AccountCheck::unknownToday : AccountCheck::unknownThen;
}

std::chrono::nanoseconds longestQuestion(AccountNeed need, std::optional<std::chrono::nanoseconds> timeout) noexcept {
  if (need == AccountNeed::required) return timeout.value_or(std::chrono::seconds(30));
  // Most of the time of a run is for ending sessions, even where Box does not answer this question.
  const std::chrono::nanoseconds most = std::chrono::seconds(10);
  return timeout ? std::min(most, *timeout / 3) : most;
}

bool findIdentity(BulkAccount& account, asio::io_context& context, const BoxClient& client, const Console& console,
                  std::chrono::nanoseconds limit) {
  TimeoutOptions timeouts = client.networkSession().timeouts();
  timeouts.call = std::min(timeouts.call, limit);
  const auto begun = std::chrono::steady_clock::now();
  const auto ask = [](BoxClient asked, BulkAccount& into) -> asio::awaitable<void> {
    Identity identity = co_await askWhoIAm(asked);
    into.identity = std::move(identity);
  };
  bool isInterrupted = false;
  try {
    isInterrupted = runInterruptibly(context, ask(client.withTimeouts(timeouts), account), console);
  } catch (const BoxSdkError& error) {
    account.failure.emplace(error);
  }
  account.took = std::chrono::steady_clock::now() - begun;
  return !isInterrupted;
}

std::string noAccountText(const BoxSdkError& error) {
  return (isUnreached(error) ? "cannot reach Box: " : "Box does not say whose these credentials are: ") +
         inOptionWords(error);
}

std::string tellNoAccount(const BoxSdkError& error, const Console& console) {
  console.complain(noAccountText(error));
  // This question has at most 10 s (longestQuestion() for AccountNeed::wanted), and only a --timeout of less than 30 s
  // makes that shorter, so the advice to give a longer --timeout would usually not help.
  const bool isLate = error.code() == Errc::callTimeout && !isUnreached(error);
  const std::string advice = error.api() == nullptr && !isLate ? adviceForIdentity(error) : std::string();
  if (!advice.empty()) console.complain(advice);
  return advice;
}

bool isHopeless(const BoxSdkError& error) {
  for (const Errc code : {Errc::credentialsInvalid, Errc::appNotAuthorized, Errc::refreshTokenExpired,
                          Errc::signInRequired, Errc::tlsVerificationFailed}) {
    if (error.code() == code) return true;
  }
  return error.code() == ErrorCondition::proxyAuthentication;
}

AccountNeed needToResume(const BulkJob& job, const std::string& subject) {
  const bool isKnownThen = job.past && !job.past->note(idNote).empty();
  const bool isNeeded = isKnownThen && !namesTheAccount(subject) && !job.arguments.bulk.uncheckedAccount;
  return isNeeded ? AccountNeed::required : AccountNeed::wanted;
}

bool mayResume(const BulkJob& job, const BulkAccount& account, const Console& console) {
  const std::string journal = "journal '" + printable(job.journal) + "': ";
  switch (account.check(job.journal, *job.past)) {
    case AccountCheck::same: return true;
    case AccountCheck::unknownThen:
      console.complain(journal +
                       "Box did not say which account began it: make sure that these credentials are of that account");
      return true;
    case AccountCheck::unknownToday: break;
  }
  const std::string begun = journal + "it was begun by " + accountIn(*job.past) + ", and Box does not say whose ";
  if (job.arguments.bulk.uncheckedAccount) {
    console.complain(begun + "these credentials are: continuing, because of --unchecked-account");
    return true;
  }
  const std::string why = account.failure ? ": " + inOptionWords(*account.failure) : std::string();
  const std::string advice = account.failure ? adviceForIdentity(*account.failure) : std::string();
  console.complain(begun + "these credentials are" + why);
  console.complain("nothing was sent. " + (advice.empty() ? "" : advice + " ") +
                   "If you know that they are of that account: " + withOption(nextCommand(job), "--unchecked-account"));
  return false;
}

}  // namespace box::cli
