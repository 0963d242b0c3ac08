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

/// What must never be seen in an error or an event.
inline constexpr const char* secretToken = "T0ken-that-nobody-may-see-4711";
inline constexpr const char* secretLogin = "nobody.may.see@example.com";

/// Longer than any test waits; a test that gets there has failed.
inline constexpr std::chrono::seconds patience{30};

/// A Box of the test's own and the library against it, over TLS on loopback, in one thread of the test. What the
/// process holds of descriptors and threads must be the same behind each test, and no event or error may show a secret.
class BoxTest : public testing::Test {
 protected:
  BoxTest();
  ~BoxTest() override;
  void TearDown() override;

  /// Started at the first use; `options` may be changed before.
  emulator::EmulatorOptions options;
  emulator::Emulator& emulator();

  /// Trusts the emulator and talks to it, with a backoff of 1 ms, no retry budget, and `recorder`.
  NetworkSession session();
  std::shared_ptr<Recorder> recorder = std::make_shared<Recorder>();

  BoxClient client() { return client(session()); }
  BoxClient client(const NetworkSession& session);
  BoxClient client(const NetworkSession& session, std::shared_ptr<Authentication> auth);
  std::shared_ptr<Authentication> auth() const;

  /// Starts a call on the test's io_context; it goes on while one of the functions below runs.
  std::shared_ptr<Call> start(asio::awaitable<SessionTerminationMessage> awaitable,
                              Call::Accepts accepts = Call::Accepts::terminal);
  /// The same for a call about user 1 and secretLogin.
  std::shared_ptr<Call> start(const BoxClient& client) { return start(about(client)); }
  asio::awaitable<SessionTerminationMessage> about(const BoxClient& client, Deadline deadline = {}) const;

  /// Runs a call to its end.
  std::shared_ptr<Call> await(asio::awaitable<SessionTerminationMessage> awaitable);
  std::shared_ptr<Call> await(const BoxClient& client) { return await(about(client)); }
  /// The same for a call of any kind, and gives what it gave.
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
  /// Runs until all of them have ended.
  void finish(const std::shared_ptr<Call>& call);
  void finish(const std::vector<std::shared_ptr<Call>>& calls);
  /// Runs until the condition holds, and then what is ready. False, and a failure, where patience is over first.
  bool runUntil(const std::function<bool()>& condition);
  /// Runs until there is nothing left to do: run() must return by itself.
  void runOut();
  /// Runs what is ready now.
  void runReady();

  asio::io_context& io() { return *io_; }
  /// Destroys the io_context with all that is suspended in it; the test may not run anything behind it.
  void destroyIo() { io_.reset(); }

 private:
  const Resources before_ = Resources::now();
  std::vector<std::shared_ptr<Call>> calls_;
  std::unique_ptr<emulator::Emulator> emulator_;
  std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>(1);
};

}  // namespace box::test
