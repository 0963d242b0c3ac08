#pragma once

#include <chrono>
#include <cstddef>

#include <box/bulk/bulk_termination.hpp>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace box::cli {

/// Tells what happens in a run with a journal, as it happens.
class BulkDisplay final : public BulkListener {
 public:
  BulkDisplay(const TerminateArguments& arguments, const Console& console);

  void onRow(const BulkRow& row) override;
  void onProgress(const BulkProgress& progress) override;

 private:
  bool isTime(std::chrono::nanoseconds elapsed, std::chrono::nanoseconds every);

  const bool json_, quiet_, status_;
  const Console& console_;
  std::chrono::nanoseconds next_{0};
  std::size_t troubles_ = 0;
};

}  // namespace box::cli
