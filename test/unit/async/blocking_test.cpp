#include "async/blocking.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/waiter.hpp"
#include "box/error.hpp"
#ifndef _WIN32
#include <pthread.h>

#include "support/forked.hpp"
#endif
#include "support/posix.hpp"
#include "support/sanitizers.hpp"

namespace {

using namespace std::chrono_literals;
using box::BlockingCall;
using box::BlockingThreads;
using box::Errc;
using Steady = std::chrono::steady_clock;
using testing::ElementsAre;

constexpr auto patience = 30s;

/// A gate at which work waits until letGo() opens it for ever. It is shared with threads that nobody joins.
class Gate {
 public:
  void pass() {
    ++waiting_;
    opened_.wait();
  }
  void letGo() { open_.set_value(); }
  int waiting() const { return waiting_; }
  void awaitOne() const {
    for (const auto end = Steady::now() + patience; waiting_ == 0 && Steady::now() < end;)
      std::this_thread::sleep_for(1ms);
    ASSERT_GE(waiting_, 1);
  }

 private:
  std::promise<void> open_;
  std::shared_future<void> opened_ = open_.get_future().share();
  std::atomic<int> waiting_{0};
};

/// The result of awaiting a task.
struct Awaiting {
  std::optional<bool> ended;
  std::exception_ptr failure;
  boost::asio::cancellation_signal signal;

  bool over() const { return ended || failure; }
  boost::system::error_code code() const {
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
      return error.code();
    }
    return {};
  }
};

class Blocking : public testing::Test {
 protected:
  std::shared_ptr<Awaiting> start(std::shared_ptr<box::BlockingTask> task,
                                  Steady::time_point until = Steady::time_point::max()) {
    return start(box::awaitBlocking(threads, std::move(task), until));
  }
  std::shared_ptr<Awaiting> start(box::asio::awaitable<bool> wait) {
    auto awaiting = std::make_shared<Awaiting>();
    boost::asio::co_spawn(
        *io, std::move(wait),
        boost::asio::bind_cancellation_slot(awaiting->signal.slot(), [awaiting](std::exception_ptr e, bool ended) {
          awaiting->failure = std::move(e);
          if (!awaiting->failure) awaiting->ended = ended;
        }));
    return awaiting;
  }

  template <class Function>
  static auto call(Function function) {
    using T = std::invoke_result_t<Function>;
    return std::make_shared<BlockingCall<T>>(std::function<T()>(std::move(function)));
  }

  void awaitTheEndOf(const std::weak_ptr<void>& object) {
    for (const auto end = Steady::now() + patience; !object.expired() && Steady::now() < end;)
      std::this_thread::sleep_for(1ms);
    EXPECT_TRUE(object.expired());
  }

  std::shared_ptr<BlockingThreads> threads = std::make_shared<BlockingThreads>(2U);
  std::unique_ptr<boost::asio::io_context> io = std::make_unique<boost::asio::io_context>(1);
};

TEST_F(Blocking, GivesWhatTheFunctionReturns) {
  const auto task = call([] { return std::string("result"); });
  const auto awaiting = start(task);
  io->run();
  ASSERT_EQ(awaiting->ended, true);
  EXPECT_EQ(task->take(), "result");
}

TEST_F(Blocking, GivesWhatTheFunctionThrows) {
  const auto task = call([]() -> void { throw std::runtime_error("reason"); });
  const auto awaiting = start(task);
  io->run();
  ASSERT_EQ(awaiting->ended, true);
  EXPECT_THROW(task->take(), std::runtime_error);
}

TEST_F(Blocking, ACancellationThatComesWithTheEndIsNotUndoneByAnotherThatTheCallerDoesNotLetThrough) {
  const auto gate = std::make_shared<Gate>();
  const auto task = call([gate] { gate->pass(); });
  const auto awaiting = start(task);
  io->poll();
  gate->awaitOne();
  boost::asio::post(*io, [&] {
    gate->letGo();
    for (const auto end = Steady::now() + patience; !task->ended() && Steady::now() < end;)
      std::this_thread::sleep_for(1ms);
    awaiting->signal.emit(boost::asio::cancellation_type::terminal);
    awaiting->signal.emit(boost::asio::cancellation_type::total);  // co_spawn lets only the terminal type through
  });
  io->run();
  EXPECT_EQ(awaiting->code(), boost::asio::error::operation_aborted);
}

TEST_F(Blocking, LetsGoOfWhatTheFunctionOwnsBeforeItsEndIsSeen) {
  const auto owned = std::make_shared<int>();
  const auto task = call([owned] {});
  const auto awaiting = start(task);
  io->run();
  ASSERT_EQ(awaiting->ended, true);
  EXPECT_EQ(owned.use_count(), 1);
}

