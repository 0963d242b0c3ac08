#include "pipeline/token_stage.hpp"

#include <optional>
#include <utility>

#include "auth/token_failure.hpp"
#include "auth/token_requests.hpp"

namespace box::inline v0_1 {

asio::awaitable<CallResult<Authentication::Token>> obtainToken(std::shared_ptr<Authentication> auth,
                                                               Authentication::Token refused, TokenContext context,
                                                               std::shared_ptr<Watchdog> watchdog) {
  std::optional<BoxSdkError> failure;
  try {
    Authentication::Token token =
        co_await TokenRequests::obtain(std::move(auth), std::move(refused), std::move(context), std::move(watchdog));
    co_return CallResult<Authentication::Token>(std::move(token));
  } catch (const BoxSdkError& error) {
    if (!error.code()) throw;  // the error says success, but there is no token
    failure = error;
  } catch (const boost::system::system_error& error) {
    // Asio throws operation_aborted for the cancellation of this call: see TokenRequests.
    if (error.code() != asio::error::operation_aborted) throw;
    failure = tokenError(error.code(), "waiting for an access token");
  }
  co_return CallResult<Authentication::Token>(*failure);
}

}  // namespace box::inline v0_1
