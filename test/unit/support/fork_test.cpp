#include "system/fork.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "support/forked.hpp"
#include "support/sanitizers.hpp"

namespace box {
namespace {

using test::Forked;

/// Two connected sockets.
class Pair {
 public:
  Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()), 0); }
  ~Pair() {
    for (const int end : ends_) ::close(end);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  int here() const noexcept { return ends_[0]; }
  int there() const noexcept { return ends_[1]; }

 private:
  std::array<int, 2> ends_{-1, -1};
};

bool writes(int descriptor) { return ::send(descriptor, "x", 1, MSG_NOSIGNAL) == 1; }

/// The bytes that can be read from the descriptor without waiting.
std::string unread(int descriptor) {
  std::array<char, 16> bytes{};
  const ssize_t n = ::recv(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT);
  return n > 0 ? std::string(bytes.data(), static_cast<std::size_t>(n)) : std::string();
}

bool looksEmpty(int descriptor) {
  char byte = 0;
  return ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

TEST(UnsharedDescriptor, LeadsNowhereInTheChild) {
  const Pair first, second;
  const UnsharedDescriptor a(first.here()), b(second.here());
  ASSERT_TRUE(writes(first.there()));
  Forked child([&] {
    std::string text;
    for (const Pair* pair : {&first, &second}) {
      if (writes(pair->here())) text += "writes ";
      if (!unread(pair->here()).empty()) text += "reads ";
      if (looksEmpty(pair->here())) text += "looks like a connection that is idle ";
      ::shutdown(pair->here(), SHUT_RDWR);
    }
    return text;
  });
  EXPECT_EQ(child.result(), "");
  EXPECT_EQ(unread(first.here()), "x");
  for (const Pair* pair : {&first, &second}) {
    EXPECT_TRUE(writes(pair->here())) << "the parent's stays as it was";
    EXPECT_EQ(unread(pair->there()), "x");
  }
}

/// While this object lives, the process has no free descriptor.
class AllDescriptorsTaken {
 public:
  AllDescriptorsTaken() {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit few{128, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    for (int n = ::dup(0); n >= 0 && taken_.size() < 128; n = ::dup(0)) taken_.push_back(n);
  }
  ~AllDescriptorsTaken() {
    for (const int n : taken_) ::close(n);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  AllDescriptorsTaken(const AllDescriptorsTaken&) = delete;
  AllDescriptorsTaken& operator=(const AllDescriptorsTaken&) = delete;

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

TEST(UnsharedDescriptor, LeadsNowhereInTheChildWithoutAFreeDescriptorToo) {
  const Pair first, second;
  const UnsharedDescriptor a(first.here()), b(second.here());
  const AllDescriptorsTaken taken;
  const pid_t child = ::fork();
  if (child == 0) ::_exit(writes(first.here()) || writes(second.here()) ? 1 : 0);
  ASSERT_GT(child, 0);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(writes(first.here()));
  EXPECT_TRUE(writes(second.here()));
}

TEST(UnsharedDescriptor, IsSharedAgainAfterItsEnd) {
  const Pair pair, moved;
  { const UnsharedDescriptor ended(pair.here()); }
  UnsharedDescriptor from(moved.here());
  const UnsharedDescriptor to(std::move(from));
  from = UnsharedDescriptor();
  Forked child([&] {
    return std::string(writes(pair.here()) ? "shared" : "not shared") +
           (writes(moved.here()) ? ", shared" : ", not shared");
  });
  EXPECT_EQ(child.result(), "shared, not shared");
}

TEST(UnsharedDescriptor, IsOpenedWithoutAForkBeforeItIsKept) {
  const Pair pair;
  pid_t child = -1;
  std::atomic<bool> over{false};
  std::thread forker;
  const UnsharedDescriptor opened = UnsharedDescriptor::opened([&] {
    forker = std::thread([&] {
      child = ::fork();
      if (child == 0) ::_exit(writes(pair.here()) ? 1 : 0);
      over = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // enough time for a fork that does not wait
    EXPECT_FALSE(over);
    return pair.here();
  });
  forker.join();
  EXPECT_EQ(opened.descriptor(), pair.here());
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "the child could write";
}

TEST(UnsharedDescriptor, IsNoneWhereNothingCouldBeOpened) {
  const UnsharedDescriptor none = UnsharedDescriptor::opened([] {
    errno = EMFILE;
    return -1;
  });
  EXPECT_EQ(errno, EMFILE);
  EXPECT_FALSE(none.isSet());
  EXPECT_EQ(none.descriptor(), -1);
}

TEST(ProcessGeneration, DiffersInParentChildAndSibling) {
  const auto mine = [] { return std::to_string(processGeneration()); };
  Forked first(mine), second(mine);
  const std::string one = first.result(), other = second.result();
  EXPECT_NE(one, mine());
  EXPECT_NE(other, mine());
  EXPECT_NE(one, other);
}

TEST(ForkBarrier, IsNotHeldByAThreadThatTheChildDoesNotHave) {
  if (test::underThreadSanitizer) GTEST_SKIP() << "the sanitizer takes the child's lock for the thread's";
  std::atomic<bool> over{false};
  std::thread holder([&] {
    while (!over) {
      const auto held = forkBarrier();
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  });
  for (int round = 0; round < 20; ++round) {
    Forked child([] {
      ::alarm(20);
      return std::string(forkBarrier() ? "held" : "");
    });
    EXPECT_EQ(child.result(), "held");
  }
  over = true;
  holder.join();
}

}  // namespace
}  // namespace box
