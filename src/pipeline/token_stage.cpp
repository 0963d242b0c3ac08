#include "pipeline/token_stage.hpp"

#include <exception>
#include <utility>

#include "auth/token_failure.hpp"
#include "auth/token_requests.hpp"
#include "support/thrown.hpp"

namespace box::inline v0_1 {

asio::awaitable<CallResult<Authentication::Token>> obtainToken(std::shared_ptr<Authentication> auth,
                                                               Authentication::Token refused, TokenContext context,
                                                               std::shared_ptr<Watchdog> watchdog) {
  std::exception_ptr exception;
  try {
    Authentication::Token token =
        co_await TokenRequests::obtain(std::move(auth), std::move(refused), std::move(context), std::move(watchdog));
    co_return CallResult<Authentication::Token>(std::move(token));
  } catch (...) {
    exception = std::current_exception();
  }
  const Thrown thrown(exception, true);
  if (thrown.ours() != nullptr) co_return CallResult<Authentication::Token>(*thrown.ours());
  if (!thrown.isCancellation()) std::rethrow_exception(exception);
  co_return CallResult<Authentication::Token>(tokenError(thrown.cause(), "waiting for an access token"));
}

}  // namespace box::inline v0_1
