#pragma once

#include "box/bulk/bulk_termination.hpp"

namespace box::inline v0_1 {

/// The same options. *Errors*: BoxSdkError with Errc::invalidConfiguration, naming the first that is unusable.
const BulkOptions& checked(const BulkOptions& options);

}  // namespace box::inline v0_1
