#include "cli/run_client.hpp"

#include <utility>

#include "cli/client_setup.hpp"
#include "cli/connection_setup.hpp"

namespace box::cli {

RunClient::RunClient(const TerminateArguments& arguments, const NetworkSession& session, Asker asker)
    : owner_(makeClient(arguments.connection, context_, session, std::move(asker.authentication))),
      client_(withCallSettings(arguments, owner_)) {
  account_.subject = std::move(asker.subject);
  if (arguments.asUser) actor_.emplace();
}

}  // namespace box::cli
