#include "support/box_test.hpp"

#include <utility>

#include <boost/asio/executor_work_guard.hpp>

#include "support/canaries.hpp"
#include "support/host_table.hpp"

namespace box::test {
namespace {

using Steady = std::chrono::steady_clock;

}  // namespace

BoxTest::BoxTest() = default;
BoxTest::~BoxTest() = default;

void BoxTest::TearDown() {
  HostTable::clear();
  io_.reset();
  emulator_.reset();

  std::string shown = recorder->text();
  for (const auto& call : calls_) {
    if (call->hasError()) shown += std::string(call->error().what()) + '\n' + call->error().details().context + '\n';
  }
  EXPECT_EQ(shown.find(secretToken), std::string::npos) << shown;
  EXPECT_EQ(shown.find(secretLogin), std::string::npos) << shown;
  EXPECT_EQ(Canaries::search(shown), "");
  calls_.clear();

  // Threads for lookups end by themselves after a moment.
  const Resources after = Resources::settledTo(before_);
  EXPECT_THAT(after.descriptors, testing::SizeIs(before_.descriptors.size()));
  EXPECT_EQ(after.threads, before_.threads);
}

emulator::Emulator& BoxTest::emulator() {
  if (!emulator_) emulator_ = std::make_unique<emulator::Emulator>(options);
  return *emulator_;
}

NetworkSession BoxTest::session() {
  TlsOptions tls;
  tls.caPem = emulator().caPem();
  return NetworkSession()
      .withCustomBaseUrls(BaseUrls(emulator().baseUrl()))
      .withTls(tls)
      .withBackoffPolicy(std::make_shared<FixedBackoff>(1ms))
      .withRetryBudget(nullptr)
      .withObserver(recorder);
}

std::shared_ptr<Authentication> BoxTest::auth() const { return std::make_shared<BoxDeveloperTokenAuth>(secretToken); }

BoxClient BoxTest::client(const NetworkSession& session) { return client(session, auth()); }

BoxClient BoxTest::client(const NetworkSession& session, std::shared_ptr<Authentication> auth) {
  return BoxClient(io_->get_executor(), std::move(auth), session);
}

asio::awaitable<SessionTerminationMessage> BoxTest::about(const BoxClient& client, Deadline deadline) const {
  return client.sessionTermination.terminateUsersSessions({.userIds = {"1"}, .userLogins = {secretLogin}},
                                                          {.deadline = deadline});
}

std::shared_ptr<Call> BoxTest::start(asio::awaitable<SessionTerminationMessage> awaitable, Call::Accepts accepts) {
  calls_.push_back(Call::start(io_->get_executor(), std::move(awaitable), accepts));
  return calls_.back();
}

std::shared_ptr<Call> BoxTest::await(asio::awaitable<SessionTerminationMessage> awaitable) {
  auto call = start(std::move(awaitable));
  finish(call);
  return call;
}

void BoxTest::finish(const std::shared_ptr<Call>& call) {
  runUntil([&] { return call->done(); });
}

void BoxTest::finish(const std::vector<std::shared_ptr<Call>>& calls) {
  std::size_t ended = 0;
  runUntil([&] {
    while (ended != calls.size() && calls[ended]->done()) ++ended;
    return ended == calls.size();
  });
}

bool BoxTest::runUntil(const std::function<bool()>& condition) {
  const auto working = asio::make_work_guard(*io_);
  if (io_->stopped()) io_->restart();
  const auto end = Steady::now() + patience;
  while (!condition()) {
    if (Steady::now() >= end) {
      ADD_FAILURE() << "the condition did not come true in time; events so far:\n" << recorder->text();
      return false;
    }
    io_->run_one_for(2ms);
  }
  runReady();
  return true;
}

void BoxTest::runReady() {
  if (io_->stopped()) io_->restart();
  while (io_->poll() != 0) {
  }
}

void BoxTest::runOut() {
  if (io_->stopped()) io_->restart();
  io_->run_for(patience);
  EXPECT_TRUE(io_->stopped()) << "run() does not return by itself";
}

}  // namespace box::test
