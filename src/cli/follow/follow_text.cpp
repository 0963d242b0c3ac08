#include "cli/follow/follow_text.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <boost/json/array.hpp>

#include "cli/bulk_report.hpp"
#include "cli/option_words.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

std::string shownTimeOf(const std::optional<std::chrono::system_clock::time_point>& time) {
  return time ? isoTime(*time) : std::string("at an unknown time");
}

/// "LOGIN from 192.0.2.1 with Box for iPhone".
std::string signInText(std::string_view type, std::string_view address, std::string_view app) {
  std::string out = clean(type);
  if (!address.empty()) out += " from " + clean(address);
  if (!app.empty()) out += " with " + clean(app);
  return out;
}

std::string nameOf(const Followed& who) {
  return clean(who.person) + (who.group.empty() ? "" : " (group " + clean(who.group) + ")");
}

void putTime(json::object& out, std::string_view name,
             const std::optional<std::chrono::system_clock::time_point>& time) {
  if (time) out[name] = isoTime(*time);
}

void putText(json::object& out, std::string_view name, std::string_view text) {
  if (!text.empty()) out[name] = clean(text);
}

json::array actorsJson(const FollowActors& actors) {
  json::array out;
  if (actors.themselves) out.emplace_back("themselves");
  if (actors.ourAccount) out.emplace_back("ourAccount");
  if (actors.others) out.emplace_back("others");
  return out;
}

json::object whoJson(std::string_view event, const Followed& who) {
  json::object out;
  out["event"] = event;
  out["number"] = who.index + 1;
  out["person"] = clean(who.person);
  putText(out, "group", who.group);
  return out;
}

json::array countsJson(const std::vector<FollowCount>& counts) {
  json::array out;
  for (const FollowCount& count : counts) {
    json::object one;
    one["type"] = clean(count.type);
    one["events"] = count.events;
    out.push_back(std::move(one));
  }
  return out;
}

/// Adds who could not be listed, if there is somebody.
void putMissing(json::object& out, const std::vector<std::string>& missing) {
  if (missing.empty()) return;
  json::array& lines = out["missing"].emplace_array();
  for (const std::string& line : missing) lines.emplace_back(clean(line));
}

}  // namespace

std::string_view inWords(FollowOutcome outcome) noexcept {
  switch (outcome) {
    case FollowOutcome::evidence: return "evidence seen";
    case FollowOutcome::signedInAgain: return "signed in again";
    case FollowOutcome::nothingSeen: return "nothing seen";
    case FollowOutcome::couldNotLook: return "could not look";
  }
  return "unknown";
}

void FollowTotals::add(FollowOutcome outcome) noexcept {
  switch (outcome) {
    case FollowOutcome::evidence: ++evidence; break;
    case FollowOutcome::signedInAgain: ++signedInAgain; break;
    case FollowOutcome::nothingSeen: ++nothingSeen; break;
    case FollowOutcome::couldNotLook: ++couldNotLook; break;
  }
}

FollowTotals totalsOf(const FollowSummary& summary) noexcept {
  FollowTotals totals;
  for (const FollowResult& result : summary.results) totals.add(result.outcome);
  return totals;
}

std::string inWords(const FollowTotals& totals) {
  return counted(totals.total(), "person") + " followed: " +
         inCounts({{totals.signedInAgain, inWords(FollowOutcome::signedInAgain)},
                   {totals.evidence, inWords(FollowOutcome::evidence)},
                   {totals.nothingSeen, inWords(FollowOutcome::nothingSeen)},
                   {totals.couldNotLook, inWords(FollowOutcome::couldNotLook)}},
                  true);
}

json::object totalsJson(const FollowTotals& totals) {
  json::object out;
  out["people"] = totals.total();
  out["signedInAgain"] = totals.signedInAgain;
  out["evidence"] = totals.evidence;
  out["nothingSeen"] = totals.nothingSeen;
  out["couldNotLook"] = totals.couldNotLook;
  return out;
}

std::string inWords(const FollowSignIn& signIn) {
  return shownTimeOf(signIn.time) + " " + signInText(signIn.type, signIn.address, signIn.app);
}

std::string inWords(const FollowActors& actors) {
  std::string out;
  const auto add = [&out](bool holds, const char* who) {
    if (holds) out.append(out.empty() ? "" : ", ").append(who);
  };
  add(actors.themselves, "the person");
  add(actors.ourAccount, "this account");
  add(actors.others, "somebody else");
  return out;
}

