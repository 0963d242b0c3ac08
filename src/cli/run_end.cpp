#include "cli/run_end.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string_view>

#include "cli/error_text.hpp"
#include "cli/option_words.hpp"
#include "cli/run_plan.hpp"
#include "cli/shell_command.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

std::string acceptedIsNotEnded(const NextStep& next) {
  return "accepted does not mean ended: Box ends the sessions later. Check the admin events, also for new sign-ins" +
         (!next.follow.empty() ? ": " + next.follow
          : next.journal.empty()
              ? ". " + std::string(noRecordText) + ", from which 'box-sessions follow' finds them later"
              : std::string());
}

/// How many may still be signed in, because Box has not accepted them; empty: nobody.
std::string mayBeSignedInText(Target target, const EntryCounts& counts) {
  const std::uint64_t left = counts.rejected + counts.inDoubt + counts.notSent + counts.invalid;
  if (left == 0) return {};
  return (target == Target::users ? "" : "the members of ") + counted(left, nounOf(target)) +
         " may still be signed in: " +
         inCounts({{counts.rejected, "rejected"},
                   {counts.inDoubt, "in doubt"},
                   {counts.callRefused, callRefusedText(counts)},
                   {counts.notSent - counts.callRefused, "not sent"},
                   {counts.invalid, counts.invalid == 1 ? "invalid entry" : "invalid entries"}});
}

/// The command that continues the run, with one more option.
std::string again(const NextStep& next, const std::string& option = {}) {
  if (next.command.empty()) return "run it again" + (option.empty() ? "" : " with " + option);
  return option.empty() ? next.command : withOption(next.command, option);
}

/// "Then run it again", or "Then: " and the command. It stands after what to do.
std::string then(const NextStep& next) { return next.command.empty() ? "Then run it again" : "Then: " + next.command; }

/// Where a run ended because a call failed. `hint`: the remedy; empty: the reason above says it.
std::string adviceForFailed(const std::string& hint, const NextStep& next) {
  if (hint.empty())
    return "correct the cause above" + (next.command.empty() ? ", and run it again" : ". " + then(next));
  const bool isSaid = next.command.empty() && hint.find("run it again") != std::string::npos;
  if (isSaid) return hint;
  return hint + " When this is corrected" + (next.command.empty() ? ", run it again" : ": " + next.command);
}

/// Possible causes where Box rejects single entries.
std::string causesOf(const std::set<int>& refusals, const BulkSummary& summary) {
  std::string out;
  for (const int status : refusals) {
    if (!out.empty()) out += ". ";
    out += std::to_string(status);
    if (status == 404) {
      out += ": Box does not know these entries in this account's enterprise; check the ids and logins";
      if (summary.counts.accepted == 0) out += ", whose credentials these are, and --base-url";
    } else if (status == 403) {
      out += ": the credentials have no rights over these entries, such as administrators";
      if (summary.counts.accepted == 0) out += "; check the role of the credentials' user, and the scope of the app";
    } else {
      out += ": Box does not accept these entries; check them";
    }
  }
  return out;
}

/// Shows each line after the program's name.
void complainOf(std::string_view lines, const Console& console) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    console.complain(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
}

/// What failed last, where the summary's message does not say it: the time is up, but which host or proxy did not
/// answer?
std::string lastFailure(const BulkSummary& summary) {
  if (!summary.failure || summary.end == BulkEnd::failed || summary.end == BulkEnd::systemic) return {};
  return "the last failure: " + inOptionWords(*summary.failure);
}

/// Whether the list has one entry only that can be sent, and Box has not accepted it.
bool isOne(const BulkCounts& counts) noexcept {
  return counts.accepted == 0 && counts.rejected + counts.inDoubt + counts.notSent == 1;
}

/// Possible causes where Box rejects all requests in the same way.
std::string causeOfAll(const BulkSummary& summary) {
  const ApiErrorInfo* const api = summary.failure ? summary.failure->api() : nullptr;
  if (isOne(summary.counts))
    return "Box refused this person or group, and no other was tried. Check for the person or group: may the user of "
           "the credentials manage it? That is not so for an administrator, or in another enterprise. Check for the "
           "app: its scope, the role of its user, and --base-url";
  const bool isKnown404 = api != nullptr && api->statusCode == 404;
  if (summary.counts.accepted > 0)  // so --base-url and the enterprise are right
    return isKnown404 ? "Box accepted others before: probably the rest of the list is of another enterprise, or these "
                        "people were deleted"
                      : "Box accepted others before: probably the rights of the credentials were changed, or do not "
                        "cover the rest of the list";
  if (isKnown404)
    return "Box knows nobody on the list: probably the credentials are of another enterprise ('box-sessions auth "
           "check' "
           "shows of which), the list is of another enterprise, or --base-url is wrong";
  return "probably the app lacks the scope, its user lacks the role, or --base-url is wrong";
}

