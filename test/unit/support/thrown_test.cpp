#include "support/thrown.hpp"

#include <exception>
#include <new>
#include <stdexcept>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>

namespace box {
namespace {

namespace asio = boost::asio;

template <class Exception>
Thrown thrown(const Exception& exception, bool cancelled) {
  return Thrown(std::make_exception_ptr(exception), cancelled);
}

TEST(Thrown, AnErrorOfOursIsOursUnlessItMeansNothing) {
  const BoxSdkError ours(Errc::connectFailed, "x");
  EXPECT_TRUE(thrown(ours, false).ours());
  EXPECT_FALSE(thrown(ours, false).isForeign());
  for (const bool cancelled : {false, true}) {
    EXPECT_FALSE(thrown(BoxSdkError(error_code(), ErrorDetails()), cancelled).ours()) << "its code means success";
  }
  const BoxSdkError aborted(asio::error::operation_aborted, ErrorDetails());
  EXPECT_TRUE(thrown(aborted, true).ours());
  EXPECT_FALSE(thrown(aborted, false).ours()) << "nobody has cancelled the call";
  EXPECT_EQ(thrown(aborted, false).cause(), asio::error::operation_aborted);
}

TEST(Thrown, AnAbortIsACancellationIfThereWasOne) {
  const boost::system::system_error aborted(asio::error::operation_aborted), other(asio::error::eof);
  EXPECT_TRUE(thrown(aborted, true).isCancellation());
  EXPECT_FALSE(thrown(aborted, false).isCancellation());
  EXPECT_FALSE(thrown(other, true).isCancellation());
  EXPECT_EQ(thrown(other, true).cause(), asio::error::eof);
}

TEST(Thrown, AForeignExceptionIsKeptInTheError) {
  const BoxSdkError error = thrown(boost::system::system_error(asio::error::eof), false).asForeign(ErrorDetails());
  EXPECT_EQ(error.code(), Errc::extensionFailed);
  EXPECT_EQ(error.details().cause, asio::error::eof);
  ASSERT_TRUE(error.details().nested);
  EXPECT_THROW(std::rethrow_exception(error.details().nested), boost::system::system_error);
  EXPECT_TRUE(thrown(std::runtime_error("x"), false).isForeign());
  EXPECT_THROW(thrown(std::bad_alloc(), false), std::bad_alloc);
}

}  // namespace
}  // namespace box
