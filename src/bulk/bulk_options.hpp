#pragma once

#include "box/bulk/bulk_termination.hpp"

namespace box::inline v0_1 {

/// Gives the same options back. *Errors*: BoxSdkError with Errc::invalidConfiguration; its text names the first option
/// that is unusable.
const BulkOptions& checked(const BulkOptions& options);

}  // namespace box::inline v0_1
