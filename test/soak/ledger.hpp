#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "box/error.hpp"
#include "box/session_termination.hpp"
#include "soak/violations.hpp"

namespace box::soak {

/// A call as it is asked for. Its number is in each of its ids, so that a request tells whose it is.
struct CallPlan {
  std::uint64_t number = 0;
  bool groups = false;
  bool login = false;   ///< users: one login besides the ids
  bool strict = false;  ///< Repeat::strict
  unsigned entries = 1;

  static constexpr unsigned mostEntries = 1000;

  std::vector<std::string> ids() const;
  std::vector<std::string> logins() const;
  /// The number of the call that an id belongs to; nothing where it is none of these.
  static std::optional<std::uint64_t> numberOf(std::string_view id);
};

/// How a call ended for its caller.
struct CallEnd {
  Fate fate = Fate::notSent;
  bool success = false;
  error_code code{};
  int status = 0;                   ///< of the response that is the error; 0: none
  unsigned attempts = 0;            ///< of an error
  bool unasked = false;             ///< one of these got an answer that a server may give unasked
  std::string boxRequestId;         ///< of a success
  std::string text;                 ///< the error's
  std::chrono::nanoseconds late{};  ///< after its deadline, or its cancellation; negative: before it

  /// All but `late`.
  static CallEnd of(const CallResult<SessionTerminationMessage>& result);
};

/// Compares what callers were told with what the server has seen and done.
///
/// Memory is constant: of a call that has ended only what would be a violation if it came later is kept, for a while.
/// *Threads*: any.
class Ledger {
 public:
  /// `exactlyOnce`: each call must be accepted, by the first request.
  /// `tolerance`: how late a call may end.
  Ledger(Violations& violations, bool exactlyOnce, std::chrono::nanoseconds tolerance)
      : violations_(violations), exactlyOnce_(exactlyOnce), tolerance_(tolerance) {}

  void begin(const CallPlan& plan);
  /// The machine itself has been so late.
  void allowFor(std::chrono::nanoseconds lateness);

  // What the server tells, before it answers.
  void seen(std::uint64_t number);
  void accepted(bool groups, const std::vector<std::string>& ids, const std::vector<std::string>& logins,
                std::string_view boxRequestId);
  void answered(std::uint64_t number, int status);

  void end(std::uint64_t number, const CallEnd& end);

  /// Calls that have begun and not ended.
  std::size_t underWay() const;
  /// The numbers of some of them.
  std::vector<std::uint64_t> someUnderWay() const;
  std::uint64_t acceptances() const;
  /// Acceptances of calls that had been accepted before.
  std::uint64_t repeatedAcceptances() const;

 private:
  /// No heap of its own: what the server's threads write must not be freed by the client's.
  struct Entry {
    CallPlan plan;
    bool ended = false;
    Fate told = Fate::notSent;
    unsigned seen = 0, accepted = 0, answered = 0;
    std::array<std::uint16_t, 16> statuses{};
    std::array<std::size_t, 16> requestIds{};

    bool answeredWith(int status) const;
    bool refused() const;
    bool knows(std::size_t requestId) const;
  };

  static std::string describe(const Entry& entry);
  void violate(const Entry& entry, const std::string& what, const CallEnd* end = nullptr);
  void judge(const Entry& entry, const CallEnd& end);

  Violations& violations_;
  const bool exactlyOnce_;
  mutable std::mutex mutex_;  // guards what follows
  std::chrono::nanoseconds tolerance_;
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::deque<std::uint64_t> kept_;
  std::uint64_t acceptances_ = 0, repeatedAcceptances_ = 0;
};

}  // namespace box::soak
