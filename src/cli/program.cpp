#include "cli/program.hpp"

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include <box/bulk/file_journal.hpp>
#include <box/error.hpp>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "cli/config_file.hpp"
#include "cli/console.hpp"
#include "cli/help.hpp"
#include "cli/manual.hpp"
#include "cli/option_words.hpp"
#include "cli/secrets.hpp"
#include "cli/system/process.hpp"
#include "cli/text.hpp"
#include "cli/version_text.hpp"

namespace box::cli {

namespace {

struct Run {
  const Console& console;
  const Environment& environment;

  Exit operator()(const TerminateArguments& arguments) { return runTerminate(arguments, environment, console); }
  Exit operator()(const ResumeArguments& arguments) { return runResume(arguments, environment, console); }
  Exit operator()(const ListArguments& arguments) { return runList(arguments, environment, console); }
  Exit operator()(const FollowArguments& arguments) { return runFollow(arguments, environment, console); }
  Exit operator()(const ReportArguments& arguments) { return runReport(arguments, console); }
  Exit operator()(const LoginArguments& arguments) { return runLogin(arguments, environment, console); }
  Exit operator()(const AuthCheckArguments& arguments) { return runAuthCheck(arguments, environment, console); }
  Exit operator()(const EmulatorArguments& arguments) { return runEmulator(arguments, console); }
  Exit operator()(const ShowHelp& help) {
    console.result(helpText(help.topic));
    return Exit::accepted;
  }
  Exit operator()(const ShowVersion&) {
    console.result(versionText());
    return Exit::accepted;
  }
  Exit operator()(const PrintCompletion& completion) {
    console.result(completionScript(completion.shell));
    return Exit::accepted;
  }
  Exit operator()(const PrintManual&) {
    console.result(manualPage());
    return Exit::accepted;
  }
};

/// Says that a configuration file beats the environment, which may be a surprise.
void noteCredentials(const Command& command, const Environment& environment, const Console& console) {
  if (environment.developerToken.empty()) return;
  std::visit(
      [&](const auto& arguments) {
        if constexpr (std::is_convertible_v<decltype(arguments), const CallArguments&>) {
          if (arguments.quiet || arguments.credentialsFrom.empty()) return;
          std::string text(Environment::developerTokenName);
          text.append(" is set, but the credentials are those of ").append(shownPath(arguments.credentialsFrom));
          console.complain(text);
        }
      },
      command);
}

/// Whether the command ends sessions, also where its other arguments are wrong.
bool asksToEndSessions(std::span<const char* const> arguments) {
  if (arguments.empty()) return false;
  const std::string_view command = arguments.front();
  return command == "users" || command == "groups" || command == "resume";
}

}  // namespace

int runProgram(std::span<const char* const> arguments) {
  prepareProcess();
  const Console console;
  Exit exit = Exit::stopped;
  const bool endsSessions = asksToEndSessions(arguments);
  // These errors end a run before its first call that ends sessions.
  const auto refuse = [&](std::string_view why, Exit status) {
    console.complain(why);
    if (endsSessions) console.complain("nothing was sent");
    exit = status;
  };
  try {
    const Environment environment = takeEnvironment();
    const Command command = parseArguments(arguments, readConfigFile, Console::hide);
    noteCredentials(command, environment, console);
    exit = std::visit(Run{console, environment}, command);
  } catch (const UsageError& error) {
    refuse(error.what(), Exit::usage);
  } catch (const FileError& error) {
    refuse(error.what(), Exit::usage);
  } catch (const JournalError& error) {
    refuse(error.what(), Exit::journal);
  } catch (const BoxSdkError& error) {
    refuse(reasonOf(error), Exit::usage);
  } catch (const std::exception& error) {
    console.complain(printable(error.what()));
  }
  if (const std::string& why = Console::logLost(); !why.empty()) {
    console.complain("the log is not complete: " + why);
    if (exit == Exit::accepted) exit = Exit::stopped;
  }
  return static_cast<int>(exit);
}

}  // namespace box::cli
