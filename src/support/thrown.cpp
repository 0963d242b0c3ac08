#include "support/thrown.hpp"

#include <new>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace box::inline v0_1 {

std::string textOf(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return std::string();
  }
}

Cancellation::Cancellation() : system_error(asio::error::operation_aborted) {}

namespace {

template <class Holds>
bool isErrorOfOurs(const std::exception_ptr& exception, Holds holds) {
  try {
    std::rethrow_exception(exception);
  } catch (const BoxSdkError& error) {
    return holds(error);
  } catch (...) {
    return false;
  }
}

}  // namespace

bool endedACall(const std::exception_ptr& exception) {
  return isErrorOfOurs(exception, [](const BoxSdkError& error) { return error.call() != 0; });
}

bool endedATokenOperation(const std::exception_ptr& exception) {
  return isErrorOfOurs(exception, [](const BoxSdkError& error) {
    return error.phase() == Phase::token && error.code() == asio::error::operation_aborted;
  });
}

Thrown::Thrown(std::exception_ptr exception, bool cancelled) : exception_(std::move(exception)) {
  try {
    std::rethrow_exception(exception_);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const BoxSdkError& error) {
    // A BoxSdkError whose code means success is not accepted.
    const bool aborted = error.code() == asio::error::operation_aborted;
    if (error.code() && (cancelled || !aborted)) ours_ = error;
    cause_ = error.code();
  } catch (const Cancellation& error) {
    cancellation_ = true;
    cause_ = error.code();
  } catch (const boost::system::system_error& error) {
    // Asio throws this exception if a cancellation arrives between two operations.
    cancellation_ = cancelled && error.code() == asio::error::operation_aborted;
    cause_ = error.code();
  } catch (...) {
  }
}

BoxSdkError Thrown::asForeign(ErrorDetails details) const {
  details.nested = exception_;
  details.cause = cause_;
  return BoxSdkError(make_error_code(Errc::extensionFailed), std::move(details));
}

void Thrown::raise(ErrorDetails details) const {
  if (ours_) std::rethrow_exception(exception_);
  if (isForeign()) throw asForeign(std::move(details));
  throw BoxSdkError(asio::error::operation_aborted, std::move(details));
}

}  // namespace box::inline v0_1