std::string adviceForRejected(const BulkSummary& summary, const NextStep& next) {
  std::string out = causesOf(next.refusals, summary);
  if (next.journal.empty()) return out;
  if (!out.empty()) out += "\n";
  return out + "for details: " + next.report +
         "; to send the rejected entries again after the cause is fixed: " + again(next, "--retry-rejected");
}

/// Where Box has accepted nobody, and refused some with 403 and others in other ways. Those with 403 count as not sent.
std::string adviceForForbidden(const BulkSummary& summary, const NextStep& next) {
  std::set<int> refusals = next.refusals;
  refusals.insert(403);
  const bool isRetry = summary.counts.rejected > 0 && !next.journal.empty();
  return causesOf(refusals, summary) + "\nafter the cause is fixed: " + again(next, isRetry ? "--retry-rejected" : "");
}

/// Where Box rejects all requests in the same way. If it has accepted others, the cause may be these entries only.
std::string adviceForSystemic(const BulkSummary& summary, const NextStep& next) {
  const std::string cause = causeOfAll(summary) + ". ";
  if (summary.counts.accepted > 0)
    return cause + "To try the other entries nevertheless: " + again(next, "--keep-going") +
           ". If there is a cause to correct, correct it first. " + then(next);
  return cause + "Correct the cause. " + then(next) +
         (isOne(summary.counts) ? "" : ". To try every entry nevertheless, add --keep-going");
}

/// Whether the operator or the time ended a run that had nothing left to do: nobody has to be sent again.
bool isDoneNevertheless(const BulkSummary& summary) noexcept {
  switch (summary.end) {
    case BulkEnd::stopped:
    case BulkEnd::cancelled:
    case BulkEnd::deadline:
    case BulkEnd::unavailable:
    case BulkEnd::tooManyRejected: return summary.counts.total() > 0 && isSettled(summary.counts);
    default: return false;
  }
}

}  // namespace

Exit exitFor(const EntryCounts& counts) {
  const bool isForbidden = counts.inDoubt == 0 && counts.isRestForbidden();
  if (!isSettled(counts) && !isForbidden) return Exit::stopped;
  return isForbidden || counts.rejected > 0 || counts.invalid > 0 ? Exit::rejected : Exit::accepted;
}

Exit exitFor(const BulkSummary& summary, const NextStep& next) {
  switch (summary.end) {
    case BulkEnd::finished: return exitFor(EntryCounts(summary.counts, next.callRefused, next.refusedWith));
    case BulkEnd::journalFailed: return Exit::journal;
    case BulkEnd::stopped:
    case BulkEnd::cancelled: return Exit::interrupted;
    case BulkEnd::systemic:
    case BulkEnd::tooManyRejected: return Exit::rejected;
    case BulkEnd::failed:
      return summary.failure && exitFor(*summary.failure) == Exit::rejected ? Exit::rejected : Exit::stopped;
    default: return Exit::stopped;
  }
}

std::string endText(const BulkSummary& summary) {
  const std::string message = endMessage(summary);
  const bool isRequested = summary.end == BulkEnd::stopped || summary.end == BulkEnd::cancelled;
  std::string out = message.empty() || isRequested ? message : "stopped: " + message;
  const std::string failure = isRequested ? std::string() : lastFailure(summary);
  if (!failure.empty()) out.append(out.empty() ? "" : "\n").append(failure);
  return out;
}

std::string endMessage(const BulkSummary& summary) {
  switch (summary.end) {
    case BulkEnd::finished: return {};
    case BulkEnd::stopped: return "stopped at your request";
    case BulkEnd::cancelled: return "stopped at your request, with calls in progress";
    case BulkEnd::deadline: return "the time of the run has passed, which --timeout sets";
    default: return printable(inOptionWords(summary.message));
  }
}

std::string requestIdLines(const NextStep& next, const std::optional<std::string>& log) {
  std::string out;
  for (const std::string& id : next.requestIds) out += "box-request-id: " + requestId(id) + "\n";
  if (next.acceptedCalls <= next.requestIds.size()) return out;
  return out + "and the box-request-ids of " + counted(next.acceptedCalls - next.requestIds.size(), "more call") +
         (log ? ", which are in " + shownPath(*log) : ": a run with --log FILE, --json or --journal FILE keeps them") +
         "\n";
}

