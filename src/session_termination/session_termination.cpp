#include "box/session_termination.hpp"

#include <string_view>
#include <utility>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include "box/error.hpp"
#include "network/validation.hpp"
#include "session_termination/request_body.hpp"

namespace box {

/// What all calls of one kind have in common.
struct SessionTerminationManager::Target {
  std::shared_ptr<Authentication> auth;
  NetworkSession session;
  std::shared_ptr<NetworkClient> networkClient;
  std::string operation;
  std::string url;
};

namespace {

/// The request of a call, which has taken over all that the call's arguments look at.
template <class Target, class Encode>
FetchOptions prepare(const Target& target, const TerminateSessionsOptionalsView& optionals, Encode encode) {
  FetchOptions options(target.session);
  options.operation = target.operation;
  options.url = target.url;
  options.body = encode();
  optionals.headers.extraHeaders.forEach([&](HeaderView header) {
    if (std::string reason = headerObjection(header.name, header.value); !reason.empty()) {
      throw BoxSdkError(Errc::invalidRequest, std::move(reason));
    }
    options.headers.set(header.name, header.value);
  });
  options.auth = target.auth;
  options.deadline = optionals.deadline;
  options.retryPolicy = optionals.retryPolicy.share();
  return options;
}

std::optional<std::string> messageOf(const std::string& body) {
  namespace json = boost::json;
  unsigned char room[2048];
  json::monotonic_resource resource(room, sizeof room);
  json::parse_options options;
  options.max_depth = 16;
  boost::system::error_code ec;
  const json::value document = json::parse(body, ec, &resource, options);
  if (ec || !document.is_object()) return std::nullopt;
  const json::value* message = document.get_object().if_contains("message");
  if (message == nullptr || !message->is_string()) return std::nullopt;
  const json::string& text = message->get_string();
  return std::string(text.data(), text.size());
}

/// Has no more in its frame than it needs: Asio keeps frames of up to 1 KiB for the next call.
asio::awaitable<SessionTerminationMessage> send(std::shared_ptr<NetworkClient> client, FetchOptions options) {
  FetchResponse response = co_await client->fetch(std::move(options));
  SessionTerminationMessage message;
  message.message = messageOf(response.body);
  message.boxRequestId = std::string(response.headers.get("box-request-id").value_or(""));
  message.rawJson = std::move(response.body);
  message.bodyIntact = response.bodyIntact;
  co_return message;
}

/// What is wrong with a call's arguments is thrown when it is awaited.
asio::awaitable<SessionTerminationMessage> refusal(BoxSdkError error) {
  throw error;
  co_return SessionTerminationMessage();
}

template <class Target, class Encode>
asio::awaitable<SessionTerminationMessage> call(const Target& target, const TerminateSessionsOptionalsView& optionals,
                                                Encode encode) {
  try {
    return send(target.networkClient, prepare(target, optionals, encode));
  } catch (const BoxSdkError& error) {
    ErrorDetails details = error.details();
    details.context = target.operation + ": " + details.context;
    return refusal(BoxSdkError(error.code(), std::move(details)));
  }
}

}  // namespace

SessionTerminationManager::SessionTerminationManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                                                     std::shared_ptr<NetworkClient> networkClient)
    : users_(std::make_shared<const Target>(Target{auth, session, networkClient, "terminateUsersSessions",
                                                   session.baseUrls().baseUrl + "/2.0/users/terminate_sessions"})),
      groups_(std::make_shared<const Target>(Target{auth, session, networkClient, "terminateGroupsSessions",
                                                    session.baseUrls().baseUrl + "/2.0/groups/terminate_sessions"})) {}

// The arguments are turned into the request's bytes here, in an ordinary function: a coroutine would keep references to
// temporaries that are gone when it first runs, and a second, owning copy of the lists would only be copied again.

asio::awaitable<SessionTerminationMessage> SessionTerminationManager::terminateUsersSessions(
    TerminateUsersSessionsRequestBodyView body) const {
  return terminateUsersSessions(body, {});
}

asio::awaitable<SessionTerminationMessage> SessionTerminationManager::terminateUsersSessions(
    TerminateUsersSessionsRequestBodyView body, TerminateUsersSessionsOptionalsInput optionals) const {
  return call(*users_, optionals, [&] {
    return encodeBody({{"user_ids", "userIds", EntryKind::userId, body.userIds},
                       {"user_logins", "userLogins", EntryKind::userLogin, body.userLogins}});
  });
}

asio::awaitable<SessionTerminationMessage> SessionTerminationManager::terminateGroupsSessions(
    TerminateGroupsSessionsRequestBodyView body) const {
  return terminateGroupsSessions(body, {});
}

asio::awaitable<SessionTerminationMessage> SessionTerminationManager::terminateGroupsSessions(
    TerminateGroupsSessionsRequestBodyView body, TerminateGroupsSessionsOptionalsInput optionals) const {
  return call(*groups_, optionals, [&] {
    return encodeBody({{"group_ids", "groupIds", EntryKind::groupId, body.groupIds}});
  });
}

}  // namespace box
