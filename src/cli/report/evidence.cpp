#include "cli/report/evidence.hpp"

#include <algorithm>
#include <utility>

#include <box/error.hpp>
#include <box/follow/follower.hpp>

#include "cli/bulk_report.hpp"
#include "cli/csv.hpp"
#include "cli/files.hpp"
#include "cli/follow/record.hpp"
#include "cli/option_words.hpp"
#include "cli/report/markup.hpp"
#include "cli/report/page.hpp"
#include "cli/report/rows.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

/// "looked at until 2026-11-29 05:10:11 UTC".
std::string lookedUntil(const Evidence& evidence) {
  const auto& until = evidence.summary().lookedUntil;
  return until ? "The admin events were read until " + shownTime(*until)
               : std::string("The admin events were not read");
}

std::string silence() {
  std::string text(silenceProvesNothing);
  text.front() = 'N';
  return text + ".";
}

std::string nameShown(const Followed& who) {
  return who.group.empty() ? who.person : who.person + " of group " + who.group;
}

}  // namespace

Evidence::Evidence(FollowedPeople people, FollowSummary summary, std::vector<std::string> missing)
    : people_(std::move(people)), summary_(std::move(summary)), missing_(std::move(missing)) {
  for (std::size_t i = 0; i < people_.people.size(); ++i) byEntry_.emplace(people_.people[i].index, i);
}

std::vector<FollowRow> Evidence::of(std::uint64_t index) const {
  std::vector<FollowRow> out;
  const auto [begin, end] = byEntry_.equal_range(index);
  for (auto at = begin; at != end; ++at) out.push_back({people_.people[at->second], summary_.results[at->second]});
  return out;
}

std::vector<std::string> Evidence::notes() const {
  std::vector<std::string> out;
  for (const std::string& line : missing_) out.push_back("not followed: " + line);
  if (totals().couldNotLook == 0) return out;  // admin_logs have filled the gaps
  for (const std::string& gap : summary_.gaps) out.push_back("could not be read: " + inOptionWords(gap));
  return out;
}

std::optional<Evidence> evidenceOf(const std::string& journal, const JournalContents& contents, const BulkList& list,
                                   const Console& console) {
  const std::string path = recordBeside(journal);
  try {
    std::optional<FollowRecord> record = readRecord(path, contents.header().job, true);
    if (!record || record->state.empty()) return std::nullopt;
    FollowedPeople people = peopleOf(list, contents, *record);
    if (people.digest() == record->people) {
      FollowSummary summary = Follower::summaryOf(people.targets, record->state);
      return Evidence(std::move(people), std::move(summary), std::move(record->missing));
    }
    console.complain(
        "the run has continued since its people were followed, so what was seen is left out. To see it: "
        "box-sessions follow " +
        printable(journal));
  } catch (const FileError& error) {
    console.complain("what was seen of the people is left out: " + std::string(error.what()));
  } catch (const BoxSdkError&) {
    console.complain("what was seen of the people is left out: " + shownPath(path) + " is damaged");
  }
  return std::nullopt;
}

std::string evidenceColumns() {
  return ",person,seen,evidence,first_evidence,last_evidence,sign_ins,sign_in_time,sign_in_type,sign_in_address,"
         "sign_in_app,seen_reason";
}

std::string evidenceFields(const FollowRow* row) {
  if (row == nullptr) return ",,,,,,,,,,,";
  const FollowResult& seen = row->seen;
  const auto time = [](const auto& point) { return point ? isoTime(*point) : std::string(); };
  std::string out = "," + csvField(row->who.person) + "," + std::string(toString(seen.outcome)) + "," +
                    std::to_string(seen.evidence) + "," + time(seen.firstEvidence) + "," + time(seen.lastEvidence) +
                    "," + std::to_string(seen.signIns);
  if (seen.signIn) {
    out += "," + time(seen.signIn->time) + "," + csvField(seen.signIn->type) + "," + csvField(seen.signIn->address) +
           "," + csvField(seen.signIn->app);
  } else {
    out += ",,,,";
  }
  return out + "," + csvField(inOptionWords(seen.reason));
}

std::string evidenceTable(const Evidence& evidence, const std::vector<FollowRow>& rows) {
  std::string out = "\n" + followTable(rows);
  out += "\n" + inWords(evidence.totals()) + "\n" + lookedUntil(evidence) + ". " + silence() + "\n";
  for (const std::string& note : evidence.notes()) out += printable(note) + "\n";
  return out;
}

std::string evidenceMarkdown(const Evidence& evidence, const std::vector<FollowRow>& rows) {
  std::string out = "\n### Seen since\n\n" + inMarkdown(inWords(evidence.totals())) + "\n\n" +
                    inMarkdown(lookedUntil(evidence)) + ". " + silence() + "\n\n";
  for (const std::string& note : evidence.notes()) out += "- " + inMarkdown(note) + "\n";
  if (!evidence.notes().empty()) out += "\n";
  out += "| Seen | Person | Details |\n|---|---|---|\n";
  for (const FollowRow& row : rows) {
    out += "| " + std::string(inWords(row.seen.outcome)) + " | " + inMarkdown(nameShown(row.who)) + " | " +
           inMarkdown(detailsIn(row.seen)) + " |\n";
  }
  return out;
}

std::string evidenceHtml(const Evidence& evidence, const std::vector<FollowRow>& rows) {
  std::string out = "<h2>Seen since</h2>\n<p>" + inHtml(inWords(evidence.totals())) + ".</p>\n<p class=\"notice\">" +
                    inHtml(lookedUntil(evidence)) + ". " + inHtml(silence()) + "</p>\n";
  for (const std::string& note : evidence.notes()) out += "<p class=\"soft\">" + inHtml(note) + "</p>\n";
  if (rows.size() > ReportPage::mostRows) {
    out += "<p class=\"notice\">The first " + grouped(ReportPage::mostRows) + " of " + grouped(rows.size()) +
           " people. <code>box-sessions report --csv</code> has all of them.</p>\n";
  }
  out +=
      "<div class=\"scroll\"><table>\n<thead><tr><th>Seen</th><th>Person</th><th>Details</th></tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < std::min(rows.size(), ReportPage::mostRows); ++i) {
    const FollowRow& row = rows[i];
    out += "<tr><td><span class=\"state " + std::string(toString(row.seen.outcome)) + "\">" +
           std::string(inWords(row.seen.outcome)) + "</span></td><td class=\"entry\">" + inHtml(nameShown(row.who)) +
           "</td><td class=\"why\">" + inHtml(detailsIn(row.seen)) + "</td></tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace box::cli
