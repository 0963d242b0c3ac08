#include "pool/pool_core.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <limits>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;

// Can only be moved, so that a connection can be neither copied nor lost unnoticed.
using Item = std::unique_ptr<int>;
using Core = PoolCore<Item>;
using Decision = Core::Decision;
using Grant = Core::Place::Grant;

constexpr Core::TimePoint epoch{};
constexpr Core::TimePoint later = epoch + 1h;

Item connection(int id) { return std::make_unique<int>(id); }

/// Opens connections of a core, all of which are in use; the caller gives them back.
void dialAll(Core& core, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    Item item;
    ASSERT_EQ(core.acquire(false, item), Decision::dial);
    ASSERT_EQ(item, nullptr);
  }
}

TEST(PoolCore, DialsUpToItsMaximumThenLetsWaitThenRefuses) {
  Core core({2, 2, 1});
  dialAll(core, 2);
  Item item;
  EXPECT_EQ(core.acquire(false, item), Decision::wait);
  EXPECT_EQ(core.acquire(true, item), Decision::wait);
  Core::Place place;
  core.enqueue(place);
  EXPECT_EQ(core.acquire(false, item), Decision::full);
  EXPECT_EQ(core.acquire(true, item), Decision::full);
  EXPECT_EQ(core.count(), 2U) << "acquire() without a connection uses no slot";
  EXPECT_EQ(core.leave(place, later, item), nullptr);
}

TEST(PoolCore, HasNoQueueWhereMaxWaitersIsZero) {
  Core core({1, 1, 0});
  dialAll(core, 1);
  Item item;
  EXPECT_EQ(core.acquire(false, item), Decision::full);
  EXPECT_EQ(core.discard(), nullptr);
  EXPECT_EQ(core.acquire(false, item), Decision::dial);
}

TEST(PoolCore, UsesTheNewestIdleConnectionFirst) {
  Core core({3, 3, 0});
  dialAll(core, 3);
  Item item, surplus;
  for (int id = 1; id <= 3; ++id) EXPECT_EQ(core.release(connection(id), later, surplus), nullptr);
  EXPECT_EQ(core.idle(), 3U);
  for (int id = 3; id >= 1; --id) {
    ASSERT_EQ(core.acquire(false, item), Decision::useIdle);
    EXPECT_EQ(*item, id);
  }
  EXPECT_EQ(core.count(), 3U);
  EXPECT_EQ(core.idle(), 0U);
}

TEST(PoolCore, OpensAFreshConnectionBesideIdleOnesWhileThereIsRoom) {
  Core core({2, 2, 0});
  dialAll(core, 1);
  Item item, surplus;
  core.release(connection(1), later, surplus);
  EXPECT_EQ(core.acquire(true, item), Decision::dial);
  EXPECT_EQ(item, nullptr);
  EXPECT_EQ(core.idle(), 1U);
  EXPECT_EQ(core.count(), 2U);
}

TEST(PoolCore, FindsAnExpiredConnectionThatIsNotTheOldest) {
  Core core({3, 3, 0});
  dialAll(core, 3);
  Item item, surplus;
  core.release(connection(1), later, surplus);
  core.release(connection(2), epoch + 3s, surplus);
  core.release(connection(3), later, surplus);
  EXPECT_FALSE(core.takeExpired(epoch + 3s - 1ns, item));
  ASSERT_TRUE(core.takeExpired(epoch + 3s, item));
  EXPECT_EQ(*item, 2);
  EXPECT_EQ(core.idle(), 2U);
  EXPECT_EQ(core.count(), 2U);
  EXPECT_FALSE(core.takeExpired(epoch + 3s, item));
}

TEST(PoolCore, LetsTheOldestIdleConnectionGiveWayToAFreshOne) {
  Core core({2, 2, 0});
  dialAll(core, 2);
  Item item, surplus;
  core.release(connection(1), later, surplus);
  core.release(connection(2), later, surplus);
  ASSERT_EQ(core.acquire(true, item), Decision::dial);
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(*item, 1);
  EXPECT_EQ(core.count(), 2U) << "one gone, one to come";
  EXPECT_EQ(core.idle(), 1U);
}

