#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include <box/auth/developer_token.hpp>
#include <box/bulk/bulk_termination.hpp>
#include <box/bulk/journal.hpp>
#include <box/client.hpp>

#include "cli/bulk_report.hpp"
#include "cli/client_setup.hpp"
#include "cli/commands.hpp"
#include "cli/credentials.hpp"
#include "cli/digest.hpp"
#include "cli/file_source.hpp"
#include "cli/interruption.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

/// A run, new or gone on with.
struct Job {
  TerminateArguments arguments;  ///< with `bulk`
  std::string file;
  std::optional<JournalContents> past;

  const BulkArguments& bulk() const { return *arguments.bulk; }
};

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

/// What happens in a run, told as it happens.
class Display final : public BulkListener {
 public:
  Display(const TerminateArguments& arguments, const Console& console)
      : json_(arguments.json),
        quiet_(arguments.quiet),
        terminal_(!arguments.quiet && !arguments.json && ::isatty(STDERR_FILENO) == 1),
        console_(console) {}

  void onRow(const BulkRow& row) override {
    if (json_) return console_.result(json::serialize(rowJson(row)) + "\n");
    const bool good =
        row.state == BulkState::accepted || row.state == BulkState::duplicate || row.state == BulkState::notSent;
    if (good || row.fromJournal || row.state == BulkState::invalid) return;  // the invalid ones were shown before
    if (++troubles_ <= InputFaults::shown) {
      say(rowText(row));
    } else if (troubles_ == InputFaults::shown + 1) {
      say("… and more; 'box-sessions report' shows all");
    }
  }

  void onProgress(const BulkProgress& progress) override {
    if (json_) {
      if (isTime(progress.elapsed, std::chrono::seconds(1)))
        console_.result(json::serialize(progressJson(progress)) + "\n");
    } else if (terminal_) {
      draw("\r\x1b[K" + progressText(progress, columns(), true));
      drawn_ = true;
    } else if (!quiet_ && isTime(progress.elapsed, std::chrono::seconds(10))) {
      console_.complain(progressText(progress, 200, false));
    }
  }

  void say(const std::string& text) {
    clear();
    console_.complain(text);
  }
  void clear() {
    if (std::exchange(drawn_, false)) draw("\r\x1b[K");
  }

 private:
  static std::size_t columns() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 79;
    return size.ws_col - 1U;
  }
  static void draw(const std::string& text) {
    try {
      Output(STDERR_FILENO).write(text);
    } catch (const OutputLost&) {
      // Where nobody can see it, that is no reason to fail.
    }
  }
  bool isTime(milliseconds elapsed, milliseconds every) {
    if (elapsed < next_) return false;
    next_ = elapsed + every;
    return true;
  }

  const bool json_, quiet_, terminal_;
  const Console& console_;
  milliseconds next_{0};
  std::size_t troubles_ = 0;
  bool drawn_ = false;
};

BulkOptions optionsOf(const TerminateArguments& arguments) {
  const BulkArguments& bulk = *arguments.bulk;
  BulkOptions options;
  options.target = arguments.target == Target::users ? BulkTarget::users : BulkTarget::groups;
  options.batchSize = arguments.batch;
  if (bulk.concurrency) options.concurrency = *bulk.concurrency;
  if (bulk.rate) {
    options.rate.cap = *bulk.rate;
    options.rate.start = *bulk.rate;
    options.rate.floor = std::min(options.rate.floor, *bulk.rate);
  }
  if (arguments.connection.timeout) options.callTimeout = *arguments.connection.timeout;
  options.inDoubt = bulk.inDoubt;
  if (bulk.keepGoing) {
    options.systemicSingles = 0;
    options.rejectedShare = 1;
  }
  return options;
}

JournalBinding bindingOf(const Job& job, const ListSurvey& survey, const std::string& host,
                         const std::string& subject) {
  JournalBinding binding;
  binding.target = std::string(nounOf(job.arguments.target)) + "s";
  binding.host = host;
  binding.subject = digestOf(subject + "\nas " + job.arguments.asUser.value_or(""));
  binding.input = survey.digest;
  return binding;
}

