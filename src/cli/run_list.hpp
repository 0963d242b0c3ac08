#pragma once

#include <optional>
#include <string>

#include "cli/bulk_job.hpp"
#include "cli/bulk_list.hpp"
#include "cli/console.hpp"
#include "cli/run_client.hpp"

/// The list of a run: where it comes from, and whether it can be sent.
namespace box::cli {

/// Asks Box for the account, where the list depends on it. An exit: Box does not say it, and nothing is sent. *Errors*:
/// OutputLost.
std::optional<Exit> askBeforeTheList(RunClient& caller, const TerminateArguments& arguments, const Console& console);

struct OpenedList {
  std::optional<BulkList> list;  ///< none: the run ends with `exit`, and the operator knows why
  std::string source;            ///< where it is from, fit for a terminal
  Exit exit = Exit::interrupted;
};
/// `caller`: with the account, where TerminateArguments::asksBoxForTheList(); otherwise null. *Errors*: FileError,
/// OutputLost.
OpenedList openList(const BulkJob& job, RunClient* caller, const Console& console);

/// Says what is wrong with the list; false where nothing of it is to be sent.
bool isUsable(const BulkJob& job, const std::string& source, const ListSurvey& survey, const Console& console);

}  // namespace box::cli
