#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "box/auth/authentication.hpp"
#include "box/auth/developer_token.hpp"
#include "box/client.hpp"
#include "box/emulator/emulator.hpp"
#include "box/network/session.hpp"
#include "support/call.hpp"
#include "support/policies.hpp"
#include "support/recorder.hpp"
#include "support/resources.hpp"

namespace box::test {

using namespace std::chrono_literals;

/// A secret that no error and no event may show.
inline constexpr const char* secretToken = "T0ken-that-nobody-may-see-4711";
inline constexpr const char* secretLogin = "nobody.may.see@example.com";

/// A time limit that is longer than any test needs. A test that reaches it has failed.
inline constexpr std::chrono::seconds patience{30};
/// A call that has ended earlier than this was not ended by a limit of `patience`, but by what the test does.
inline constexpr std::chrono::seconds muchEarlier{25};

/// An emulator for one test, and the library that calls it over TLS on loopback, in the test's one thread. After each
/// test the process must have the same descriptors and threads as before, and no event or error may show a secret.
class BoxTest : public testing::Test {
 protected:
  BoxTest();
  ~BoxTest() override;
  void TearDown() override;

  /// The options of the emulator, which starts when it is first used. A test may change them before that.
  emulator::EmulatorOptions options;
  emulator::Emulator& emulator();

  /// A session that trusts and calls the emulator, with a backoff of 1 ms, no retry budget, and `recorder`.
  NetworkSession session();
  std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();

  BoxClient client() { return client(session()); }
  BoxClient client(const NetworkSession& session);
  BoxClient client(const NetworkSession& session, std::shared_ptr<Authentication> auth);
  std::shared_ptr<Authentication> auth() const;

  /// Starts a call on the test's io_context. It makes progress while one of the functions below runs.
  std::shared_ptr<Call> start(asio::awaitable<SessionTerminationMessage> awaitable,
                              Call::Accepts accepts = Call::Accepts::terminal);
  /// As above, for a call about user 1 and secretLogin.
  std::shared_ptr<Call> start(const BoxClient& client) { return start(about(client)); }
  asio::awaitable<SessionTerminationMessage> about(const BoxClient& client, Deadline deadline = {}) const;

  /// Runs a call to its end.
  std::shared_ptr<Call> await(asio::awaitable<SessionTerminationMessage> awaitable);
  std::shared_ptr<Call> await(const BoxClient& client) { return await(about(client)); }
  /// As above, for a call of any kind; gives its result.
  template <class T>
  CallResult<T> result(asio::awaitable<T> call) {
    std::optional<CallResult<T>> ended;
    asio::co_spawn(io(), tryAwait(std::move(call)), [&](std::exception_ptr thrown, CallResult<T> result) {
      if (thrown) std::rethrow_exception(thrown);
      ended.emplace(std::move(result));
    });
    runUntil([&] { return ended.has_value(); });
    return *std::move(ended);
  }
  /// Runs until all these calls have ended.
  void finish(const std::shared_ptr<Call>& call);
  void finish(const std::vector<std::shared_ptr<Call>>& calls);
  /// Runs until the condition holds, and then everything that is ready. Where `patience` is over first, the test fails
  /// and this gives false.
  bool runUntil(const std::function<bool()>& condition);
  /// Runs until no work is left: run() must return by itself.
  void runOut();
  /// Runs everything that is ready now.
  void runReady();

  asio::io_context& io() { return *io_; }
  /// Destroys the io_context and everything that is suspended in it. The test must not run anything afterwards.
  void destroyIo() { io_.reset(); }

 private:
  const Resources before_ = Resources::now();
  std::vector<std::shared_ptr<Call>> calls_;
  std::unique_ptr<emulator::Emulator> emulator_;
  std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>(1);
};

}  // namespace box::test
