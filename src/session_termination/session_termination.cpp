#include "box/session_termination.hpp"

#include <exception>
#include <string_view>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

#include "box/error.hpp"
#include "network/request.hpp"
#include "network/validation.hpp"
#include "session_termination/request_body.hpp"

namespace box {

/// Where the calls go, and how.
struct SessionTerminationManager::Target {
  std::shared_ptr<Authentication> auth;
  NetworkSession session;
  std::shared_ptr<NetworkClient> networkClient;
  std::shared_ptr<const Route> route;
};

namespace {

std::shared_ptr<const Operation> operation(const char* name, const char* path) {
  // To end sessions twice has the effect of once.
  return std::make_shared<const Operation>(name, "POST", path, ExpectedStatus(202), Idempotency::idempotent);
}

const std::shared_ptr<const Operation>& ofUsers() {
  static const auto users = operation("terminateUsersSessions", "/2.0/users/terminate_sessions");
  return users;
}

const std::shared_ptr<const Operation>& ofGroups() {
  static const auto groups = operation("terminateGroupsSessions", "/2.0/groups/terminate_sessions");
  return groups;
}

/// The request of a call, which has taken over all that the call's arguments look at.
template <class Target, class Encode>
NetworkRequest prepare(const Target& target, const std::shared_ptr<const Operation>& operation,
                       const TerminateSessionsOptionalsView& optionals, Encode encode) {
  NetworkRequest request(operation, target.session);
  request.route = target.route;
  request.body = encode();
  optionals.headers.extraHeaders.forEach([&](HeaderView header) {
    if (std::string reason = headerObjection(header.name, header.value); !reason.empty()) {
      throw BoxSdkError(Errc::invalidRequest, std::move(reason));
    }
    request.headers.set(header.name, header.value);
  });
  if (std::string reason = tagObjection(optionals.tag); !reason.empty()) {
    throw BoxSdkError(Errc::invalidRequest, std::move(reason));
  }
  request.tag = optionals.tag;
  request.auth = target.auth;
  request.deadline = optionals.deadline;
  request.retryPolicy = optionals.retryPolicy.share();
  return request;
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

/// A function of its own, so that no second request is in the frame of the coroutine that awaits.
asio::awaitable<FetchResponse> fetch(NetworkClient& client, NetworkRequest& request) {
  return client.fetch(std::move(request));
}

SessionTerminationMessage messageIn(FetchResponse response) {
  SessionTerminationMessage message;
  message.message = messageOf(response.body);
  message.boxRequestId = std::string(response.headers.get("box-request-id").value_or(""));
  message.rawJson = std::move(response.body);
  message.bodyIntact = response.bodyIntact;
  message.call = response.call;
  message.attempts = response.attempts;
  message.elapsed = response.elapsed;
  return message;
}

/// Has no more in its frame than it needs: Asio keeps frames of up to 1 KiB for the next call.
asio::awaitable<SessionTerminationMessage> send(std::shared_ptr<NetworkClient> client,
                                                std::shared_ptr<const Operation> operation, NetworkRequest request) {
  std::exception_ptr thrown;
  try {
    FetchResponse response = co_await fetch(*client, request);
    requireExpected(*operation, response.statusCode);
    co_return messageIn(std::move(response));
  } catch (...) {
    thrown = std::current_exception();
  }
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  raiseFetchFailure(*operation, thrown, state.cancelled() != asio::cancellation_type::none);
}

/// What is wrong with a call's arguments is thrown when it is awaited.
asio::awaitable<SessionTerminationMessage> refusal(BoxSdkError error) {
  throw error;
  co_return SessionTerminationMessage();
}

template <class Target, class Encode>
asio::awaitable<SessionTerminationMessage> call(const Target& target, const std::shared_ptr<const Operation>& operation,
                                                const TerminateSessionsOptionalsView& optionals, Encode encode) {
  try {
    return send(target.networkClient, operation, prepare(target, operation, optionals, encode));
  } catch (const BoxSdkError& error) {
    ErrorDetails details = error.details();
    details.context = operation->name + ": " + details.context;
    if (tagObjection(optionals.tag).empty()) details.tag = optionals.tag;
    return refusal(BoxSdkError(error.code(), std::move(details)));
  }
}

}  // namespace

SessionTerminationManager::SessionTerminationManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                                                     std::shared_ptr<NetworkClient> networkClient) {
  const auto refuse = [](const char* what) {
    throw BoxSdkError(Errc::invalidConfiguration, std::string("SessionTerminationManager: the ") + what);
  };
  if (!auth) refuse("authentication must not be null");
  if (!networkClient) refuse("network client must not be null");
  std::shared_ptr<const Route> route = networkClient->prepare(session);
  target_ = std::make_shared<const Target>(
      Target{std::move(auth), std::move(session), std::move(networkClient), std::move(route)});
}

// The arguments are turned into the request's bytes here, in an ordinary function: a coroutine would keep references to
// temporaries that are gone when it first runs, and a second, owning copy of the lists would only be copied again.

asio::awaitable<SessionTerminationMessage> SessionTerminationManager::terminateUsersSessions(
    TerminateUsersSessionsRequestBodyView body) const {
  return terminateUsersSessions(body, {});
}

asio::awaitable<SessionTerminationMessage> SessionTerminationManager::terminateUsersSessions(
    TerminateUsersSessionsRequestBodyView body, TerminateUsersSessionsOptionalsInput optionals) const {
  return call(*target_, ofUsers(), optionals, [&] {
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
  return call(*target_, ofGroups(), optionals, [&] {
    return encodeBody({{"group_ids", "groupIds", EntryKind::groupId, body.groupIds}});
  });
}

}  // namespace box
