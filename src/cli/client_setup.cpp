#include "cli/client_setup.hpp"

#include <array>
#include <utility>

#include <unistd.h>

#include "cli/connection.hpp"
#include "cli/text.hpp"

namespace box::cli {

bool mustAsk(const TerminateArguments& arguments) {
  if (arguments.yes || arguments.dryRun) return false;
  if (arguments.readsStandardInput() || ::isatty(STDIN_FILENO) != 1) {
    throw UsageError(
        "standard input is no terminal, so nobody can be asked: say --yes to do it, --dry-run to see what it "
        "would do");
  }
  return true;
}

NetworkSession makeSession(const TerminateArguments& arguments, const Console& console) {
  const Narration narration = arguments.quiet     ? Narration::none
                              : arguments.verbose ? Narration::everything
                                                  : Narration::waits;
  ConnectionArguments connection = arguments.connection;
  if (arguments.dryRun) connection.proxyUser.reset();  // no credentials are read for that
  NetworkSession session = makeSession(connection, narration, console);
  if (!arguments.headers.empty()) session = session.withAdditionalHeaders(arguments.headers);
  return session;
}

BoxClient makeClient(const TerminateArguments& arguments, asio::io_context& context, NetworkSession session,
                     std::shared_ptr<Authentication> authentication) {
  return withCallSettings(arguments, BoxClient(context.get_executor(), std::move(authentication), std::move(session)));
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

bool isConfirmed(const Console& console, const std::string& question) {
  try {
    Output(STDERR_FILENO).write(question);
  } catch (const OutputLost&) {
    return false;  // an answer to a question that nobody saw is none
  }
  Input input("-");
  std::string answer;
  std::array<char, 256> buffer{};
  while (answer.find('\n') == std::string::npos) {
    const std::size_t count = input.read(buffer);
    if (count == 0) {
      console.tell("");
      break;
    }
    answer.append(buffer.data(), count);
  }
  answer = lowerCase(trimmed(std::string_view(answer).substr(0, answer.find('\n'))));
  return answer == "y" || answer == "yes";
}

}  // namespace box::cli
