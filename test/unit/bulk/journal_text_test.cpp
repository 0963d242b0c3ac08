#include "bulk/journal_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/crc.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/sanitizers.hpp"

namespace box {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using TimePoint = std::chrono::system_clock::time_point;

const TimePoint created(1'700'000'000s);

JournalHeader headerWithNotes() {
  JournalHeader header;
  header.binding = {"users", "api.box.com", "0a1b", "ffee"};
  header.notes = {{"file", "/home/ann/my list.csv"}, {"empty", ""}};
  header.job = "00112233445566778899aabbccddeeff";
  header.created = created;
  return header;
}

/// The text of a journal as a run writes it.
class Script {
 public:
  Script() : text(pen_.header(headerWithNotes())) {}

  Script& sends(std::uint64_t call, const std::vector<std::uint64_t>& indices, TimePoint at = created) {
    std::vector<BulkItem> items;
    for (const std::uint64_t index : indices) items.push_back({index, 0, "1"});
    text += pen_.record(intentPayload({call, items}, at));
    return *this;
  }
  Script& hears(std::uint64_t call, BulkVerdict verdict, int status = 0, std::string code = {},
                std::string message = {}, std::string requestId = {}) {
    text += pen_.record(verdictPayload(
        call, {verdict, status, std::move(code), std::move(message), std::move(requestId)}, created + 1s));
    return *this;
  }
  Script& ends(bool finished) {
    text += pen_.record(endPayload(finished, created + 2s));
    return *this;
  }
  Script& says(std::string_view payload) {
    text += pen_.record(payload);
    return *this;
  }

 private:
  JournalPen pen_;

 public:
  std::string text;
};

JournalContents parse(std::string_view text, std::size_t pieceSize = std::string_view::npos) {
  JournalParser parser("the journal");
  for (std::size_t at = 0; at < text.size(); at += std::min(pieceSize, text.size() - at))
    parser.feed(text.substr(at, pieceSize));
  return parser.finish();
}

std::string errorOf(std::string_view text) {
  try {
    parse(text);
  } catch (const JournalError& error) {
    EXPECT_EQ(error.kind(), JournalError::Kind::corrupt);
    return error.what();
  }
  return {};
}

std::set<std::uint64_t> acceptedIn(const JournalContents& contents, std::uint64_t below) {
  std::set<std::uint64_t> out;
  for (std::uint64_t i = 0; i < below; ++i) {
    const auto past = contents.past(i);
    if (past && past->state == BulkState::accepted) out.insert(i);
  }
  return out;
}

TEST(JournalText, GivesTheHeaderBack) {
  const JournalContents contents = parse(Script().text, 1);
  EXPECT_EQ(contents.header().binding.target, "users");
  EXPECT_EQ(contents.header().binding.host, "api.box.com");
  EXPECT_EQ(contents.header().binding.subject, "0a1b");
  EXPECT_EQ(contents.header().binding.input, "ffee");
  EXPECT_EQ(contents.header().job, "00112233445566778899aabbccddeeff");
  EXPECT_EQ(contents.header().created, created);
  EXPECT_EQ(contents.note("file"), "/home/ann/my list.csv");
  EXPECT_EQ(contents.note("empty"), "");
  EXPECT_EQ(contents.note("nobody"), "");
  EXPECT_EQ(contents.lastCall(), 0U);
  EXPECT_FALSE(contents.finished());
}

TEST(JournalText, IsAsciiInLinesOfWords) {
  Script script;
  script.sends(1, {0, 1, 2, 3, 5, 7, 8})
      .hears(1, BulkVerdict::rejected, 404, "not_found", "no \xc3\xbc\n\x1b here - %", "-");
  for (const char c : script.text) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7f));
  EXPECT_THAT(script.text, HasSubstr("\n1 S 1 1700000000000 0-3,5,7-8 *"));
  const auto past = parse(script.text, 3).past(7);
  ASSERT_TRUE(past);
  EXPECT_EQ(past->state, BulkState::rejected);
  EXPECT_EQ(past->status, 404);
  EXPECT_EQ(past->code, "not_found");
  EXPECT_EQ(past->message, "no \xc3\xbc\n\x1b here - %");
  EXPECT_EQ(past->requestId, "-");
  EXPECT_FALSE(parse(script.text).past(4));
  EXPECT_FALSE(parse(script.text).past(6));
  EXPECT_FALSE(parse(script.text).past(9));
}

