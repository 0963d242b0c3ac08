// stop() and abort() may be called on any thread, also while another one destroys the context of the run.
#include <atomic>
#include <exception>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include "box/auth/developer_token.hpp"
#include "box/bulk/bulk_termination.hpp"
#include "box/network/session.hpp"

namespace box {
namespace {

/// Never answers.
class SilentBox : public NetworkClient {
 public:
  asio::awaitable<FetchResponse> fetch(NetworkRequest) override {
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
    co_return FetchResponse();
  }
};

TEST(BulkStop, WhileTheContextOfTheRunGoes) {
  const auto auth = std::make_shared<BoxDeveloperTokenAuth>("token");
  for (int round = 0; round < 100; ++round) {
    auto io = std::make_unique<asio::io_context>(1);
    const BulkTermination bulk(SessionTerminationManager(auth, NetworkSession(), std::make_shared<SilentBox>()),
                               BulkOptions());
    asio::co_spawn(*io, bulk.run(bulkSource(std::vector<std::string>{"1", "2"})),
                   [](std::exception_ptr, BulkSummary) {});
    io->poll();
    std::atomic<int> ready{0};
    const auto together = [&] {
      for (++ready; ready < 2;) std::this_thread::yield();
    };
    std::thread stops([&] {
      together();
      for (int i = 0; i < 10; ++i) {
        bulk.stop();
        bulk.abort();
      }
    });
    together();
    std::this_thread::sleep_for(std::chrono::microseconds(round % 20));
    io.reset();
    stops.join();
    bulk.stop();
  }
}

}  // namespace
}  // namespace box