#ifndef _WIN32
TEST_F(Blocking, AForkedProcessStartsThreadsAnew) {
  if (box::test::underThreadSanitizer) GTEST_SKIP() << "it ends a forked process that starts a thread";
  threads = std::make_shared<BlockingThreads>(1U);
  const auto gate = std::make_shared<Gate>();
  const auto busy = start(call([gate] { gate->pass(); }));
  io->poll();
  gate->awaitOne();
  io->notify_fork(boost::asio::io_context::fork_prepare);
  box::test::Forked child([&] {
    io->notify_fork(boost::asio::io_context::fork_child);
    const auto task = call([] { return std::string("done in the child"); });
    const auto awaiting = start(task, Steady::now() + patience);
    for (const auto end = Steady::now() + patience; !awaiting->over() && Steady::now() < end;) io->run_one_for(10ms);
    return awaiting->ended.value_or(false) ? task->take() : std::string("not done");
  });
  io->notify_fork(boost::asio::io_context::fork_parent);
  EXPECT_EQ(child.result(), "done in the child");
  gate->letGo();
  io->run();
  EXPECT_EQ(busy->ended, true);
}

TEST_F(Blocking, RunsInAThreadThatTakesNoSignals) {
  const auto task = call([] {
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    return sigismember(&blocked, SIGTERM) == 1 && sigismember(&blocked, SIGINT) == 1;
  });
  const auto awaiting = start(task);
  io->run();
  ASSERT_EQ(awaiting->ended, true);
  EXPECT_TRUE(task->take());
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  EXPECT_EQ(sigismember(&blocked, SIGTERM), 0) << "the calling thread's signal mask does not change";
}
#endif

TEST_F(Blocking, OneThreadDoesOneTaskBehindTheOther) {
  threads = std::make_shared<BlockingThreads>(1U);
  std::vector<int> order;  // without a lock, because only one thread runs at a time
  std::vector<std::shared_ptr<Awaiting>> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(start(call([&order, i] {
      std::this_thread::sleep_for(1ms);
      order.push_back(i);
    })));
  }
  io->run();
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
}

TEST_F(Blocking, NoMoreAtATimeThanThereMayBeThreads) {
  std::atomic<int> now{0}, most{0};
  for (int i = 0; i < 20; ++i) {
    start(call([&] {
      const int count = ++now;
      for (int seen = most; seen < count && !most.compare_exchange_weak(seen, count);) {
      }
      std::this_thread::sleep_for(1ms);
      --now;
    }));
  }
  io->run();
  EXPECT_LE(most, 2);
}

TEST_F(Blocking, WhenTheTimeIsUpTheCoroutineLeavesAndTheWorkEndsByItself) {
  const auto gate = std::make_shared<Gate>();
  auto task = call([gate] { gate->pass(); });
  const std::weak_ptr<void> weak = task;
  const auto awaiting = start(std::move(task), Steady::now() + 20ms);
  io->run_one();  // only what submits the task: on a busy machine the time is up when its thread begins
  gate->awaitOne();
  io->run();
  EXPECT_EQ(awaiting->ended, false);
  EXPECT_FALSE(weak.expired());
  gate->letGo();
  awaitTheEndOf(weak);
}

TEST_F(Blocking, ACancelledCoroutineLeavesAtOnce) {
  const auto gate = std::make_shared<Gate>();
  auto task = call([gate] { gate->pass(); });
  const std::weak_ptr<void> weak = task;
  const auto awaiting = start(std::move(task));
  io->poll();
  gate->awaitOne();
  awaiting->signal.emit(boost::asio::cancellation_type::terminal);
  io->run();
  EXPECT_EQ(awaiting->code(), boost::asio::error::operation_aborted);
  EXPECT_FALSE(weak.expired());
  gate->letGo();
  awaitTheEndOf(weak);
}

TEST_F(Blocking, ACancellationIsNotUndoneByAnotherThatTheCallerDoesNotLetThrough) {
  using Type = boost::asio::cancellation_type;
  const auto gate = std::make_shared<Gate>();
  const auto awaiting = start(call([gate] { gate->pass(); }));
  io->poll();
  gate->awaitOne();
  awaiting->signal.emit(Type::terminal);
  awaiting->signal.emit(Type::total);
  io->poll();
  EXPECT_EQ(awaiting->code(), boost::asio::error::operation_aborted);
  gate->letGo();
}

