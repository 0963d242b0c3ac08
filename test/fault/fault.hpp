#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "box/error.hpp"

namespace box::test {

class Stage;

/// A number, given exactly or by its bounds.
class Count {
 public:
  constexpr Count(std::size_t exactly) noexcept : least_(exactly), most_(exactly) {}  // NOLINT: rows use plain numbers
  static constexpr Count between(std::size_t least, std::size_t most) noexcept {
    Count count(least);
    count.most_ = most;
    return count;
  }
  static constexpr Count atLeast(std::size_t least) noexcept {
    return between(least, std::numeric_limits<std::size_t>::max());
  }

  constexpr std::size_t least() const noexcept { return least_; }
  constexpr std::size_t most() const noexcept { return most_; }
  constexpr bool holds(std::size_t n) const noexcept { return n >= least_ && n <= most_; }
  /// "3", "1 to 3", "3 or more".
  std::string text() const;

 private:
  std::size_t least_, most_;
};

/// A row of the table of faults: what goes wrong, and what the caller sees of it. A row is data: the runner
/// (fault_test.cpp) checks that the library does what it says, and the document (faults.md) is written from it.
class Fault {
 public:
  enum class Standing {
    run,        ///< the runner of this table shows it
    elsewhere,  ///< another test shows it
    notRun,     ///< it cannot be provoked here
    pending,    ///< its test has not been written yet
  };

  Fault(std::string id, std::string what) : id_(std::move(id)), what_(std::move(what)) {}

  // -------------------------------------------------------------------------------------------- what goes wrong

  /// How the fault is caused: described by `words` and done by `arrange`.
  Fault& by(std::string words, std::function<void(Stage&)> arrange) {
    provokedBy_ = std::move(words);
    arrange_ = std::move(arrange);
    return *this;
  }
  /// Makes this number of calls at the same time instead of one.
  Fault& calls(std::size_t count) {
    calls_ = count;
    return *this;
  }
  Fault& deadline(std::chrono::nanoseconds limit) {
    deadline_ = limit;
    return *this;
  }

  // ------------------------------------------------------------------------------------------ what a caller sees

  Fault& accepted() { return seen(true, {}, Fate::accepted); }
  /// Box's 202 has arrived without its body.
  Fault& acceptedWithoutBody() {
    bodyIntact_ = false;
    return accepted();
  }
  Fault& fails(error_code code, Fate fate) { return seen(false, code, fate); }
  /// On a slow machine the caller may see this code instead.
  Fault& orFails(error_code code) {
    codes_.push_back(code);
    return *this;
  }
  /// The order in which messages arrive decides which of the two fates is known.
  Fault& orFate(Fate fate) {
    otherFate_ = fate;
    return *this;
  }
  /// BoxSdkError::cause(), with `words` for the document.
  Fault& cause(error_code code, std::string words) {
    cause_ = code;
    detail_ = std::move(words);
    return *this;
  }
  Fault& status(int code) {
    status_ = code;
    return *this;
  }
  /// The counts begin with the call. What happened before it, to arrange the fault, does not count.
  Fault& counts(Count attempts, Count connections, Count requests) {
    attempts_ = attempts;
    connections_ = connections;
    requests_ = requests;
    return *this;
  }
  Fault& once() { return counts(1, 1, 1); }
  /// Requests to the token endpoint, which counts() does not include.
  Fault& tokenRequests(Count count) {
    tokenRequests_ = count;
    return *this;
  }
  /// The least and the longest time for the call. The bounds are wide, because a busy machine is not a failure of the
  /// library.
  Fault& takes(std::chrono::nanoseconds least, std::chrono::nanoseconds most = std::chrono::seconds(20)) {
    takesAtLeast_ = least;
    takesAtMost_ = most;
    return *this;
  }
  /// When the fault is gone, the next call uses the same connection again.
  Fault& thenReused() {
    reused_ = true;
    return *this;
  }
  /// When the fault is gone, the next call succeeds on another connection.
  Fault& thenDropped() {
    reused_ = false;
    return *this;
  }
  /// A further condition: `check` gives a complaint, or an empty text if the condition holds.
  Fault& also(std::string words, std::function<std::string(Stage&)> check) {
    further_ = std::move(words);
    check_ = std::move(check);
    return *this;
  }

  // ----------------------------------------------------------------------------------------------------- verdict

