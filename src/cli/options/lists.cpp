#include "cli/options/sections.hpp"

#include <utility>

namespace box::cli {

namespace {

constexpr Option usersFile{
    "file,f", "FILE",
    "a list, may be repeated; - is standard input. One entry a line (# starts a comment line), or CSV whose header row "
    "names the columns 'id', 'login' or both; where a row has both, its id is used, and a row that begins with # is "
    "refused. Blanks and byte order marks around an entry and 'mailto:' before it are removed; other characters that "
    "nobody can see are refused, with their place. Every entry is checked before anything is sent; duplicates are sent "
    "once",
    appendText<&Draft::run, &TerminateArguments::files>, true};
constexpr Option groupsFile = usersFile.saying(
    "a list, may be repeated; - is standard input. One id a line (# starts a comment line), or CSV whose header row "
    "names the column 'group_id' or 'id'. Every id is checked before anything is sent; duplicates are sent once");
constexpr Option movedFile = usersFile.saying("the list, where it is in another place now");
constexpr Option batch{"batch", "N", "at most N entries in a call (100)",
                       storeNumber<&Draft::run, &TerminateArguments::batch, 1, 10'000>};
constexpr Option skipInvalid{"skip-invalid", "",
                             "send the others where some entries are invalid; otherwise you are asked, and with --yes "
                             "nothing is sent",
                             setFlag<&Draft::bulk, &BulkArguments::skipInvalid>};
constexpr Option remaining{"remaining", "FILE",
                           "keep in FILE (mode 0600) what Box has rejected, what is in doubt and what is not sent; "
                           "FILE may be given to --file "
                           "of a later run. It is a new one, or that of an earlier run, and never a list that is read",
                           [](Draft& draft, const GivenOption& given) {
                             draft.run.remainingFile = fileOf(given, "standard output has the results");
                           }};
constexpr Option journal{
    "journal", "FILE",
    "keep a record in FILE (mode 0600, a new one) of what is sent and what Box answers; 'box-sessions resume FILE' "
    "continues, also after a crash. A list that cannot be read again, from arguments, standard input, a pipe or "
    "several "
    "files, is kept in FILE.list. Without this option a list of more than one call has a journal in "
    "$XDG_STATE_HOME/box-sessions (~/.local/state/box-sessions)",
    [](Draft& draft, const GivenOption& given) { draft.journal = given.value; }};
constexpr Option noJournal{"no-journal", "", "keep no record, however long the list is",
                           setFlag<&Draft::bulk, &BulkArguments::noJournal>};
constexpr Option resumeAsUser{
    "as-user", "ID",
    "act for this user, as the run before did; needed with --yes, otherwise the question shows the user",
    [](Draft& draft, const GivenOption& given) { draft.run.asUser = idOf(given, "the user's id"); }};
constexpr Option retryRejected{"retry-rejected", "",
                               "send the entries again that Box has rejected, after the cause is mended",
                               setFlag<&Draft::bulk, &BulkArguments::retryRejected>};
constexpr Option uncheckedAccount{
    "unchecked-account", "",
    "continue where Box does not say whose these credentials are; you know that it is the same account",
    setFlag<&Draft::bulk, &BulkArguments::uncheckedAccount>};

constexpr Option rate{"rate", "N", "at most N calls a second (15; it starts with 12); none: no limit",
                      [](Draft& draft, const GivenOption& given) { draft.bulk.rate = rateOf(given); }};
constexpr Option concurrency{"concurrency", "N", "at most N calls at the same time (8)",
                             storeNumber<&Draft::bulk, &BulkArguments::concurrency, 1, 64>};
constexpr Option inDoubt{"in-doubt", "retry|report",
                         "entries that an earlier run got no answer for: send them again, or only report them (send "
                         "again what is less than 24 hours old)",
                         [](Draft& draft, const GivenOption& given) {
                           draft.bulk.inDoubt = isFirstOf(given, "retry", "report") ? InDoubt::retry : InDoubt::report;
                         }};
constexpr Option keepGoing{"keep-going", "",
                           "try every entry, also where Box rejects all of them the same way or more than half of "
                           "1,000. Normally the run stops then; account or scope may be the wrong one",
                           setFlag<&Draft::bulk, &BulkArguments::keepGoing>};

constexpr Option reportFile{movedFile.names, movedFile.argument, movedFile.text,
                            storeText<&Draft::report, &ReportArguments::file>};
constexpr Option csv{"csv", "", "CSV; values that a spreadsheet could run as a formula get a leading '",
                     [](Draft& draft, const GivenOption&) { draft.report.form = ReportForm::csv; }};

}  // namespace

Section usersListSection() {
  return {"Whose sessions:", {usersFile, skipInvalid, batch, remaining, journal, noJournal}};
}

Section groupsListSection() {
  return {"Whose sessions:", {groupsFile, skipInvalid, batch, remaining, journal, noJournal}};
}

Section resumeListSection() {
  return {"What is left:",
          {movedFile, batch.saying("at most N entries in a call (as it was)"), remaining, resumeAsUser, inDoubt,
           retryRejected, uncheckedAccount}};
}

Section paceSection() {
  return {"Pace and retries:",
          {runTimeout(), rate, concurrency, keepGoing},
          "Ctrl-C once: finish requests in progress, then stop; twice: stop at once."};
}

Section reportSection() { return {"Options:", {reportFile, csv, jsonFlag, helpFlag}}; }

BulkArguments bulkIn(const Draft& draft, std::optional<std::string> journalFile) {
  if (journalFile == "-") throw UsageError("a journal has to be a file, not standard input or output");
  BulkArguments out = draft.bulk;
  if (journalFile && out.noJournal) throw UsageError("--journal and --no-journal: give one of them");
  out.journal = std::move(journalFile);
  return out;
}

ReportArguments reportIn(const Draft& draft, std::string journalFile) {
  ReportArguments out = draft.report;
  out.journal = std::move(journalFile);
  if (draft.json && draft.has(csv.name())) throw UsageError("--csv and --json: give one of them");
  if (draft.json) out.form = ReportForm::json;
  return out;
}

}  // namespace box::cli
