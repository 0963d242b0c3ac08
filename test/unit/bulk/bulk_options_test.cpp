#include "bulk/bulk_options.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "box/error.hpp"
#include "box/support/unlimited.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;

/// The text of the refusal of the default options with this change; empty: they are accepted.
std::string refusal(const std::function<void(BulkOptions&)>& change) {
  BulkOptions options;
  change(options);
  try {
    EXPECT_EQ(&checked(options), &options);
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    return error.details().context;
  }
  return {};
}

TEST(BulkOptions, AreAcceptedUpToTheirLimits) {
  for (const std::function<void(BulkOptions&)>& change : std::vector<std::function<void(BulkOptions&)>>{
           [](BulkOptions&) {},
           [](BulkOptions& o) { o.batchSize = 1; },
           [](BulkOptions& o) { o.batchSize = 10'000; },
           [](BulkOptions& o) { o.concurrency = 1; },
           [](BulkOptions& o) { o.concurrency = 64; },
           [](BulkOptions& o) { o.attempts = 1; },
           [](BulkOptions& o) { o.callTimeout = 1ns; },
           [](BulkOptions& o) { o.stopGrace = 0ns; },
           [](BulkOptions& o) { o.breakerFailures = 1; },
           [](BulkOptions& o) { o.breakerPause = 1ns; },
           [](BulkOptions& o) { o.longestBreakerPause = o.breakerPause; },
           [](BulkOptions& o) { o.breakerPause = o.longestBreakerPause = o.longestOutage = unlimited; },
           [](BulkOptions& o) { o.longestOutage = 1ns; },
           [](BulkOptions& o) { o.rejectedShare = 0; },
           [](BulkOptions& o) { o.rejectedShare = 1; },
           [](BulkOptions& o) { o.systemicBatches = o.systemicSingles = 0; },
           [](BulkOptions& o) { o.inDoubtAge = 0ns; },
           [](BulkOptions& o) { o.progressInterval = 0ns; },
       }) {
    EXPECT_EQ(refusal(change), "");
  }
}

TEST(BulkOptions, AreRefusedBeyondTheirLimits) {
  struct Case {
    std::function<void(BulkOptions&)> change;
    std::string refusal;
  };
  for (const Case& each : std::vector<Case>{
           {[](BulkOptions& o) { o.batchSize = 0; }, "BulkOptions::batchSize must be 1 to 10000"},
           {[](BulkOptions& o) { o.batchSize = 10'001; }, "BulkOptions::batchSize must be 1 to 10000"},
           {[](BulkOptions& o) { o.concurrency = 0; }, "BulkOptions::concurrency must be 1 to 64"},
           {[](BulkOptions& o) { o.concurrency = 65; }, "BulkOptions::concurrency must be 1 to 64"},
           {[](BulkOptions& o) { o.attempts = 0; }, "BulkOptions::attempts must be 1 or more"},
           {[](BulkOptions& o) { o.callTimeout = 0ns; }, "BulkOptions::callTimeout must be more than 0"},
           {[](BulkOptions& o) { o.stopGrace = -1ns; }, "BulkOptions::stopGrace must be 0 or more"},
           {[](BulkOptions& o) { o.breakerFailures = 0; }, "BulkOptions::breakerFailures must be 1 or more"},
           {[](BulkOptions& o) { o.breakerPause = 0ns; }, "BulkOptions::breakerPause must be more than 0"},
           {[](BulkOptions& o) { o.longestBreakerPause = o.breakerPause - 1ns; },
            "BulkOptions::longestBreakerPause must be breakerPause or more"},
           {[](BulkOptions& o) { o.longestOutage = 0ns; }, "BulkOptions::longestOutage must be more than 0"},
           {[](BulkOptions& o) { o.rejectedShare = -0.001; }, "BulkOptions::rejectedShare must be 0 to 1"},
           {[](BulkOptions& o) { o.rejectedShare = 1.001; }, "BulkOptions::rejectedShare must be 0 to 1"},
           {[](BulkOptions& o) { o.inDoubtAge = -1ns; }, "BulkOptions::inDoubtAge must be 0 or more"},
           {[](BulkOptions& o) { o.progressInterval = -1ns; }, "BulkOptions::progressInterval must be 0 or more"},
           {[](BulkOptions& o) { o.rate.increase = -1; }, "RateOptions::increase must be from 0 to 1000000"},
       }) {
    EXPECT_EQ(refusal(each.change), each.refusal);
  }
}

}  // namespace
}  // namespace box