TEST(JournalText, ALongTextIsCutAfterAWholeCharacter) {
  Script script;
  const std::string longest(999, 'a');
  script.sends(1, {0}).hears(1, BulkVerdict::rejected, 404, "", longest + "\xc3\xbc and more");
  EXPECT_EQ(parse(script.text).past(0)->message, longest);
}

TEST(JournalText, ARecordThatCannotBeWrittenUsesUpNoNumber) {
  JournalPen pen;
  std::string text = pen.header(headerWithNotes());
  EXPECT_THROW(pen.record(std::string(maxJournalLine, 'x')), JournalError);
  text += pen.record(endPayload(true, created));
  EXPECT_TRUE(parse(text).finished());
}

TEST(JournalText, EachJournalThatAPenBeginsHasItsOwnNumbers) {
  JournalPen pen;
  pen.header(headerWithNotes());
  pen.record(endPayload(false, created));
  std::string text = pen.header(headerWithNotes());
  text += pen.record(endPayload(true, created));
  EXPECT_TRUE(parse(text).finished());
}

TEST(JournalText, ARecordHasTheLengthOfALineAtMost) {
  JournalPen pen;
  std::string text = pen.header(headerWithNotes());
  const std::string note = "N 1 name=";
  const std::size_t around = std::string("1  *00000000\n").size();
  const std::string longest = note + std::string(maxJournalLine - around - note.size(), 'a');
  EXPECT_THROW(pen.record(longest + "a"), JournalError);
  text += pen.record(longest);
  EXPECT_EQ(parse(text, 4096).continuations().size(), 1U);
}

TEST(JournalText, AnOverlongLineIsDamagedWhateverFollowsIt) {
  const std::string good = Script().text, overlong(maxJournalLine, 'x');
  EXPECT_EQ(parse(good + overlong + "\nabc\n", 4096).size(), good.size());
  // Of a line that is too long nothing is kept, so that no part of it is taken for a line.
  Script script;
  script.sends(1, {0});
  const std::string record = script.text.substr(good.size());
  EXPECT_FALSE(parse(good + overlong + record).past(0));
  EXPECT_THAT(errorOf(good + overlong + "\n" + record), HasSubstr("line 2 was damaged or changed"));
  EXPECT_THAT(errorOf(std::string("box-sessions-journal") + overlong + "\n"), HasSubstr("not a journal"));
}

// Fixes the checksum, so that another program can compute it.
TEST(JournalText, HasTheKnownChecksum) {
  JournalPen pen;
  JournalHeader header;
  header.binding = {"users", "h", "s", "i"};
  header.job = "j";
  header.created = TimePoint(1ms);
  EXPECT_EQ(pen.header(header), "box-sessions-journal 1 1 j users h s i *cfe032e9\n");
}

/// A header's line with the right checksum, as another program may write it.
std::string headerLine(const std::string& text) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  const std::string summed = "00000000" + text;
  crc.process_bytes(summed.data(), summed.size());
  std::array<char, 9> sum{};
  std::snprintf(sum.data(), sum.size(), "%08x", static_cast<unsigned>(crc.checksum()));
  return text + " *" + sum.data() + "\n";
}

TEST(JournalText, AHeaderHasAtMost64Notes) {
  JournalPen pen;
  JournalHeader header = headerWithNotes();
  header.notes.assign(64, {"name", "value"});
  EXPECT_EQ(errorOf(pen.header(header)), "");
  header.notes.emplace_back("name", "value");
  EXPECT_THROW(pen.header(header), JournalError);

  std::string text = "box-sessions-journal 1 1 j users h s i";
  for (int i = 0; i < 64; ++i) text += " name=value";
  EXPECT_EQ(errorOf(headerLine(text)), "");
  EXPECT_THAT(errorOf(headerLine(text + " name=value")), HasSubstr("its header is not valid"));
}

