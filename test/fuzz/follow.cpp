// The input is a script of pages, failures, times and restarts for a Follower's core; it is also read as the core's
// state.
#include "follow/follow_core.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"

namespace {

using namespace box;
using namespace box::fuzz;
using namespace std::chrono_literals;
using std::chrono::system_clock;

const system_clock::time_point start = system_clock::from_time_t(1'780'000'000);

FollowCore::Now at(std::chrono::nanoseconds time) {
  return {FollowCore::TimePoint(std::chrono::hours(1000)) + time,
          start + std::chrono::duration_cast<system_clock::duration>(time)};
}

const std::vector<FollowTarget>& targets() {
  static const std::vector<FollowTarget> list = {{"11", "a@b.c"}, {"12", ""}, {"", "d@e.f"}, {"11", ""}};
  return list;
}

/// The bytes of the script, one for each decision; zeros after its end.
class Script {
 public:
  Script(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  unsigned below(unsigned n) { return at_ < size_ ? data_[at_++] % n : 0; }
  bool finished() const { return at_ >= size_; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

BoxEvent anyEvent(Script& script) {
  static const char* const ids[] = {"11", "12", "13", "", "1", "2"};
  static const char* const logins[] = {"a@b.c", "A@B.C", "d@e.f", ""};
  static const char* const types[] = {"LOGIN", "REMOVE_LOGIN_ACTIVITY_DEVICE", "EDIT_USER", "", "DOWNLOAD"};
  static const char* const sources[] = {"user", "file", "", "group"};
  BoxEvent event;
  event.eventId = std::to_string(script.below(20));
  event.eventType = types[script.below(5)];
  event.source.type = sources[script.below(4)];
  event.source.id = ids[script.below(6)];
  event.source.userId = event.source.type == "user" ? event.source.id : "";
  event.source.login = logins[script.below(4)];
  event.createdBy.id = ids[script.below(6)];
  event.createdBy.login = logins[script.below(4)];
  if (script.below(8) != 0) event.createdAt = formatBoxTime(start + std::chrono::seconds(script.below(256)) - 30s);
  if (script.below(4) == 0) event.additionalDetails = R"({"service_name":"x"})";
  return event;
}

Events anyPage(Script& script) {
  static const char* const positions[] = {"", "0", "1152923110369165139", "1152923110369165140", "now", "1.15e+18"};
  Events page;
  for (unsigned i = script.below(6); i > 0; --i) page.entries.push_back(anyEvent(script));
  page.nextStreamPosition = positions[script.below(6)];
  return page;
}

BoxSdkError anyFailure(Script& script) {
  const Errc codes[] = {Errc::connectionLost, Errc::rateLimited,      Errc::serverError,  Errc::forbidden,
                        Errc::badRequest,     Errc::responseTooLarge, Errc::clientClosed, Errc::tokenUnavailable,
                        Errc::notFound,       Errc::callTimeout,      Errc::hostNotFound, Errc::unexpectedResponse};
  return BoxSdkError(codes[script.below(12)], "scripted");
}

void check(const FollowSummary& summary) {
  require(summary.results.size() == targets().size(), "each target has its result");
  std::uint64_t evidence = 0, signIns = 0;
  for (std::size_t i = 0; i < 3; ++i) {  // the fourth person is the first one again
    const FollowResult& result = summary.results[i];
    evidence += result.evidence;
    signIns += result.signIns;
    require((result.outcome == FollowOutcome::signedInAgain) == (result.signIns > 0),
            "a person with a sign-in has signed in again");
    require(result.signIn.has_value() == (result.signIns > 0), "a sign-in has its details");
    require(result.outcome != FollowOutcome::evidence || result.evidence > 0, "evidence has at least one event");
    require((result.outcome == FollowOutcome::couldNotLook) == !result.reason.empty(), "a reason is given");
    require(result.reason.empty() || result.reason.find('\n') == std::string::npos, "a reason is one line");
  }
  require(summary.results[3].signIns == summary.results[0].signIns, "a person who is named twice counts once");
  require(evidence == summary.evidence && signIns == summary.signIns, "the counts fit the findings");
  require(summary.gaps.size() <= 16 && summary.unmatched.size() <= 257, "the memory is limited");
}

void play(Script script) {
  FollowOptions options;
  options.backfill = script.below(2) == 1;
  options.pageSize = 1 + script.below(200);
  FollowMark mark;
  mark.time = start;
  if (script.below(4) != 0) mark.position = "1152923110369165139";
  std::chrono::nanoseconds time{0};
  FollowCore core(options, targets(), mark, std::chrono::seconds(script.below(256)), at(time));
  UserMini own;
  own.id = "1";
  core.setOwnAccount(own);
  std::set<std::pair<std::size_t, std::string>> told;
  const Matcher::Tell tell = [&](const FollowFinding& finding) {
    require(finding.target < 3 && finding.event != nullptr, "a finding names its target");
    require(told.insert({finding.target, finding.event->eventId}).second, "no finding is reported twice");
  };
  std::string before;
  unsigned steps = 0;
  for (; steps < 5'000; ++steps) {
    const FollowCore::Step step = core.next(at(time));
    if (step.action == FollowCore::Action::done) break;
    if (step.action == FollowCore::Action::wait) {
      require(step.until > at(time).steady, "a wait ends in the future");
      time += std::max<std::chrono::nanoseconds>(step.until - at(time).steady, 1ns);
      require(time < 1h, "the core comes to an end");
      continue;
    }
    require(step.ask.limit >= 1 && step.ask.limit <= 200, "a page has entries");
    require(step.ask.position.empty() || step.ask.position == "now" ||
                step.ask.position.find_first_not_of("0123456789") == std::string::npos,
            "a position has the form of Box's positions");
    time += std::chrono::milliseconds(1 + script.below(256));
    if (script.below(4) == 3) {
      core.fail(anyFailure(script), 0.5, at(time));
    } else {
      const Events page = anyPage(script);
      for (const BoxEvent& event : page.entries) core.consider(event, tell);
      core.take(page, at(time));
    }
    if (script.below(8) == 7) {
      const std::string state = core.save();
      FollowCore again = FollowCore::restore(options, targets(), state, at(time));
      require(again.save() == state, "a state that is restored is the same");
      check(again.summary());
    }
    if (script.below(64) == 63) core.stop();
  }
  require(steps < 5'000, "the core comes to an end");
  check(core.summary());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  play(Script(data, size));
  const std::string_view text = textOf(data, size);
  try {
    const FollowCore core = FollowCore::restore(FollowOptions(), targets(), text, at(0ns));
    check(core.summary());
    const std::string state = core.save();
    require(FollowCore::restore(FollowOptions(), targets(), state, at(0ns)).save() == state, "a state is stable");
  } catch (const BoxSdkError& error) {
    static Refusals refusals(4);
    require(error.code() == Errc::invalidRequest, "a refusal has its code");
    refusals.add(error.what());
  }
  if (const auto mark = FollowMark::fromText(text)) {
    require(FollowMark::fromText(mark->text())->position == mark->position, "a mark is kept");
  }
  return 0;
}
