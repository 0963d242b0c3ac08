#pragma once

#include <box/emulator/emulator.hpp>

#include "box_behaviour.hpp"
#include "records.hpp"
#include "scripts.hpp"
#include "server_tls_context.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace box::inline v0_1::emulator {

class Channel;

/// The reply to a request, and the answer of Box that the reply shapes.
struct ChosenAnswer {
  Reply reply;
  BoxAnswer answer;
  /// A copy from the time when the answer was chosen.
  RequestRecord record;
};

/// What remains after a stop: settings, scripts, records, Box's memory. Threads: any. No function of the test is called
/// with its lock held.
class EmulatorState {
 public:
  /// Errors: std::runtime_error for a JWT key that cannot be read.
  explicit EmulatorState(EmulatorOptions options);

  /// Never changed after construction.
  [[nodiscard]] const EmulatorOptions& options() const noexcept { return options_; }

  /// Changes scripts, or Box's memory, under the lock.
  template <typename Change>
  void changeScripts(Change change) {
    const std::lock_guard lock(mutex_);
    change(scripts_);
  }
  template <typename Change>
  void changeBox(Change change) {
    const std::lock_guard lock(mutex_);
    change(box_);
  }
  [[nodiscard]] std::size_t pendingSteps() const;

  void setClockOffset(std::chrono::seconds offset);
  [[nodiscard]] std::chrono::seconds clockOffset() const;
  /// The emulator's wall clock.
  [[nodiscard]] std::chrono::system_clock::time_point wallTime() const;

  void setTls(std::shared_ptr<const ServerTlsContext> tls);
  /// Null without TLS.
  [[nodiscard]] std::shared_ptr<const ServerTlsContext> tls() const;

  // --- connections --------------------------------------------------------------------------------------------------

  /// Counts a connection and gives its number.
  [[nodiscard]] std::uint64_t connectionOpened(const std::shared_ptr<Channel>& channel);
  void connectionClosed(std::uint64_t number);
  void allConnectionsClosed();
  [[nodiscard]] std::vector<std::shared_ptr<Channel>> openChannels() const;
  [[nodiscard]] ConnectionPlan takeConnectionPlan();
  void handshakeEnded(bool completed, bool resumed);

  // --- requests -----------------------------------------------------------------------------------------------------

  [[nodiscard]] std::shared_ptr<RequestRecord> requestBegun(const RequestInfo& request);
  void bodyRead(RequestRecord& record, const std::string& body);
  /// See Scripts::takeReply.
  [[nodiscard]] std::optional<Reply> takeReply(const std::string& target);
  /// Chooses the reply to a request and its answer, and lets Box act on the request unless the reply prevents it. Calls
  /// the responder and the functions of the options.
  [[nodiscard]] ChosenAnswer answer(std::optional<Reply> reply, const RequestInfo& info, const BoxRequest& request,
                                    RequestRecord& record);

  // --- records ------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::vector<AcceptedTermination> accepted() const;
  [[nodiscard]] std::vector<RequestRecord> requests() const;
  [[nodiscard]] EmulatorCounts counts() const;
  /// Removes all scripts and records.
  void clear();
  /// Waits until the counts are as wanted. False: the time was up first.
  template <typename Wanted>
  bool waitFor(std::chrono::milliseconds timeout, Wanted wanted) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [&] { return wanted(records_.counts()); });
  }

 private:
  [[nodiscard]] BoxAnswer chooseAnswer(const ReplyPlan& plan, const BoxRequest& request);

  const EmulatorOptions options_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Scripts scripts_;
  Records records_;
  BoxBehaviour box_;
  std::chrono::seconds clockOffset_;
  std::shared_ptr<const ServerTlsContext> tls_;
  std::uint64_t lastConnection_ = 0;
  std::map<std::uint64_t, std::weak_ptr<Channel>> open_;
};

}  // namespace box::inline v0_1::emulator
