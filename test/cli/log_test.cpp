#include "process.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

// --log writes events to a file for log collectors, in addition to what the operator sees.
namespace box::cli::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

Start runOf(EmulatorProcess& emulator, const Strings& more) {
  Start start;
  start.arguments = joined(joined({"users", "1", "2", "--yes"}, more), emulator.here());
  start.environment = {"BOX_DEVELOPER_TOKEN=CnrY7q-log"};
  return start;
}

Strings namesOf(const std::vector<boost::json::object>& events) {
  Strings out;
  for (const boost::json::object& event : events) out.emplace_back(event.at("event").as_string());
  return out;
}

TEST(CliLogFile, HasTheEventsOfARunAlsoWithoutJson) {
  EmulatorProcess emulator;
  const Folder folder;
  const std::string file = folder.path("log");
  const Result text = run(runOf(emulator, {"--log", file}));
  EXPECT_EQ(text.status, 0) << text.error;
  EXPECT_THAT(text.output, AllOf(HasSubstr("2 accepted"), Not(HasSubstr("{"))));
  std::vector<boost::json::object> events = eventsIn(contentOf(file));
  const Strings names = namesOf(events);
  EXPECT_THAT(names, AllOf(Contains("plan"), Contains("entry").Times(2), Contains("summary"), Contains("message")));
  for (const boost::json::object& event : events) EXPECT_EQ(event.begin()->key(), "time");
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(contentOf(file), Not(HasSubstr("CnrY7q")));

  // A further run appends to the file; its output with --json does not change.
  const std::size_t before = events.size();
  const Result json = run(runOf(emulator, {"--log", file, "--json"}));
  events = eventsIn(contentOf(file));
  ASSERT_GT(events.size(), before);
  const auto isSummary = [](const boost::json::object& event) { return event.at("event") == "summary"; };
  const auto printed = eventsIn(json.output);
  const auto shown = std::find_if(printed.begin(), printed.end(), isSummary);
  const auto kept = std::find_if(events.rbegin(), events.rend(), isSummary);
  ASSERT_TRUE(shown != printed.end() && kept != events.rend());
  boost::json::object withoutTime = *kept;
  withoutTime.erase("time");
  EXPECT_EQ(withoutTime, *shown) << boost::json::serialize(*kept);
  EXPECT_FALSE(shown->contains("time"));
}

// A full disk must not prevent sessions from being ended.
TEST(CliLogFile, ThatCannotBeWrittenDoesNotStopARun) {
  EmulatorProcess emulator;
  const Folder folder;
  Start start = runOf(emulator, {"--log", folder.path("log")});
  start.fileSizeLimit = 10;
  const Result result = run(std::move(start));
  EXPECT_EQ(result.status, 2) << "the output is not complete";
  EXPECT_THAT(result.output, HasSubstr("2 accepted"));
  EXPECT_THAT(result.error, AllOf(HasSubstr("cannot write the log '"), HasSubstr("continues without it")));
  const std::size_t last = result.error.rfind("box-sessions: ");
  EXPECT_THAT(result.error.substr(last), HasSubstr("the log is not complete: cannot write the log '"))
      << "the exit status has its reason at the end";
}

TEST(CliLogFile, IsNoFileThatHoldsSomethingElse) {
  EmulatorProcess emulator;
  const Folder folder;
  const std::string list = folder.file("list", "1\n");
  const Result result = run(runOf(emulator, {"--file", list, "--log", list}));
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("exists already, and no earlier run wrote it"));
  EXPECT_EQ(contentOf(list), "1\n");
  EXPECT_EQ(result.output, "");
}

TEST(CliLogFile, IsOpenedBeforeAnythingIsSent) {
  EmulatorProcess emulator;
  const Folder folder;
  const Result result = run(runOf(emulator, {"--log", folder.path("none/log")}));
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("cannot write the log '"));
  EXPECT_EQ(result.output, "");
}

}  // namespace
}  // namespace box::cli::test