std::shared_ptr<FileJournal> journalFor(const Job& job, JournalBinding binding, const std::string& baseUrl) {
  if (job.past) return FileJournal::open(job.bulk().journal, binding);
  JournalHeader header;
  header.binding = std::move(binding);
  header.notes.emplace_back("file", std::filesystem::absolute(job.file).string());
  header.notes.emplace_back("base-url", baseUrl);
  header.notes.emplace_back("batch", std::to_string(job.arguments.batch));
  if (job.arguments.asUser) header.notes.emplace_back("as-user", *job.arguments.asUser);
  if (job.arguments.suppressNotifications) header.notes.emplace_back("suppress-notifications", "yes");
  return FileJournal::create(job.bulk().journal, std::move(header));
}

void requireSameList(const std::string& journal, const JournalContents& contents, const std::string& file,
                     const ListSurvey& survey) {
  if (contents.header().binding.input == survey.digest) return;
  throw JournalError(JournalError::Kind::mismatch,
                     "journal '" + printable(journal) + "': '" + printable(file) +
                         "' is not the list that it was begun with, or was changed since (SHA-256 then " +
                         printable(contents.header().binding.input) + ", now " + survey.digest +
                         "): name the right one with --file, or start anew with a new journal");
}

/// Says what is wrong with the list; false where that is an end of it.
bool isUsable(const Job& job, const ListSurvey& survey, const Console& console) {
  if (!job.arguments.quiet && !job.past) {
    for (const std::string& line : survey.faults.lines()) console.complain(line);
    if (survey.faults.total() > InputFaults::shown)
      console.complain("… and " + std::to_string(survey.faults.total() - InputFaults::shown) + " more");
  }
  if (!survey.halt.empty()) {
    if (job.arguments.quiet || job.past) console.complain(survey.halt);
    console.complain("nothing was sent: what follows there cannot be understood");
    return false;
  }
  if (survey.entries == survey.invalid) {
    console.complain("nothing was sent: the list has no " + std::string(nounOf(job.arguments.target)) + "s");
    return false;
  }
  return true;
}

/// Those that no row was told of were not looked at.
BulkCounts completed(BulkCounts counts, std::uint64_t entries) {
  if (counts.total() < entries) counts.notSent += entries - counts.total();
  return counts;
}

BulkSummary perform(const Job& job, const ListSurvey& survey, const BoxClient& client,
                    std::shared_ptr<FileJournal> journal, asio::io_context& context, std::shared_ptr<Display> display) {
  const BulkTermination bulk(client.sessionTermination, optionsOf(job.arguments));
  StopSignals signals(
      context,
      {[&] {
         display->say("interrupted: what is under way comes to its end, at most 10 s; once more to stop at once");
         bulk.stop();
       },
       [&] {
         display->say("stopping at once");
         bulk.abort();
       }});
  std::exception_ptr broken;
  BulkSummary summary;
  asio::co_spawn(context, bulk.run(listSource(job.arguments.target, job.file, survey), display, std::move(journal)),
                 [&](std::exception_ptr error, BulkSummary result) {
                   broken = error;
                   summary = std::move(result);
                   signals.stopWaiting();
                 });
  context.run();
  if (broken) std::rethrow_exception(broken);
  return summary;
}

