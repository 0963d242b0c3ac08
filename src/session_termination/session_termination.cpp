#include "box/session_termination.hpp"

#include <exception>
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

/// A call that has taken over all that its arguments looked at; what was wrong with them is thrown when it is awaited.
class Prepared {
 public:
  std::string body;
  HttpHeaders headers;
  Deadline deadline;
  std::shared_ptr<const RetryPolicy> retryPolicy;
  std::exception_ptr objection;

  void take(const TerminateSessionsOptionalsView& optionals) {
    optionals.headers.extraHeaders.forEach([this](HeaderView header) {
      if (std::string reason = headerObjection(header.name, header.value); !reason.empty()) {
        throw BoxSdkError(Errc::invalidRequest, std::move(reason));
      }
      headers.set(header.name, header.value);
    });
    deadline = optionals.deadline;
    retryPolicy = optionals.retryPolicy.share();
  }
};

template <class Encode>
Prepared prepare(const char* operation, const TerminateSessionsOptionalsView& optionals, Encode encode) {
  Prepared prepared;
  try {
    prepared.body = encode();
    prepared.take(optionals);
  } catch (const BoxSdkError& error) {
    ErrorDetails details = error.details();
    details.context = std::string(operation) + ": " + details.context;
    prepared.objection = std::make_exception_ptr(BoxSdkError(error.code(), std::move(details)));
  }
  return prepared;
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

template <class Target>
asio::awaitable<SessionTerminationMessage> call(std::shared_ptr<const Target> target, Prepared prepared) {
  if (prepared.objection) std::rethrow_exception(prepared.objection);
  FetchOptions options(target->session);
  options.operation = target->operation;
  options.url = target->url;
  options.headers = std::move(prepared.headers);
  options.body = std::move(prepared.body);
  options.auth = target->auth;
  options.deadline = prepared.deadline;
  options.retryPolicy = std::move(prepared.retryPolicy);
  FetchResponse response = co_await target->networkClient->fetch(std::move(options));

  SessionTerminationMessage message;
  message.message = messageOf(response.body);
  message.boxRequestId = std::string(response.headers.get("box-request-id").value_or(""));
  message.rawJson = std::move(response.body);
  message.bodyIntact = response.bodyIntact;
  co_return message;
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
  return call(users_, prepare("terminateUsersSessions", optionals, [&] {
                return encodeBody({{"user_ids", "userIds", BodyList::Kind::ids, body.userIds},
                                   {"user_logins", "userLogins", BodyList::Kind::logins, body.userLogins}});
              }));
}

asio::awaitable<SessionTerminationMessage> SessionTerminationManager::terminateGroupsSessions(
    TerminateGroupsSessionsRequestBodyView body) const {
  return terminateGroupsSessions(body, {});
}

asio::awaitable<SessionTerminationMessage> SessionTerminationManager::terminateGroupsSessions(
    TerminateGroupsSessionsRequestBodyView body, TerminateGroupsSessionsOptionalsInput optionals) const {
  return call(groups_, prepare("terminateGroupsSessions", optionals, [&] {
                return encodeBody({{"group_ids", "groupIds", BodyList::Kind::ids, body.groupIds}});
              }));
}

}  // namespace box
