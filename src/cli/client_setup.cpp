#include "cli/client_setup.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include <termios.h>
#include <unistd.h>

#include "cli/connection_setup.hpp"
#include "cli/descriptor.hpp"
#include "cli/option_words.hpp"
#include "cli/terminal.hpp"
#include "cli/text.hpp"

namespace box::cli {

bool mustAsk(const TerminateArguments& arguments) {
  if (arguments.yes || arguments.dryRun) return false;
  if (arguments.readsStandardInput() || ::isatty(STDIN_FILENO) != 1) {
    throw UsageError(
        "cannot ask for confirmation: standard input is not a terminal. Add --yes to go ahead, or --dry-run to "
        "preview");
  }
  return true;
}

NetworkSession makeSession(const TerminateArguments& arguments, const Console& console) {
  const Narration narration = narrationFor(arguments.quiet, arguments.verbose);
  ConnectionArguments connection = arguments.connection;
  // Without a call to Box the proxy's password is not needed, so the operator is not asked for it.
  if (!arguments.asksBox() && !connection.proxyPasswordFile) connection.proxyUser.reset();
  NetworkSession session = makeSession(connection, narration, console);
  if (!arguments.headers.empty()) {
    try {
      session = session.withExtraHeaders(arguments.headers);
    } catch (const BoxSdkError& error) {
      throw UsageError(reasonOf("--header", error));
    }
  }
  return session;
}

BoxClient withCallSettings(const TerminateArguments& arguments, BoxClient client) {
  if (arguments.asUser) client = client.withAsUserHeader(*arguments.asUser);
  if (arguments.suppressNotifications) client = client.withSuppressedNotifications();
  return client;
}

std::string_view hostOf(std::string_view baseUrl) {
  const std::size_t scheme = baseUrl.find("://");
  if (scheme != std::string_view::npos) baseUrl.remove_prefix(scheme + 3);
  return baseUrl.substr(0, baseUrl.find('/'));
}

std::string answerTo(const std::string& question) {
  // The question is shown on the terminal itself, because standard error may go to a file, and the operator must have
  // seen the question. What was typed before it is dropped.
  const Terminal terminal;
  ::tcflush(terminal.descriptor(), TCIFLUSH);
  const Output screen(terminal.descriptor());
  screen.write(question);
  std::string answer;
  std::array<char, 256> buffer{};
  while (answer.find('\n') == std::string::npos) {
    const std::size_t count = readSome(terminal.descriptor(), buffer);
    if (count == 0) {
      screen.write("\n");
      break;
    }
    answer.append(buffer.data(), count);
  }
  return answer.substr(0, answer.find('\n'));
}

}  // namespace box::cli
