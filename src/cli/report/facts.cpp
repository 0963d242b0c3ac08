#include "cli/report/facts.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/ip/host_name.hpp>

#include <box/version.hpp>

#include "cli/bulk_job.hpp"
#include "cli/system/process.hpp"
#include "cli/text.hpp"
#include "cli/version_text.hpp"

namespace box::cli {

namespace {

constexpr const char* personNote = "person";
constexpr const char* machineNote = "machine";
constexpr const char* programNote = "program";
constexpr const char* accountNote = "account-name";  // BulkAccount::note() makes it
constexpr const char* leftOutNote = "left-out";

std::string nameOfMachine() {
  boost::system::error_code unknown;
  return boost::asio::ip::host_name(unknown);
}

RunOrigin originOf(std::chrono::system_clock::time_point begun,
                   const std::vector<std::pair<std::string, std::string>>& notes) {
  RunOrigin out;
  out.begun = begun;
  for (const auto& [name, value] : notes) {
    if (name == personNote) out.person = value;
    if (name == machineNote) out.machine = value;
    if (name == programNote) out.program = value;
    if (name == accountNote) out.account = value;
    if (name == leftOutNote) out.leftOut = value;
  }
  return out;
}

}  // namespace

std::string inWords(const RunOrigin& origin) {
  return shownTime(origin.begun) + (origin.person.empty() ? "" : " by " + origin.person) +
         (origin.machine.empty() ? "" : " on " + origin.machine) +
         (origin.program.empty() ? "" : " with box-sessions " + origin.program);
}

std::string continuedText(const RunOrigin& origin) {
  return inWords(origin) + ", with " +
         (origin.account.empty() ? "credentials of an account that Box did not name"
                                 : "the credentials of " + origin.account) +
         (origin.leftOut.empty() ? "" : ", " + origin.leftOut);
}

void noteLeftOut(JournalHeader& header, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text.append(text.empty() ? "" : "; ").append(line);
  if (!text.empty()) header.notes.emplace_back(leftOutNote, printable(text));
}

void noteOrigin(JournalHeader& header) {
  header.notes.emplace_back(personNote, nameOfPerson());
  header.notes.emplace_back(machineNote, nameOfMachine());
  const std::string commit(builtCommit());
  header.notes.emplace_back(programNote, std::string(version()) + (commit.empty() ? "" : " (commit " + commit + ")"));
}

RunFacts factsOf(const JournalContents& contents, Target target, std::string journal, std::string list,
                 bool isSettled) {
  RunFacts out;
  static_cast<RunOrigin&>(out) = originOf(contents.header().created, contents.header().notes);
  for (const JournalContinuation& run : contents.continuations()) out.continued.push_back(originOf(run.at, run.notes));
  out.target = target;
  out.host = contents.header().binding.host;
  out.asUser = contents.note("as-user");
  out.finished = contents.finished() || isSettled;
  if (!out.finished)
    out.resume = resumeCommand(journal, list == contents.note("file") ? std::nullopt : std::optional(list));
  out.journal = std::move(journal);
  out.list = std::move(list);
  const auto reach = [&out](std::chrono::system_clock::time_point time) {
    out.ended = out.ended ? std::max(*out.ended, time) : time;
  };
  std::optional<std::chrono::system_clock::time_point> lastSettled;
  for (const JournalCall& call : contents.calls()) {
    ++out.calls;
    if (!out.finished && call.settledAt && (!lastSettled || *call.settledAt >= *lastSettled)) {
      lastSettled = call.settledAt;
      out.lastStatus = call.verdict == BulkVerdict::accepted ? 0 : call.status;
    }
    if (call.status == 429) ++out.limited;
    reach(call.settledAt.value_or(call.sentAt));
  }
  // A run that is in progress, or was killed, has recorded something after the end of the run before it.
  const auto isBeforeEnd = [&contents](std::chrono::system_clock::time_point time) {
    return !contents.ends().empty() && time <= contents.ends().back().at;
  };
  out.stopped = !out.finished && (!out.ended || isBeforeEnd(*out.ended)) &&
                isBeforeEnd(out.continued.empty() ? out.begun : out.continued.back().begun);
  for (const JournalEnd& end : contents.ends()) reach(end.at);
  return out;
}

std::string howToContinue(const RunFacts& facts) {
  if (facts.finished) return {};
  return (facts.stopped ? "It has stopped before its end. Continue with: "
                        : "It is in progress, or was killed. If it was killed, continue with: ") +
         facts.resume + ", and the options of the run for its credentials and connection";
}

std::string whoIsLeftOut(const RunFacts& facts) {
  return facts.leftOut.empty() ? std::string() : facts.leftOut + ". All of them are at the end of " + facts.list;
}

std::string whyNotFinished(const RunFacts& facts) {
  if (facts.finished || facts.lastStatus == 0) return {};
  const std::string status = std::to_string(facts.lastStatus);
  switch (facts.lastStatus) {
    case 401:
      return "Box refused the last call with 401: the token was not valid, or had expired (a developer token lasts 60 "
             "minutes)";
    case 403: return "Box refused the last call with 403: the credentials have no right to end these sessions";
    case 429: return "Box answered the last call with 429: it limits the rate of calls";
    default:
      return (facts.lastStatus >= 500 ? "Box answered the last call with " : "Box refused the last call with ") +
             status;
  }
}

void ReasonTally::add(const BulkRow& row) {
  const bool isUnsent = row.state == BulkState::notSent && row.status == 0;
  if (row.state == BulkState::accepted || row.state == BulkState::duplicate || isUnsent) {
    ++counts_[{row.state, 0, {}, {}}];
    return;
  }
  // Other messages contain the entry or request ids, so that each would be a separate reason.
  const bool isTold = row.state != BulkState::invalid && row.status == 0;
  auto key =
      std::tuple(row.state, row.status, std::string(row.code), isTold ? std::string(row.message) : std::string());
  if (!counts_.contains(key) && counts_.size() >= most) key = {row.state, 0, {}, {}};
  ++counts_[key];
}

std::vector<ReasonTally::Reason> ReasonTally::reasons() const {
  std::vector<Reason> out;
  for (const auto& [key, count] : counts_) {
    const auto& [state, status, code, message] = key;
    out.push_back({state, status, code, message, count});
  }
  std::stable_sort(out.begin(), out.end(), [](const Reason& a, const Reason& b) { return a.count > b.count; });
  return out;
}

}  // namespace box::cli