TEST(PoolCore, HandsAConnectionToTheFirstWhoWaits) {
  Core core({1, 1, 8});
  dialAll(core, 1);
  std::array<Core::Place, 3> places;
  for (auto& place : places) core.enqueue(place);
  Item surplus;
  Item item = connection(7);
  for (auto& place : places) {
    ASSERT_EQ(core.release(std::move(item), later, surplus), &place);
    EXPECT_EQ(surplus, nullptr);
    EXPECT_EQ(core.idle(), 0U) << "the connection is handed to the waiter, so that no later caller can take it";
    ASSERT_EQ(place.grant(), Grant::item);
    ASSERT_NE(place.item(), nullptr);
    EXPECT_EQ(**place.item(), 7);
    item = place.take();
    ASSERT_NE(item, nullptr);
    EXPECT_EQ(*item, 7);
    EXPECT_EQ(place.grant(), Grant::none);
    EXPECT_EQ(place.item(), nullptr);
  }
  EXPECT_EQ(core.release(std::move(item), later, surplus), nullptr);
  EXPECT_EQ(core.idle(), 1U);
}

TEST(PoolCore, GivesTheRightToDialToTheFirstWhoWaitsWhenAConnectionIsGone) {
  Core core({1, 1, 8});
  dialAll(core, 1);
  Core::Place first, second;
  core.enqueue(first);
  core.enqueue(second);
  ASSERT_EQ(core.discard(), &first);
  EXPECT_EQ(first.grant(), Grant::dial);
  EXPECT_EQ(second.grant(), Grant::none);
  EXPECT_EQ(core.count(), 1U) << "the slot is the waiter's now";
  Item item;
  EXPECT_EQ(core.acquire(false, item), Decision::wait) << "no caller overtakes a waiting one";
  first.takeDial();
  ASSERT_EQ(core.discard(), &second);
  second.takeDial();
  EXPECT_EQ(core.discard(), nullptr);
  EXPECT_EQ(core.count(), 0U);
}

TEST(PoolCore, LeavesTheQueueFromAnyPosition) {
  for (std::size_t leaver = 0; leaver < 3; ++leaver) {
    Core core({1, 1, 8});
    dialAll(core, 1);
    std::array<Core::Place, 3> places;
    for (auto& place : places) core.enqueue(place);
    Item surplus;
    EXPECT_EQ(core.leave(places[leaver], later, surplus), nullptr);
    for (std::size_t i = 0; i < 3; ++i) {
      if (i == leaver) continue;
      EXPECT_EQ(core.discard(), &places[i]) << "leaver " << leaver;
    }
    EXPECT_EQ(core.discard(), nullptr);
    EXPECT_EQ(core.count(), 0U);
  }
}

TEST(PoolCore, PassesOnAConnectionThatTheLeaverDidNotTake) {
  Core core({1, 1, 8});
  dialAll(core, 1);
  Core::Place first, second;
  core.enqueue(first);
  core.enqueue(second);
  Item surplus;
  ASSERT_EQ(core.release(connection(5), later, surplus), &first);
  ASSERT_EQ(core.leave(first, later, surplus), &second);
  EXPECT_EQ(first.grant(), Grant::none);
  ASSERT_EQ(second.grant(), Grant::item);
  EXPECT_EQ(core.leave(second, later, surplus), nullptr) << "nobody waits, so the connection becomes idle";
  EXPECT_EQ(core.idle(), 1U);
  Item item;
  ASSERT_TRUE(core.takeIdle(item));
  EXPECT_EQ(*item, 5);
}