TEST(JournalText, AHeaderHasTheLengthOfALineAtMost) {
  JournalPen pen;
  JournalHeader header = headerWithNotes();
  header.notes.assign(1, {"name", "a"});
  header.notes[0].second.append(maxJournalLine - pen.header(header).size(), 'a');
  const std::string longest = pen.header(header);
  EXPECT_EQ(longest.size(), maxJournalLine);
  EXPECT_EQ(errorOf(longest), "");
  header.notes[0].second += 'a';
  EXPECT_THROW(pen.header(header), JournalError);
  EXPECT_EQ(headerLine(longest.substr(0, longest.size() - 11)), longest);
  EXPECT_THAT(errorOf(headerLine(longest.substr(0, longest.size() - 11) + "a")), HasSubstr("not a journal"));
}

TEST(JournalText, AHeaderThatMakesNoSenseIsRefused) {
  for (const char* const time : {"0", "1", "9000000000000"}) {
    const std::string text = std::string("box-sessions-journal 1 ") + time + " j users h s i";
    ASSERT_EQ(errorOf(headerLine(text)), "") << text;
  }
  for (const char* text :
       {"box-sessions-journal 1", "box-sessions-journal 1 1", "box-sessions-journal 1 1 j users h s",
        "box-sessions-journal 1 x j users h s i", "box-sessions-journal 1 -1 j users h s i",
        "box-sessions-journal 1 9000000000001 j users h s i", "box-sessions-journal 1 1 j users h s %4",
        "box-sessions-journal 1 1 j users h s ", "box-sessions-journals 1 1 j users h s i",
        "box-sessions-journal 1 1 j users h s i note", "box-sessions-journal 1 1 j users h s i a=%4",
        "box-sessions-journal 1 1 j users h s i =a"}) {
    EXPECT_THAT(errorOf(headerLine(text)), HasSubstr("its header is not valid")) << text;
  }
}

TEST(JournalText, ACallWithoutAVerdictIsInDoubt) {
  const JournalContents contents = parse(Script().sends(3, {10, 11}, created + 5s).text);
  const auto past = contents.past(11);
  ASSERT_TRUE(past);
  EXPECT_EQ(past->state, BulkState::inDoubt);
  EXPECT_EQ(past->sentAt, created + 5s);
  EXPECT_EQ(contents.lastCall(), 3U);
  EXPECT_FALSE(contents.past(12));
}

TEST(JournalText, WhatWasSurelyNotDoneIsAsIfNeverSent) {
  EXPECT_FALSE(parse(Script().sends(1, {0, 1}).hears(1, BulkVerdict::notDone, 429).text).past(0));
  const JournalContents refused = parse(Script().sends(1, {0}).hears(1, BulkVerdict::notDone, 1).text);
  ASSERT_TRUE(refused.refusal(0)) << "whatever status it is";
  EXPECT_EQ(refused.refusal(0)->status, 1);
}

TEST(JournalText, ACallThatBoxRefusedIsToldUnlessAnotherOneHasAResult) {
  Script script;
  script.sends(1, {0, 1, 2, 3, 4}).hears(1, BulkVerdict::notDone, 403, "forbidden", "no rights", "r1");
  script.sends(2, {1}).hears(2, BulkVerdict::accepted, 202).sends(3, {2}).sends(4, {3}).hears(4, BulkVerdict::notDone);
  const JournalContents contents = parse(script.text);
  const auto refusal = contents.refusal(0);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->state, BulkState::notSent);
  EXPECT_EQ(refusal->status, 403);
  EXPECT_EQ(refusal->code, "forbidden");
  EXPECT_EQ(refusal->message, "no rights");
  EXPECT_EQ(refusal->requestId, "r1");
  EXPECT_EQ(refusal->settledAt, created + 1s);
  EXPECT_FALSE(contents.past(0)) << "a later run sends it";
  EXPECT_FALSE(contents.refusal(1));
  EXPECT_EQ(contents.past(1)->state, BulkState::accepted);
  EXPECT_FALSE(contents.refusal(2)) << "it is in doubt";
  EXPECT_EQ(contents.past(2)->state, BulkState::inDoubt);
  EXPECT_TRUE(contents.refusal(3)) << "the later call was not sent";
  EXPECT_FALSE(contents.refusal(9));
  script.sends(5, {1, 2, 4}).hears(5, BulkVerdict::notDone, 429);
  const JournalContents later = parse(script.text);
  EXPECT_EQ(later.past(1)->state, BulkState::accepted);
  EXPECT_EQ(later.past(2)->state, BulkState::inDoubt);
  EXPECT_EQ(later.refusal(4)->status, 429);
}

