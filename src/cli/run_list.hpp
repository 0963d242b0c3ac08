#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/bulk_job.hpp"
#include "cli/bulk_list.hpp"
#include "cli/console.hpp"
#include "cli/run_client.hpp"
#include "cli/run_plan.hpp"

/// The list of a run: its source, and whether it can be sent.
namespace box::cli {

/// Asks Box for the account where the list depends on it. No value: the run continues; otherwise Box has not answered,
/// nothing is sent, and the program ends with this status. *Errors*: OutputLost.
std::optional<Exit> askBeforeTheList(RunClient& caller, const TerminateArguments& arguments, const Console& console);

struct OpenedList {
  std::optional<BulkList> list;  ///< not set: the run ends with `exit`, and the operator was told why
  std::string source;            ///< the list's source, fit for a terminal
  Exit exit = Exit::interrupted;
};
/// `caller`: has asked for the account; null unless TerminateArguments::asksBoxForTheList(). *Errors*: FileError,
/// OutputLost.
OpenedList openList(const BulkJob& job, RunClient* caller, const Console& console);

/// Notes in the plan whose the credentials are, where that is known, and whether the list names this account.
void showAccount(RunPlan& plan, const BulkAccount& account, const BulkList& list);

/// Why nothing of this list is sent with --yes although it can be sent after a question, and what to do; empty: it is
/// sent.
std::vector<std::string> refusalsWithYes(const BulkJob& job, const ListSurvey& survey);

/// Tells the operator what is wrong with the list. False: nothing of it may be sent. *Errors*: OutputLost.
bool isUsable(const BulkJob& job, const std::string& source, const ListSurvey& survey, const Console& console);

}  // namespace box::cli
