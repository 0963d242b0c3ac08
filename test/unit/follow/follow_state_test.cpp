// The state of a Follower as text: what is kept, and which texts are refused.
#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "box/support/unlimited.hpp"
#include "follow/follow_core.hpp"
#include "simulated_stream.hpp"

namespace box {
namespace {

using namespace box::test;

std::vector<std::string> pieces(const std::string& text, char separator) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string piece; std::getline(stream, piece, separator);) out.push_back(piece);
  return out;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

class FollowStateTest : public testing::Test {
 protected:
  FollowStateTest() {
    BoxEvent byUs = eventAbout("12", evidenceType, 3s, "c");
    byUs.createdBy = simulation.own;
    BoxEvent withApp = eventAbout("12", "LOGIN", 4s, "d");
    withApp.additionalDetails = R"({"service_name":"Box for Phones"})";
    std::chrono::nanoseconds at = 1s;
    for (const BoxEvent& event :
         {eventAbout("11", evidenceType, 1s, "a"), byUs, withApp, eventAbout("12", "CHANGE_ADMIN_ROLE", 5s, "e"),
          eventAbout("1", "GROUP_EDITED", 6s, "f"), eventAbout("11", evidenceType, 1s, "a")}) {
      simulation.stream.add(event, at += 1s);
    }
  }

  void begin(std::chrono::nanoseconds window) {
    FollowMark mark;
    mark.position = simulation.stream.now(0s);
    mark.time = start;
    simulation.begin(mark, window);
  }

  /// The state of a run that has lost a part of the stream and could not read the rest.
  std::string richState() {
    begin(1min);
    int answers = 0;
    simulation.fail = [&]() -> std::optional<BoxSdkError> {
      ++answers;
      if (answers == 3) return BoxSdkError(Errc::badRequest, "scripted");
      if (answers >= 5) return BoxSdkError(Errc::forbidden, "scripted");
      return std::nullopt;
    };
    simulation.run();
    simulation.fail = nullptr;
    return simulation.core->save();
  }

  /// "restored", or the text of the refusal.
  std::string restored(const std::string& state) { return restored(state, simulation.targets); }
  std::string restored(const std::string& state, const std::vector<FollowTarget>& targets) {
    try {
      FollowCore::restore(simulation.options, targets, state, at(simulation.time));
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidRequest);
      return error.details().context;
    }
    return "restored";
  }
  std::string savedAgain() {
    return FollowCore::restore(simulation.options, simulation.targets, simulation.core->save(), at(simulation.time))
        .save();
  }

  Simulation simulation{FollowOptions(), {{"11", ""}, {"12", "user12@example.com"}}};
};

TEST_F(FollowStateTest, KeepsAMarkWithItsReason) {
  FollowMark mark;
  mark.time = start;
  mark.reason = "no answer in time";
  const std::optional<FollowMark> again = FollowMark::fromText(mark.text());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->position, "");
  EXPECT_EQ(again->time, start);
  EXPECT_EQ(again->reason, mark.reason);
}

TEST_F(FollowStateTest, KeepsPeopleBehindOneWhoWasNotSeen) {
  simulation.targets = {{"99", ""}, {"11", ""}};
  const std::string state = richState();
  EXPECT_EQ(state.find("\nperson 0 "), std::string::npos);
  EXPECT_NE(state.find("\nperson 1 "), std::string::npos) << state;
}

TEST_F(FollowStateTest, KeepsWhetherAdminLogsWereReadAndAPositionWasRefused) {
  const auto flags = [](const std::string& state) {
    const std::vector<std::string> lines = pieces(state, '\n');
    const auto at =
        std::find_if(lines.begin(), lines.end(), [](const std::string& line) { return line.starts_with("at "); });
    return pieces(*at, ' ').at(4) + pieces(*at, ' ').at(5);
  };
  begin(1min);
  EXPECT_EQ(flags(simulation.core->save()), "00");
  EXPECT_EQ(flags(richState()), "01");
  simulation.options.backfill = true;
  begin(20s);
  simulation.run();
  EXPECT_EQ(flags(simulation.core->save()), "10");
}