TEST(PoolCore, PassesOnTheRightToDialThatTheLeaverDidNotTake) {
  Core core({1, 1, 8});
  dialAll(core, 1);
  Core::Place first, second;
  core.enqueue(first);
  core.enqueue(second);
  Item surplus;
  ASSERT_EQ(core.discard(), &first);
  ASSERT_EQ(core.leave(first, later, surplus), &second);
  EXPECT_EQ(second.grant(), Grant::dial);
  EXPECT_EQ(core.count(), 1U);
  EXPECT_EQ(core.leave(second, later, surplus), nullptr);
  EXPECT_EQ(core.count(), 0U);
}

TEST(PoolCore, ChangesNothingWhereTheLeaverHasTakenItsGrant) {
  Core core({1, 1, 8});
  dialAll(core, 1);
  Core::Place place;
  core.enqueue(place);
  Item surplus;
  ASSERT_EQ(core.release(connection(5), later, surplus), &place);
  Item item = place.take();
  EXPECT_EQ(core.leave(place, later, surplus), nullptr);
  EXPECT_EQ(core.count(), 1U);
  EXPECT_EQ(core.idle(), 0U);

  core.enqueue(place);  // a place may be used again
  item.reset();
  ASSERT_EQ(core.discard(), &place);
  place.takeDial();
  EXPECT_EQ(core.leave(place, later, surplus), nullptr);
  EXPECT_EQ(core.count(), 1U);
}

TEST(PoolCore, ALeaverThatNeverWaitedChangesNothing) {
  Core core({1, 1, 1});
  dialAll(core, 1);
  Core::Place waiting, never;
  core.enqueue(waiting);
  Item surplus;
  EXPECT_EQ(core.leave(never, later, surplus), nullptr);
  EXPECT_EQ(core.acquire(false, surplus), Decision::full) << "the one who waits still counts";
  EXPECT_EQ(core.discard(), &waiting);
}

TEST(PoolCore, PutsOutTheOldestBeyondMaxIdle) {
  Core core({3, 2, 0});
  dialAll(core, 3);
  Item surplus;
  core.release(connection(1), later, surplus);
  core.release(connection(2), later, surplus);
  EXPECT_EQ(surplus, nullptr);
  core.release(connection(3), later, surplus);
  ASSERT_NE(surplus, nullptr);
  EXPECT_EQ(*surplus, 1);
  EXPECT_EQ(core.idle(), 2U);
  EXPECT_EQ(core.count(), 2U);
}

TEST(PoolCore, KeepsNothingWhereMaxIdleIsZeroButStillHandsOver) {
  Core core({1, 0, 1});
  dialAll(core, 1);
  Core::Place place;
  core.enqueue(place);
  Item surplus;
  ASSERT_EQ(core.release(connection(1), later, surplus), &place);
  EXPECT_EQ(surplus, nullptr);
  EXPECT_EQ(core.release(place.take(), later, surplus), nullptr);
  ASSERT_NE(surplus, nullptr);
  EXPECT_EQ(*surplus, 1);
  EXPECT_EQ(core.count(), 0U);
  EXPECT_EQ(core.idle(), 0U);
}

TEST(PoolCore, TakesTheOldestOnceItsTimeIsUp) {
  Core core({3, 3, 0});
  dialAll(core, 3);
  Item surplus, item;
  core.release(connection(1), epoch + 10s, surplus);
  core.release(connection(2), epoch + 20s, surplus);
  core.release(connection(3), epoch + 30s, surplus);
  EXPECT_FALSE(core.takeExpired(epoch + 10s - 1ns, item));
  ASSERT_TRUE(core.takeExpired(epoch + 20s, item)) << "at the very moment it is up";
  EXPECT_EQ(*item, 1);
  ASSERT_TRUE(core.takeExpired(epoch + 20s, item));
  EXPECT_EQ(*item, 2);
  EXPECT_FALSE(core.takeExpired(epoch + 20s, item));
  EXPECT_EQ(core.count(), 1U);
  EXPECT_EQ(core.idle(), 1U);
  ASSERT_TRUE(core.takeExpired(epoch + 30s, item));
  EXPECT_FALSE(core.takeExpired(epoch + 99h, item));
}

