#include "transport/lookup_memory.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;

struct Lookup {
  bool ended() const { return over; }
  bool succeeded() const { return ok; }
  bool over = false, ok = false;
  LookupMemory<Lookup>::TimePoint foundAt{};
};
using Memory = LookupMemory<Lookup>;

class LookupMemoryTest : public testing::Test {
 protected:
  std::shared_ptr<Lookup> begin(Memory& memory) {
    const auto lookup = std::make_shared<Lookup>();
    memory.begun(lookup, now);
    return lookup;
  }
  void end(Memory& memory, const std::shared_ptr<Lookup>& lookup, bool found) {
    lookup->over = true;
    lookup->ok = found;
    lookup->foundAt = now;
    if (found) memory.found(lookup);
  }

  Memory::TimePoint now{100h};
};

TEST_F(LookupMemoryTest, SharesALookupWithThoseWhoAskAtOnce) {
  Memory memory(5s);
  EXPECT_EQ(memory.find(now), nullptr);
  const auto first = begin(memory);
  EXPECT_EQ(memory.find(now), first);
  EXPECT_EQ(memory.find(now + Memory::joinable - 1ns), first);
}

TEST_F(LookupMemoryTest, DoesNotWaitForALookupThatMayHang) {
  Memory memory(5s);
  const auto hangs = begin(memory);
  now += Memory::joinable;
  EXPECT_EQ(memory.find(now), nullptr);
  const auto second = begin(memory);
  EXPECT_EQ(memory.find(now), second);
}

TEST_F(LookupMemoryTest, RemembersWhatWasFoundForItsAge) {
  Memory memory(5s);
  const auto lookup = begin(memory);
  now += 900ms;
  end(memory, lookup, true);
  EXPECT_EQ(memory.find(now + 5s - 1ns), lookup);
  EXPECT_EQ(memory.find(now + 5s), nullptr);
}

TEST_F(LookupMemoryTest, RemembersNoFailure) {
  Memory memory(5s);
  const auto lookup = begin(memory);
  end(memory, lookup, false);
  EXPECT_EQ(memory.find(now), nullptr);
}

TEST_F(LookupMemoryTest, SharesWhatHasBeenFoundAndNobodyHasTakenNoteOfYet) {
  Memory memory(5s);
  const auto lookup = begin(memory);
  lookup->over = lookup->ok = true;
  lookup->foundAt = now;
  EXPECT_EQ(memory.find(now), lookup);
  memory.forget();
  EXPECT_EQ(memory.find(now), nullptr);
}

TEST_F(LookupMemoryTest, ForgetsWhatIsOfNoUse) {
  Memory memory(5s);
  end(memory, begin(memory), true);
  memory.forget();
  EXPECT_EQ(memory.find(now), nullptr);
  const auto next = begin(memory);
  memory.forget();
  EXPECT_EQ(memory.find(now), next) << "the lookup is newer than the useless one";
}

TEST_F(LookupMemoryTest, DoesNotKeepALookupForWhichNobodyWaits) {
  Memory memory(5s);
  begin(memory);
  EXPECT_EQ(memory.find(now), nullptr);
}

TEST_F(LookupMemoryTest, RemembersAndSharesNothingWithoutAnAge) {
  Memory memory(0s);
  const auto lookup = begin(memory);
  EXPECT_EQ(memory.find(now), nullptr);
  end(memory, lookup, true);
  EXPECT_EQ(memory.find(now), nullptr);
}

TEST_F(LookupMemoryTest, LeavesRunningOnesToTheParentOfAForkedProcess) {
  Memory memory(5s);
  const auto found = begin(memory);
  end(memory, found, true);
  const auto running = begin(memory);
  memory.abandon();
  EXPECT_EQ(memory.find(now), found);
  EXPECT_EQ(memory.find(now + 5s), nullptr);
}

}  // namespace
}  // namespace box
