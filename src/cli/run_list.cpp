#include "cli/run_list.hpp"

#include <memory>
#include <utility>

#include "cli/box_list.hpp"
#include "cli/exclude_files.hpp"
#include "cli/identity.hpp"
#include "cli/list/exclusions.hpp"
#include "cli/option_words.hpp"
#include "cli/run_end.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

/// `caller`: knows the account if --exclude-me is given; otherwise it may be null.
std::shared_ptr<Exclusions> exclusionsFor(const TerminateArguments& arguments, const RunClient* caller) {
  std::shared_ptr<Exclusions> out = readExclusions(arguments.target, arguments.excludeFiles);
  if (!arguments.excludeMe) return out;
  if (!out) out = std::make_shared<Exclusions>();
  for (const BulkAccount* const account : {&caller->account(), &caller->actor()}) {
    out->add(account->identity->id, account->identity->login);
  }
  return out;
}

OpenedList listFromBox(const TerminateArguments& arguments, const ListOptions& options, RunClient& caller,
                       const Console& console) {
  BoxList box(caller.client(), arguments.selection, "--group-members");
  OpenedList out;
  try {
    auto list = gatherFromBox(arguments, options, box, caller.context(), caller.account().identity, console);
    out.source = box.words();
    if (list) {
      out.list.emplace(arguments.target, out.source, *std::move(list));
    } else {
      console.complain("nothing was sent");
    }
  } catch (const BoxListError& error) {
    NextStep next;
    next.remedy = error.remedy();
    out.exit = endBeforeSending(arguments, BulkCounts(), error.failure(), error.what(), next, console);
  }
  return out;
}

void tellFaults(const InputFaults& faults, const Console& console) {
  for (const std::string& line : faults.lines()) console.complain(line);
  if (faults.total() > InputFaults::shown)
    console.complain("… and " + std::to_string(faults.total() - InputFaults::shown) + " more");
}

/// "1 entry is invalid: correct it", "3 entries are invalid: correct them".
std::string correctInvalid(const BulkCounts& counts) {
  return counted(counts.invalid, "entry") +
         (counts.invalid == 1 ? " is invalid: correct it" : " are invalid: correct them");
}

constexpr const char* missingOfExclude =
    "a file of --exclude names people who are not in the list, so these may be misspelt: correct them, or add "
    "--exclude-unmatched if it is a standing list, of which not everybody has to be in today's list";

}  // namespace

OpenedList openList(const BulkJob& job, RunClient* caller, const Console& console) {
  const TerminateArguments& arguments = job.arguments;
  ListOptions options;
  options.columns = arguments.columns;
  OpenedList out;
  if (!job.file.empty()) {
    options.exclude = readExclusions(arguments.target, arguments.excludeFiles);
    options.keepsLeftOut = job.past.has_value();
    out.source = shownPath(job.file);
    out.list.emplace(arguments.target, job.file, std::move(options));
    return out;
  }
  options.exclude = exclusionsFor(arguments, caller);
  if (arguments.selection.isGiven()) return listFromBox(arguments, options, *caller, console);
  out.source = sourceOf(arguments);
  out.list.emplace(arguments.target, out.source, gather(arguments, options, console));
  return out;
}

std::optional<Exit> askBeforeTheList(RunClient& caller, const TerminateArguments& arguments, const Console& console) {
  const AccountNeed need = arguments.excludeMe ? AccountNeed::required : AccountNeed::wanted;
  if (!caller.askForAccount(console, need) || !caller.askForActor(console, need)) {
    console.complain("nothing was sent");
    return Exit::interrupted;
  }
  const bool isAccount = caller.account().failure.has_value();
  const std::optional<BoxSdkError>& failure = isAccount ? caller.account().failure : caller.actor().failure;
  // Box may answer the request for the list although it did not answer this one.
  if (!failure || (!arguments.excludeMe && !isHopeless(*failure))) return std::nullopt;
  NextStep next;
  next.remedy = adviceForIdentity(*failure);
  if (!isHopeless(*failure)) {
    next.remedy.append(next.remedy.empty() ? "" : " ") +=
        "Or name yourself, by id and login, in a list for --exclude, in place of --exclude-me.";
  }
  const std::string who = isAccount ? "whose these credentials are" : "who the user of --as-user is";
  const std::string why =
      isHopeless(*failure) ? std::string() : "--exclude-me needs to know " + who + ", and Box does not say it: ";
  return endBeforeSending(arguments, BulkCounts(), *failure, why + inOptionWords(*failure), next, console);
}

