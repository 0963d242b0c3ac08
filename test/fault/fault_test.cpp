// Checks that the library does what the table of faults says: one test for each row, named after the row.
#include "fault/fault.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "fault/stage.hpp"
#include "fault/system_calls.hpp"
#include "support/box_test.hpp"
#include "support/host_table.hpp"

namespace box::test {

void PrintTo(const Fault* fault, std::ostream* out) { *out << fault->id(); }

namespace {

/// Counts of the Box.
class Counted {
 public:
  explicit Counted(const emulator::Emulator& box)
      : connections(box.counts().connectionsAccepted),
        tokenRequests(box.counts().tokenRequests),
        requests(box.counts().requests - tokenRequests) {}

  std::size_t connections, tokenRequests, requests;
};

class Faults : public BoxTest, public Stage, public testing::WithParamInterface<const Fault*> {
 protected:
  // Stage:
  emulator::EmulatorOptions& boxOptions() override { return options; }
  emulator::Emulator& box() override { return emulator(); }
  NetworkSession& settings() override {
    if (!settings_) settings_ = session();
    return *settings_;
  }
  void use(std::shared_ptr<Authentication> auth) override { auth_ = std::move(auth); }
  std::string developerToken() const override { return secretToken; }
  void nameNobody() override { userId_ = "nobody"; }
  void nameMany(std::size_t logins) override { logins_.assign(logins, std::string(238, 'a') + "@example.com"); }
  void makeClient() override { client_.emplace(client(settings(), auth_)); }
  void callBefore() override {
    if (!client_) makeClient();
    const auto call = await(*client_);
    ASSERT_TRUE(isAccepted(*call)) << "the call before the fault failed";
  }
  using Stage::awaitStir;
  void awaitStir(std::uint16_t port) override {
    // On a busy machine messages of TLS may have arrived together with the answer; they were read with it, and nothing
    // more arrives.
    const auto end = std::chrono::steady_clock::now() + 5s;
    runUntil([&] { return quietConnectionsTo(port) == 0 || std::chrono::steady_clock::now() >= end; });
  }
  void occupyConnection() override {
    if (!client_) makeClient();
    const std::uint64_t before = emulator().counts().requests;
    emulator().script(emulator::Reply::hang());
    occupants_.push_back(start(*client_));
    runUntil([&] { return emulator().counts().requests == before + 1; });
  }
  void when(std::function<bool()> condition, std::function<void()> action) override {
    condition_ = std::move(condition);
    action_ = std::move(action);
  }
  void cancelCall() override {
    for (const auto& call : calls_) call->cancel();
  }
  void closeClient() override { client_->close(); }
  const BoxSdkError* error() const override {
    return refusal_ ? &*refusal_ : calls_.at(0)->hasError() ? &calls_[0]->error() : nullptr;
  }
  std::string requestIdOfAcceptance() const override { return calls_.at(0)->message().boxRequestId; }
  std::vector<std::chrono::nanoseconds> delays() const override {
    std::vector<std::chrono::nanoseconds> list;
    for (const auto& retry : recorder->retries()) list.push_back(retry.delay);
    return list;
  }

  void TearDown() override {
    for (const auto& call : occupants_) call->cancel();
    finish(occupants_);
    letGoOfAll();
    HostTable::letGo();
    SystemCalls::clear();
    client_.reset();
    BoxTest::TearDown();
  }

  void perform(const Fault& fault) {
    const Deadline deadline = fault.deadline() ? Deadline(*fault.deadline()) : Deadline();
    for (std::size_t i = 0; i < fault.calls(); ++i) calls_.push_back(start(call(deadline)));
    runUntil([&] {
      if (condition_ && condition_()) {
        condition_ = nullptr;
        action_();
      }
      return std::all_of(calls_.begin(), calls_.end(), [](const auto& call) { return call->done(); });
    });
    letGo();
  }

  asio::awaitable<SessionTerminationMessage> call(Deadline deadline) const {
    return client_->sessionTermination.terminateUsersSessions({.userIds = {userId_}, .userLogins = logins_},
                                                              {.deadline = deadline});
  }