TEST(PoolCore, KeepsAConnectionUntilItsTimeIsUp) {
  Core core({2, 2, 1});
  dialAll(core, 1);
  Item surplus;
  EXPECT_FALSE(core.keeps(epoch)) << "a connection in use is not kept";
  core.release(connection(1), later, surplus);
  EXPECT_TRUE(core.keeps(later - 1ns));
  EXPECT_FALSE(core.keeps(later)) << "then takeExpired() takes it";
}

TEST(PoolCore, TellsWhichIdleConnectionTwoNewerOnesCover) {
  Core core({4, 4, 1});
  dialAll(core, 4);
  Item surplus;
  for (int id = 1; id <= 2; ++id) {
    ASSERT_EQ(core.release(connection(id), later, surplus), nullptr);
    EXPECT_EQ(core.idleWithSpareBuffers(), nullptr);
  }
  for (int id = 3; id <= 4; ++id) {
    ASSERT_EQ(core.release(connection(id), later, surplus), nullptr);
    ASSERT_NE(core.idleWithSpareBuffers(), nullptr);
    EXPECT_EQ(**core.idleWithSpareBuffers(), id - 2);
  }
}

TEST(PoolCore, SurvivesLimitsWithoutEnd) {
  constexpr auto most = std::numeric_limits<std::size_t>::max();
  Core core({4, most, most});
  dialAll(core, 4);
  Item item, surplus;
  EXPECT_EQ(core.acquire(false, item), Decision::wait);
  for (int id = 0; id < 4; ++id) core.release(connection(id), later, surplus);
  EXPECT_EQ(core.idle(), 4U);
  EXPECT_EQ(surplus, nullptr);
}

struct CountsMoves {
  CountsMoves() = default;
  explicit CountsMoves(int& count) : moves(&count) {}
  CountsMoves(CountsMoves&& other) noexcept : moves(other.moves) { count(); }
  CountsMoves& operator=(CountsMoves&& other) noexcept {
    moves = other.moves;
    count();
    return *this;
  }
  void count() const noexcept {
    if (moves != nullptr) ++*moves;
  }
  int* moves = nullptr;
};

TEST(PoolCore, GivingBackMovesNoOtherConnectionBecauseTheMemoryIsThere) {
  PoolCore<CountsMoves> core({4, std::numeric_limits<std::size_t>::max(), 0});
  CountsMoves item;
  for (int i = 0; i < 4; ++i) core.acquire(false, item);
  int moves = 0, others = 0;
  core.release(CountsMoves(moves), later, item);
  const int before = moves;
  for (int i = 1; i < 4; ++i) core.release(CountsMoves(others), later, item);
  EXPECT_EQ(moves, before);
}

/// Does what callers may do, in any order, and computes the expected results separately.
class Simulation {
 public:
  Simulation(Core::Limits limits, unsigned seed) : limits_(limits), core_(limits), random_(seed) {}

  void step() {
    now_ += 1ms;
    switch (draw(8)) {
      case 0:
      case 1:
      case 2: return acquire(draw(4) == 0);
      case 3: return finishDial();
      case 4: return endLease();
      case 5: return cancelWaiting();
      case 6: return answerGrant();
      default: return expire();
    }
  }

  void expectInvariants() const {
    std::size_t grantedItems = 0;
    for (const Granted& granted : granted_) grantedItems += granted.id != 0 ? 1 : 0;
    const std::size_t dials = dialing_ + granted_.size() - grantedItems;
    ASSERT_EQ(core_.idle(), idle_.size());
    ASSERT_EQ(core_.count(), idle_.size() + leased_.size() + grantedItems + dials) << "a slot was lost or doubled";
    ASSERT_LE(core_.count(), limits_.maxConnections);
    ASSERT_LE(core_.idle(), limits_.maxIdle);
    ASSERT_LE(queue_.size(), limits_.maxWaiters);
    if (!queue_.empty()) {
      ASSERT_EQ(core_.idle(), 0U) << "a caller waits although a connection is idle";
      ASSERT_EQ(core_.count(), limits_.maxConnections) << "a caller waits although a slot is free";
    }
  }

