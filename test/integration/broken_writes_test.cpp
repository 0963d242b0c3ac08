// A request that cannot be sent to its end, because the server answers early or the connection breaks.
#include "support/station_test.hpp"

#include <memory>

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::Errc;
using box::Fate;
using box::Phase;
using box::TimeoutOptions;
using box::emulator::Reply;

class BrokenWrites : public StationTest {
 protected:
  /// A request will be longer than what gets through. Waiting for an answer to it ends soon, sending does not.
  void SetUp() override {
    TimeoutOptions timeouts = patient();
    timeouts.responseHeader = timeouts.bodyIdle = 2s;
    options.sessionTickets = 0;  // so that nothing but an answer comes
    client_ = arrange(Station::write, timeouts, std::make_shared<box::DefaultRetryPolicy>(1));
  }

  void TearDown() override {
    client_.reset();  // before the io_context, which goes with the rest
    StationTest::TearDown();
  }

  std::shared_ptr<Call> startSending() { return start(makeCall(*client_)); }

  /// A call to whose request the server says this before it reads the body; once that is there, nothing more can be sent.
  std::shared_ptr<Call> breakBehind(const Reply& reply) {
    emulator().script(reply.beforeBody());
    auto call = startSending();
    runUntil([this] { return emulator().requestCount() == 1 && somethingUnread(); });
    breakWriting();
    finish(call);
    return call;
  }

 private:
  std::unique_ptr<box::BoxClient> client_;
};

TEST_F(BrokenWrites, EndTheCallWithoutAWaitForAnAnswer) {
  const auto call = startSending();
  reach();
  breakWriting();
  finish(call);
  EXPECT_TRUE(failed(*call, Errc::connectionLost, Fate::inDoubt, Phase::write));
}

TEST_F(BrokenWrites, AnAnswerThatCameBeforeIsReported) {
  const auto call = breakBehind(Reply::status(413).stallAfter(4096));
  EXPECT_TRUE(failed(*call, Errc::requestRefused, Fate::rejected, Phase::response));
  ASSERT_TRUE(call->hasError());
  EXPECT_EQ(box::BoxApiError(call->error()).statusCode(), 413);
}

TEST_F(BrokenWrites, OfAnAnswerTheHeaderIsEnough) {
  const auto call = breakBehind(Reply::status(413).stallBody(3));
  EXPECT_TRUE(failed(*call, Errc::requestRefused, Fate::rejected, Phase::response));
}

TEST_F(BrokenWrites, TheBeginningOfAHeaderIsNotWaitedOutEither) {
  const auto call = breakBehind(Reply::status(413).stallAfter(20));
  EXPECT_TRUE(failed(*call, Errc::connectionLost, Fate::inDoubt, Phase::read));
}

TEST_F(BrokenWrites, AnAnswerBehindWhichTheConnectionIsResetIsReported) {
  // The relay closes with the rest of the request unread in its socket, which the kernel makes known by a RST.
  emulator().script(Reply::status(413).beforeBody().cutAfter(4096));
  const auto call = startSending();
  finish(call);
  EXPECT_TRUE(failed(*call, Errc::requestRefused, Fate::rejected, Phase::response));
}

}  // namespace