TEST(JournalText, TellsWhatIsKnownOfARunThatContinues) {
  Script script;
  script.ends(false).says(notePayload({{"person", "ann lee"}, {"empty", ""}}, created + 7s)).ends(true);
  const JournalContents contents = parse(script.text);
  ASSERT_EQ(contents.continuations().size(), 1U);
  EXPECT_EQ(contents.continuations().front().at, created + 7s);
  const std::vector<std::pair<std::string, std::string>> notes = {{"person", "ann lee"}, {"empty", ""}};
  EXPECT_EQ(contents.continuations().front().notes, notes);
  EXPECT_TRUE(contents.finished());
  EXPECT_THROW(notePayload({}, created), JournalError);
  EXPECT_NO_THROW(notePayload(std::vector<std::pair<std::string, std::string>>(64), created));
  EXPECT_THROW(notePayload(std::vector<std::pair<std::string, std::string>>(65), created), JournalError);
  std::string most = "N 1";
  for (int i = 0; i < 64; ++i) most += " a=b";
  EXPECT_EQ(parse(Script().says(most).text).continuations().at(0).notes.size(), 64U);
  EXPECT_THAT(errorOf(Script().says(most + " a=b").text), HasSubstr("does not continue"));
}

TEST(JournalText, TellsOfEachCallAndEachEndWhenItWas) {
  Script script;
  script.sends(1, {0, 1, 2, 9}).hears(1, BulkVerdict::notDone, 429).ends(false);
  script.sends(2, {0}, created + 8s).hears(2, BulkVerdict::accepted, 202).sends(3, {1}, created + 9s).ends(true);
  const JournalContents contents = parse(script.text);
  const std::vector<JournalCall>& calls = contents.calls();
  ASSERT_EQ(calls.size(), 3U);
  EXPECT_EQ(calls[0].number, 1U);
  EXPECT_EQ(calls[0].entries, 4U);
  EXPECT_EQ(calls[0].sentAt, created);
  EXPECT_EQ(calls[0].settledAt, created + 1s);
  EXPECT_EQ(calls[0].verdict, BulkVerdict::notDone);
  EXPECT_EQ(calls[0].status, 429);
  EXPECT_EQ(calls[1].verdict, BulkVerdict::accepted);
  EXPECT_EQ(calls[2].sentAt, created + 9s);
  EXPECT_FALSE(calls[2].settledAt);
  EXPECT_EQ(calls[2].verdict, BulkVerdict::inDoubt);
  ASSERT_EQ(contents.ends().size(), 2U);
  EXPECT_EQ(contents.ends()[0].at, created + 2s);
  EXPECT_FALSE(contents.ends()[0].finished);
  EXPECT_TRUE(contents.ends()[1].finished);
  EXPECT_EQ(contents.past(0)->settledAt, created + 1s);
  EXPECT_EQ(contents.past(1)->settledAt, TimePoint());
}

