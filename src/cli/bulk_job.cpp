#include "cli/bulk_job.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>

#include <box/entry.hpp>
#include <box/network/session.hpp>
#include <box/support/deadline.hpp>

#include "cli/connection_setup.hpp"
#include "cli/entries.hpp"
#include "cli/exclude_files.hpp"
#include "cli/files.hpp"
#include "cli/gathered_list.hpp"
#include "cli/journal_files.hpp"
#include "cli/system/descriptors.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

using Kind = JournalError::Kind;

[[noreturn]] void fail(Kind kind, const std::string& journal, const std::string& why) {
  throw JournalError(kind, "journal '" + printable(journal) + "': " + why);
}

/// Quotes a path for a shell.
std::string inShell(const std::string& path) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("._/-+@%,:").find(c) != std::string_view::npos;
  };
  if (!path.empty() && path.front() != '-' && std::all_of(path.begin(), path.end(), plain)) return path;
  std::string out = path.starts_with('-') ? "./'" : "'";
  for (const char c : path) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return printable(out + "'");
}

/// An option after a blank. A pipe of <(...) is gone by the time of the next command, which asks for its content at the
/// terminal instead.
std::string typed(const std::string& option, const std::string& value) {
  return " --" + option + (value.empty() ? "" : " " + (isInherited(value) ? "-" : inShell(value)));
}

std::string listOption(const std::optional<std::string>& file) { return file ? typed("file", *file) : std::string(); }

/// The options for the list's place, the host, its certificates, the proxy and the credentials.
std::string wayToBox(const std::optional<std::string>& file, const CallArguments& arguments) {
  std::string out = listOption(file);
  for (const auto& [option, value] : arguments.wayToBox) out += typed(option, value);
  return out;
}

/// Where the operator says that the list of a journal is now.
std::optional<std::string> movedList(const BulkJob& job) {
  return job.past && !job.arguments.files.empty() ? std::optional(job.arguments.files.front()) : std::nullopt;
}

/// Takes the user of --as-user from the journal only where the operator confirms it, by option or by a yes to the
/// question.
void takeUser(BulkJob& job) {
  const std::string& journal = job.journal;
  const std::string then = job.past->note("as-user");
  std::optional<std::string>& user = job.arguments.asUser;
  if (user && *user != then) {
    fail(Kind::mismatch, journal,
         (then.empty() ? std::string("it was begun without --as-user")
                       : "it was begun with --as-user " + printable(then)) +
             ". Give the same user, or begin a new journal");
  }
  if (user || then.empty()) return;
  if (!isBoxId(then)) fail(Kind::corrupt, journal, "it names a user who is not an id");
  if (job.arguments.yes || job.arguments.dryRun)
    throw UsageError("journal '" + printable(journal) + "' was begun with --as-user: add --as-user " + then +
                     " to act for that user again");
  user = then;
}

}  // namespace

void requireSameHost(const std::string& journal, const JournalContents& contents,
                     const std::optional<std::string>& given) {
  const std::string& then = contents.header().binding.host;
  const std::string now(hostOf(given ? std::string_view(*given) : std::string_view(BaseUrls().baseUrl)));
  if (now == then) return;
  if (given) {
    fail(Kind::mismatch, journal,
         "it is for " + printable(then) + ", and --base-url names " + printable(now) +
             ". Give the same host, or begin a new journal");
  }
  const std::string url = contents.note("base-url");
  throw UsageError("journal '" + printable(journal) + "' is for " + printable(then) +
                   ": if your credentials may be sent there, add --base-url " +
                   printable(hostOf(url) == then ? url : "https://" + then));
}

BulkJob newJob(const TerminateArguments& arguments) {
  BulkJob job;
  job.arguments = arguments;
  if (isOneFile(arguments)) job.file = arguments.files.front();
  job.journal = arguments.bulk.journal.value_or("");
  if (job.journal.empty()) return job;
  if (exists(job.journal)) {
    const std::string other = otherThanAJournal(job.journal);
    if (!other.empty())
      fail(Kind::unusable, job.journal,
           "the file exists already, and it is not a journal, but " + other + ". Name another file with --journal");
    fail(Kind::unusable, job.journal,
         "the file exists already. Continue that run with 'box-sessions resume " + inShell(job.journal) +
             "', or choose another name");
  }
  if (job.file.empty() && exists(listBeside(job.journal))) {
    fail(Kind::unusable, job.journal,
         "its list would be kept in " + shownPath(listBeside(job.journal)) +
             ", which exists already: choose another name");
  }
  return job;
}

void chooseJournal(BulkJob& job, std::uint64_t toSend) {
  const bool isWanted = (toSend > job.arguments.batch || job.arguments.follow) && !job.arguments.bulk.noJournal;
  if (job.journal.empty() && isWanted) job.journal = newJournalPath(job.arguments.target);
}

