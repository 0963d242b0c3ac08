#include "cli/run_client.hpp"

#include <utility>

namespace box::cli {

namespace {

/// A client for calls that end sessions.
BoxClient withCallSettings(const TerminateArguments& arguments, BoxClient client) {
  if (arguments.asUser) client = client.withAsUserHeader(*arguments.asUser);
  if (arguments.suppressNotifications) client = client.withSuppressedNotifications();
  return client;
}

}  // namespace

RunClient::RunClient(const CallArguments& arguments, NetworkSession session, Asker asker)
    : owner_(makeClient(arguments.connection, context_, std::move(session), std::move(asker.authentication))),
      client_(owner_) {
  account_.subject = std::move(asker.subject);
}

RunClient::RunClient(const TerminateArguments& arguments, NetworkSession session, Asker asker)
    : RunClient(static_cast<const CallArguments&>(arguments), std::move(session), std::move(asker)) {
  client_ = withCallSettings(arguments, owner_);
  if (arguments.asUser) actor_.emplace();
  timeout_ = arguments.connection.timeout;
}

}  // namespace box::cli
