#pragma once

#include <optional>

#include <box/network/session.hpp>

#include "cli/arguments.hpp"
#include "cli/bulk_job.hpp"
#include "cli/bulk_list.hpp"
#include "cli/console.hpp"
#include "cli/remaining_file.hpp"
#include "cli/run_client.hpp"
#include "cli/run_plan.hpp"
#include "cli/secrets.hpp"

namespace box::cli {

/// A dry run: tries everything that a run needs, shows its plan, and sends no call that ends sessions. Gives
/// the status with which a run with --yes would end if Box accepted everything. `caller`: used
/// if set, because Box was asked for the account already; otherwise set here. *Errors*: UsageError, FileError,
/// BoxSdkError where a setting or credential cannot be used.
Exit rehearse(const BulkJob& job, const BulkList& list, const std::optional<RemainingFile>& remaining, RunPlan plan,
              const NetworkSession& session, std::optional<RunClient>& caller, const Environment& environment,
              const Console& console);

}  // namespace box::cli
