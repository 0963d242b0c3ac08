#include "async/context_end.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;

/// Has a timer, which must not outlive its context, and notes when it releases the timer.
class Owner final : private ContextEnd::Member {
 public:
  Owner(const asio::any_io_executor& executor, std::string name, std::string& log)
      : name_(std::move(name)), log_(log), timer_(executor) {
    timer_->expires_after(1h);
    timer_->async_wait([](boost::system::error_code) {});
    join(executor);
  }
  ~Owner() { leave(); }

  std::function<void()> alsoDo = [] {};

 private:
  void contextEnds() noexcept override {
    log_ += name_ + " ";
    timer_.reset();
    alsoDo();
  }

  const std::string name_;
  std::string& log_;
  std::optional<asio::steady_timer> timer_;
};

class ContextEndTest : public testing::Test {
 protected:
  std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>(1);
  std::string log;
};

TEST_F(ContextEndTest, IsToldToEachMemberThatIsThere) {
  const Owner first(io->get_executor(), "first", log);
  { const Owner gone(io->get_executor(), "gone", log); }
  const Owner last(io->get_executor(), "last", log);
  io.reset();
  EXPECT_EQ(log, "last first ");
}

TEST_F(ContextEndTest, IsToldOnStrandsToo) {
  const Owner owner(asio::make_strand(*io), "on a strand", log);
  io.reset();
  EXPECT_EQ(log, "on a strand ");
}

TEST_F(ContextEndTest, OfAnotherContextConcernsNobody) {
  asio::io_context other(1);
  const Owner owner(other.get_executor(), "other", log);
  io.reset();
  EXPECT_EQ(log, "");
}

TEST_F(ContextEndTest, MayTakeOtherMembersAlong) {
  auto first = std::make_unique<Owner>(io->get_executor(), "first", log);
  Owner last(io->get_executor(), "last", log);
  last.alsoDo = [&] { first.reset(); };
  io.reset();
  EXPECT_EQ(log, "last ");
}

TEST_F(ContextEndTest, LetsNothingBeDoneThatMustComeBeforeIt) {
  int done = 0;
  Owner owner(io->get_executor(), "owner", log);
  const std::shared_ptr<ContextEnd> end = ContextEnd::of(io->get_executor());
  EXPECT_EQ(end, ContextEnd::of(io->get_executor()));
  end->before([&] { ++done; });
  EXPECT_EQ(done, 1);
  owner.alsoDo = [&] { end->before([&] { ++done; }); };
  io.reset();
  EXPECT_EQ(log, "owner ");
  EXPECT_EQ(done, 1);
}

// Services are shut down in the opposite order of their making. The one for sockets closes them then, on Windows.
TEST_F(ContextEndTest, ComesBeforeTheEndOfTheSocketsService) {
  struct Socket : asio::ip::tcp::socket {
    using Service = decltype(impl_)::service_type;
  };
  ContextEnd::of(io->get_executor());
  EXPECT_TRUE(asio::has_service<Socket::Service>(*io));
}

}  // namespace
}  // namespace box
