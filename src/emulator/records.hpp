#pragma once

#include <box/emulator/emulator.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace box::emulator {

/// What was asked and what was accepted, and how often. Not thread-safe.
class Records {
 public:
  /// The most that are kept of each kind; 0: all.
  explicit Records(std::size_t most) : most_(most) {}

  /// For a request whose header was read. The record is completed while the request is answered.
  [[nodiscard]] std::shared_ptr<RequestRecord> begin(const RequestInfo& request);
  /// What the records keep of a body: its size, and the kind of grant. The other fields of a form are secrets.
  void addBody(RequestRecord& record, const std::string& body);
  /// Gives the termination its sequence number, connection and time.
  void add(AcceptedTermination& termination, const RequestRecord& record);

  [[nodiscard]] std::vector<RequestRecord> requests() const;
  [[nodiscard]] std::vector<AcceptedTermination> accepted() const;
  [[nodiscard]] EmulatorCounts& counts() noexcept { return counts_; }
  [[nodiscard]] const EmulatorCounts& counts() const noexcept { return counts_; }
  /// Forgets all but the open connections and the sequence number.
  void clear();

 private:
  const std::size_t most_;
  std::deque<std::shared_ptr<RequestRecord>> requests_;
  std::deque<AcceptedTermination> accepted_;
  std::uint64_t sequence_ = 0;
  EmulatorCounts counts_;
};

}  // namespace box::emulator
