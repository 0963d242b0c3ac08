#include <array>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/serialize.hpp>

#include <box/auth/developer_token.hpp>
#include <box/client.hpp>

#include "cli/client_setup.hpp"
#include "cli/commands.hpp"
#include "cli/credentials.hpp"
#include "cli/error_text.hpp"
#include "cli/interruption.hpp"
#include "cli/list_reader.hpp"
#include "cli/report.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

/// Reads all that the arguments name; false where something is wrong with it, which it has told.
bool readEntries(const TerminateArguments& arguments, EntryList& entries, const Console& console) {
  InputFaults faults;
  std::size_t rowsWithBoth = 0;
  for (std::size_t i = 0; i < arguments.entries.size(); ++i) {
    const std::string entry(trimmedEntry(arguments.entries[i]));
    if (const auto fault = faultOf(kindOf(arguments.target), entry)) {
      faults.add("argument " + std::to_string(i + 1), fault->text);
    } else {
      entries.add(entry);
    }
  }
  for (const std::string& file : arguments.files) {
    Input input(file, Pipes::read);
    if (input.isTerminal())
      console.complain(
          "reading the list from the terminal: one entry a line; Ctrl-D at the beginning of a line ends it");
    ListCollector collector(input.name(), entries, faults);
    ListReader reader(arguments.target, collector);
    std::array<char, 64 * 1024> buffer{};
    bool more = true;
    while (more) {
      const std::size_t count = input.read(buffer);
      if (count == 0) break;
      more = reader.feed(std::string_view(buffer.data(), count));
    }
    reader.finish();
    rowsWithBoth += reader.rowsWithBoth();
  }

  if (!faults.empty()) {
    for (const std::string& line : faults.lines()) console.complain(line);
    if (faults.total() > InputFaults::shown) {
      console.complain("… and " + std::to_string(faults.total() - InputFaults::shown) + " more");
    }
    console.complain("nothing was sent: " +
                     (faults.total() == 1 ? "mend this entry" : "mend these " + counted(faults.total(), "entry")) +
                     " and run it again");
    return false;
  }
  if (entries.empty()) {
    console.complain("nothing was sent: the list has no " + std::string(nounOf(arguments.target)) + "s");
    return false;
  }
  if (!arguments.quiet && entries.duplicates() > 0) {
    console.complain(counted(entries.duplicates(), "duplicate") + " ignored");
  }
  if (!arguments.quiet && rowsWithBoth > 0) {
    console.complain(counted(rowsWithBoth, "row") + " with an id and a login: the id is used");
  }
  return true;
}

/// A plan that is carried out: what it needs, and its results so far.
struct Execution {
  const TerminateArguments& arguments;
  const Plan& plan;
  const BoxClient& client;
  const Interruption& interruption;
  const Console& console;

  Tally tally{};
  std::size_t nextCall = 0;  // after the last one that was accepted
  std::optional<BoxSdkError> failure{};
  bool outputLost = false;

  CallLabel label(std::size_t call) const { return {plan.target(), call + 1, plan.calls()}; }

  void print(const std::string& text, const boost::json::object& object) {
    if (outputLost) return;
    try {
      if (arguments.json) {
        console.result(boost::json::serialize(object) + "\n");
      } else if (!arguments.quiet) {
        console.result(text);
      }
    } catch (const OutputLost& error) {
      outputLost = true;
      console.complain(error.what());
    }
  }
};

asio::awaitable<SessionTerminationMessage> startCall(const BoxClient& client, Target target,
                                                     const CallEntries& entries) {
  if (target == Target::groups) {
    const TerminateGroupsSessionsRequestBody body(entries.ids);
    return client.sessionTermination.terminateGroupsSessions(body);
  }
  const TerminateUsersSessionsRequestBody body(entries.ids, entries.logins);
  return client.sessionTermination.terminateUsersSessions(body);
}

/// An exception that is none of the library's, from the middle of
/// a call: the worst must be assumed of its fate.
BoxSdkError unforeseen(const std::exception& error) {
  ErrorDetails details;
  details.context = error.what();
  details.fate = Fate::inDoubt;
  const auto* const system = dynamic_cast<const boost::system::system_error*>(&error);
  return BoxSdkError(system != nullptr ? system->code() : make_error_code(boost::system::errc::io_error),
                     std::move(details));
}