void tellEnd(const Job& job, const BulkSummary& summary, const BulkCounts& counts, Exit exit, const Console& console) {
  if (summary.end != BulkEnd::finished)
    console.complain(std::string(toString(summary.end)) + ": " + printable(summary.message));
  const std::string journal = inShell(job.bulk().journal);
  if (job.arguments.json) {
    json::object out = countsJson(job.arguments.target, counts);
    out["end"] = toString(summary.end);
    if (!summary.message.empty()) out["message"] = printable(validUtf8(summary.message));
    out["calls"] = summary.calls;
    out["throttled"] = summary.throttled;
    out["elapsedMs"] = summary.elapsed.count();
    out["journal"] = validUtf8(job.bulk().journal);
    out["exitStatus"] = static_cast<int>(exit);
    console.result(json::serialize(out) + "\n");
  } else if (!job.arguments.quiet) {
    console.result(countsText(job.arguments.target, counts));
  }
  if (exit == Exit::stopped) {
    std::string how = "to go on: box-sessions resume " + journal + " (with the same credentials)";
    if (summary.end == BulkEnd::finished) how += "; --in-doubt retry sends those in doubt again";
    if (summary.end == BulkEnd::systemic || summary.end == BulkEnd::tooManyRejected) {
      how += "; if they are to be refused one by one, with --keep-going";
    }
    console.complain(how);
  } else if (exit != Exit::accepted && !job.arguments.quiet) {
    console.complain("who, and why: box-sessions report " + journal);
  }
}

Exit runJob(const Job& job, const Environment& environment, const Console& console) {
  const TerminateArguments& arguments = job.arguments;
  const bool asks = mustAsk(arguments);
  const ListSurvey survey = surveyList(arguments.target, job.file, job.past ? &*job.past : nullptr);
  if (!isUsable(job, survey, console)) return Exit::usage;
  if (job.past) requireSameList(job.bulk().journal, *job.past, job.file, survey);
  const NetworkSession session = makeSession(arguments, console);
  const std::string baseUrl = session.baseUrls().baseUrl;

  BulkPlan plan;
  plan.target = arguments.target;
  plan.survey = &survey;
  plan.batch = arguments.batch;
  plan.rate = job.bulk().rate.value_or(BulkOptions().rate.cap);
  plan.baseUrl = baseUrl;
  plan.host = std::string(hostOf(baseUrl));
  plan.asUser = arguments.asUser.value_or("");
  plan.journal = job.bulk().journal;
  plan.resumes = job.past.has_value();

  asio::io_context context(1);
  if (arguments.dryRun) {
    // For its checks of certificates and headers; credentials are not needed, and none is read.
    makeClient(arguments, context, session, std::make_shared<BoxDeveloperTokenAuth>("none"));
    if (arguments.json) {
      console.result(json::serialize(planJson(plan)) + "\n");
    } else if (!arguments.quiet) {
      console.result(planText(plan));
    }
    return Exit::accepted;
  }
  if (survey.left() == 0) {
    // All of it is in the journal.
    BulkSummary summary;
    summary.counts.accepted = survey.accepted;
    summary.counts.rejected = survey.rejected;
    summary.counts.invalid = survey.invalid;
    summary.counts.duplicate = survey.duplicates;
    const Exit exit = exitFor(summary);
    if (!arguments.quiet) console.complain("nothing is left to do");
    tellEnd(job, summary, summary.counts, exit, console);
    return exit;
  }
  const Asker asker = makeAsker(arguments.credentials, environment);
  const BoxClient client = makeClient(arguments, context, session, asker.authentication);
  if (asks && !isConfirmed(console, questionText(plan))) {
    console.complain("nothing was sent");
    return Exit::stopped;
  }
  std::shared_ptr<FileJournal> journal = journalFor(job, bindingOf(job, survey, plan.host, asker.subject), baseUrl);
  if (arguments.json) console.result(json::serialize(planJson(plan)) + "\n");

  const auto display = std::make_shared<Display>(arguments, console);
  const BulkSummary summary = perform(job, survey, client, std::move(journal), context, display);
  display->clear();
  const BulkCounts counts = completed(summary.counts, survey.entries);
  const Exit exit = exitFor(summary);
  tellEnd(job, summary, counts, exit, console);
  if (exit != Exit::accepted) leave(exit);
  return exit;
}

