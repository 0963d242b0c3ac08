#include "cli/run_plan.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <boost/json/array.hpp>

#include "cli/bulk_report.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

std::chrono::seconds timeFor(const RunPlan& plan) {
  if (!std::isfinite(plan.rate)) return std::chrono::seconds(0);
  return std::chrono::seconds(
      static_cast<std::int64_t>(std::min(std::ceil(static_cast<double>(plan.calls()) / plan.rate), 1e9)));
}

std::string whom(const RunPlan& plan) {
  const BulkCounts& counts = plan.counts;
  const std::string out =
      (plan.target == Target::users ? "" : "the members of ") + counted(plan.toSend, nounOf(plan.target));
  const std::string besides = inCounts({{counts.accepted, "accepted before"},
                                        {counts.rejected, "rejected before"},
                                        {counts.inDoubt, "in doubt"},
                                        {counts.duplicate, counts.duplicate == 1 ? "duplicate" : "duplicates"},
                                        {counts.invalid, counts.invalid == 1 ? "invalid entry" : "invalid entries"}});
  return besides.empty() ? out : out + " of " + counted(counts.total(), "entry") + " (" + besides + ")";
}

std::string settings(const RunPlan& plan) {
  return (plan.asUser.empty() ? "" : ", as user " + plan.asUser) +
         (plan.suppressNotifications ? ", without mails from Box" : "");
}

/// Who is left out, and how the files that name these people were read.
std::string leftOut(const RunPlan& plan) {
  std::string out;
  for (const std::vector<std::string>& lines : {plan.excludeColumns, plan.leftOut}) {
    for (const std::string& line : lines) out += line + "\n";
  }
  return out;
}

/// "From 'people.csv': 1, 2, 3, 4, 5 and 12 more (--verbose shows all)", and what to know about them.
/// `option`: shows all.
std::string who(const RunPlan& plan, std::string_view option) {
  const bool isLong = plan.first.size() > RunPlan::shown;
  std::string out = "From " + plan.source + ":" + (isLong ? "\n  " : " ");
  for (std::size_t i = 0; i < plan.first.size(); ++i)
    out.append(i == 0 ? "" : isLong ? "\n  " : ", ").append(printable(plan.first[i]));
  if (plan.toSend > plan.first.size())
    out.append(" and ").append(grouped(plan.toSend - plan.first.size())).append(" more (").append(option) +=
        " shows all)";
  out += "\n";
  out += leftOut(plan);
  if (plan.hasAccount) out += "Careful: " + std::string(ownAccountText) + "\n";
  const std::string mixed = idsAndLoginsText(plan.toSend, plan.logins);
  return mixed.empty() ? out : out + mixed + "\n";
}

json::array listed(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& text : texts) out.emplace_back(validUtf8(text));
  return out;
}

}  // namespace

std::string idsAndLoginsText(std::uint64_t toSend, std::uint64_t logins) {
  if (logins == 0 || logins >= toSend) return {};
  return counted(toSend - logins, "id") + " and " + counted(logins, "login") +
         ": an id and a login of the same person cannot be recognized as duplicates, and count as two users";
}

std::string questionText(const RunPlan& plan) {
  std::string out = who(plan, "--dry-run --verbose");
  if (plan.counts.invalid > 0)
    out += counted(plan.counts.invalid, "entry") + (plan.counts.invalid == 1 ? " is" : " are") +
           " invalid and skipped: nobody is signed out for " + (plan.counts.invalid == 1 ? "it" : "them") + ".\n";
  for (const std::string& warning : plan.warnings) out += "Careful: " + warning + "\n";
  if (!plan.journal.empty()) out += "A record will be kept in " + printable(plan.journal) + "\n";
  if (plan.hasNoRecord) out += std::string(noRecordText) + "\n";
  if (plan.follow.count() > 0)
    out += "Then the admin events are read for " + shownDuration(plan.follow) + ", to find new sign-ins.\n";
  out += "This signs out " + whom(plan) + " at " + printable(plan.host);
  out += plan.account.empty() ? ", with credentials of an account that Box does not name"
                              : ", with the credentials of " + plan.account;
  out += settings(plan);
  if (plan.toSend <= RunPlan::mostForYes) return out + ". Continue? [y/N] ";
  return out + ". To continue, type the number of " + std::string(nounsOf(plan.target)) + " (" +
         std::to_string(plan.toSend) + "): ";
}

