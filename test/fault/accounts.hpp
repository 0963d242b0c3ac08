#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "box/support/clock.hpp"
#include "fault/stage.hpp"

namespace box::test {

/// The Box knows an application, and the calls get their tokens as it does: by client credentials, by an assertion, or
/// by a refresh token that a person left. Their secrets are searched for in whatever the library says.
void useClientCredentials(Stage& stage);
void useAssertion(Stage& stage);
struct Person {
  bool known = true;      ///< the refresh token is good
  bool diskFull = false;  ///< new tokens cannot be stored
};
void useRefreshToken(Stage& stage, Person person);

/// A clock that a row sets.
class RowClock : public Clock {
 public:
  std::chrono::system_clock::time_point now() const noexcept override {
    return std::chrono::system_clock::now() + offset_.load();
  }
  void advance(std::chrono::seconds by) { offset_ = offset_.load() + by; }

 private:
  std::atomic<std::chrono::seconds> offset_{std::chrono::seconds(0)};
};

}  // namespace box::test
