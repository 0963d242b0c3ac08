#include "cli/client_setup.hpp"

#include <cstddef>
#include <utility>

#include "cli/connection_setup.hpp"
#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

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

}  // namespace box::cli