TEST(JournalText, AcceptedIsFinalElseTheLaterCallCounts) {
  using State = BulkState;
  struct Case {
    std::vector<BulkVerdict> verdicts;
    std::optional<State> state;
  };
  for (const Case& each : std::vector<Case>{
           {{BulkVerdict::accepted, BulkVerdict::rejected}, State::accepted},
           {{BulkVerdict::rejected, BulkVerdict::accepted}, State::accepted},
           {{BulkVerdict::inDoubt, BulkVerdict::accepted}, State::accepted},
           {{BulkVerdict::accepted, BulkVerdict::inDoubt}, State::accepted},
           {{BulkVerdict::inDoubt, BulkVerdict::rejected}, State::rejected},
           {{BulkVerdict::rejected, BulkVerdict::inDoubt}, State::inDoubt},
           {{BulkVerdict::rejected, BulkVerdict::notDone}, State::rejected},
           {{BulkVerdict::inDoubt, BulkVerdict::notDone}, State::inDoubt},
           {{BulkVerdict::notDone, BulkVerdict::notDone}, std::nullopt},
       }) {
    Script script;
    std::uint64_t call = 0;
    for (const BulkVerdict verdict : each.verdicts) {
      ++call;
      script.sends(call, {4}).hears(call, verdict, 500);
    }
    const auto past = parse(script.text).past(4);
    EXPECT_EQ(past ? std::optional(past->state) : std::nullopt, each.state) << script.text;
  }
}

TEST(JournalText, AnEntryInDoubtWasSentWhenItWasSentLast) {
  Script script;
  script.sends(1, {0, 1}, created + 1s).hears(1, BulkVerdict::inDoubt).sends(2, {1, 2}, created + 9s);
  const JournalContents contents = parse(script.text);
  EXPECT_EQ(contents.past(0)->sentAt, created + 1s);
  EXPECT_EQ(contents.past(1)->sentAt, created + 9s);
  EXPECT_EQ(contents.past(2)->sentAt, created + 9s);
}

// Compares a thousand scripts with a model that stores each entry separately.
TEST(JournalText, RangesSayWhatEachEntryWouldSay) {
  std::uint64_t seed = 42;
  const auto draw = [&seed](std::uint64_t below) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    return (seed >> 33) % below;
  };
  for (int round = 0; round < 1000; ++round) {
    Script script;
    struct Entry {
      BulkState state = BulkState::notSent;
      TimePoint at{};
    };
    std::map<std::uint64_t, Entry> model;
    const std::uint64_t calls = 1 + draw(12);
    for (std::uint64_t call = 1; call <= calls; ++call) {
      std::vector<std::uint64_t> indices;
      for (std::uint64_t i = 0; i < 16; ++i) {
        if (draw(3) != 0) indices.push_back(i);
      }
      if (indices.empty()) indices.push_back(3);
      const TimePoint at = created + std::chrono::seconds(draw(100));
      script.sends(call, indices, at);
      const std::uint64_t verdict = draw(5);  // 3: not done, 4: no verdict
      constexpr BulkVerdict verdicts[] = {BulkVerdict::accepted, BulkVerdict::rejected, BulkVerdict::inDoubt,
                                          BulkVerdict::notDone};
      if (verdict < 4) script.hears(call, verdicts[verdict]);
      if (verdict == 3) continue;
      constexpr BulkState states[] = {BulkState::accepted, BulkState::rejected, BulkState::inDoubt};
      const BulkState state = verdict == 4 ? BulkState::inDoubt : states[verdict];
      for (const std::uint64_t index : indices) {
        Entry& entry = model[index];
        if (entry.state != BulkState::accepted) entry = {state, at};
      }
    }
    const JournalContents contents = parse(script.text);
    for (std::uint64_t i = 0; i < 18; ++i) {
      const auto past = contents.past(i);
      ASSERT_EQ(past.has_value(), model.contains(i)) << i << '\n' << script.text;
      if (!past) continue;
      ASSERT_EQ(past->state, model[i].state) << i << '\n' << script.text;
      if (past->state == BulkState::inDoubt) ASSERT_EQ(past->sentAt, model[i].at) << i << '\n' << script.text;
    }
  }
}

TEST(JournalText, IsFinishedOnlyWhereThatIsTheLastWord) {
  EXPECT_TRUE(parse(Script().ends(true).text).finished());
  EXPECT_FALSE(parse(Script().ends(false).text).finished());
  EXPECT_FALSE(parse(Script().ends(true).sends(1, {0}).text).finished());
}