  /// Ends everything that is in progress. Afterwards every slot must be free.
  void expectAllSlotsBack() {
    while (!queue_.empty()) cancelWaiting();
    while (!granted_.empty()) answerGrant();
    while (dialing_ != 0) finishDial();
    while (!leased_.empty()) endLease();
    ASSERT_EQ(core_.count(), core_.idle());
    Item item;
    for (std::size_t i = 0; i < limits_.maxConnections; ++i) {
      const Decision decision = core_.acquire(false, item);
      ASSERT_TRUE(decision == Decision::useIdle || decision == Decision::dial) << i;
    }
    ASSERT_EQ(core_.count(), limits_.maxConnections);
  }

  std::size_t cancels() const { return cancels_; }
  std::size_t served() const { return served_; }

 private:
  struct Idle {
    int id;
    Core::TimePoint expires;
  };
  struct Granted {
    std::unique_ptr<Core::Place> place;
    int id;  // 0: permission to dial
  };

  std::size_t draw(std::size_t bound) { return random_() % bound; }
  Core::TimePoint someExpiry() { return now_ + std::chrono::milliseconds(draw(50)); }

  void acquire(bool fresh) {
    Item item;
    const Decision decision = core_.acquire(fresh, item);
    switch (decision) {
      case Decision::useIdle:
        ASSERT_FALSE(fresh);
        ASSERT_FALSE(idle_.empty());
        ASSERT_EQ(*item, idle_.back().id);
        idle_.pop_back();
        leased_.push_back(std::move(item));
        break;
      case Decision::dial:
        if (item) {
          ASSERT_TRUE(fresh);
          ASSERT_EQ(*item, idle_.front().id);
          idle_.pop_front();
        }
        ++dialing_;
        break;
      case Decision::wait:
        ASSERT_LT(queue_.size(), limits_.maxWaiters);
        queue_.push_back(std::make_unique<Core::Place>());
        core_.enqueue(*queue_.back());
        break;
      case Decision::full: ASSERT_EQ(queue_.size(), limits_.maxWaiters); break;
    }
  }

  void finishDial() {
    if (dialing_ == 0) return;
    --dialing_;
    if (draw(3) == 0) {
      discard();
    } else {
      leased_.push_back(connection(++lastId_));
    }
  }

  void endLease() {
    if (leased_.empty()) return;
    std::swap(leased_[draw(leased_.size())], leased_.back());
    Item item = std::move(leased_.back());
    leased_.pop_back();
    if (draw(3) == 0) {
      discard();
    } else {
      const int id = *item;
      const auto expires = someExpiry();
      Item surplus;
      Core::Place* const woken = core_.release(std::move(item), expires, surplus);
      released(woken, id, expires, surplus);
    }
  }

  void cancelWaiting() {
    if (queue_.empty()) return;
    const auto at = queue_.begin() + static_cast<std::ptrdiff_t>(draw(queue_.size()));
    Item surplus;
    ASSERT_EQ(core_.leave(**at, now_, surplus), nullptr);
    ASSERT_EQ(surplus, nullptr);
    queue_.erase(at);
    ++cancels_;
  }

