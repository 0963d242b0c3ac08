// Writes the state of a Follower as text, and reads it back.
#include <algorithm>
#include <utility>

#include "box/support/time.hpp"
#include "follow/follow_core.hpp"
#include "follow/people.hpp"
#include "follow/state_text.hpp"
#include "support/operation_error.hpp"
#include "support/time_text.hpp"

namespace box::inline v0_1 {
namespace {

using std::chrono::system_clock;

constexpr std::string_view firstLine = "box-follow 1";
constexpr std::string_view lastLine = "end-of-state";
constexpr std::string_view never = "never";

/// Seconds since 1970; unset where the clock cannot hold them.
std::optional<std::int64_t> secondsIn(std::string_view word) {
  constexpr std::int64_t most = latestTime.count();
  const auto seconds = numberIn<std::int64_t>(word);
  return seconds && *seconds >= -most && *seconds <= most ? seconds : std::nullopt;
}

/// The word as a time; unset where the word is not a time.
std::optional<system_clock::time_point> timeIn(std::string_view word) {
  const auto seconds = secondsIn(word);
  if (!seconds) return std::nullopt;
  return clockTimeOf(*seconds);
}

std::optional<FollowEnd> endIn(std::string_view word) {
  for (const FollowEnd end : {FollowEnd::window, FollowEnd::stopped, FollowEnd::rights, FollowEnd::failed}) {
    if (toString(end) == word) return end;
  }
  return std::nullopt;
}

/// A word that is "1" for true and "0" for false.
std::optional<bool> flagIn(std::string_view word) {
  if (word != "0" && word != "1") return std::nullopt;
  return word == "1";
}

void addMark(std::string& out, const FollowMark& mark) {
  addWord(out, mark.position);
  addWord(out, secondsOf(mark.time));
  addWord(out, mark.reason);
}

std::optional<FollowMark> markIn(std::string_view position, std::string_view time, std::string_view reason) {
  const auto positionText = stateWords.decoded(position), reasonText = stateWords.decoded(reason);
  const auto when = timeIn(time);
  if (!positionText || !reasonText || !when || !isStreamPosition(*positionText)) return std::nullopt;
  FollowMark mark;
  mark.position = *positionText;
  mark.time = *when;
  mark.reason = *reasonText;
  return mark;
}

/// Removes the first line of the text and returns it.
std::string_view nextLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

[[noreturn]] void refuseState(const char* why) { throw operationError(Errc::invalidRequest, "Follower", why); }

void addCounts(std::string& out, std::string_view name, const TypeCounts& counts) {
  for (const FollowCount& count : counts.all()) {
    out += name;
    addWord(out, count.type);
    addWord(out, count.events);
    out += '\n';
  }
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------- FollowMark

std::string FollowMark::text() const {
  std::string out = "mark";
  addMark(out, *this);
  return out;
}

std::optional<FollowMark> FollowMark::fromText(std::string_view text) {
  const std::vector<std::string_view> words = wordsIn(text);
  if (words.size() != 4 || words[0] != "mark") return std::nullopt;
  return markIn(words[1], words[2], words[3]);
}

// ------------------------------------------------------------------------------------------------------------- Matcher

void Matcher::save(std::string& out) const {
  out += "targets";
  addWord(out, people_.digest());
  addWord(out, static_cast<std::uint64_t>(people_.size()));
  out += "\nduplicates";
  addWord(out, duplicates_);
  out += '\n';
  for (const auto& [name, texts] : {std::pair("type", &types_), std::pair("app", &apps_)}) {
    for (const std::string& text : texts->all()) {
      out += name;
      addWord(out, text);
      out += '\n';
    }
  }
  addCounts(out, "unmatched", unmatched_);
  addCounts(out, "other", others_);
  for (std::uint32_t person = 0; person < people_.size(); ++person) {
    const Sighting& seen = people_.sighting(person);
    if (seen.isEmpty()) continue;
    out += "person";
    for (const std::uint64_t number : {std::uint64_t(person), std::uint64_t(seen.evidence), std::uint64_t(seen.signIns),
                                       std::uint64_t(seen.others)}) {
      addWord(out, number);
    }
    addWord(out, seen.firstEvidence);
    addWord(out, seen.lastEvidence);
    for (const std::uint16_t type : seen.types) addWord(out, std::uint64_t(type));
    const std::uint64_t actors =
        (seen.actors.themselves ? 1U : 0U) | (seen.actors.ourAccount ? 2U : 0U) | (seen.actors.others ? 4U : 0U);
    addWord(out, actors);
    if (seen.signIn) {
      addWord(out, seen.signIn->time);
      addWord(out, std::uint64_t(seen.signIn->type));
      addWord(out, std::uint64_t(seen.signIn->app));
      addWord(out, seen.signIn->address);
    }
    out += '\n';
  }
  for (const RecentIds* const events : {&recent_, &past_}) {
    for (const std::uint64_t hash : events->all()) {
      out += "event";
      addWord(out, hash);
      out += '\n';
    }
  }
}

bool Matcher::takeLine(std::string_view line) {
  const std::vector<std::string_view> words = wordsIn(line);
  const auto number = [&](std::size_t i) { return numberIn<std::uint64_t>(words[i]); };
  if (words[0] == "targets" && words.size() == 3) {
    digestTaken_ = number(1) == people_.digest() && number(2) == people_.size();
    return digestTaken_;
  }
  if (!digestTaken_) return false;
  if (words[0] == "duplicates" && words.size() == 2) {
    duplicates_ = number(1).value_or(0);
    return number(1).has_value();
  }
  if ((words[0] == "type" || words[0] == "app") && words.size() == 2) {
    const auto text = stateWords.decoded(words[1]);
    Interned& texts = words[0] == "type" ? types_ : apps_;
    return text && !text->empty() && texts.numberOf(*text) == texts.all().size();
  }
  if ((words[0] == "unmatched" || words[0] == "other") && words.size() == 3) {
    const auto type = stateWords.decoded(words[1]);
    if (!type || !number(2)) return false;
    (words[0] == "other" ? others_ : unmatched_).add(*type, *number(2));
    return true;
  }
  if (words[0] == "event" && words.size() == 2) {
    return number(1).value_or(0) != 0 && remember(*number(1), true);
  }
  return words[0] == "person" && takePerson(words);
}

bool Matcher::takePerson(std::vector<std::string_view> fields) {
  constexpr std::size_t size = 8 + Sighting::mostTypes;
  if (fields.size() != size && fields.size() != size + 4) return false;
  const auto person = numberIn<std::uint32_t>(fields[1]);
  const auto evidence = numberIn<std::uint32_t>(fields[2]), signIns = numberIn<std::uint32_t>(fields[3]);
  const auto others = numberIn<std::uint32_t>(fields[4]);
  const auto first = secondsIn(fields[5]), last = secondsIn(fields[6]);
  const auto actors = numberIn<std::uint16_t>(fields[size - 1]);
  if (!person || *person >= people_.size() || !evidence || !signIns || !others || !first || !last) return false;
  if (!actors || *actors > 7 || (*signIns != 0) != (fields.size() > size)) return false;
  Sighting& seen = people_.sighting(*person);
  if (!seen.isEmpty() || people_.originalOf(*person) != *person) return false;
  for (std::size_t i = 0; i < Sighting::mostTypes; ++i) {
    const auto type = numberIn<std::uint16_t>(fields[7 + i]);
    if (!type || *type > types_.all().size()) return false;
    seen.types[i] = *type;
  }
  if (fields.size() > size) {
    const auto time = fields[size] == std::to_string(unknownTime) ? unknownTime : secondsIn(fields[size]);
    const auto type = numberIn<std::uint16_t>(fields[size + 1]), app = numberIn<std::uint16_t>(fields[size + 2]);
    const auto address = stateWords.decoded(fields[size + 3]);
    if (!time || !type || !app || !address) return false;
    if (*type > types_.all().size() || *app > apps_.all().size()) return false;
    seen.signIn = std::make_unique<SeenSignIn>();
    seen.signIn->time = *time;
    seen.signIn->type = *type;
    seen.signIn->app = *app;
    seen.signIn->address = *address;
  }
  evidence_ += seen.evidence = *evidence;
  signIns_ += seen.signIns = *signIns;
  seen.others = *others;
  seen.firstEvidence = *first;
  seen.lastEvidence = *last;
  seen.actors.themselves = (*actors & 1U) != 0;
  seen.actors.ourAccount = (*actors & 2U) != 0;
  seen.actors.others = (*actors & 4U) != 0;
  return true;
}

// ---------------------------------------------------------------------------------------------------------- FollowCore

std::string FollowCore::save() const {
  std::string out(firstLine);
  out += '\n' + mark_.text() + "\nwindow ";
  out += wallEnd_ ? std::to_string(secondsOf(*wallEnd_)) : std::string(never);
  out += "\nat";
  addWord(out, nameOf(mode_));
  addWord(out, stream_.position());
  addWord(out, history_.position());
  addWord(out, std::uint64_t(historyRead_ ? 1 : 0));
  addWord(out, std::uint64_t(positionRefused_ ? 1 : 0));
  addWord(out, unknown_);
  out += "\nended";
  addWord(out, toString(reason_));
  addWord(out, unread_);
  out += "\nlooked ";
  out += progress_.lookedUntil ? std::to_string(secondsOf(*progress_.lookedUntil)) : std::string(never);
  for (const std::uint64_t count : {progress_.requests, progress_.pages, progress_.events}) addWord(out, count);
  out += '\n';
  if (shownSince_) out += "shown " + std::to_string(*shownSince_) + '\n';
  if (gapEnd_) out += "gap-end " + std::to_string(secondsOf(*gapEnd_)) + '\n';
  if (historyBegan_) out += "history " + std::to_string(secondsOf(*historyBegan_)) + '\n';
  for (const std::string& one : gaps_) {
    out += "gap";
    addWord(out, one);
    out += '\n';
  }
  matcher_.save(out);
  out += lastLine;
  out += '\n';
  return out;
}

std::string_view FollowCore::nameOf(Mode mode) noexcept {
  switch (mode) {
    case Mode::streaming: return "streaming";
    case Mode::history: return "history";
    case Mode::done: break;
  }
  return "done";
}

std::optional<FollowCore::Mode> FollowCore::modeIn(std::string_view word) noexcept {
  for (const Mode mode : {Mode::streaming, Mode::history, Mode::done}) {
    if (nameOf(mode) == word) return mode;
  }
  return std::nullopt;
}

bool FollowCore::takeLine(std::string_view line) {
  const std::vector<std::string_view> words = wordsIn(line);
  if (words[0] == "at" && words.size() == 7) {
    const auto stream = stateWords.decoded(words[2]), history = stateWords.decoded(words[3]),
               unknown = stateWords.decoded(words[6]);
    if (!stream || !history || !unknown || !isStreamPosition(*stream) || !isStreamPosition(*history)) return false;
    const auto mode = modeIn(words[1]);
    const auto historyRead = flagIn(words[4]), positionRefused = flagIn(words[5]);
    if (!mode || !historyRead || !positionRefused) return false;
    stream_ = StreamCursor(*stream);
    history_ = StreamCursor(*history);
    historyRead_ = *historyRead;
    positionRefused_ = *positionRefused;
    unknown_ = *unknown;
    mode_ = *mode;
    return true;
  }
  if (words[0] == "ended" && words.size() == 3) {
    const auto reason = endIn(words[1]);
    const auto unread = stateWords.decoded(words[2]);
    if (!reason || !unread) return false;
    reason_ = *reason;
    unread_ = *unread;
    return true;
  }
  if (words[0] == "looked" && words.size() == 5) {
    const auto requests = numberIn<std::uint64_t>(words[2]), pages = numberIn<std::uint64_t>(words[3]);
    const auto events = numberIn<std::uint64_t>(words[4]);
    const auto until = timeIn(words[1]);
    if (!requests || !pages || !events || (!until && words[1] != never)) return false;
    progress_.requests = *requests;
    progress_.pages = *pages;
    progress_.events = *events;
    progress_.lookedUntil = until;
    return true;
  }
  if (words[0] == "shown" && words.size() == 2) {
    shownSince_ = numberIn<std::int64_t>(words[1]);
    return shownSince_.has_value();
  }
  if (words[0] == "gap-end" && words.size() == 2) {
    gapEnd_ = timeIn(words[1]);
    return gapEnd_.has_value();
  }
  if (words[0] == "history" && words.size() == 2) {
    historyBegan_ = timeIn(words[1]);
    return historyBegan_.has_value();
  }
  if (words[0] == "gap" && words.size() == 2) {
    const auto text = stateWords.decoded(words[1]);
    if (text) note(*text);
    return text.has_value();
  }
  return matcher_.takeLine(line);
}

FollowCore FollowCore::restore(const FollowOptions& options, const std::vector<FollowTarget>& targets,
                               std::string_view state, Now now, std::optional<std::chrono::nanoseconds> newWindow) {
  if (nextLine(state) != firstLine) refuseState("this is not the state of a Follower");
  const std::optional<FollowMark> mark = FollowMark::fromText(nextLine(state));
  const std::vector<std::string_view> window = wordsIn(nextLine(state));
  if (!mark || window.size() != 2 || window[0] != "window") refuseState("the state is damaged");
  auto end = timeIn(window[1]);
  if (!end && window[1] != never) refuseState("the state is damaged");
  if (newWindow) end = endOf(*newWindow, now);

  FollowCore core(options, targets, *mark, end, now);
  for (;;) {
    const std::string_view line = nextLine(state);
    if (line == lastLine) break;
    if (line.starts_with("targets ") && !core.matcher_.takeLine(line))
      refuseState("the state is that of other targets");
    if (!line.starts_with("targets ") && !core.takeLine(line)) refuseState("the state is damaged");
  }
  if (!core.matcher_.restored()) refuseState("the state is damaged");
  if (newWindow) core.beginAgain();
  if (core.mode_ == Mode::history) core.historyEnd_ = after(now.steady, core.options_.grace);
  return core;
}

}  // namespace box::inline v0_1
