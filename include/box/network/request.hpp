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

/// A request as a NetworkClient receives it: an operation, and the data of this request.
class BOX_API NetworkRequest {
 public:
  /// `what`: the operation; must not be null.
  NetworkRequest(std::shared_ptr<const Operation> what, NetworkSession settings)
      : operation(std::move(what)), session(std::move(settings)) {}

  /// The base URL, the path and the query as one text.
  std::string url() const;

  std::shared_ptr<const Operation> operation;  ///< never null
  /// The result of NetworkClient::prepare() for `session`; null: it is prepared when the request is sent. It decides to
  /// which server the request is sent: a NetworkClient that changes the base URL or the proxy of `session` must set
  /// this to null, or to the result of prepare() for the changed session.
  std::shared_ptr<const Route> route;
  std::string query;        ///< without the question mark, encoded; empty: none
  HttpHeaders headers;      ///< in addition to those of the session and of the library
  std::string body;         ///< as it is sent; empty: no body
  std::string contentType;  ///< the type of the body; empty: application/json if there is a body, else none
  /// The source of the token that is sent with it. Null: the request has no Authorization header, no header of the
  /// session is sent with it, no interceptor sees it, and its body is wiped, as if Operation::secret were set.
  std::shared_ptr<Authentication> auth;
  NetworkSession session;                          ///< the settings of the client that sends it
  std::string tag;                                 ///< as FetchOptions::tag; not sent
  Deadline deadline;                               ///< when the call must have ended; unset: TimeoutOptions::call
  std::shared_ptr<const RetryPolicy> retryPolicy;  ///< which failures are retried; null: the session's policy
  /// Secrets in the body. They are removed from the server's texts before an error shows those texts.
  std::vector<Secret> secrets;
};

}  // namespace box::inline v0_1
