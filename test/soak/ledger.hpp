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

/// The arguments of a call. Each of its ids contains its number, so that a request shows to which call it belongs.
struct CallPlan {
  std::uint64_t number = 0;
  bool groups = false;
  bool login = false;   ///< users: one login in addition to the ids
  bool strict = false;  ///< RetryInDoubt::never
  unsigned entries = 1;

  static constexpr unsigned mostEntries = 1000;

  std::vector<std::string> ids() const;
  std::vector<std::string> logins() const;
  /// The number of the call to which an id belongs. No value: it is not such an id.
  static std::optional<std::uint64_t> numberOf(std::string_view id);
};

/// The result of a call for its caller.
struct CallEnd {
  Fate fate = Fate::notSent;
  bool success = false;
  error_code code{};
  int status = 0;                   ///< of the response that caused the error; 0: no response
  unsigned attempts = 0;            ///< only for an error
  bool unasked = false;             ///< an attempt got an answer that a server may send unasked
  std::string boxRequestId;         ///< only for a success
  std::string text;                 ///< the error's text
  std::chrono::nanoseconds late{};  ///< after its deadline or its cancellation; negative: before it

  /// Sets everything except `late`.
  static CallEnd of(const CallResult<SessionTerminationMessage>& result);
};

/// Compares what callers were told with what the server has seen and done.
///
/// The memory is constant: of a call that has ended, the ledger keeps for a while only what shows a later violation.
/// *Threads*: any.
class Ledger {
 public:
  /// `exactlyOnce`: the first request of each call must be accepted. `tolerance`: how late a call may end.
  Ledger(Violations& violations, bool exactlyOnce, std::chrono::nanoseconds tolerance)
      : violations_(violations), exactlyOnce_(exactlyOnce), tolerance_(tolerance) {}

  void begin(const CallPlan& plan);
  /// Increases the tolerance by the time that the machine itself was late.
  void allowFor(std::chrono::nanoseconds lateness);

  // The server calls these before it answers.
  void seen(std::uint64_t number);
  void accepted(bool groups, const std::vector<std::string>& ids, const std::vector<std::string>& logins,
                std::string_view boxRequestId);
  void answered(std::uint64_t number, int status);

  void end(std::uint64_t number, const CallEnd& end);

  /// The number of calls in progress.
  std::size_t underWay() const;
  /// The numbers of some calls in progress.
  std::vector<std::uint64_t> someUnderWay() const;
  std::uint64_t acceptances() const;
  /// How often the server accepted a call that it had accepted before.
  std::uint64_t repeatedAcceptances() const;

 private:
  /// Has no heap memory, because memory that the server's threads allocate must not be freed by the client's threads.
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
  void checkEnd(const Entry& entry, const CallEnd& end);

  Violations& violations_;
  const bool exactlyOnce_;
  mutable std::mutex mutex_;  // protects the members below
  std::chrono::nanoseconds tolerance_;
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::deque<std::uint64_t> kept_;
  std::uint64_t acceptances_ = 0, repeatedAcceptances_ = 0;
};

}  // namespace box::soak
