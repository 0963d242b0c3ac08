// What a process and its forked child must not share: connections, tickets for resumption, threads.
#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "box/policy/retry.hpp"
#include "support/box_test.hpp"
#include "support/forked.hpp"
#include "support/sanitizers.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::Errc;
using box::Fate;
using box::emulator::Reply;
using testing::SizeIs;

class Fork : public BoxTest {
 protected:
  void SetUp() override {
    if (underThreadSanitizer) GTEST_SKIP() << "it ends a forked process that starts a thread";
  }

  /// Forks as Asio requires: no thread runs the io_context, which is notified before and after.
  std::unique_ptr<Forked> fork(const std::function<std::string()>& work) {
    io().notify_fork(box::asio::io_context::fork_prepare);
    auto forked = std::make_unique<Forked>([&] {
      io().notify_fork(box::asio::io_context::fork_child);
      return work();
    });
    io().notify_fork(box::asio::io_context::fork_parent);
    return forked;
  }

  box::asio::awaitable<box::SessionTerminationMessage> about(const box::BoxClient& client, const std::string& id) {
    return client.sessionTermination.terminateUsersSessions({.userIds = {id}});
  }

  /// The result of a call about this user: the request id of the acceptance, or the error.
  std::string told(const box::BoxClient& client, const std::string& id) {
    const auto call = await(about(client, id));
    return call->accepted() ? call->message().boxRequestId : call->describe();
  }

  /// The request id of the emulator's acceptance; empty where it has not accepted the call.
  std::string requestIdOf(const std::string& id) {
    for (const auto& accepted : emulator().accepted()) {
      if (accepted.userIds == std::vector<std::string>{id}) return accepted.boxRequestId;
    }
    return {};
  }

  /// A call whose request has reached the emulator, which answers after a delay.
  std::shared_ptr<Call> startSlowly(const box::BoxClient& client, const std::string& id) {
    emulator().script(Reply::asBox().after(300ms));
    const auto requests = emulator().counts().requests;
    auto call = start(about(client, id));
    runUntil([&] { return emulator().counts().requests > requests; });
    return call;
  }
};

TEST_F(Fork, WhatParentAndChildAreToldAsAcceptedWasAccepted) {
  options.latency = 5ms;
  const auto client = this->client();
  ASSERT_TRUE(isAccepted(*await(client)));
  for (int round = 0; round < 20; ++round) {
    const std::string childs = std::to_string(1000 + round), parents = std::to_string(2000 + round);
    const auto child = fork([&] { return told(client, childs); });
    const std::string parent = told(client, parents);
    EXPECT_EQ(parent, requestIdOf(parents));
    const std::string ofChild = child->result();  // result() waits until the child has ended
    EXPECT_EQ(ofChild, requestIdOf(childs));
  }
  EXPECT_EQ(emulator().counts().connectionsAccepted, 21U) << "the parent keeps its connection, each child opens one";
}

TEST_F(Fork, TheChildDoesNotReadTheAnswerToACallThatWasInProgress) {
  const auto client =
      this->client(session().withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(3, box::RetryInDoubt::never)));
  const auto call = startSlowly(client, "11");
  const auto child = fork([&] {
    finish(call);
    return call->describe() + (failed(*call, Errc::connectionLost, Fate::inDoubt) ? ": as expected" : ": not so");
  });
  EXPECT_THAT(child->result(), testing::EndsWith(": as expected"));
  finish(call);
  EXPECT_TRUE(isAccepted(*call));
  EXPECT_EQ(emulator().counts().requests, 1U);
}

TEST_F(Fork, ACallThatWasInProgressIsRetriedInTheChildOnItsOwnConnection) {
  const auto client = this->client();
  const auto call = startSlowly(client, "11");
  const auto child = fork([&] {
    finish(call);
    return call->accepted() ? call->message().boxRequestId : call->describe();
  });
  finish(call);
  ASSERT_TRUE(isAccepted(*call));
  const std::string childs = child->result();
  ASSERT_THAT(emulator().accepted(), SizeIs(2));
  EXPECT_EQ((std::set{emulator().accepted()[0].boxRequestId, emulator().accepted()[1].boxRequestId}),
            (std::set{call->message().boxRequestId, childs}));
}

TEST_F(Fork, ClosingTheClientInTheChildEndsNoCallOfTheParent) {
  auto client = this->client();
  const auto call = startSlowly(client, "11");
  const auto child = fork([&] {
    client.close();
    finish(call);
    return call->describe();
  });
  EXPECT_THAT(child->result(), testing::HasSubstr("closed"));
  finish(call);
  EXPECT_TRUE(isAccepted(*call));
  EXPECT_EQ(emulator().counts().requests, 1U) << "the call needed no retry";
}

TEST_F(Fork, AChildThatDestroysEverythingLeavesTheParentsConnectionsAlone) {
  for (const bool told : {true, false}) {
    auto client = std::make_unique<box::BoxClient>(this->client());
    ASSERT_TRUE(isAccepted(*await(*client)));
    const auto connections = emulator().counts().connectionsAccepted;
    // Without notify_fork() parent and child share an epoll set, in which the connection must stay for the parent.
    const std::function<std::string()> destroy = [&] {
      client.reset();
      destroyIo();
      return std::string("destroyed");
    };
    const auto child = told ? fork(destroy) : std::make_unique<Forked>(destroy);
    EXPECT_EQ(child->result(), "destroyed");
    const auto call = startSlowly(*client, "11");
    finish(call);
    EXPECT_TRUE(isAccepted(*call));
    EXPECT_EQ(emulator().counts().connectionsAccepted, connections);
  }
}

TEST_F(Fork, TheChildLeavesTicketsForResumptionToTheParent) {
  const auto client = this->client();
  ASSERT_TRUE(isAccepted(*await(client)));
  const auto child = fork([&] {
    recorder->clear();
    told(client, "11");
    const auto opened = recorder->opened();
    return opened.size() == 1 && !opened[0].resumed ? std::string("a full handshake") : recorder->text();
  });
  EXPECT_EQ(child->result(), "a full handshake");
  EXPECT_EQ(emulator().counts().sessionsResumed, 0U);
}

}  // namespace