TEST_F(FollowStateTest, GivesTheReadingOfAdminLogsItsTimeAgain) {
  simulation.options.backfill = true;
  begin(20s);
  while (simulation.asked.empty() || !simulation.asked.back().history) ASSERT_TRUE(simulation.step());
  const FollowCore::Now muchLater = at(simulation.time + 24h);
  FollowCore core = FollowCore::restore(simulation.options, simulation.targets, simulation.core->save(), muchLater);
  const FollowCore::Step step = core.next(muchLater);
  EXPECT_EQ(step.action, FollowCore::Action::ask);
  EXPECT_TRUE(step.ask.history);
}

TEST_F(FollowStateTest, KeepsEverythingThatAStateSays) {
  begin(unlimited);
  EXPECT_TRUE(simulation.core->save().ends_with("\nend-of-state\n"));
  EXPECT_EQ(savedAgain(), simulation.core->save()) << "before the first look";
  while (simulation.time < 1min) ASSERT_TRUE(simulation.step());
  EXPECT_EQ(savedAgain(), simulation.core->save()) << "in the stream";
  const std::string rich = richState();
  EXPECT_EQ(savedAgain(), rich) << "with gaps";
  for (const char* word : {"\ntype ", "\napp ", "\nunmatched ", "\nother ", "\nperson 0 ", "\nperson 1 ", "\nevent ",
                           "\ngap ", "\nended rights "}) {
    EXPECT_NE(rich.find(word), std::string::npos) << word << rich;
  }
  simulation.options.backfill = true;
  begin(20s);
  while (simulation.asked.empty() || !simulation.asked.back().history) ASSERT_TRUE(simulation.step());
  EXPECT_EQ(savedAgain(), simulation.core->save()) << "in admin_logs";
  simulation.run();
  EXPECT_EQ(savedAgain(), simulation.core->save()) << "at the end";
}

TEST_F(FollowStateTest, RefusesAnyWordThatIsDamaged) {
  const std::vector<std::string> lines = pieces(richState(), '\n');
  ASSERT_EQ(restored(joined(lines, "\n") + "\n"), "restored");
  for (std::size_t line = 0; line < lines.size(); ++line) {
    const std::vector<std::string> words = pieces(lines[line], ' ');
    for (std::size_t word = 0; word < words.size(); ++word) {
      std::vector<std::string> changed = words, fewer = words;
      changed[word] = "%zz";
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(word));
      for (const std::vector<std::string>& other : {changed, fewer}) {
        std::vector<std::string> state = lines;
        state[line] = joined(other, " ");
        EXPECT_NE(restored(joined(state, "\n") + "\n"), "restored") << state[line];
      }
    }
    std::vector<std::string> state = lines;
    state[line] += " 1";
    EXPECT_NE(restored(joined(state, "\n") + "\n"), "restored") << state[line];
  }
}

TEST_F(FollowStateTest, RefusesAStateThatDoesNotSayWhoTheTargetsAre) {
  begin(1min);
  std::vector<std::string> lines = pieces(simulation.core->save(), '\n');
  ASSERT_EQ(restored(joined(lines, "\n") + "\n"), "restored");
  const auto isTargets = [](const std::string& line) { return line.starts_with("targets "); };
  ASSERT_EQ(std::erase_if(lines, isTargets), 1U);
  EXPECT_EQ(restored(joined(lines, "\n") + "\n"), "the state is damaged");
  const auto isCount = [](const std::string& line) { return line.starts_with("duplicates "); };
  ASSERT_EQ(std::erase_if(lines, isCount), 1U);
  EXPECT_EQ(restored(joined(lines, "\n") + "\n"), "the state is damaged");
}

TEST_F(FollowStateTest, RefusesWhatIsThereTwice) {
  const std::vector<std::string> lines = pieces(richState(), '\n');
  for (const char* name : {"type ", "person ", "event "}) {
    const auto first =
        std::find_if(lines.begin(), lines.end(), [&](const std::string& line) { return line.starts_with(name); });
    ASSERT_NE(first, lines.end()) << name;
    std::vector<std::string> state = lines;
    state.insert(state.end() - 1, *first);
    EXPECT_EQ(restored(joined(state, "\n") + "\n"), "the state is damaged") << *first;
  }
}

