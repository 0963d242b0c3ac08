#pragma once

#include "cli/arguments.hpp"
#include "cli/run_plan.hpp"

namespace box::cli {

/// Whether the operator has to confirm the run. *Errors*: UsageError where standard input is not a terminal or has
/// other input, so that nobody can be asked.
bool mustAsk(const TerminateArguments& arguments);
/// Asks the operator whether to begin, and again after an answer that is neither the number of entries nor a no.
/// *Errors*: FileError where the program has no terminal.
bool confirm(const RunPlan& plan);

}  // namespace box::cli