/// Sends the calls one after another, until one fails, the
/// operator stops it, or nobody hears the results any more.
asio::awaitable<void> sendCalls(Execution& run) {
  while (run.nextCall < run.plan.calls() && !run.interruption.happened() && !run.outputLost) {
    const CallEntries entries = run.plan.call(run.nextCall);
    const CallLabel label = run.label(run.nextCall);
    try {
      const SessionTerminationMessage answer = co_await startCall(run.client, run.plan.target(), entries);
      run.tally.accepted += entries.size();
      ++run.nextCall;
      run.print(acceptedText(label, entries, answer), acceptedJson(label, entries, answer));
    } catch (const BoxSdkError& error) {
      run.failure.emplace(error);
    } catch (const std::exception& error) {
      run.failure.emplace(unforeseen(error));
    }
    if (run.failure) co_return;
  }
}

/// Says what failed and what was not sent.
void reportRest(Execution& run) {
  std::size_t firstNotSent = run.nextCall;
  if (run.failure) {
    const CallEntries entries = run.plan.call(run.nextCall);
    const CallLabel label = run.label(run.nextCall);
    run.console.complain(failedText(label, entries, *run.failure));
    if (run.arguments.json) run.print({}, failedJson(label, entries, *run.failure));
    run.tally.of(run.failure->fate()) += entries.size();
    ++firstNotSent;
  }
  for (std::size_t call = firstNotSent; call < run.plan.calls(); ++call) {
    const CallEntries entries = run.plan.call(call);
    if (run.arguments.json) run.print({}, notSentJson(run.label(call), entries));
    run.tally.notSent += entries.size();
  }
}

Exit exitOf(const Execution& run) {
  const bool complete = run.nextCall == run.plan.calls();
  if (run.interruption.happened() && !complete) return Exit::interrupted;
  if (run.failure) return exitFor(*run.failure);
  return complete && !run.outputLost ? Exit::accepted : Exit::stopped;
}

}  // namespace

Exit runTerminate(const TerminateArguments& arguments, const Environment& environment, const Console& console) {
  if (arguments.bulk) return runBulk(arguments, environment, console);
  const bool asks = mustAsk(arguments);
  EntryList entries;
  if (!readEntries(arguments, entries, console)) return Exit::usage;
  if (arguments.remainingFile) requireReplaceable(*arguments.remainingFile, remainingBeginnings);
  const Plan plan(arguments.target, entries, arguments.batch);
  const std::string asUser = arguments.asUser.value_or("");
  const NetworkSession session = makeSession(arguments, console);
  const std::string& baseUrl = session.baseUrls().baseUrl;

  asio::io_context context(1);
  if (arguments.dryRun) {
    // For its checks of certificates and headers; credentials are not needed, and none is read.
    makeClient(arguments, context, session, std::make_shared<BoxDeveloperTokenAuth>("none"));
    if (arguments.json) {
      console.result(boost::json::serialize(planJson(plan, baseUrl, asUser)) + "\n");
    } else if (!arguments.quiet) {
      console.result(planText(plan, baseUrl, asUser));
    }
    return Exit::accepted;
  }
  const BoxClient client =
      makeClient(arguments, context, session, makeAuthentication(arguments.credentials, environment));
  if (asks && !isConfirmed(questionText(plan, hostOf(baseUrl), asUser))) {
    console.complain("nothing was sent");
    return Exit::interrupted;
  }
  // All of it at first: a run that is killed must not lose the list, and to repeat a call is harmless.
  if (arguments.remainingFile) writeFile(*arguments.remainingFile, remainingText(plan, 0, nullptr), Readers::owner);

  Interruption interruption(context, console);
  Execution run{arguments, plan, client, interruption, console};
  std::exception_ptr broken;
  asio::co_spawn(context, sendCalls(run),
                 asio::bind_cancellation_slot(interruption.slot(), [&](std::exception_ptr error) {
                   broken = error;
                   interruption.stopWaiting();
                 }));
  context.run();
  if (broken) run.failure.emplace(unforeseen(std::runtime_error("an internal error")));

  reportRest(run);
  Exit exit = exitOf(run);
  if (arguments.remainingFile) {
    try {
      const BoxSdkError* const failure = run.failure ? &*run.failure : nullptr;
      writeFile(*arguments.remainingFile, remainingText(plan, run.nextCall, failure), Readers::owner);
    } catch (const FileError& error) {
      console.complain(error.what());
      if (exit == Exit::accepted) exit = Exit::stopped;
    }
  }
  run.print(summaryText(plan.target(), run.tally), summaryJson(plan.target(), run.tally, exit));
  if (run.outputLost && exit == Exit::accepted) exit = Exit::stopped;
  return exit;
}

}  // namespace box::cli