/// Several calls of each kind, in a finished run.
Script finishedScript() {
  Script script;
  script.sends(1, {0, 1, 2}).sends(2, {3, 4, 5}).hears(1, BulkVerdict::accepted, 202, "", "", "req1");
  script.hears(2, BulkVerdict::notDone, 404, "not_found", "gone", "req2").sends(3, {3}).sends(4, {4, 5});
  script.hears(3, BulkVerdict::rejected, 404, "not_found", "gone", "req3")
      .hears(4, BulkVerdict::accepted, 202, "", "", "req4")
      .ends(true);
  return script;
}

TEST(JournalText, CutAtAnyByteSaysAcceptedOnlyWhereTheRecordIsWhole) {
  const std::string whole = finishedScript().text;
  const std::size_t header = whole.find('\n') + 1;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string_view part(whole.data(), size);
    if (size < header) {
      EXPECT_THAT(errorOf(part), HasSubstr("no header")) << size;
      continue;
    }
    const JournalContents contents = parse(part);
    const std::size_t good = part.rfind('\n') + 1;
    EXPECT_EQ(contents.size(), good) << size;
    EXPECT_EQ(contents.truncatedBytes(), size - good) << size;
    std::set<std::uint64_t> expected;
    if (part.substr(0, good).find(" V 1 ") != std::string_view::npos) expected.insert({0, 1, 2});
    if (part.substr(0, good).find(" V 4 ") != std::string_view::npos) expected.insert({4, 5});
    EXPECT_EQ(acceptedIn(contents, 9), expected) << size;
    EXPECT_EQ(contents.finished(), size == whole.size()) << size;
  }
}

TEST(JournalText, WithAnyByteChangedIsRefusedOrSaysLess) {
  const std::string whole = finishedScript().text;
  const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  // In a build with AddressSanitizer 255 changes of each byte take minutes, so that only single bits are changed.
  const auto next = [](int change) { return test::underAddressSanitizer ? 2 * change : change + 1; };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int change = 1; change < 256; change = next(change)) {
      std::string changed = whole;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ static_cast<unsigned>(change));
      try {
        const JournalContents contents = parse(changed);
        // Only the last record may be taken for incomplete. A change of the line feed before it joins it to another
        // one.
        ASSERT_GE(at + 1, last) << at << ' ' << change;
        ASSERT_FALSE(contents.finished()) << at << ' ' << change;
        const auto accepted = acceptedIn(contents, 9);
        ASSERT_TRUE(accepted == std::set<std::uint64_t>({0, 1, 2, 4, 5}) ||
                    (at + 1 == last && accepted == std::set<std::uint64_t>({0, 1, 2})))
            << at;
      } catch (const JournalError& error) {
        ASSERT_EQ(error.kind(), JournalError::Kind::corrupt);
      }
    }
  }
}

TEST(JournalText, ATornEndOfZerosOrManyLinesIsCutOff) {
  const std::string good = Script().sends(1, {0}).text;
  for (const std::string& tail :
       {std::string(5000, '\0'), std::string("x\ny\nz\n"), std::string(maxJournalLine + 5, 'x'),
        std::string(maxJournalLine + 5, 'x') + "\nabc"}) {
    const JournalContents contents = parse(good + tail, 4096);
    EXPECT_EQ(contents.size(), good.size());
    EXPECT_EQ(contents.truncatedBytes(), tail.size());
  }
}