  /// The reason, where a reader might expect another verdict.
  Fault& because(std::string words) {
    remark_ = std::move(words);
    return *this;
  }
  /// A test in another program, "Suite.Name". May be called several times.
  Fault& shownBy(std::string test) {
    standing_ = Standing::elsewhere;
    tests_.push_back(std::move(test));
    return *this;
  }
  Fault& notRun(std::string why) {
    standing_ = Standing::notRun;
    remark_ = std::move(why);
    return *this;
  }
  Fault& pending(std::string words) {
    standing_ = Standing::pending;
    remark_ = std::move(words);
    return *this;
  }
  /// For a row that is not run here: describes how the fault is caused and what the caller sees.
  Fault& provoked(std::string words) {
    provokedBy_ = std::move(words);
    return *this;
  }
  Fault& sees(std::string words) {
    sees_ = std::move(words);
    return *this;
  }

  const std::string& id() const noexcept { return id_; }
  const std::string& what() const noexcept { return what_; }
  const std::string& provokedBy() const noexcept { return provokedBy_; }
  const std::function<void(Stage&)>& arrange() const noexcept { return arrange_; }
  std::size_t calls() const noexcept { return calls_; }
  const std::optional<std::chrono::nanoseconds>& deadline() const noexcept { return deadline_; }
  bool isAccepted() const noexcept { return accepted_; }
  bool bodyIntact() const noexcept { return bodyIntact_; }
  /// Empty where the call is accepted, or where only words describe what the caller sees.
  const std::vector<error_code>& codes() const noexcept { return codes_; }
  Fate fate() const noexcept { return fate_; }
  bool allows(Fate fate) const noexcept { return fate == fate_ || fate == otherFate_; }
  const std::optional<error_code>& cause() const noexcept { return cause_; }
  int status() const noexcept { return status_; }
  const std::optional<Count>& attempts() const noexcept { return attempts_; }
  const std::optional<Count>& connections() const noexcept { return connections_; }
  const std::optional<Count>& requests() const noexcept { return requests_; }
  Count tokenRequests() const noexcept { return tokenRequests_; }
  std::chrono::nanoseconds takesAtLeast() const noexcept { return takesAtLeast_; }
  std::chrono::nanoseconds takesAtMost() const noexcept { return takesAtMost_; }
  const std::optional<bool>& reused() const noexcept { return reused_; }
  const std::function<std::string(Stage&)>& check() const noexcept { return check_; }
  Standing standing() const noexcept { return standing_; }
  const std::vector<std::string>& tests() const noexcept { return tests_; }

  /// Describes what the caller sees.
  std::string seenText() const;
  /// Describes the verdict.
  std::string verdictText() const;

 private:
  Fault& seen(bool accepted, error_code code, Fate fate) {
    accepted_ = accepted;
    fate_ = fate;
    if (!accepted) codes_.push_back(code);
    return *this;
  }

  std::string id_, what_, provokedBy_, detail_, further_, remark_, sees_;
  std::function<void(Stage&)> arrange_;
  std::function<std::string(Stage&)> check_;
  std::size_t calls_ = 1;
  std::optional<std::chrono::nanoseconds> deadline_;
  bool accepted_ = false, bodyIntact_ = true;
  std::vector<error_code> codes_;
  Fate fate_ = Fate::notSent;
  std::optional<Fate> otherFate_;
  std::optional<error_code> cause_;
  int status_ = 0;
  std::optional<Count> attempts_, connections_, requests_;
  Count tokenRequests_ = 0;
  std::chrono::nanoseconds takesAtLeast_{0}, takesAtMost_ = std::chrono::seconds(20);
  std::optional<bool> reused_;
  Standing standing_ = Standing::run;
  std::vector<std::string> tests_;
};

/// The rows of one group.
class FaultGroup {
 public:
  FaultGroup(std::string letter, std::string title) : letter_(std::move(letter)), title_(std::move(title)) {}

  /// Adds a row, which has to be filled in before the next one is added. `number`: that of the row in its group.
  Fault& add(const std::string& number, std::string what) {
    return faults_.emplace_back(letter_ + number, std::move(what));
  }

  const std::string& letter() const noexcept { return letter_; }
  const std::string& title() const noexcept { return title_; }
  const std::vector<Fault>& faults() const noexcept { return faults_; }

 private:
  std::string letter_, title_;
  std::vector<Fault> faults_;
};

FaultGroup faultsOfLookups();
FaultGroup faultsOfConnecting();
FaultGroup faultsOfTls();
FaultGroup faultsOfKeepAlive();
FaultGroup faultsOfFraming();
FaultGroup faultsOfHttp();
FaultGroup faultsOfClocks();
FaultGroup faultsOfMachine();
FaultGroup faultsOfLifecycle();
FaultGroup faultsOfProxies();

/// All groups; they are made once.
const std::vector<FaultGroup>& allFaults();

}  // namespace box::test