  void answerGrant() {
    if (granted_.empty()) return;
    std::swap(granted_[draw(granted_.size())], granted_.back());
    Granted granted = std::move(granted_.back());
    granted_.pop_back();
    ASSERT_EQ(granted.place->grant(), granted.id != 0 ? Grant::item : Grant::dial);
    if (draw(2) == 0) {
      ++served_;
      if (granted.id != 0) {
        leased_.push_back(granted.place->take());
        ASSERT_EQ(*leased_.back(), granted.id);
      } else {
        granted.place->takeDial();
        ++dialing_;
      }
      Item surplus;
      ASSERT_EQ(core_.leave(*granted.place, now_, surplus), nullptr);
      return;
    }
    // The caller was cancelled when it had just been served.
    ++cancels_;
    const auto expires = someExpiry();
    Item surplus;
    Core::Place* const woken = core_.leave(*granted.place, expires, surplus);
    if (granted.id != 0) {
      released(woken, granted.id, expires, surplus);
    } else {
      discarded(woken);
    }
  }

  void expire() {
    const auto expired =
        std::find_if(idle_.begin(), idle_.end(), [this](const Idle& idle) { return idle.expires <= now_; });
    Item item;
    ASSERT_EQ(core_.takeExpired(now_, item), expired != idle_.end());
    if (expired == idle_.end()) return;
    ASSERT_EQ(*item, expired->id);
    idle_.erase(expired);
  }

  void discard() { discarded(core_.discard()); }

  void discarded(Core::Place* woken) { expectServed(woken, 0); }

  void released(Core::Place* woken, int id, Core::TimePoint expires, const Item& surplus) {
    if (!queue_.empty()) {
      ASSERT_EQ(surplus, nullptr);
      return expectServed(woken, id);
    }
    ASSERT_EQ(woken, nullptr);
    idle_.push_back({id, expires});
    if (idle_.size() <= limits_.maxIdle) {
      ASSERT_EQ(surplus, nullptr);
    } else {
      ASSERT_NE(surplus, nullptr);
      ASSERT_EQ(*surplus, idle_.front().id);
      idle_.pop_front();
    }
  }

  /// Checks that callers are served once and in order; a caller that is served leaves the queue.
  void expectServed(Core::Place* woken, int id) {
    if (queue_.empty()) {
      ASSERT_EQ(woken, nullptr);
      return;
    }
    ASSERT_EQ(woken, queue_.front().get());
    granted_.push_back({std::move(queue_.front()), id});
    queue_.pop_front();
  }

  const Core::Limits limits_;
  Core core_;
  std::minstd_rand random_;
  Core::TimePoint now_ = epoch;
  int lastId_ = 0;
  std::size_t dialing_ = 0, cancels_ = 0, served_ = 0;
  std::vector<Item> leased_;
  std::deque<Idle> idle_;  // the oldest first
  std::deque<std::unique_ptr<Core::Place>> queue_;
  std::vector<Granted> granted_;
};

TEST(PoolCore, KeepsItsInvariantsThroughARandomStreamOfOperations) {
  const Core::Limits cases[] = {{1, 1, 1}, {1, 0, 4}, {2, 1, 3}, {3, 3, 0}, {8, 8, 1024}, {8, 2, 16}, {5, 9, 7}};
  for (unsigned seed = 1; seed <= 10; ++seed) {
    for (const Core::Limits& limits : cases) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", max " << limits.maxConnections << ", idle "
                                      << limits.maxIdle << ", waiters " << limits.maxWaiters);
      Simulation simulation(limits, seed);
      for (int i = 0; i < 4000; ++i) {
        simulation.step();
        simulation.expectInvariants();
        if (testing::Test::HasFatalFailure()) return;
      }
      simulation.expectAllSlotsBack();
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(PoolCore, LosesNoSlotThroughAHundredThousandCancellations) {
  Simulation simulation({4, 2, 64}, 20260726);
  constexpr std::size_t wanted = 100'000;
  for (int i = 0; i < 3'000'000 && simulation.cancels() < wanted; ++i) {
    simulation.step();
    simulation.expectInvariants();
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GE(simulation.cancels(), wanted);
  EXPECT_GT(simulation.served(), 1000U);
  simulation.expectAllSlotsBack();
}

}  // namespace
}  // namespace box
