#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "box/network/headers.hpp"
#include "box/network/operation.hpp"
#include "box/network/session.hpp"
#include "box/support/deadline.hpp"
#include "box/support/export.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

class Authentication;
class Route;

/// A request as a NetworkClient gets it: an operation, and what only this request has.
class BOX_API NetworkRequest {
 public:
  /// `what`: must not be null.
  NetworkRequest(std::shared_ptr<const Operation> what, NetworkSession settings)
      : operation(std::move(what)), session(std::move(settings)) {}

  /// Base URL, path and query.
  std::string url() const;

  std::shared_ptr<const Operation> operation;  ///< never null
  /// What NetworkClient::prepare() gave for `session`; null: it is prepared when the request is sent. It decides where
  /// the request is sent: a NetworkClient that changes the base URL or the proxy of `session` must set this to null, or
  /// to what prepare() gives then.
  std::shared_ptr<const Route> route;
  std::string query;                     ///< without the question mark, encoded; empty: none
  HttpHeaders headers;                   ///< in addition to those of the session and of the library
  std::string body;                      ///< as it goes out; empty: none
  std::string contentType;               ///< of the body; empty: application/json where there is a body, else none
  std::shared_ptr<Authentication> auth;  ///< whose token is sent with it; null: no Authorization header
  NetworkSession session;                ///< the settings of the client that sends it
  std::string tag;                       ///< as FetchOptions::tag; not sent
  Deadline deadline;                     ///< when the call has to be over; unset: TimeoutOptions::call
  std::shared_ptr<const RetryPolicy> retryPolicy;  ///< which failures are retried; null: the session's policy
  /// Secrets in the body: they are removed from the server's texts before an error shows these.
  std::vector<Secret> secrets;
};

}  // namespace box::inline v0_1
