// A request that cannot be sent completely, because the server answers early or the connection breaks.
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
  /// The request is longer than what gets through. The limits for an answer are short, that for sending is not.
  void SetUp() override {
    TimeoutOptions timeouts = patient();
    timeouts.responseHeader = timeouts.bodyIdle = 2s;
    options.sessionTickets = 0;  // so that the server sends nothing but its answer
    client_ = arrange(Station::write, timeouts, std::make_shared<box::DefaultRetryPolicy>(1));
  }

  void TearDown() override {
    client_.reset();  // before the io_context, which StationTest::TearDown() destroys
    StationTest::TearDown();
  }

  std::shared_ptr<Call> startSending() { return start(makeCall(*client_)); }
  std::shared_ptr<Call> startSending(const TimeoutOptions& timeouts) {
    return start(makeCall(client_->withTimeouts(timeouts)));
  }

  /// A call that the server answers after the request's header; it never reads the body.
  std::shared_ptr<Call> answerEarly(const Reply& reply) {
    emulator().script(reply.withoutReadingBody());
    auto call = startSending();
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

TEST_F(BrokenWrites, AnEarlyAnswerIsReadWhileTheRequestIsStuck) {
  for (const int status : {401, 413, 429, 503}) {
    const auto call = answerEarly(Reply::status(status));
    ASSERT_TRUE(call->hasError()) << status;
    ASSERT_NE(call->error().api(), nullptr) << call->describe();
    EXPECT_EQ(call->error().api()->statusCode, status);
    EXPECT_EQ(call->attempts(), 1U);
  }
  EXPECT_EQ(emulator().counts().connectionsAccepted, 4U) << "no connection can carry another request";
}

TEST_F(BrokenWrites, AnEarlyAcceptanceStands) {
  const auto call = answerEarly(Reply::status(202));
  EXPECT_TRUE(isAccepted(*call));
}

TEST_F(BrokenWrites, InterimAnswersDoNotEndTheSending) {
  emulator().script(Reply::status(413).interim(103, 3).withoutReadingBody());
  const auto call = startSending();
  finish(call);
  EXPECT_TRUE(failed(*call, Errc::requestRefused, Fate::rejected, Phase::response));
}

TEST_F(BrokenWrites, OfAnEarlyAnswerTheHeaderIsEnough) {
  const auto call = answerEarly(Reply::status(413).cutBody(3));
  EXPECT_TRUE(failed(*call, Errc::requestRefused, Fate::rejected, Phase::response));
}

TEST_F(BrokenWrites, TheBeginningOfAHeaderIsNoAnswer) {
  emulator().script(Reply::status(413).stallAfter(20).beforeBody());
  TimeoutOptions hasty = patient();
  hasty.write = 200ms;
  const auto call = startSending(hasty);
  finish(call);
  EXPECT_TRUE(failed(*call, Errc::writeTimeout, Fate::inDoubt, Phase::write));
}

TEST_F(BrokenWrites, AnAnswerBehindWhichTheConnectionIsResetIsReported) {
  // The relay closes with the rest of the request unread in its socket, so that the kernel sends a RST.
  emulator().script(Reply::status(413).beforeBody().cutAfter(4096));
  const auto call = startSending();
  finish(call);
  EXPECT_TRUE(failed(*call, Errc::requestRefused, Fate::rejected, Phase::response));
}

}  // namespace