void showAccount(RunPlan& plan, const BulkAccount& account, const BulkList& list) {
  if (!account.identity) return;
  plan.account = inWords(*account.identity);
  list.forEach(nullptr, [&, login = lowerCase(account.identity->login)](const BulkRow& row) {
    if (row.state == BulkState::leftOut) return;
    const bool isAccount = row.value == account.identity->id || (isLogin(row.value) && lowerCase(row.value) == login);
    plan.hasAccount = plan.hasAccount || isAccount;
  });
}

std::vector<std::string> refusalsWithYes(const BulkJob& job, const ListSurvey& survey) {
  std::vector<std::string> out;
  // A continued run has skipped the invalid entries already.
  if (survey.counts.invalid > 0 && !job.past && !job.arguments.bulk.skipInvalid)
    out.push_back(correctInvalid(survey.counts) + " and run this again, or send the others with --skip-invalid");
  if (!survey.unmatched.empty() && !job.arguments.excludeUnmatched) out.emplace_back(missingOfExclude);
  return out;
}

bool isUsable(const BulkJob& job, const std::string& source, const ListSurvey& survey, const Console& console) {
  const TerminateArguments& arguments = job.arguments;
  const BulkCounts& counts = survey.counts;
  const bool isEmpty = counts.total() == 0, isAllInvalid = !isEmpty && counts.invalid == counts.total();
  const bool isContradictory = !survey.contradiction.empty() && !job.past;
  const bool isReadable = survey.halt.empty() && !isEmpty && !isAllInvalid && !isContradictory;
  std::vector<std::string> why = refusalsWithYes(job, survey);
  const bool isGood = isReadable && (why.empty() || !arguments.yes || arguments.dryRun);
  if (!isGood || (!arguments.quiet && !job.past)) tellFaults(survey.faults, console);
  const auto tellLeftOut = [&] {
    for (const std::vector<std::string>& lines : {survey.excludeColumns, survey.leftOut}) {
      for (const std::string& line : lines) console.complain(line);
    }
  };
  if (job.past && isGood && arguments.yes && !arguments.dryRun && !arguments.quiet && !arguments.json) tellLeftOut();
  if (!arguments.quiet && !job.past) {
    if (counts.duplicate > 0 && isGood) console.complain(counted(counts.duplicate, "duplicate") + " ignored");
    if (!isGood ||
        (arguments.yes && !arguments.dryRun && !arguments.json)) {  // otherwise the question or the plan says it
      if (!survey.columns.empty() && isGood) {
        const bool isOfEach = survey.columns.starts_with('\'');
        console.complain(isOfEach ? "reading " + source + ": " + survey.columns
                                  : "reading " + survey.columns + " of " + source);
      }
      tellLeftOut();
      const std::string mixed = idsAndLoginsText(survey.toSend, survey.logins);
      if (!mixed.empty() && isGood) console.complain(mixed);
    }
    for (const std::string& note : survey.notes) console.complain(note);
  } else if (!arguments.excludeUnmatched && (arguments.yes || arguments.dryRun)) {  // the reason names the entries
    for (const std::string& note : survey.unmatched) console.complain(note);
  }
  if (!survey.halt.empty()) {
    if (survey.faults.total() > InputFaults::shown) console.complain(survey.halt);
    why = {"correct the list and run it again"};
  } else if (isEmpty) {
    const std::string noun(nounsOf(arguments.target));
    const bool isOfBox = arguments.selection.isGiven();
    const bool isLeftOut = !survey.leftOut.empty() || (isOfBox && !survey.notes.empty());
    why = {isLeftOut ? "nobody is left of " + source
           : isOfBox ? "Box has no " + source.substr(source.find(' ') + 1)
                     : (job.file.empty() ? "the list" : source) + " names no " + noun};
  } else if (isAllInvalid) {
    why = {(counts.total() == 1 ? "the entry cannot be sent. Fix it"
                                : "none of these " + grouped(counts.total()) + " entries can be sent. Fix them") +
           std::string(" and run it again")};
  } else if (isContradictory) {
    why = {survey.contradiction};
  }
  if (isGood && !(arguments.dryRun && arguments.quiet)) return true;  // the question or the plan says why
  for (const std::string& each : why) {
    if (!arguments.dryRun) {
      console.complain("nothing was sent: " + each);
    } else if (arguments.quiet || arguments.json) {
      console.complain("with --yes nothing would be sent: " + each);
    } else {
      console.result("With --yes nothing would be sent: " + each + "\n");
    }
  }
  return isGood;
}

}  // namespace box::cli