std::string adviceText(const BulkSummary& summary, const NextStep& next, bool repeats) {
  const std::string toContinue = "to continue: " + again(next);
  std::string hint = next.remedy;
  if (hint.empty() && summary.failure) hint = hintFor(*summary.failure);
  if (!repeats && hint == next.told) hint.clear();
  if (isDoneNevertheless(summary)) {
    BulkSummary done = summary;
    done.end = BulkEnd::finished;
    const std::string more = adviceText(done, next, repeats);
    return "nothing is left to do: Box has answered for every entry" + (more.empty() ? "" : "\n" + more);
  }
  switch (summary.end) {
    case BulkEnd::finished:
      if (summary.counts.inDoubt > 0)
        return "to send those in doubt again: " +
               (next.journal.empty() ? again(next) : again(next, "--in-doubt retry"));
      if (EntryCounts(summary.counts, next.callRefused, next.refusedWith).isRestForbidden())
        return adviceForForbidden(summary, next);
      if (summary.counts.notSent > 0) return (hint.empty() ? "" : hint + "\n") + toContinue;
      if (summary.counts.rejected > 0) return adviceForRejected(summary, next);
      return summary.counts.invalid > 0 && !next.journal.empty() ? "for details: " + next.report : std::string();
    case BulkEnd::systemic: return adviceForSystemic(summary, next);
    case BulkEnd::tooManyRejected:
      return "if it is the right list and the right account, continue with: " + again(next, "--keep-going");
    case BulkEnd::failed: return adviceForFailed(hint, next);
    case BulkEnd::unavailable: return (hint.empty() ? "" : hint + "\n") + "when Box answers again: " + again(next);
    case BulkEnd::deadline:
      // More time does not help where Box was not there.
      if (summary.failure && (isUnreached(*summary.failure) || summary.failure->code() == Errc::serverError))
        return (hint.empty() ? "" : hint + "\n") + "when Box answers again: " + again(next);
      return (hint.empty() ? "" : hint + "\n") +
             (summary.throttled > 0 ? "Box limits the rate of calls; other programs may use the same limit\n" : "") +
             (next.command.empty() ? "run it again, with a longer --timeout"
                                   : "to continue, with a longer --timeout: " + next.command);
    case BulkEnd::journalFailed:
      return "no further call was sent. Free some space, or correct what keeps the journal from being written. " +
             then(next);
    case BulkEnd::sourceFailed:
      return "a changed entry was not sent. With the list as it was: " + again(next) +
             ". For the list as it is now, begin a new journal";
    default: return (hint.empty() ? "" : hint + "\n") + toContinue;
  }
}

Exit endBeforeSending(const TerminateArguments& arguments, const BulkCounts& counts, const BoxSdkError& error,
                      const std::string& message, const NextStep& next, const Console& console) {
  BulkSummary summary;
  summary.counts = counts;
  summary.end = BulkEnd::failed;
  summary.message = message;
  const Exit exit = exitFor(error);
  NextStep step = next;
  if (step.remedy.empty()) step.remedy = hintFor(error, Purpose::read);
  if (exit != Exit::usage) summary.failure = error;  // otherwise the message says everything about the failure
  tellEnd(arguments, summary, exit, step, console);
  console.complain("nothing was sent");
  return exit;
}

void tellEnd(const TerminateArguments& arguments, const BulkSummary& summary, Exit exit, const NextStep& next,
             const Console& console) {
  const EntryCounts counts(summary.counts, next.callRefused, next.refusedWith);
  const std::string reason = endText(summary);
  complainOf(reason, console);
  if (summary.failure) {
    const std::string lines = arguments.verbose ? failureLines(*summary.failure) : answerLines(*summary.failure);
    if (!lines.empty()) console.tell(lines);
  }
  std::exception_ptr lost;
  try {
    if (arguments.json || Console::keepsLog()) {
      boost::json::object out = countsJson(arguments.target, counts);
      out["mayBeSignedIn"] = counts.rejected + counts.inDoubt + counts.notSent + counts.invalid;
      out["end"] = toString(summary.end);
      const std::string message = endMessage(summary);
      if (!message.empty()) out["message"] = validUtf8(message);
      if (summary.failure) addFailure(out["failure"].emplace_object(), *summary.failure);
      std::string all = adviceText(summary, next);
      if (summary.counts.accepted > 0) all.append(all.empty() ? "" : "\n").append(acceptedIsNotEnded(next));
      if (!all.empty()) out["advice"] = validUtf8(all);
      out["calls"] = summary.calls;
      out["throttled"] = summary.throttled;
      out["elapsedMs"] = inMilliseconds(summary.elapsed);
      if (!next.journal.empty()) out["journal"] = validUtf8(next.journal);
      out["exitStatus"] = static_cast<int>(exit);
      console.event(out, arguments.json);
    }
    if (!arguments.json && !arguments.quiet) {
      const bool isKnown = summary.counts.total() > 0 || summary.end != BulkEnd::failed;
      std::string out = isKnown ? countsText(arguments.target, counts) : "";
      out += requestIdLines(next, arguments.log);
      console.result(out);
    }
  } catch (const OutputLost&) {
    lost = std::current_exception();
  }
  const bool isFinal = summary.end == BulkEnd::finished && isSettled(summary.counts);
  if (!(isFinal && arguments.quiet)) complainOf(adviceText(summary, next, false), console);
  if (lost) {
    complainOf(countsText(arguments.target, counts), console);
    if (!next.journal.empty()) console.complain("the results are in the journal: " + next.report);
  }
  if (!arguments.json && !arguments.quiet) {
    complainOf(mayBeSignedInText(arguments.target, counts), console);
    if (counts.accepted > 0) console.complain(acceptedIsNotEnded(next));
  }
  if (lost) std::rethrow_exception(lost);
}

}  // namespace box::cli
