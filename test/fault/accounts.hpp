#pragma once

#include <atomic>
#include <chrono>
#include <memory>

#include "box/support/clock.hpp"
#include "fault/stage.hpp"

namespace box::test {

/// The Box knows an application, and the calls get their tokens in its name: by client credentials, by an assertion, or
/// by a refresh token of a person who has signed in. Everything that the library says is searched for their secrets.
void useClientCredentials(Stage& stage);
void useAssertion(Stage& stage);
struct Person {
  bool known = true;      ///< the refresh token is valid
  bool signedIn = true;   ///< there is a refresh token in the storage
  bool diskFull = false;  ///< new tokens cannot be stored
};
void useRefreshToken(Stage& stage, Person person);

/// A clock that a row of the table sets.
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