std::string detailsIn(const FollowResult& seen) {
  std::string out;
  const auto add = [&out](const std::string& text) { out.append(out.empty() ? "" : "; ").append(text); };
  if (seen.signIn) {
    add(inWords(*seen.signIn) + (seen.signIns > 1 ? ", the last of " + grouped(seen.signIns) : std::string()));
  }
  if (seen.evidence > 0) {
    std::string types;
    for (const std::string& type : seen.types) {
      if (!seen.signIn || type != seen.signIn->type) types.append(types.empty() ? "" : ", ").append(clean(type));
    }
    add(counted(seen.evidence, "event") + " of evidence" +
        (seen.firstEvidence ? ", the first " + isoTime(*seen.firstEvidence) : std::string()) + ", by " +
        inWords(seen.actors) + " (types seen: " + types + ")");
  }
  if (!seen.reason.empty()) add(clean(inOptionWords(seen.reason)));
  return out;
}

std::string followTable(std::span<const FollowRow> rows) {
  std::vector<std::string> names;
  names.reserve(rows.size());
  std::size_t longest = 0;
  for (const FollowRow& row : rows) longest = std::max(longest, names.emplace_back(nameOf(row.who)).size());
  const std::size_t width = columnWidth(longest, 6);
  const auto line = [width](std::string_view seen, const std::string& person, const std::string& details) {
    return padded(std::string(seen), 15) + "  " + (details.empty() ? person : padded(person, width) + "  " + details) +
           "\n";
  };
  std::string out = line("SEEN", "PERSON", "DETAILS");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += line(inWords(rows[i].seen.outcome), names[i], detailsIn(rows[i].seen));
  }
  return out;
}

std::string findingLine(const FollowFinding& finding, const Followed& who) {
  return nameOf(who) + " signed in again: " + shownTimeOf(finding.time) + " " +
         signInText(finding.event->eventType, finding.event->ipAddress, finding.app) + "\n";
}

json::object findingJson(const FollowFinding& finding, const Followed& who) {
  json::object out = whoJson(toString(finding.kind), who);
  out["type"] = clean(finding.event->eventType);
  putTime(out, "time", finding.time);
  putText(out, "address", finding.event->ipAddress);
  putText(out, "app", finding.app);
  out["by"] = actorsJson(finding.actor);
  putText(out, "byLogin", finding.event->createdBy.login);
  putText(out, "eventId", finding.event->eventId);
  return out;
}

json::object followJson(const FollowRow& row) {
  const FollowResult& seen = row.seen;
  json::object out = whoJson("followed", row.who);
  out["outcome"] = toString(seen.outcome);
  out["evidence"] = seen.evidence;
  out["signIns"] = seen.signIns;
  out["others"] = seen.others;
  putTime(out, "firstEvidence", seen.firstEvidence);
  putTime(out, "lastEvidence", seen.lastEvidence);
  if (seen.evidence > 0) out["by"] = actorsJson(seen.actors);
  if (!seen.types.empty()) {
    json::array& types = out["types"].emplace_array();
    for (const std::string& type : seen.types) types.emplace_back(clean(type));
  }
  if (seen.signIn) {
    json::object& signIn = out["signIn"].emplace_object();
    signIn["type"] = clean(seen.signIn->type);
    putTime(signIn, "time", seen.signIn->time);
    putText(signIn, "address", seen.signIn->address);
    putText(signIn, "app", seen.signIn->app);
  }
  putText(out, "reason", inOptionWords(seen.reason));
  return out;
}

json::object followJson(const FollowSummary& summary, const std::vector<std::string>& missing, int exitStatus) {
  json::object out;
  out["event"] = "followSummary";
  for (const auto& [name, value] : totalsJson(totalsOf(summary))) out[name] = value;
  out["end"] = toString(summary.end);
  putTime(out, "lookedUntil", summary.lookedUntil);
  out["requests"] = summary.requests;
  out["events"] = summary.events;
  out["unmatched"] = countsJson(summary.unmatched);
  out["others"] = countsJson(summary.others);
  json::array& gaps = out["gaps"].emplace_array();
  for (const std::string& gap : summary.gaps) gaps.emplace_back(clean(inOptionWords(gap)));
  putMissing(out, missing);
  out["exitStatus"] = exitStatus;
  return out;
}

json::object notFollowedJson(std::string_view why, const std::vector<std::string>& missing, int exitStatus) {
  json::object out;
  out["event"] = "followSummary";
  for (const auto& [name, value] : totalsJson(FollowTotals())) out[name] = value;
  out["end"] = "notFollowed";
  out["reason"] = clean(why);
  putMissing(out, missing);
  out["exitStatus"] = exitStatus;
  return out;
}

}  // namespace box::cli