Target targetOf(const std::string& journal, const JournalContents& contents) {
  const std::string& target = contents.header().binding.target;
  if (target == "users") return Target::users;
  if (target == "groups") return Target::groups;
  throw JournalError(JournalError::Kind::corrupt,
                     "journal '" + printable(journal) + "': it is not of this program's making");
}

std::string listOf(const std::string& journal, const JournalContents& contents,
                   const std::optional<std::string>& given) {
  std::string path = given.value_or(contents.note("file"));
  if (path.empty())
    throw JournalError(JournalError::Kind::corrupt,
                       "journal '" + printable(journal) + "' does not say where its list is: name it with --file");
  return path;
}

}  // namespace

Exit runBulk(const TerminateArguments& arguments, const Environment& environment, const Console& console) {
  Job job;
  job.arguments = arguments;
  job.file = arguments.files.front();
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(arguments.bulk->journal, ignored))) {
    throw JournalError(JournalError::Kind::unusable,
                       "journal '" + printable(arguments.bulk->journal) +
                           "': it is there already: go on with it by 'box-sessions resume', or choose another name");
  }
  return runJob(job, environment, console);
}

Exit runResume(const ResumeArguments& arguments, const Environment& environment, const Console& console) {
  Job job;
  job.arguments = arguments.run;
  const std::string& journal = job.bulk().journal;
  job.past = JournalContents::read(journal);
  job.arguments.target = targetOf(journal, *job.past);
  job.file = listOf(journal, *job.past,
                    arguments.run.files.empty() ? std::nullopt : std::optional(arguments.run.files.front()));
  if (const std::string url = job.past->note("base-url"); !job.arguments.connection.baseUrl && !url.empty())
    job.arguments.connection.baseUrl = url;
  if (const std::string user = job.past->note("as-user"); isBoxId(user)) job.arguments.asUser = user;
  if (job.past->note("suppress-notifications") == "yes") job.arguments.suppressNotifications = true;
  if (const std::string batch = job.past->note("batch"); !arguments.batchGiven && isBoxId(batch) && batch.size() <= 5) {
    job.arguments.batch = std::clamp<std::size_t>(std::stoul(batch), 1, 10'000);
  }
  return runJob(job, environment, console);
}

Exit runReport(const ReportArguments& arguments, const Console& console) {
  const JournalContents contents = JournalContents::read(arguments.journal);
  const Target target = targetOf(arguments.journal, contents);
  const std::string file = listOf(arguments.journal, contents, arguments.file);
  // Nothing is said of a list that is another one.
  requireSameList(arguments.journal, contents, file, surveyList(target, file, nullptr));

  std::string out;
  const auto put = [&](const std::string& text) {
    out += text;
    if (out.size() < 32 * 1024) return;
    console.result(out);
    out.clear();
  };
  if (arguments.form == ReportForm::table) put(tableHead());
  if (arguments.form == ReportForm::csv) put(csvHead());
  BulkCounts counts;
  surveyList(target, file, &contents,
             [&](std::uint64_t index, const BulkEntry& entry, const std::optional<BulkPast>& past,
                 std::optional<std::uint64_t> original) {
               const BulkRow row = rowOf(index, entry, past, original);
               count(counts, row.state);
               if (arguments.form == ReportForm::table) put(tableLine(row));
               if (arguments.form == ReportForm::csv) put(csvLine(row));
               if (arguments.form == ReportForm::json) put(json::serialize(rowJson(row)) + "\n");
             });
  const Exit exit = exitFor(counts);
  if (arguments.form == ReportForm::table) put("\n" + countsText(target, counts));
  if (arguments.form == ReportForm::json) {
    json::object summary = countsJson(target, counts);
    summary["finished"] = contents.finished();
    summary["exitStatus"] = static_cast<int>(exit);
    put(json::serialize(summary) + "\n");
  }
  console.result(out);
  if (contents.torn() > 0)
    console.complain("the last " + std::to_string(contents.torn()) +
                     " bytes of the journal are half a record: a run is writing it, or was ended in the middle");
  return exit;
}

}  // namespace box::cli
