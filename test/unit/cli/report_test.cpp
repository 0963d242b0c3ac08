#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/report/facts.hpp"
#include "cli/report/page.hpp"
#include "cli/report/rows.hpp"
#include "cli/report/timeline.hpp"
#include "support/hostile_texts.hpp"
#include "support/journal_call.hpp"

namespace box::cli {
namespace {

using namespace std::chrono_literals;
using box::test::hostileTexts;
using box::test::journalCall;
using box::test::runStart;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(CliTimeline, CountsCallsWhereTheirResultsCame) {
  std::vector<JournalCall> calls = {
      journalCall(0s, 1s, BulkVerdict::accepted, 202), journalCall(1s, 2s, BulkVerdict::notDone, 429),
      journalCall(50s, 55s, BulkVerdict::rejected, 404), journalCall(90s, 100s, BulkVerdict::notDone, 503)};
  calls.emplace_back();
  calls.back().sentAt = runStart + 99s;  // the run was killed before a result
  const Timeline line = timelineOf(calls, 10);
  ASSERT_EQ(line.bars.size(), 10U);
  EXPECT_EQ(line.start, runStart);
  EXPECT_EQ(line.end, runStart + 100s);
  EXPECT_EQ(line.bars[0].accepted, 1U);
  EXPECT_EQ(line.bars[0].limited, 1U);
  EXPECT_EQ(line.bars[5].rejected, 1U);
  EXPECT_EQ(line.bars[9].failed, 2U);
  EXPECT_EQ(line.highest(), 2U);
  EXPECT_EQ(line.barWidth(), 10s);
}

TEST(CliTimeline, KnowsOutages) {
  const std::vector<JournalCall> calls = {
      journalCall(0s, 1s, BulkVerdict::accepted, 202),  journalCall(10s, 12s, BulkVerdict::inDoubt, 0),
      journalCall(20s, 25s, BulkVerdict::notDone, 503), journalCall(40s, 41s, BulkVerdict::notDone, 429),
      journalCall(50s, 53s, BulkVerdict::inDoubt, 0),   journalCall(55s, 56s, BulkVerdict::accepted, 202)};
  const Timeline line = timelineOf(calls, 100);
  ASSERT_EQ(line.outages.size(), 1U) << "the second one is too short";
  EXPECT_EQ(line.outages.front().from, runStart + 10s);
  EXPECT_EQ(line.outages.front().to, runStart + 41s) << "an answer ends it, even a 429";
}

TEST(CliTimeline, OfNothingAndOfOneCall) {
  EXPECT_TRUE(timelineOf({}, 100).bars.empty());
  const std::vector<JournalCall> one = {journalCall(0s, 0s, BulkVerdict::accepted, 202)};
  const Timeline line = timelineOf(one, 100);
  ASSERT_EQ(line.bars.size(), 1U);
  EXPECT_EQ(line.bars.front().accepted, 1U);
}

TEST(CliTimeline, BearsAClockThatIsSetBack) {
  const std::vector<JournalCall> calls = {journalCall(100s, 40s, BulkVerdict::accepted, 202),
                                          journalCall(10s, 20s, BulkVerdict::accepted, 202)};
  const Timeline line = timelineOf(calls, 10);
  EXPECT_EQ(line.start, runStart + 10s);
  EXPECT_EQ(line.end, runStart + 100s);
  std::uint64_t total = 0;
  for (const Timeline::Bar& bar : line.bars) total += bar.total();
  EXPECT_EQ(total, 2U);
}

/// Refers to `text`, which must live as long as the result.
ReportRow hostileRow(const std::string& text) {
  ReportRow out;
  out.row.line = 1;
  out.row.value = text;
  out.row.state = BulkState::rejected;
  out.row.status = 404;
  out.row.code = text;
  out.row.message = text;
  out.row.requestId = text;
  out.time = runStart;
  return out;
}

RunFacts hostileFacts(const std::string& text) {
  RunFacts out;
  out.journal = out.list = out.host = out.account = out.asUser = out.person = out.machine = out.program = text;
  out.leftOut = out.resume = text;
  out.continued.push_back({runStart, text, text, text, text, text});
  out.begun = runStart;
  out.ended = runStart + 5s;
  return out;
}

// No part of a text becomes markup: the page has as many of the signs that begin or end markup as without the text.
TEST(CliReportPage, ShowsHostileTextsAsText) {
  const auto page = [](const std::string& text) {
    ReportPage out;
    const ReportRow row = hostileRow(text);
    out.add(row);
    ReasonTally tally;
    tally.add(row.row);
    BulkCounts counts;
    counts.rejected = 1;
    return out.finish(hostileFacts(text), counts, tally, Timeline(), "rejected");
  };
  const auto count = [](const std::string& text, char c) { return std::count(text.begin(), text.end(), c); };
  const std::string plain = page("a");
  for (const std::string& text : hostileTexts()) {
    const std::string shown = page(text);
    for (const char sign : {'<', '>', '"', '\''}) EXPECT_EQ(count(shown, sign), count(plain, sign)) << sign << text;
    EXPECT_THAT(shown,
                AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\u202e")), Not(HasSubstr("\r")), Not(HasSubstr("\x07"))));
  }
}

TEST(CliReport, EachFormSaysWhyARunHasNotFinished) {
  RunFacts facts = hostileFacts("a");
  facts.lastStatus = 403;
  const std::string why = "Box refused the last call with 403: the credentials have no right to end these sessions";
  EXPECT_EQ(whyNotFinished(facts), why);
  EXPECT_THAT(tableEnd(facts, BulkCounts()), HasSubstr("\n" + why + "\n"));
  EXPECT_THAT(markdownHead(facts, BulkCounts(), ReasonTally(), ""),
              HasSubstr("- Last answer: Box refused the last call with 403"));
  EXPECT_THAT(ReportPage().finish(facts, BulkCounts(), ReasonTally(), Timeline(), ""),
              HasSubstr("<dd>" + why + "</dd>"));
  EXPECT_EQ(reportJson(facts, BulkCounts()).at("lastStatus"), 403);
  EXPECT_EQ(reportJson(facts, BulkCounts()).at("lastAnswer").as_string(), why);
  for (const auto& [status, words] :
       {std::pair{401, "60 minutes"}, {404, "with 404"}, {429, "limits"}, {503, "with 503"}}) {
    facts.lastStatus = status;
    EXPECT_THAT(whyNotFinished(facts), HasSubstr(words));
  }
  facts.finished = true;
  EXPECT_EQ(whyNotFinished(facts), "");
  facts = hostileFacts("a");
  EXPECT_EQ(whyNotFinished(facts), "");
  EXPECT_FALSE(reportJson(facts, BulkCounts()).contains("lastStatus"));
}

TEST(CliReport, EachFormSaysHowToContinueAndWhoWasLeftOut) {
  RunFacts facts = hostileFacts("a");
  facts.resume = "box-sessions resume run.journal";
  facts.leftOut = "1 left out because of --exclude: boss@x.org";
  facts.list = "run.journal.list";
  const auto forms = [&facts] {
    return std::vector<std::string>{tableEnd(facts, BulkCounts()), markdownHead(facts, BulkCounts(), ReasonTally(), ""),
                                    ReportPage().finish(facts, BulkCounts(), ReasonTally(), Timeline(), "")};
  };
  for (const std::string& form : forms()) {
    EXPECT_THAT(form, AllOf(HasSubstr(" box-sessions resume run.journal, and the options"),
                            HasSubstr("x.org. All of them are at the end of run.journal.list")));
  }
  EXPECT_EQ(reportJson(facts, BulkCounts()).at("resume"), "box-sessions resume run.journal");
  EXPECT_THAT(howToContinue(facts),
              testing::StartsWith("It is in progress, or was killed. If it was killed, continue"));
  facts.stopped = true;
  EXPECT_THAT(howToContinue(facts), testing::StartsWith("It has stopped before its end. Continue with: "));
  EXPECT_EQ(reportJson(facts, BulkCounts()).at("leftOut").as_string(), facts.leftOut);
  facts.finished = true;
  facts.leftOut.clear();
  facts.continued.clear();
  for (const std::string& form : forms())
    EXPECT_THAT(form, AllOf(Not(HasSubstr("ontinue")), Not(HasSubstr("eft out"))));
}

TEST(CliReportPage, LoadsNothingAndRunsNoScript) {
  const std::string page = ReportPage().finish(hostileFacts("a"), BulkCounts(), ReasonTally(), Timeline(), "");
  EXPECT_THAT(page, AllOf(HasSubstr("default-src 'none'"), Not(HasSubstr("<script")), Not(HasSubstr("src=")),
                          Not(HasSubstr("href=")), Not(HasSubstr("url(")), Not(HasSubstr("@import"))));
  EXPECT_TRUE(page.starts_with(pageBeginning));
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST(CliReportPage, SaysWhatARunWas) {
  RunFacts facts;
  facts.begun = runStart;
  facts.ended = runStart + 65s;
  facts.finished = true;
  facts.person = "ann";
  facts.machine = "desk";
  facts.account = "boss@x.org (id 5)";
  facts.host = "api.box.com";
  facts.program = "0.1.0";
  facts.calls = 3;
  facts.limited = 1;
  const std::vector<JournalCall> calls = {
      journalCall(0s, 1s, BulkVerdict::accepted, 202), journalCall(2s, 3s, BulkVerdict::notDone, 429),
      journalCall(4s, 40s, BulkVerdict::inDoubt, 0), journalCall(41s, 42s, BulkVerdict::accepted, 202)};
  BulkCounts counts;
  counts.accepted = 1'200;
  counts.rejected = 2;
  ReasonTally tally;
  BulkRow row;
  row.state = BulkState::rejected;
  row.status = 404;
  row.code = "not_found";
  tally.add(row);
  tally.add(row);
  const std::string page = ReportPage().finish(facts, counts, tally, timelineOf(calls, 60), "");
  BulkCounts more = counts;
  more.invalid = 8;
  more.duplicate = 2;
  EXPECT_EQ(titleOf(facts, more), "Session termination of 1,202 users (1,212 entries)");
  EXPECT_THAT(
      page,
      AllOf(HasSubstr("Session termination of 1,202 users"), HasSubstr("Begun 2023-11-14 22:13:20 UTC by ann on desk"),
            HasSubstr("<strong>1,200</strong>"), HasSubstr("<dt>Finished</dt><dd>2023-11-14 22:14:25 UTC</dd>"),
            HasSubstr("boss@x.org (id 5)"), HasSubstr("box-sessions 0.1.0")));
  EXPECT_THAT(page, AllOf(HasSubstr("<td class=\"n\">2</td>"), HasSubstr("not_found"),
                          HasSubstr("<svg class=\"timeline\""), HasSubstr("no usable answer from Box for 38 s"),
                          HasSubstr("1 limited (429)"), HasSubstr("Accepted does not mean ended")));
}

TEST(CliReportPage, ListsNoMoreThanABrowserBears) {
  ReportPage page;
  ReportRow row;
  row.row.value = "a@x.org";
  for (std::size_t i = 0; i < ReportPage::mostRows + 5; ++i) page.add(row);
  const std::string text = page.finish(RunFacts(), BulkCounts(), ReasonTally(), Timeline(), "");
  EXPECT_THAT(text, HasSubstr("The first 10,000 of 10,005 entries"));
  std::size_t rows = 0;
  for (std::size_t at = text.find("class=\"entry\""); at != std::string::npos;
       at = text.find("class=\"entry\"", at + 1))
    ++rows;
  EXPECT_EQ(rows, ReportPage::mostRows);
}

TEST(CliReportRows, MarkdownShowsHostileTextsAsText) {
  for (const std::string& text : hostileTexts()) {
    const std::string line = markdownLine(hostileRow(text));
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1U : 0U;
    EXPECT_EQ(bars, 8U) << line;
    EXPECT_THAT(line, AllOf(Not(HasSubstr("<")), Not(HasSubstr("[click](")), Not(HasSubstr("[x](")),
                            Not(HasSubstr("://")), Not(HasSubstr("\x1b"))));
    EXPECT_EQ(line.find('\n'), line.size() - 1);
  }
}

TEST(CliReportRows, HaveTheTimeOfEachEntry) {
  const std::string text = "ann@x.org";
  ReportRow row = hostileRow(text);
  EXPECT_THAT(csvLine(row), EndsWith(",2023-11-14T22:13:20Z"));
  EXPECT_THAT(tableLine(row, 9), HasSubstr("2023-11-14T22:13:20Z  rejected      404     ann@x.org"));
  EXPECT_THAT(markdownLine(row), HasSubstr("| 2023-11-14T22:13:20Z |\n"));
  EXPECT_EQ(reportJson(row).at("time"), "2023-11-14T22:13:20Z");
  row.time.reset();
  EXPECT_THAT(csvLine(row), EndsWith(","));
  EXPECT_FALSE(reportJson(row).contains("time"));
}

TEST(CliReportRows, HaveTheirColumnsBelowEachOther) {
  const std::string id = "12345678901", login = "ann.lee@example.com";
  ReportRow one = hostileRow(id), other = hostileRow(login);
  one.row.code = other.row.code = "not_found";
  const auto place = [](const std::string& line, std::string_view word) { return line.find(word); };
  const std::string head = tableHead(login.size());
  EXPECT_EQ(place(head, "REASON"), place(tableLine(one, login.size()), "not_found"));
  EXPECT_EQ(place(head, "REASON"), place(tableLine(other, login.size()), "not_found"));
  EXPECT_LT(tableHead(5000).size(), 200U);
  EXPECT_THAT(tableHead(0), HasSubstr("  ENTRY  REASON"));
}

TEST(CliReportRows, SayWhoContinuedTheRunWithWhoseCredentials) {
  RunFacts facts;
  facts.begun = runStart;
  facts.continued.push_back({runStart + 5s, "bob", "desk", "0.1.0", "Boss (id 5) of Example Inc. (enterprise 7)", ""});
  facts.continued.push_back({runStart + 9s, "", "", "", "", "1 left out because of --exclude: ceo"});
  const std::string first =
      "2023-11-14 22:13:25 UTC by bob on desk with box-sessions 0.1.0, with the credentials of Boss (id 5) of Example "
      "Inc. (enterprise 7)";
  const std::string second =
      "2023-11-14 22:13:29 UTC, with credentials of an account that Box did not name, 1 left out because of --exclude: "
      "ceo";
  EXPECT_THAT(tableEnd(facts, BulkCounts()), HasSubstr("\ncontinued " + first + "\ncontinued " + second + "\n"));
  EXPECT_THAT(markdownHead(facts, BulkCounts(), ReasonTally(), ""), HasSubstr("- Continued: 2023"));
  EXPECT_THAT(ReportPage().finish(facts, BulkCounts(), ReasonTally(), Timeline(), ""),
              HasSubstr("<dt>Continued</dt><dd>" + first + "</dd>"));
  const auto report = reportJson(facts, BulkCounts());
  const auto& runs = report.at("continued").as_array();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].at("person"), "bob");
  EXPECT_EQ(runs[0].at("account"), "Boss (id 5) of Example Inc. (enterprise 7)");
  EXPECT_EQ(runs[0].at("begun"), "2023-11-14T22:13:25Z");
}

TEST(CliReportRows, TellWhichCallsBoxRefused) {
  ReportRow row;
  row.row.status = 403;
  ReasonTally tally;
  tally.add(row.row);
  EntryCounts counts;
  counts.add(row.row);
  ReportPage page;
  page.add(row);
  EXPECT_THAT(tableLine(row, 0), HasSubstr("  forbidden     403 "));
  EXPECT_THAT(csvLine(row), HasSubstr(",callRefused,403,"));
  EXPECT_THAT(markdownLine(row), HasSubstr("| forbidden |"));
  EXPECT_THAT(markdownHead(RunFacts(), counts, tally, ""), HasSubstr("| 1 | forbidden | 403 |"));
  EXPECT_THAT(page.finish(RunFacts(), counts, tally, Timeline(), ""),
              AllOf(HasSubstr("<strong>1</strong><span class=\"state callRefused\">forbidden</span>"),
                    Not(HasSubstr("not sent"))));
}

TEST(CliReportFacts, CountReasonsAndMergeWhatIsTooMuch) {
  ReasonTally tally;
  BulkRow row;
  row.state = BulkState::rejected;
  for (int i = 0; i < 1000; ++i) {
    const std::string message = std::to_string(i);
    row.message = message;
    tally.add(row);
  }
  const auto reasons = tally.reasons();
  ASSERT_EQ(reasons.size(), ReasonTally::most + 1);
  EXPECT_EQ(reasons.front().count, 1000 - ReasonTally::most);
  EXPECT_EQ(reasons.front().message, "");
}

TEST(CliReportFacts, ComeFromTheJournal) {
  JournalHeader header;
  noteOrigin(header);
  ASSERT_EQ(header.notes.size(), 3U);
  EXPECT_EQ(header.notes[0].first, "person");
  for (const auto& [name, value] : header.notes) EXPECT_NE(value, "") << name;
  noteLeftOut(header, {});
  EXPECT_EQ(header.notes.size(), 3U);
  noteLeftOut(header, {"a", "b\x1b"});
  EXPECT_EQ(header.notes.back().second, "a; b\\x1b");
}

}  // namespace
}  // namespace box::cli
