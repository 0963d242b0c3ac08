// Shows the page of `box-sessions report --html` in Chromium without a window; look.js reports what is wrong with it.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "cli/report/facts.hpp"
#include "cli/report/page.hpp"
#include "cli/report/timeline.hpp"
#include "support/hostile_texts.hpp"
#include "support/journal_call.hpp"

namespace box::cli {
namespace {

using namespace std::chrono_literals;
using test::journalCall;
using test::runStart;

/// A page with every part that a page can have, and with each hostile text in every place for a text.
std::string fullPage() {
  const std::vector<std::string>& texts = test::hostileTexts();
  ReportPage page;
  ReasonTally tally;
  BulkCounts counts;
  std::uint64_t line = 0;
  for (const BulkState state : {BulkState::accepted, BulkState::rejected, BulkState::inDoubt, BulkState::notSent,
                                BulkState::invalid, BulkState::duplicate, BulkState::leftOut}) {
    for (const std::string& text : texts) {
      ReportRow out;
      out.row.line = ++line;
      out.row.value = out.row.code = out.row.message = out.row.requestId = text;
      out.row.state = state;
      out.row.status = 404;
      out.time = runStart;
      page.add(out);
      tally.add(out.row);
    }
  }
  counts.accepted = 1'234'567;
  counts.rejected = counts.inDoubt = counts.notSent = counts.invalid = counts.duplicate = counts.leftOut = texts.size();
  RunFacts facts;
  facts.journal = facts.list = facts.host = facts.account = facts.asUser = facts.person = facts.machine =
      facts.program = texts.front() + texts[15];
  facts.begun = runStart;
  facts.ended = runStart + 100s;
  facts.calls = 5;
  facts.limited = 1;
  const std::vector<JournalCall> calls = {
      journalCall(0s, 1s, BulkVerdict::accepted, 202), journalCall(2s, 3s, BulkVerdict::notDone, 429),
      journalCall(4s, 5s, BulkVerdict::rejected, 404), journalCall(10s, 50s, BulkVerdict::inDoubt, 0),
      journalCall(99s, 100s, BulkVerdict::accepted, 202)};
  return page.finish(facts, counts, tally, timelineOf(calls, 60), "rejected, in doubt");
}

/// A temporary folder, which is removed with its contents.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "box-browser-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
};

std::string outputOf(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  std::string out;
  char buffer[4096];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe.get())) out.append(buffer, count);
  return out;
}

/// The browser's command; empty where no browser is installed.
std::string browser() {
  for (const char* const name : {"chromium", "chromium-browser", "google-chrome"}) {
    if (std::system(("command -v " + std::string(name) + " >/dev/null 2>&1").c_str()) == 0) return name;
  }
  return {};
}

/// The faults that look.js finds in the page.
std::vector<std::string> faultsOf(const std::string& page, bool dark) {
  const Folder folder;
  std::ifstream script(BOX_BROWSER_LOOK);
  // The page becomes a string in JavaScript; '<' is escaped, so that nothing in it ends the script element.
  std::string text = boost::json::serialize(boost::json::value(page));
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos; at += 6) text.replace(at, 1, "\\u003c");
  std::ofstream(folder.path / "look.html")
      << "<!DOCTYPE html><meta charset=utf-8><body><script>\nconst dark = " << (dark ? "true" : "false")
      << ", page = " << text << ";\n"
      << std::string(std::istreambuf_iterator<char>(script), {}) << "</script>\n";
  // The browser runs without its sandbox, which needs rights that containers lack and root may not use. The page is
  // safe, because the test has made it.
  const std::string shown =
      outputOf("timeout 120 " + browser() +
               " --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-extensions" +
               " --no-first-run --user-data-dir=" + folder.path.string() + "/profile --window-size=1400,1000" +
               " --blink-settings=preferredColorScheme=" + (dark ? "0" : "1") +
               " --virtual-time-budget=20000 --dump-dom file://" + folder.path.string() + "/look.html 2>" +
               folder.path.string() + "/errors");
  const std::size_t begin = shown.find("<title>"), end = shown.find("</title>");
  if (begin == std::string::npos || end == std::string::npos) return {"the browser showed no page"};
  const std::string title = shown.substr(begin + 7, end - begin - 7);
  std::error_code error;
  const boost::json::value faults = boost::json::parse(title, error);
  if (error || !faults.is_array()) return {title};
  std::vector<std::string> out;
  for (const boost::json::value& fault : faults.as_array()) out.emplace_back(fault.as_string());
  return out;
}

class BrowserPage : public testing::Test {
 protected:
  void SetUp() override {
    if (browser().empty()) GTEST_SKIP() << "Chromium is not installed: bash cmake/setup-debian.sh gate";
  }
};

TEST_F(BrowserPage, IsRightWhereTheReaderWantsItLight) {
  for (const std::string& fault : faultsOf(fullPage(), false)) ADD_FAILURE() << fault;
}

TEST_F(BrowserPage, IsRightWhereTheReaderWantsItDark) {
  for (const std::string& fault : faultsOf(fullPage(), true)) ADD_FAILURE() << fault;
}

// Checks look.js itself: without this, the tests above would pass if it found nothing.
TEST_F(BrowserPage, FaultsAreFound) {
  const auto with = [](std::string page, std::string_view part, std::string_view instead) {
    const std::size_t at = page.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return at == std::string::npos ? page : page.replace(at, part.size(), instead);
  };
  std::string page = with(fullPage(), "</main>", "<p style=\"width: 2000px\">wide</p><img src=x></main>");
  page = with(std::move(page), "color: var(--soft)", "color: var(--line)");
  std::string faults;
  for (const std::string& fault : faultsOf(page, false)) faults += fault + "\n";
  for (const char* const fault : {"the page is ", "a foreign element: IMG", "an attribute src", "a contrast of "})
    EXPECT_NE(faults.find(fault), std::string::npos) << fault;
}

}  // namespace
}  // namespace box::cli