TEST_F(FollowStateTest, IsThatOfTheSameTargetsInTheSameOrder) {
  const std::string state = richState(), refusal = "the state is that of other targets";
  EXPECT_EQ(restored(state, {{"11", ""}, {"12", "user12@example.com"}}), "restored");
  EXPECT_EQ(restored(state, {{"12", "user12@example.com"}, {"11", ""}}), refusal);
  EXPECT_EQ(restored(state, {{"11", ""}, {"12", ""}}), refusal);
  EXPECT_EQ(restored(state, {{"11", ""}, {"13", "user12@example.com"}}), refusal);
  EXPECT_EQ(restored(state, {{"11", ""}}), refusal);
  EXPECT_EQ(restored(state, {{"11", ""}, {"12", "user12@example.com"}, {"13", ""}}), refusal);
}

TEST_F(FollowStateTest, RefusesAPersonThatCannotBe) {
  const std::vector<std::string> lines = pieces(richState(), '\n');
  std::size_t line = 0;
  while (!lines.at(line).starts_with("person 1 ")) ++line;
  const std::vector<std::string> words = pieces(lines[line], ' ');
  const std::size_t actors = words.size() - 5;  // then follow the four words of the sign-in
  const auto textWith = [&](std::size_t word, const std::string& value) {
    std::vector<std::string> state = lines, changed = words;
    changed.at(word) = value;
    state[line] = joined(changed, " ");
    return joined(state, "\n") + "\n";
  };
  const auto with = [&](std::size_t word, const std::string& value) { return restored(textWith(word, value)); };
  const std::string damaged = "the state is damaged";
  EXPECT_EQ(words[3], "1") << lines[line];
  EXPECT_EQ(with(1, "2"), damaged) << "there are two people";
  EXPECT_EQ(with(3, "0"), damaged) << "no sign-in, but one is described";
  for (const std::size_t time : {std::size_t(5), std::size_t(6), actors + 1}) {
    EXPECT_EQ(with(time, "9000000000"), "restored") << "the latest time";
    EXPECT_EQ(with(time, "-9000000000"), "restored") << "the earliest time";
    EXPECT_EQ(with(time, "9000000001"), damaged);
    EXPECT_EQ(with(time, "-9000000001"), damaged);
  }
  const auto numbered = [&](const char* name) {
    return std::count_if(lines.begin(), lines.end(), [&](const std::string& l) { return l.starts_with(name); });
  };
  const auto types = numbered("type "), apps = numbered("app ");
  EXPECT_EQ(with(7, std::to_string(types)), "restored");
  EXPECT_EQ(with(7, std::to_string(types + 1)), damaged) << "a type that is not listed";
  EXPECT_EQ(with(actors, "7"), "restored");
  for (const char* const which : {"0", "1", "2", "4"}) {
    const std::string state = textWith(actors, which);
    EXPECT_EQ(FollowCore::restore(simulation.options, simulation.targets, state, at(simulation.time)).save(), state);
  }
  EXPECT_EQ(with(actors, "8"), damaged);
  EXPECT_EQ(with(actors + 2, std::to_string(types)), "restored");
  EXPECT_EQ(with(actors + 2, std::to_string(types + 1)), damaged);
  EXPECT_EQ(with(actors + 3, std::to_string(apps)), "restored");
  EXPECT_EQ(with(actors + 3, std::to_string(apps + 1)), damaged);
}

TEST_F(FollowStateTest, RefusesAPersonWhoIsAnother) {
  simulation.targets = {{"12", ""}, {"12", ""}};
  std::string state = richState();
  ASSERT_EQ(restored(state), "restored");
  const std::size_t person = state.find("\nperson 0 ");
  ASSERT_NE(person, std::string::npos);
  state.replace(person, 10, "\nperson 1 ");
  EXPECT_EQ(restored(state), "the state is damaged") << "both targets are one person, who is the first";
}

}  // namespace
}  // namespace box
