#pragma once

#include <optional>

#include <box/network/session.hpp>

#include "cli/arguments.hpp"
#include "cli/bulk_job.hpp"
#include "cli/console.hpp"
#include "cli/remaining_file.hpp"
#include "cli/run_client.hpp"
#include "cli/run_plan.hpp"
#include "cli/secrets.hpp"

namespace box::cli {

/// A dry run: tries all that a run needs, shows its plan, and sends nothing that ends sessions. *Errors*: UsageError,
/// FileError, BoxSdkError where something of it is unusable. `caller`: where Box was asked for the account before; else
/// one is made.
Exit rehearse(const BulkJob& job, const std::optional<RemainingFile>& remaining, RunPlan plan,
              const NetworkSession& session, std::optional<RunClient>& caller, const Environment& environment,
              const Console& console);

}  // namespace box::cli
