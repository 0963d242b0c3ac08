#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "box/observe/observer.hpp"

namespace box::test {

/// Records all events. *Threads*: any.
class Recorder : public Observer {
 public:
  struct Opened {
    std::uint64_t connection;
    std::string host, tlsVersion, proxy;
    std::uint16_t port;
    bool resumed;
  };
  struct Closed {
    std::uint64_t connection;
    event::CloseReason reason;
    unsigned requests;
  };
  struct Ended {
    std::uint64_t call;
    error_code code;
    Fate fate;
    int statusCode;
    unsigned attempts;
  };
  struct Retry {
    unsigned attempt;
    FailureKind kind;
    std::chrono::nanoseconds delay;
  };

  void onEvent(const Event& event) override;

  /// The kinds of events in order: "CallStarted AttemptStarted ...".
  std::string sequence() const;
  /// All events as text, with all their members.
  std::string text() const;
  std::vector<Opened> opened() const { return copy(opened_); }
  std::vector<Closed> closed() const { return copy(closed_); }
  std::vector<Ended> ended() const { return copy(ended_); }
  std::vector<Retry> retries() const { return copy(retries_); }
  std::vector<AttemptRecord> attempts() const { return copy(attempts_); }
  std::vector<bool> tokensRequested() const { return copy(tokens_); }
  std::vector<event::CloseReason> closeReasons() const;
  std::size_t attemptsStarted() const;
  std::size_t poolWaits() const;
  void clear();

 private:
  template <class T>
  T copy(const T& list) const {
    const std::lock_guard lock(mutex_);
    return list;
  }

  mutable std::mutex mutex_;
  std::string sequence_, text_;
  std::vector<Opened> opened_;
  std::vector<Closed> closed_;
  std::vector<Ended> ended_;
  std::vector<Retry> retries_;
  std::vector<AttemptRecord> attempts_;
  std::vector<bool> tokens_;
  std::size_t attemptsStarted_ = 0, poolWaits_ = 0;
};

}  // namespace box::test