  void check(const Fault& fault, const Call& call) {
    if (fault.isAccepted()) {
      ASSERT_TRUE(isAccepted(call));
      EXPECT_EQ(call.message().bodyIntact, fault.bodyIntact());
    } else {
      ASSERT_TRUE(call.hasError()) << call.describe();
      EXPECT_THAT(fault.codes(), testing::Contains(call.code())) << call.describe();
      EXPECT_TRUE(fault.allows(call.error().fate())) << toString(call.error().fate()) << ": " << call.describe();
      if (fault.cause()) {
        EXPECT_EQ(call.error().cause(), *fault.cause()) << call.describe();
      }
      if (fault.status() != 0) {
        ASSERT_NE(call.error().api(), nullptr) << call.describe();
        EXPECT_EQ(call.error().api()->statusCode, fault.status());
      }
    }
    EXPECT_GE(call.elapsed(), fault.takesAtLeast());
    EXPECT_LE(call.elapsed(), fault.takesAtMost());
  }

  void expectCount(const std::optional<Count>& expected, const char* what,
                   const std::function<std::size_t()>& counted) {
    if (!expected) return;
    // The Box counts in its own thread, so that the call may end before the count is complete.
    if (counted() < expected->least()) runUntil([&] { return counted() >= expected->least(); });
    EXPECT_TRUE(expected->holds(counted())) << what << ": " << counted() << ", expected were " << expected->text();
  }

  void run(const Fault& fault) {
    try {
      fault.arrange()(*this);
      if (!client_) makeClient();
    } catch (const CannotRun& reason) {
      GTEST_SKIP() << reason.why();
    } catch (const BoxSdkError& error) {
      refusal_ = error;
    }
    if (HasFatalFailure()) return;
    const Counted before(emulator());
    if (refusal_) {
      EXPECT_THAT(fault.codes(), testing::Contains(refusal_->code())) << refusal_->what();
      EXPECT_EQ(fault.fate(), Fate::notSent);
      expectCount(fault.attempts(), "attempts", [] { return 0; });
    } else {
      recorder->clear();
      perform(fault);
      for (const auto& call : calls_) check(fault, *call);
      // The call itself is the last to end: calls for its tokens end before it.
      const auto attempts = [&] { return recorder->ended().empty() ? 0 : recorder->ended().back().attempts; };
      if (calls_.size() == 1) expectCount(fault.attempts(), "attempts", attempts);
    }
    expectCount(fault.connections(), "connections",
                [&] { return Counted(emulator()).connections - before.connections; });
    expectCount(fault.requests(), "requests", [&] { return Counted(emulator()).requests - before.requests; });
    expectCount(fault.tokenRequests(), "token requests",
                [&] { return Counted(emulator()).tokenRequests - before.tokenRequests; });
    if (fault.check()) {
      EXPECT_EQ(fault.check()(*this), "");
    }
    if (fault.reused()) {
      const std::uint64_t connections = emulator().counts().connectionsAccepted;
      emulator().setDefault();
      EXPECT_TRUE(isAccepted(*await(*client_))) << "the next call failed";
      EXPECT_EQ(emulator().counts().connectionsAccepted - connections, *fault.reused() ? 0U : 1U);
    }
  }

 private:
  std::optional<NetworkSession> settings_;
  std::shared_ptr<Authentication> auth_ = auth();
  std::optional<BoxClient> client_;
  std::string userId_ = "1";
  std::vector<std::string> logins_ = {secretLogin};
  std::vector<std::shared_ptr<Call>> occupants_, calls_;
  std::optional<BoxSdkError> refusal_;
  std::function<bool()> condition_;
  std::function<void()> action_;
};

TEST_P(Faults, EndAsTheTableSays) { run(*GetParam()); }

std::vector<const Fault*> faultsToRun() {
  std::vector<const Fault*> rows;
  for (const FaultGroup& group : allFaults()) {
    for (const Fault& fault : group.faults()) {
      if (fault.standing() == Fault::Standing::run) rows.push_back(&fault);
    }
  }
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Table, Faults, testing::ValuesIn(faultsToRun()),
                         [](const auto& param) { return param.param->id(); });

}  // namespace
}  // namespace box::test
