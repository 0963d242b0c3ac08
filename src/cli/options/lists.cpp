#include "cli/options/sections.hpp"

#include <utility>

namespace box::cli {

namespace {

constexpr Option usersFile{
    "file,f", "FILE",
    "a list, may be repeated; - is standard input. One entry a line (# starts a comment line), or CSV with a header "
    "row: exports of Box, Entra, Google, Okta and others are read by the columns that have logins or Box ids. If a row "
    "has both, the login is used. UTF-8 or UTF-16; at most 10 million lines and 1 GiB; 256 MiB in all if the list is "
    "several files, a pipe or standard input, or with --exclude or --exclude-me. Every entry is checked before "
    "anything is sent; duplicates are sent once, but an id and a login of the same person are two entries",
    appendText<&Draft::run, &TerminateArguments::files>, true};
constexpr Option groupsFile = usersFile.saying(
    "a list, may be repeated; - is standard input. One id a line (# starts a comment line), or CSV whose header row "
    "names the column 'group_id' or 'id'. Every id is checked before anything is sent; duplicates are sent once");
constexpr Option column{"column", "NAME",
                        "the column of CSV that has the logins or ids, by its name in the header row; needed if "
                        "several columns fit, or if the program knows no column",
                        [](Draft& draft, const GivenOption& given) { draft.run.columns.column = given.value; }};
constexpr Option groupColumn = column.saying(
    "the column of CSV that has the group ids, by its name in the header row; needed if several columns fit, or "
    "if the program knows no column");
constexpr Option prefer{
    "prefer", "login|id", "which value to use if a row has both, a login and an id; without this option the login",
    [](Draft& draft, const GivenOption& given) { draft.run.columns.preferId = !isFirstOf(given, "login", "id"); }};
constexpr Option exclude{"exclude", "FILE",
                         "a list of people who must stay signed in, such as emergency administrators, may be repeated; "
                         "they are left out. Give the id and the login of each, in CSV with the header "
                         "user_id,login; every known column of logins, addresses and ids counts. Or give a report in "
                         "CSV, whose entries are left out",
                         appendText<&Draft::run, &TerminateArguments::excludeFiles>, true};
constexpr Option excludeUnmatched{"exclude-unmatched", "",
                                  "accept a FILE of --exclude with entries that are not in the list. Without this "
                                  "option a run with --yes is refused, because such entries may be misspelt; a run "
                                  "without --yes shows them in its question",
                                  setFlag<&Draft::run, &TerminateArguments::excludeUnmatched>};
constexpr Option excludeMe{"exclude-me", "",
                           "leave out the user of the credentials, and the user of --as-user. The program asks Box who "
                           "they are, also in a dry run",
                           setFlag<&Draft::run, &TerminateArguments::excludeMe>};
constexpr Option movedFile = usersFile.saying("the list, if it is in another place now");
constexpr Option batch{"batch", "N", "at most N entries in a call (100)",
                       storeNumber<&Draft::run, &TerminateArguments::batch, 1, 10'000>};
constexpr Option skipInvalid{
    "skip-invalid", "",
    "send the valid entries if others are invalid, without a question about that. Without this option the question "
    "says how many are invalid, and with --yes nothing is sent",
    setFlag<&Draft::bulk, &BulkArguments::skipInvalid>};
constexpr Option remaining{
    "remaining", "FILE",
    "write to FILE (mode 0600) the entries that Box has rejected, that are in doubt or that were not sent: a list for "
    "--file of a later run, with invalid entries as comments. FILE must be new, or written by an earlier run, and "
    "not a list that this run reads",
    [](Draft& draft, const GivenOption& given) {
      draft.run.remainingFile = fileOf(given, "standard output has the results");
    }};
constexpr Option journal{"journal", "FILE",
                         "record each call and its result in FILE (mode 0600, a new file); 'box-sessions resume FILE' "
                         "continues, also after a crash. The list is kept in FILE.list. Without this option a list of "
                         "more than one call has a journal in "
                         "$XDG_STATE_HOME/box-sessions (~/.local/state/box-sessions)",
                         [](Draft& draft, const GivenOption& given) { draft.journal = given.value; }};
constexpr Option noJournal{"no-journal", "", "keep no record, however long the list is",
                           setFlag<&Draft::bulk, &BulkArguments::noJournal>};
constexpr Option resumeAsUser{
    "as-user", "ID",
    "act for this user; only for a run that was begun with --as-user. With --yes or --dry-run it must be given again; "
    "without them it may be left out, and the question shows the user",
    [](Draft& draft, const GivenOption& given) { draft.run.asUser = idOf(given, "the user's id"); }};
constexpr Option retryRejected{"retry-rejected", "",
                               "send the entries again that Box has rejected; use it after you have removed the cause",
                               setFlag<&Draft::bulk, &BulkArguments::retryRejected>};
constexpr Option uncheckedAccount{"unchecked-account", "",
                                  "continue although Box does not say to which account the credentials belong; use it "
                                  "only if you know that it is the same account",
                                  setFlag<&Draft::bulk, &BulkArguments::uncheckedAccount>};

constexpr Option rate{"rate", "N",
                      "at most N calls a second (15; the run starts with 12); the word none means no limit",
                      [](Draft& draft, const GivenOption& given) { draft.bulk.rate = rateOf(given); }};
constexpr Option concurrency{"concurrency", "N", "at most N calls at the same time (8)",
                             storeNumber<&Draft::bulk, &BulkArguments::concurrency, 1, 64>};
constexpr Option inDoubt{"in-doubt", "retry|report",
                         "entries of which an earlier run does not know whether Box accepted them: send them again, or "
                         "only report them. Without this option those that are less than 24 hours old are sent again",
                         [](Draft& draft, const GivenOption& given) {
                           draft.bulk.inDoubt = isFirstOf(given, "retry", "report") ? InDoubt::retry : InDoubt::report;
                         }};
constexpr Option keepGoing{
    "keep-going", "",
    "try every entry. Without this option the run stops if Box rejects all entries, or all of the latest ones, the "
    "same way, or if at least 1,000 entries were accepted or rejected, and more than half of these were rejected, "
    "because the account or the scope may be wrong",
    setFlag<&Draft::bulk, &BulkArguments::keepGoing>};

constexpr Option reportFile{movedFile.names, movedFile.argument, movedFile.text,
                            storeText<&Draft::report, &ReportArguments::file>};
constexpr Option csv{
    "csv", "",
    "CSV, which --file of a later run can read. A run refuses a CSV that has entries in the state 'accepted', so leave "
    "these out with --state; values that a spreadsheet could run as a formula begin with a '",
    [](Draft& draft, const GivenOption&) { draft.report.form = ReportForm::csv; }};
constexpr Option excel{"excel", "", "CSV that Excel opens as UTF-8: with a byte order mark",
                       [](Draft& draft, const GivenOption&) {
                         draft.report.form = ReportForm::csv;
                         draft.report.excel = true;
                       }};
constexpr Option markdown{"markdown", "", "Markdown, for a ticket",
                          [](Draft& draft, const GivenOption&) { draft.report.form = ReportForm::markdown; }};
constexpr Option html{"html", "FILE",
                      "a page for a browser, with totals, reasons and the calls over time, in FILE (mode 0600); FILE "
                      "must be new, or an earlier report. It loads nothing and runs no script",
                      [](Draft& draft, const GivenOption& given) {
                        draft.report.htmlFile = fileOf(given, "standard output has the totals");
                      }};
constexpr Option states{
    "state", "STATE,...",
    "only entries that are accepted, rejected, inDoubt, callRefused (Box refused the whole call, for example with 401, "
    "403 or 429, and signed nobody out), notSent (which includes callRefused), invalid, duplicate or leftOut (by "
    "--exclude of a resume), or whose people were seen signedInAgain; the totals count all entries",
    [](Draft& draft, const GivenOption& given) { draft.report.states = statesOf(given); }};

}  // namespace

Section usersListSection() {
  return {"Whose sessions:",
          {usersFile, column, prefer, exclude, excludeUnmatched, excludeMe, skipInvalid, batch, remaining.continued(),
           journal, noJournal.continued()}};
}

Section groupsListSection() {
  return {"Whose sessions:",
          {groupsFile, groupColumn, exclude.saying("a list of groups to leave out, may be repeated"), excludeUnmatched,
           skipInvalid, batch, remaining.continued(), journal, noJournal.continued()}};
}

Section resumeListSection() {
  return {"The rest of the list:",
          {movedFile,
           exclude
               .saying("a list of those who must stay signed in, may be repeated: they are not sent, and keep their "
                       "state. For users give the id and the login of each, in CSV with the header user_id,login; for "
                       "groups their ids")
               .continued(),
           excludeUnmatched.continued(), batch.saying("at most N entries in a call (as it was)").continued(),
           remaining.continued(), resumeAsUser, inDoubt.continued(), retryRejected.continued(), uncheckedAccount}};
}

Section paceSection() {
  return {"Pace and retries:",
          {runTimeout(), rate.continued(), concurrency.continued(), keepGoing.continued()},
          "Ctrl-C once: finish requests in progress, then stop; twice: stop at once."};
}

Section reportSection() { return {"Options:", {reportFile, states, csv, excel, markdown, html, jsonFlag, helpFlag}}; }

BulkArguments bulkIn(const Draft& draft, std::optional<std::string> journalFile) {
  if (journalFile == "-") throw UsageError("a journal has to be a file, not standard input or output");
  BulkArguments out = draft.bulk;
  if (journalFile && out.noJournal) throw UsageError("--journal and --no-journal: give one of them");
  if (draft.run.follow && out.noJournal)
    throw UsageError("--follow and --no-journal: the journal says who is followed, so leave --no-journal out");
  out.journal = std::move(journalFile);
  return out;
}

ReportArguments reportIn(const Draft& draft) {
  ReportArguments out = draft.report;
  const bool isOfAll = draft.operands.empty() && draft.given.size() == (draft.call.json ? 1U : 0U);
  if (!isOfAll) out.journal = journalIn(draft, "report");
  const std::size_t forms = (draft.has(csv.name()) || draft.has(excel.name()) ? 1U : 0U) +
                            (draft.has(markdown.name()) ? 1U : 0U) + (draft.has(html.name()) ? 1U : 0U) +
                            (draft.call.json ? 1U : 0U);
  if (forms > 1) throw UsageError("--csv, --markdown, --html and --json: give one of them");
  if (draft.call.json) out.form = ReportForm::json;
  return out;
}

}  // namespace box::cli