box::asio::awaitable<bool> endedByTerminal(std::shared_ptr<BlockingThreads> threads,
                                           std::shared_ptr<box::BlockingTask> task) {
  co_await box::asio::this_coro::reset_cancellation_state(box::asio::enable_total_cancellation());
  co_await box::asio::this_coro::throw_if_cancelled(false);
  co_return co_await box::awaitBlocking(std::move(threads), std::move(task), Steady::time_point::max(),
                                        box::asio::cancellation_type::terminal);
}

TEST_F(Blocking, ATerminalCancellationIsNotDemotedByTheNextOne) {
  using Type = boost::asio::cancellation_type;
  const auto gate = std::make_shared<Gate>();
  const auto awaiting = start(endedByTerminal(threads, call([gate] { gate->pass(); })));
  io->poll();
  gate->awaitOne();
  awaiting->signal.emit(Type::total);
  io->poll();
  EXPECT_FALSE(awaiting->over());
  awaiting->signal.emit(Type::terminal);
  awaiting->signal.emit(Type::total);
  io->poll();
  EXPECT_EQ(awaiting->code(), boost::asio::error::operation_aborted);
  gate->letGo();
}

TEST_F(Blocking, TheCoroutineMayBeDestroyedWhileTheWorkGoesOn) {
  const auto gate = std::make_shared<Gate>();
  auto task = call([gate] { gate->pass(); });
  const std::weak_ptr<void> weak = task;
  const auto awaiting = start(std::move(task));
  io->poll();
  gate->awaitOne();
  io.reset();
  EXPECT_FALSE(awaiting->over());
  EXPECT_FALSE(weak.expired());
  gate->letGo();
  awaitTheEndOf(weak);
}

TEST_F(Blocking, TheCoroutineMayBeDestroyedAtAnyMoment) {
  for (int i = 0; i < 200; ++i) {
    start(call([] { return std::string(100, 'x'); }));
    io->poll();
    for (int turns = 0; turns < i; ++turns) std::this_thread::yield();
    io = std::make_unique<boost::asio::io_context>(1);
  }
}

TEST_F(Blocking, WorkThatNobodyWaitsForIsNotBegun) {
  threads = std::make_shared<BlockingThreads>(1U);
  const auto gate = std::make_shared<Gate>();
  const auto first = start(call([gate] { gate->pass(); }));
  io->poll();
  gate->awaitOne();
  const auto begun = std::make_shared<std::atomic<bool>>(false);
  const auto second = start(call([begun] { *begun = true; }));
  io->poll();
  second->signal.emit(boost::asio::cancellation_type::terminal);
  io->poll();
  EXPECT_EQ(second->code(), boost::asio::error::operation_aborted);
  gate->letGo();
  io->run();
  EXPECT_EQ(first->ended, true);
  EXPECT_EQ(start(call([] {}))->over(), false);
  io->restart();
  io->run();  // by now a thread has finished the second task
  EXPECT_FALSE(*begun);
}

#ifndef _WIN32
/// As long as it lives, no thread can start: its stack would be larger than the address space.
class NoThreads {
 public:
  NoThreads() {
    pthread_attr_t huge;
    EXPECT_EQ(pthread_getattr_default_np(&before_), 0);
    EXPECT_EQ(pthread_getattr_default_np(&huge), 0);
    EXPECT_EQ(pthread_attr_setstacksize(&huge, std::size_t{1} << 48), 0);
    EXPECT_EQ(pthread_setattr_default_np(&huge), 0);
    pthread_attr_destroy(&huge);
  }
  ~NoThreads() {
    EXPECT_EQ(pthread_setattr_default_np(&before_), 0);
    pthread_attr_destroy(&before_);
  }
  NoThreads(const NoThreads&) = delete;
  NoThreads& operator=(const NoThreads&) = delete;

 private:
  pthread_attr_t before_;
};

TEST_F(Blocking, WithoutAThreadTheCallerComputes) {
  std::optional<std::thread::id> where;
  const NoThreads none;
  box::asio::co_spawn(*io, box::compute<std::thread::id>([] { return std::this_thread::get_id(); }),
                      [&](std::exception_ptr failure, std::thread::id id) {
                        EXPECT_FALSE(failure);
                        where = id;
                      });
  io->run();
  EXPECT_EQ(where, std::this_thread::get_id());
}

TEST_F(Blocking, WithoutAThreadItSaysSo) {
  std::optional<NoThreads> none(std::in_place);
  const auto awaiting = start(call([] {}));
  io->run();
  none.reset();
  ASSERT_TRUE(awaiting->failure);
  EXPECT_EQ(awaiting->code(), Errc::localResource);

  const auto again = start(call([] {}));
  io->restart();
  io->run();
  EXPECT_EQ(again->ended, true) << "a task that could not begin does not block others";
}
#endif

}  // namespace
