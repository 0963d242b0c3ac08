#include "cli/bulk_job.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <box/entry.hpp>
#include <box/network/session.hpp>

#include "cli/client_setup.hpp"
#include "cli/entries.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

using Kind = JournalError::Kind;

[[noreturn]] void fail(Kind kind, const std::string& journal, const std::string& why) {
  throw JournalError(kind, "journal '" + printable(journal) + "': " + why);
}

/// Words of a shell, as far as paths need them.
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

/// A file may say where a run was sent, not where the credentials of the next one go.
void requireSameHost(const BulkJob& job) {
  const std::string& journal = job.bulk().journal;
  const std::string& then = job.past->header().binding.host;
  const std::optional<std::string>& given = job.arguments.connection.baseUrl;
  const std::string now(hostOf(given ? std::string_view(*given) : std::string_view(BaseUrls().baseUrl)));
  if (now == then) return;
  if (given) {
    fail(Kind::mismatch, journal,
         "it is for " + printable(then) + ", and --base-url names " + printable(now) +
             ". Give the same host, or begin a new journal");
  }
  const std::string url = job.past->note("base-url");
  throw UsageError("journal '" + printable(journal) + "' is for " + printable(then) +
                   ": where your credentials may go there, add --base-url " +
                   printable(hostOf(url) == then ? url : "https://" + then));
}

/// Whom a run acts as is the operator's to say, by option or by a yes to the question.
void takeUser(BulkJob& job) {
  const std::string& journal = job.bulk().journal;
  const std::string then = job.past->note("as-user");
  std::optional<std::string>& given = job.arguments.asUser;
  if (given && *given != then) {
    fail(Kind::mismatch, journal,
         (then.empty() ? std::string("it was begun without --as-user")
                       : "it was begun with --as-user " + printable(then)) +
             ". Give the same user, or begin a new journal");
  }
  if (given || then.empty()) return;
  if (!isBoxId(then)) fail(Kind::corrupt, journal, "it names a user who is not an id");
  if (job.arguments.yes)
    throw UsageError("journal '" + printable(journal) + "' was begun with --as-user: add --as-user " + then +
                     " to act for that user again");
  given = then;
}

}  // namespace

BulkJob newJob(const TerminateArguments& arguments) {
  BulkJob job;
  job.arguments = arguments;
  job.file = arguments.files.front();
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(arguments.bulk->journal, ignored))) {
    fail(Kind::unusable, arguments.bulk->journal,
         "the file exists already. Continue that run with 'box-sessions resume " + inShell(arguments.bulk->journal) +
             "', or choose another name");
  }
  return job;
}

BulkJob resumedJob(const ResumeArguments& arguments) {
  BulkJob job;
  job.arguments = arguments.run;
  const std::string& journal = job.bulk().journal;
  job.past = JournalContents::read(journal);
  job.arguments.target = targetOf(journal, *job.past);
  job.file = listOf(journal, *job.past,
                    arguments.run.files.empty() ? std::nullopt : std::optional(arguments.run.files.front()));
  requireSameHost(job);
  takeUser(job);
  if (job.past->note("suppress-notifications") == "yes") job.arguments.suppressNotifications = true;
  if (const std::string batch = job.past->note("batch"); !arguments.batchGiven && isBoxId(batch) && batch.size() <= 5) {
    job.arguments.batch = std::clamp<std::size_t>(std::stoul(batch), 1, 10'000);
  }
  return job;
}

BulkOptions optionsOf(const TerminateArguments& arguments) {
  const BulkArguments& bulk = *arguments.bulk;
  BulkOptions options;
  options.target = bulkTargetOf(arguments.target);
  options.batchSize = arguments.batch;
  if (bulk.concurrency) options.concurrency = *bulk.concurrency;
  if (bulk.rate) {
    options.rate.cap = *bulk.rate;
    options.rate.start = *bulk.rate;
    options.rate.floor = std::min(options.rate.floor, *bulk.rate);
  }
  if (arguments.connection.timeout) options.callTimeout = *arguments.connection.timeout;
  options.inDoubt = bulk.inDoubt;
  options.retryRejected = bulk.retryRejected;
  if (bulk.keepGoing) {
    options.systemicSingles = 0;
    options.rejectedShare = 1;
  }
  return options;
}

std::string resumeCommand(const BulkJob& job) {
  std::string out = "box-sessions resume " + inShell(job.bulk().journal);
  const ConnectionArguments& connection = job.arguments.connection;
  if (connection.baseUrl) out += " --base-url " + inShell(*connection.baseUrl);
  if (connection.caFile) out += " --ca " + inShell(*connection.caFile);
  if (connection.proxy) out += " --proxy " + inShell(*connection.proxy);
  if (connection.proxyUser) out += " --proxy-user " + inShell(*connection.proxyUser);
  if (connection.proxyPasswordFile) out += " --proxy-password-file " + inShell(*connection.proxyPasswordFile);
  if (job.arguments.asUser) out += " --as-user " + *job.arguments.asUser;
  if (job.bulk().retryRejected) out += " --retry-rejected";
  return out;
}

Target targetOf(const std::string& journal, const JournalContents& contents) {
  const std::string& target = contents.header().binding.target;
  if (target == "users") return Target::users;
  if (target == "groups") return Target::groups;
  fail(Kind::corrupt, journal, "this program did not make it");
}

std::string listOf(const std::string& journal, const JournalContents& contents,
                   const std::optional<std::string>& given) {
  std::string path = given.value_or(contents.note("file"));
  if (path.empty()) fail(Kind::corrupt, journal, "it does not say where its list is: name it with --file");
  return path;
}

void requireSameList(const std::string& journal, const JournalContents& contents, const std::string& file,
                     const ListSurvey& survey) {
  if (contents.header().binding.input == survey.digest) return;
  fail(Kind::mismatch, journal,
       "'" + printable(file) +
           "' is not the list that it was begun with, or was changed since. Name the right one with --file, or begin a "
           "new journal (SHA-256 then " +
           printable(contents.header().binding.input) + ", now " + survey.digest + ")");
}

}  // namespace box::cli
