#include "cli/options/sections.hpp"

#include <iterator>
#include <utility>
#include <vector>

#include "cli/text.hpp"

namespace box::cli {

namespace {

template <auto Member>
constexpr auto flag = &setFlag<&Draft::run, Member>;

constexpr Option dryRun{
    "dry-run,n", "",
    "check the list, the options, whether there are credentials, and the files that a run writes, show the plan, and "
    "send nothing. Box is asked whether the credentials are right only with --check, --exclude-me or a list from Box",
    flag<&TerminateArguments::dryRun>};
constexpr Option check{
    "check", "",
    "with --dry-run, ask Box for the account of the credentials: GET /2.0/users/me. Whether it may end sessions is not "
    "tested",
    flag<&TerminateArguments::check>};
constexpr Option yes{"yes,y", "", "act without asking; needed where there is no terminal",
                     flag<&TerminateArguments::yes>};
constexpr Option asUser{"as-user", "ID", "act for this user (As-User)", [](Draft& draft, const GivenOption& given) {
                          draft.run.asUser = idOf(given, "the user's id");
                        }};
constexpr Option header{"header", "'NAME: VALUE'",
                        "an extra header, may be repeated; nothing secret, and no As-User (see --as-user)",
                        [](Draft& draft, const GivenOption& given) {
                          auto& headers = draft.run.headers;
                          headers.push_back(headerOf(given, headers.size() + 1));
                        },
                        true};
constexpr Option suppressNotifications{"suppress-notifications", "", "ask Box to send no mail about what the run does",
                                       flag<&TerminateArguments::suppressNotifications>};
constexpr Option quiet{"quiet,q", "", "print errors only, and the lines of --json",
                       setFlag<&Draft::call, &CallArguments::quiet>};
constexpr Option verbose{"verbose,v", "", "also print events on the network, and in a dry run every entry",
                         setFlag<&Draft::call, &CallArguments::verbose>};

/// What users, groups and resume have in common.
TerminateArguments runIn(const Draft& draft) {
  TerminateArguments out = draft.run;
  static_cast<CallArguments&>(out) = callIn(draft);
  if (out.check && !out.dryRun) throw UsageError("--check goes with --dry-run: a run asks for the account anyway");
  return out;
}

TerminateArguments terminationIn(const Draft& draft, Target target) {
  TerminateArguments out = runIn(draft);
  out.target = target;
  out.entries = draft.operands;
  out.selection = selectionIn(draft);
  // A resumed run may have --exclude from an earlier one.
  if (out.excludeUnmatched && out.excludeFiles.empty()) throw UsageError("--exclude-unmatched goes with --exclude");
  if (out.entries.empty() && out.files.empty() && !out.selection.isGiven()) {
    const std::string nouns(nounsOf(target));
    throw UsageError("no " + nouns + " given: name them as arguments, or a list with --file FILE" +
                     (target == Target::users ? ", or have Box list them, with --group-members, --domain, "
                                                "--login-prefix or --everyone"
                                              : "") +
                     "; see 'box-sessions " + nouns + " --help'");
  }
  out.bulk = bulkIn(draft, draft.journal);
  return out;
}

}  // namespace

Section howSection() {
  return {"How:", {dryRun, check, yes, followOption().continued(), asUser, header, suppressNotifications}};
}

Section resumeHowSection() {
  return {"How:", {dryRun, check, yes, followOption().continued(), header, suppressNotifications}};
}

Section outputSection() {
  return {"Output (results on standard output, everything else on standard error):",
          {jsonFlag.saying("plan, progress, results and summary as JSON, one object a line"), logOption().continued(),
           quiet, verbose, helpFlag}};
}

Option logOption() {
  return {"log", "FILE",
          "append events and messages to FILE (mode 0600), also without --json: JSON with the time, a line "
          "each. Several runs may share it; if a line cannot be written, the run continues, and status 0 becomes 2",
          [](Draft& draft, const GivenOption& given) {
            draft.call.log = fileOf(given, "standard output has the results (see --json)");
          }};
}

TerminateArguments usersIn(const Draft& draft) { return terminationIn(draft, Target::users); }

TerminateArguments groupsIn(const Draft& draft) { return terminationIn(draft, Target::groups); }

ResumeArguments resumeIn(const Draft& draft) {
  ResumeArguments out;
  static_cast<TerminateArguments&>(out) = runIn(draft);
  out.batchGiven = draft.has("batch");
  out.bulk = bulkIn(draft, journalIn(draft, "resume"));
  // `resume` reads one list; where several are given, the last one counts.
  std::vector<std::string>& files = out.files;
  if (files.size() > 1) files.erase(files.begin(), std::prev(files.end()));
  if (!files.empty() && files.front() == "-") {
    throw UsageError("--file - : give the one list that the run began with, as a file");
  }
  return out;
}

std::string journalIn(const Draft& draft, std::string_view command) {
  const std::string name(command);
  if (draft.operands.size() != 1 || draft.operands.front().empty()) {
    throw UsageError("name one journal: 'box-sessions " + name + " run.journal'; see 'box-sessions " + name +
                     " --help'");
  }
  return draft.operands.front();
}

}  // namespace box::cli
