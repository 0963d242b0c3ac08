#include "box/session_termination.hpp"

#include <utility>

#include "network/fetch_as.hpp"
#include "session_termination/request_body.hpp"
#include "support/json.hpp"

namespace box::inline v0_1 {

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

SessionTerminationMessage messageIn(FetchResponse&& response) {
  SessionTerminationMessage message;
  if (response.body.size() <= longestParsedAtOnce) message.message = stringMember(response.body, "message");
  message.boxRequestId = std::string(response.headers.get("box-request-id").value_or(""));
  message.rawJson = std::move(response.body);
  message.bodyIntact = response.bodyIntact;
  message.call = response.call;
  message.attempts = response.attempts;
  message.elapsed = response.elapsed;
  return message;
}

}  // namespace

SessionTerminationManager::SessionTerminationManager(std::shared_ptr<Authentication> auth, NetworkSession session,
                                                     std::shared_ptr<NetworkClient> networkClient)
    : target_(
          makeCallTarget("SessionTerminationManager", std::move(auth), std::move(session), std::move(networkClient))) {}

asio::awaitable<SessionTerminationMessage> SessionTerminationManager::terminateUsersSessions(
    TerminateUsersSessionsRequestBodyView body, TerminateUsersSessionsOptionalsInput optionals) const try {
  NetworkRequest request = requestFor(*target_, ofUsers(), optionals);
  request.body = encodeBody({{"user_ids", "userIds", EntryKind::userId, body.userIds},
                             {"user_logins", "userLogins", EntryKind::userLogin, body.userLogins}});
  return fetchAs(target_->client, std::move(request), &messageIn);
} catch (const BoxSdkError& error) {
  return refuseCall<SessionTerminationMessage>(error, ofUsers()->name, optionals.tag);
}

asio::awaitable<SessionTerminationMessage> SessionTerminationManager::terminateGroupsSessions(
    TerminateGroupsSessionsRequestBodyView body, TerminateGroupsSessionsOptionalsInput optionals) const try {
  NetworkRequest request = requestFor(*target_, ofGroups(), optionals);
  request.body = encodeBody({{"group_ids", "groupIds", EntryKind::groupId, body.groupIds}});
  return fetchAs(target_->client, std::move(request), &messageIn);
} catch (const BoxSdkError& error) {
  return refuseCall<SessionTerminationMessage>(error, ofGroups()->name, optionals.tag);
}

const NetworkSession& SessionTerminationManager::networkSession() const noexcept { return target_->session; }

}  // namespace box::inline v0_1