bool isYes(const RunPlan& plan, std::string_view answer) {
  const std::string typed = lowerCase(trimmed(answer));
  if (plan.toSend <= RunPlan::mostForYes) return typed == "y" || typed == "yes";
  return typed == std::to_string(plan.toSend) || typed == grouped(plan.toSend);
}

bool isUnclear(const RunPlan& plan, std::string_view answer) {
  const std::string typed = lowerCase(trimmed(answer));
  if (plan.toSend <= RunPlan::mostForYes || isYes(plan, answer)) return false;
  return !typed.empty() && typed != "n" && typed != "no";
}

std::string questionAgain(const RunPlan& plan) {
  const std::string noun(nounsOf(plan.target));
  return "That is not the number of " + noun + ", so nothing was sent yet. To continue, type " +
         std::to_string(plan.toSend) + "; to stop, type no: ";
}

std::string planText(const RunPlan& plan) {
  if (plan.toSend == 0) return leftOut(plan) + "Nothing is left to do.\n";
  std::string refused;
  for (const std::string& why : plan.refusals) refused += "With --yes: refused, because " + why + ".\n";
  std::string out =
      (refused.empty() ? "Would sign out " + whom(plan)
                       : refused + "Without --yes you would be asked, and " + whom(plan) + " would be signed out") +
      " at " + printable(plan.baseUrl) + " with " + counted(plan.calls(), "call") + " of at most " +
      grouped(plan.batch) + settings(plan);
  if (!plan.account.empty()) out += ", with the credentials of " + plan.account;
  out += ", " + (std::isfinite(plan.rate) ? "in about " + shownDuration(timeFor(plan)) + " at " + shownRate(plan.rate)
                                          : std::string("without a limit to the rate"));
  if (plan.follow.count() > 0)
    out += ", and then read the admin events for " + shownDuration(plan.follow) + " to find new sign-ins";
  return who(plan, "--verbose") + out + ". Nothing was sent.\n";
}

json::object planJson(const RunPlan& plan) {
  json::object out;
  out["event"] = "plan";
  out["dryRun"] = plan.isDryRun;
  out["target"] = nounsOf(plan.target);
  out["source"] = validUtf8(plan.source);
  out["entries"] = plan.counts.total();
  out["toSend"] = plan.toSend;
  out["logins"] = plan.logins;
  out["ids"] = plan.toSend - plan.logins;
  out["first"] = listed(plan.first);
  if (!plan.excludeColumns.empty()) out["excludeColumns"] = listed(plan.excludeColumns);
  if (!plan.leftOut.empty()) out["leftOut"] = listed(plan.leftOut);
  if (!plan.warnings.empty()) out["excludeUnmatched"] = listed(plan.warnings);
  if (!plan.refusals.empty()) out["refusedWithYes"] = listed(plan.refusals);
  out["invalid"] = plan.counts.invalid;
  out["duplicate"] = plan.counts.duplicate;
  out["acceptedBefore"] = plan.counts.accepted;
  out["rejectedBefore"] = plan.counts.rejected;
  out["inDoubtBefore"] = plan.counts.inDoubt;
  out["calls"] = plan.calls();
  out["batch"] = plan.batch;
  if (std::isfinite(plan.rate)) {
    out["rate"] = plan.rate;
    out["seconds"] = timeFor(plan).count();
  }
  out["baseUrl"] = validUtf8(plan.baseUrl);
  if (!plan.journal.empty()) out["journal"] = validUtf8(plan.journal);
  if (!plan.account.empty()) out["account"] = plan.account;
  if (plan.hasAccount) out["accountInList"] = true;
  if (!plan.asUser.empty()) out["asUser"] = plan.asUser;
  if (plan.suppressNotifications) out["suppressNotifications"] = true;
  if (plan.follow.count() > 0) out["followMs"] = inMilliseconds(plan.follow);
  return out;
}

}  // namespace box::cli