BulkJob resumedJob(const ResumeArguments& arguments) {
  BulkJob job;
  job.arguments = arguments;
  job.journal = arguments.bulk.journal.value_or("");
  const std::string& journal = job.journal;
  job.past = readJournal(journal);
  job.arguments.target = targetOf(journal, *job.past);
  job.arguments.columns = columnsOf(*job.past);
  job.file =
      listOf(journal, *job.past, arguments.files.empty() ? std::nullopt : std::optional(arguments.files.front()));
  requireSameHost(journal, *job.past, job.arguments.connection.baseUrl);
  takeUser(job);
  for (const std::string& file : exclusionsIn(*job.past)) {
    std::vector<std::string>& files = job.arguments.excludeFiles;
    const auto isSame = [&file](const std::string& given) { return absolutePath(given) == file; };
    if (std::none_of(files.begin(), files.end(), isSame)) files.push_back(file);
  }
  if (job.past->note("suppress-notifications") == "yes") job.arguments.suppressNotifications = true;
  if (const std::string batch = job.past->note("batch"); !arguments.batchGiven && isBoxId(batch) && batch.size() <= 5) {
    job.arguments.batch = std::clamp<std::size_t>(std::stoul(batch), 1, 10'000);
  }
  return job;
}

BulkOptions optionsOf(const TerminateArguments& arguments) {
  const BulkArguments& bulk = arguments.bulk;
  BulkOptions options;
  options.target = bulkTargetOf(arguments.target);
  options.batchSize = arguments.batch;
  if (bulk.concurrency) options.concurrency = *bulk.concurrency;
  if (bulk.rate) {
    options.rate.cap = *bulk.rate;
    options.rate.start = *bulk.rate;
    options.rate.floor = std::min(options.rate.floor, *bulk.rate);
  }
  if (arguments.connection.timeout) options.deadline = Deadline(*arguments.connection.timeout);
  options.inDoubt = bulk.inDoubt;
  options.retryRejected = bulk.retryRejected;
  if (bulk.keepGoing) {
    options.systemicSingles = 0;
    options.rejectedShare = 1;
  }
  return options;
}

BulkOptions optionsOf(const TerminateArguments& arguments, std::uint64_t toSend) {
  BulkOptions options = optionsOf(arguments);
  if (toSend <= arguments.batch) {
    if (!options.deadline.isSet()) options.deadline = Deadline(std::chrono::minutes(2));
    // One call fails rarely enough that its second failure is an outage, of which the operator is told.
    options.breakerFailures = 2;
    options.breakerPause = std::chrono::seconds(1);
    options.longestBreakerPause = std::chrono::seconds(5);
  }
  // A single entry cannot be told apart from an outage by comparing it with others, so it is tried until the time is
  // up.
  if (toSend == 1) options.attempts = std::numeric_limits<unsigned>::max();
  return options;
}

std::string nextCommand(const BulkJob& job) {
  const TerminateArguments& arguments = job.arguments;
  std::string out;
  if (!job.journal.empty()) {
    out = resumeCommand(job.journal, movedList(job));
  } else if (arguments.remainingFile) {
    out = "box-sessions " + std::string(nounsOf(arguments.target)) + " --file " + inShell(*arguments.remainingFile);
  } else {
    return {};
  }
  out += wayToBox(std::nullopt, arguments);
  if (arguments.asUser) out += " --as-user " + *arguments.asUser;
  if (job.journal.empty() && arguments.suppressNotifications) out += " --suppress-notifications";
  if (job.journal.empty() && arguments.batch != TerminateArguments().batch)  // the journal has it
    out += " --batch " + std::to_string(arguments.batch);
  for (const auto& [option, value] : arguments.continued) {
    const bool isListNow = option == "remaining" && job.journal.empty();
    if (!isListNow) out += typed(option, value);
  }
  return out;
}

std::string resumeCommand(const std::string& journal, const std::optional<std::string>& file) {
  return "box-sessions resume " + inShell(journal) + listOption(file);
}

FollowArguments followArguments(const BulkJob& job) {
  FollowArguments out;
  out.journal = job.journal;
  out.file = movedList(job);
  out.window = job.arguments.follow.value_or(out.window);
  static_cast<CallArguments&>(out) = job.arguments;
  return out;
}

std::string followCommand(const FollowArguments& arguments) {
  return "box-sessions follow " + inShell(arguments.journal) + wayToBox(arguments.file, arguments);
}

std::string reportCommand(const FollowArguments& arguments) {
  return "box-sessions report " + inShell(arguments.journal) + listOption(arguments.file);
}

std::string againCommand(const FollowArguments& arguments, const std::vector<std::string>& people,
                         const std::string& asUser) {
  constexpr std::size_t most = 20;
  std::string out = "box-sessions users";
  if (people.size() > most) {
    out = reportCommand(arguments) + " --state signedInAgain --csv > again.csv && " + out +
          " --file again.csv --column person";
  } else {
    for (const std::string& person : people) out += " " + inShell(person);
  }
  return out + (asUser.empty() ? "" : typed("as-user", asUser)) + wayToBox(std::nullopt, arguments);
}

void noteColumns(JournalHeader& header, const ColumnOptions& columns) {
  if (!columns.column.empty()) header.notes.emplace_back("column", columns.column);
  if (columns.preferId) header.notes.emplace_back("prefer", "id");
}

ColumnOptions columnsOf(const JournalContents& contents) {
  ColumnOptions out;
  out.column = contents.note("column");
  out.preferId = contents.note("prefer") == "id";
  out.isOfJournal = true;
  return out;
}

void noteExclusions(JournalHeader& header, const std::vector<std::string>& files) {
  for (const std::string& file : files) header.notes.emplace_back("exclude", absolutePath(file));
}

std::vector<std::string> exclusionsIn(const JournalContents& contents) {
  std::vector<std::string> out;
  for (const JournalContinuation& run : contents.continuations()) {
    for (const auto& [name, value] : run.notes) {
      if (name == "exclude" && std::find(out.begin(), out.end(), value) == out.end()) out.push_back(value);
    }
  }
  return out;
}

Target targetOf(const std::string& journal, const JournalContents& contents) {
  const std::string& target = contents.header().binding.target;
  if (target == "users") return Target::users;
  if (target == "groups") return Target::groups;
  fail(Kind::corrupt, journal, "this program did not make it");
}

namespace {

std::string copyOf(const std::string& journal) {
  return isRegularFile(listBeside(journal)) ? ". A copy of it as it was is " + shownPath(listBeside(journal)) : "";
}

}  // namespace

std::string listOf(const std::string& journal, const JournalContents& contents,
                   const std::optional<std::string>& given) {
  std::string path = given.value_or(contents.note("file"));
  if (path.empty()) fail(Kind::corrupt, journal, "it does not say where its list is: name it with --file");
  if (!given && !mayRead(path))
    throw FileError("cannot open " + shownPath(path) + ": " + std::generic_category().message(errno) +
                    ". Where the list is in another place now, name it with --file" + copyOf(journal));
  return path;
}

void requireSameList(const std::string& journal, const JournalContents& contents, const std::string& file,
                     const ListSurvey& survey) {
  if (contents.header().binding.input == survey.digest) return;
  fail(Kind::mismatch, journal,
       "'" + printable(file) +
           "' is not the list that it was begun with, or was changed since. Name the right one with --file, or begin a "
           "new journal (SHA-256 then " +
           printable(contents.header().binding.input) + ", now " + survey.digest + ")" + copyOf(journal));
}

namespace {

RecordedList listAt(const std::string& journal, const JournalContents& contents,
                    const std::optional<std::string>& given) {
  const Target target = targetOf(journal, contents);
  std::string file = listOf(journal, contents, given);
  ListOptions options;
  options.columns = columnsOf(contents);
  options.keepsLeftOut = true;
  BulkList list(target, file, options);
  // The states belong to the entries of the journal's own list only.
  requireSameList(journal, contents, file, list.survey(BulkOptions(), nullptr));
  std::string unknown;
  try {
    options.exclude = readExclusions(target, exclusionsIn(contents));
    if (options.exclude) {
      BulkList withLeftOut(target, file, std::move(options));
      unknown = withLeftOut.survey(BulkOptions(), nullptr).halt;
      if (unknown.empty()) list = std::move(withLeftOut);
    }
  } catch (const FileError& error) {
    unknown = error.what();
  }
  if (!unknown.empty()) unknown = "it is not known who was left out, and these count as not sent: " + unknown;
  return RecordedList{target, std::move(file), std::move(list), std::move(unknown)};
}

}  // namespace

RecordedList recordedList(const std::string& journal, const JournalContents& contents,
                          const std::optional<std::string>& given) {
  const std::string copy = listBeside(journal);
  const auto orCopy = [&](const auto& error) {
    if (given || !isRegularFile(copy)) throw error;
    RecordedList out = listAt(journal, contents, copy);
    out.note = shownPath(contents.note("file")) +
               " is not there or was changed since: the list is read from its copy " + shownPath(copy) +
               (out.note.empty() ? "" : "; ") + out.note;
    return out;
  };
  try {
    return listAt(journal, contents, given);
  } catch (const FileError& error) {
    return orCopy(error);
  } catch (const JournalError& error) {
    return orCopy(error);
  }
}

}  // namespace box::cli
