#pragma once

#include <box/emulator/emulator.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace box::inline v0_1::emulator {

/// Records of requests and accepted terminations, and their counts. Not thread-safe.
class Records {
 public:
  /// `most`: the number of records of each kind to keep; 0: all.
  explicit Records(std::size_t most) : most_(most) {}

  /// Begins the record of a request whose header was read. The record is completed while the request is answered.
  [[nodiscard]] std::shared_ptr<RequestRecord> begin(const RequestInfo& request);
  /// Records a body's size and the kind of grant. The other fields of a form are secrets and are not recorded.
  void addBody(RequestRecord& record, const std::string& body);
  /// Records a termination and sets its sequence number, connection and time.
  void add(AcceptedTermination& termination, const RequestRecord& record);

  [[nodiscard]] std::vector<RequestRecord> requests() const;
  [[nodiscard]] std::vector<AcceptedTermination> accepted() const;
  [[nodiscard]] EmulatorCounts& counts() noexcept { return counts_; }
  [[nodiscard]] const EmulatorCounts& counts() const noexcept { return counts_; }
  /// Removes everything except the open connections and the sequence number.
  void clear();

 private:
  const std::size_t most_;
  std::deque<std::shared_ptr<RequestRecord>> requests_;
  std::deque<AcceptedTermination> accepted_;
  std::uint64_t sequence_ = 0;
  EmulatorCounts counts_;
};

}  // namespace box::inline v0_1::emulator