TEST(JournalText, LinesMissingDoubledSwappedOrFromAnotherJournalAreRefused) {
  Script script;
  script.sends(1, {0}).hears(1, BulkVerdict::notDone).sends(2, {0}).hears(2, BulkVerdict::accepted);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < script.text.size();) {
    const std::size_t end = script.text.find('\n', at) + 1;
    lines.push_back(script.text.substr(at, end - at));
    at = end;
  }
  EXPECT_THAT(errorOf(lines[0] + lines[1] + lines[3] + lines[4]), HasSubstr("line 3 does not continue"));
  EXPECT_THAT(errorOf(lines[0] + lines[1] + lines[1] + lines[2]), HasSubstr("line 3 does not continue"));
  EXPECT_THAT(errorOf(lines[0] + lines[2] + lines[1]), HasSubstr("line 2 does not continue"));
  JournalHeader other = headerWithNotes();
  other.job = "ffffffffffffffffffffffffffffffff";
  JournalPen pen;
  const std::string otherHeader = pen.header(other);
  // The last record is valid and shows that others were lost: this is not a journal whose end is missing.
  EXPECT_THAT(errorOf(otherHeader + lines[1] + lines[2] + pen.record("X 1 finished")),
              HasSubstr("line 2 was damaged or changed"));
  EXPECT_FALSE(parse(otherHeader + lines[1]).past(0));
}

TEST(JournalText, RecordsThatMakeNoSenseAreRefused) {
  for (const char* payload : {"V 1 1 a 202 - - -",
                              "S 1 1",
                              "S 0 1 0",
                              "S 1 1 5-4",
                              "S 1 1 3,3",
                              "S 1 1 4,3",
                              "S 1 1 ",
                              "S 1 1 1,",
                              "S 1 x 1",
                              "S 1 -1 1",
                              "S 1 1 9999999999999999999",
                              "S 1 1 4611686018427387904",
                              "X 1 perhaps",
                              "X 1",
                              "X x finished",
                              "X 1 finished more",
                              "N 1",
                              "N x a=b",
                              "N 1 a",
                              "N 1 a=%4",
                              "Z 1 1",
                              "Z 1 finished",
                              "S 1 1 1 1",
                              "S +1 1 1",
                              "S 1 1 x",
                              "S 1 1 x-2",
                              "S 1 1 1-x"}) {
    EXPECT_THAT(errorOf(Script().says(payload).text), HasSubstr("does not continue")) << payload;
  }
  for (const char* payload : {"V 1 1 z 202 - - -", "V 1 1 a x - - -", "V 1 1 a 202 - -", "V 1 1 a 202  - -",
                              "V 1 1 a 202 %4 - -", "V 2 1 a 202 - - -", "S 1 1 4", "V 1 1 a 202 - % -"}) {
    EXPECT_THAT(errorOf(Script().sends(1, {0}).says(payload).text), HasSubstr("line 3 does not continue")) << payload;
  }
  EXPECT_TRUE(parse(Script().says("S 1 1 0-1,2-3").text).past(3)) << "ranges may follow each other";
  EXPECT_THAT(errorOf(Script().sends(1, {0}).hears(1, BulkVerdict::accepted).hears(1, BulkVerdict::accepted).text),
              HasSubstr("line 4"));
}

TEST(JournalText, WhatIsNoJournalIsRefused) {
  for (const char* text : {"", "id,login\n1,\n", "\n", "box-sessions-journal 1\n"})
    EXPECT_NE(errorOf(text), "") << text;
  EXPECT_THAT(errorOf("id,login\n"), HasSubstr("it is not a journal of a bulk run"));
  EXPECT_THAT(errorOf(headerLine("box-sessions-journal")), HasSubstr("it has a version"));
}

TEST(JournalText, AVersionOfAnotherDayIsRefused) {
  JournalPen pen;
  std::string line = pen.header(headerWithNotes());
  EXPECT_NE(errorOf(line.replace(line.find(" 1 "), 3, " 2 ")), "");
  EXPECT_THAT(errorOf(headerLine("box-sessions-journal 2 1 j users h s i")), HasSubstr("it has a version"));
}

TEST(JournalText, KnowsWhenEachCallWasSent) {
  Script script;
  for (int i = 0; i < 10000; ++i)
    script.sends(static_cast<std::uint64_t>(i) + 1, {0}, created + std::chrono::seconds(10 * i));
  const JournalContents contents = parse(script.text);
  const std::vector<JournalCall>& sent = contents.calls();
  ASSERT_EQ(sent.size(), 10000U);
  EXPECT_EQ(sent.front().sentAt, created);
  EXPECT_EQ(sent.back().sentAt, created + std::chrono::seconds(99990));
}

}  // namespace
}  // namespace box
