#include "bulk/journal_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/crc.hpp>

#include "support/ascii.hpp"
#include "support/text_codec.hpp"
#include "support/text_encoding.hpp"
#include "support/words.hpp"
#include "support/time_text.hpp"

namespace box::inline v0_1 {
namespace {

using TimePoint = std::chrono::system_clock::time_point;

constexpr std::string_view magic = "box-sessions-journal";
constexpr std::size_t maxNotes = 64;
constexpr std::size_t maxText = 1000;  // the longest part of a server's text that is recorded

std::string hex(std::uint32_t value) {
  std::string bytes(4, '\0');
  for (std::size_t i = bytes.size(); i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return toHex(bytes);
}

std::uint32_t checksum(std::uint32_t salt, std::string_view text) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  const std::string start = hex(salt);
  crc.process_bytes(start.data(), start.size());
  crc.process_bytes(text.data(), text.size());
  return static_cast<std::uint32_t>(crc.checksum());
}

std::string sealed(std::uint32_t salt, std::string text) {
  const std::uint32_t sum = checksum(salt, text);
  text.append(" *").append(hex(sum)).append("\n");
  return text;
}

/// The text of a line, if its checksum is right.
std::optional<std::string_view> unsealed(std::uint32_t salt, std::string_view line) {
  constexpr std::size_t tail = 10;  // " *" and the sum
  if (line.size() < tail) return std::nullopt;
  const std::string_view text = line.substr(0, line.size() - tail);
  if (line.substr(text.size(), 2) != " *" || line.substr(text.size() + 2) != hex(checksum(salt, text)))
    return std::nullopt;
  return text;
}

bool isPlain(char c) noexcept {
  return isLetter(c) || isDigit(c) || std::string_view("._~/:@+,-").find(c) != std::string_view::npos;
}

constexpr WordFormat format{"-", isPlain};

std::string shown(TimePoint time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

std::optional<TimePoint> timeIn(std::string_view word) {
  const auto number = numberIn<std::int64_t>(word);
  if (!number) return std::nullopt;
  const std::chrono::milliseconds ms(*number);
  if (ms < ms.zero() || ms > latestTime) return std::nullopt;
  return TimePoint(ms);
}

std::optional<BulkVerdict> verdictOfLetter(std::string_view letter) {
  if (letter == "a") return BulkVerdict::accepted;
  if (letter == "r") return BulkVerdict::rejected;
  if (letter == "u") return BulkVerdict::notDone;
  if (letter == "d") return BulkVerdict::inDoubt;
  return std::nullopt;
}

std::string_view letterOf(BulkVerdict verdict) {
  switch (verdict) {
    case BulkVerdict::accepted: return "a";
    case BulkVerdict::rejected: return "r";
    case BulkVerdict::notDone: return "u";
    case BulkVerdict::inDoubt: break;
  }
  return "d";
}

/// "name=value"; unset if the word is not valid.
std::optional<std::pair<std::string, std::string>> noteIn(std::string_view word) {
  const std::size_t sign = word.find('=');
  if (sign == std::string_view::npos) return std::nullopt;
  auto name = format.decoded(word.substr(0, sign)), value = format.decoded(word.substr(sign + 1));
  if (!name || !value) return std::nullopt;
  return std::pair(*std::move(name), *std::move(value));
}

/// Whether the state `one` replaces `other`: accepted is final; otherwise the state of the later call replaces the
/// other. A call of which Box carried out nothing (BulkState::notSent) says nothing about what other calls have done.
bool outranks(const BulkPast& one, std::uint64_t oneCall, const BulkPast& other, std::uint64_t otherCall) {
  const bool isRefused = one.state == BulkState::notSent, wasRefused = other.state == BulkState::notSent;
  if (isRefused != wasRefused) return wasRefused;
  if (other.state == BulkState::accepted) return false;
  return one.state == BulkState::accepted || oneCall > otherCall;
}

/// Splits the span that contains `index`, so that a span begins at `index`.
void cut(std::map<std::uint64_t, JournalFacts::Span>& spans, std::uint64_t index) {
  auto it = spans.upper_bound(index);
  if (it == spans.begin()) return;
  --it;
  if (it->first == index || it->second.last < index) return;
  const JournalFacts::Span rest = it->second;
  it->second.last = index - 1;
  spans.emplace(index, rest);
}

}  // namespace

std::string JournalPen::header(const JournalHeader& header) {
  const JournalBinding& binding = header.binding;
  std::string text(magic);
  text.append(" 1 ").append(shown(header.created)).append(" ").append(format.encoded(header.job));
  for (const std::string* part : {&binding.target, &binding.host, &binding.subject, &binding.input})
    text.append(" ").append(format.encoded(*part));
  for (const auto& [name, value] : header.notes)
    text.append(" ").append(format.encoded(name)).append("=").append(format.encoded(value));
  salt_ = checksum(0, text);
  records_ = 0;
  std::string line = sealed(0, std::move(text));
  if (line.size() > maxJournalLine || header.notes.size() > maxNotes)
    throw JournalError(JournalError::Kind::unusable, "the notes for the journal's header are too many or too long");
  return line;
}

std::string JournalPen::record(std::string_view payload) {
  std::string line = sealed(salt_, std::to_string(records_ + 1).append(" ").append(payload));
  if (line.size() > maxJournalLine)
    throw JournalError(JournalError::Kind::lost,
                       "a record is too long for the journal: make batches smaller, or notes shorter");
  ++records_;
  return line;
}

std::string intentPayload(const BulkCall& call, TimePoint now) {
  std::string out = "S " + std::to_string(call.number) + " " + shown(now) + " ";
  for (std::size_t i = 0; i < call.items.size();) {
    std::size_t end = i + 1;
    while (end < call.items.size() && call.items[end].index == call.items[end - 1].index + 1) ++end;
    if (i > 0) out += ',';
    out += std::to_string(call.items[i].index);
    if (end - i > 1) out.append("-").append(std::to_string(call.items[end - 1].index));
    i = end;
  }
  return out;
}

std::string verdictPayload(std::uint64_t call, const BulkVerdictDetails& verdict, TimePoint now) {
  std::string out = "V " + std::to_string(call) + " " + shown(now) + " ";
  out.append(letterOf(verdict.verdict)).append(" ").append(std::to_string(verdict.status));
  for (const std::string* text : {&verdict.code, &verdict.requestId, &verdict.message})
    out.append(" ").append(format.encoded(beginningOf(*text, maxText)));
  return out;
}

std::string notePayload(const std::vector<std::pair<std::string, std::string>>& notes, TimePoint now) {
  if (notes.empty() || notes.size() > maxNotes)
    throw JournalError(JournalError::Kind::lost, "a run that continues a journal must have 1 to 64 notes");
  std::string out = "N " + shown(now);
  for (const auto& [name, value] : notes)
    out.append(" ").append(format.encoded(name)).append("=").append(format.encoded(value));
  return out;
}

std::string endPayload(bool finished, TimePoint now) {
  return "X " + shown(now) + (finished ? " finished" : " stopped");
}

const BulkPast* JournalFacts::find(std::uint64_t index) const {
  auto it = spans.upper_bound(index);
  if (it == spans.begin()) return nullptr;
  --it;
  return it->second.last < index ? nullptr : &outcomes.at(it->second.call);
}

std::optional<BulkPast> JournalFacts::past(std::uint64_t index) const {
  const BulkPast* const found = find(index);
  return found == nullptr || found->state == BulkState::notSent ? std::nullopt : std::optional(*found);
}

std::optional<BulkPast> JournalFacts::refusal(std::uint64_t index) const {
  const BulkPast* const found = find(index);
  return found == nullptr || found->state != BulkState::notSent ? std::nullopt : std::optional(*found);
}

void JournalParser::feed(std::string_view bytes) {
  fed_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (line_.size() + part.size() >= maxJournalLine) overlong_ = true;
    if (!overlong_) line_ += part;
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    take(line_);
    line_.clear();
    overlong_ = false;
    ++lineNumber_;
  }
}

JournalContents JournalParser::finish() {
  if (lineNumber_ == 1) refuse("it has no header: it is not a journal, or it is empty");
  for (const auto& [call, intent] : open_) {
    BulkPast past;
    past.sentAt = facts_->calls[intent.call].sentAt;
    assign(call, intent, std::move(past));
  }
  open_.clear();
  facts_->truncated = fed_ - facts_->size;
  return JournalFacts::contents(facts_);
}

void JournalParser::take(std::string_view line) {
  if (lineNumber_ == 1) return takeHeader(line);
  const auto text = overlong_ ? std::nullopt : unsealed(facts_->headerChecksum, line);
  if (!text) {
    if (badLine_ == 0) badLine_ = lineNumber_;
    return;
  }
  // A crash can cut off the end of the file, but it cannot leave a valid record after an invalid one.
  if (badLine_ != 0) {
    refuse("line " + std::to_string(badLine_) +
           " was damaged or changed: a crash cannot explain it, since valid records follow. Restore an intact copy of "
           "the journal, or begin again with a new one");
  }
  if (!takeRecord(*text))
    refuse("line " + std::to_string(lineNumber_) +
           " does not continue the lines before it: records are missing, repeated or out of order");
  facts_->size += line.size() + 1;
}

void JournalParser::takeHeader(std::string_view line) {
  if (!line.starts_with(magic) || overlong_) refuse("it is not a journal of a bulk run");
  const auto text = unsealed(0, line);
  if (!text) refuse("its header was damaged or changed after it was written");
  const std::vector<std::string_view> words = wordsIn(*text);
  if (words.size() < 2 || words[1] != "1") refuse("it has a version that this library does not know");
  JournalHeader& header = facts_->header;
  const auto created = timeIn(words.size() > 2 ? words[2] : std::string_view());
  bool good = words.size() >= 8 && words.size() <= 8 + maxNotes && words[0] == magic && created;
  if (created) header.created = *created;
  for (std::size_t i = 3; good && i < words.size(); ++i) {
    const std::array<std::string*, 5> texts = {&header.job, &header.binding.target, &header.binding.host,
                                               &header.binding.subject, &header.binding.input};
    if (i < 8) {
      const auto value = format.decoded(words[i]);
      good = value.has_value();
      if (good) *texts[i - 3] = *value;
      continue;
    }
    auto note = noteIn(words[i]);
    good = note.has_value();
    if (good) header.notes.push_back(*std::move(note));
  }
  if (!good) refuse("its header is not valid");
  facts_->headerChecksum = checksum(0, *text);
  facts_->size = line.size() + 1;
}

bool JournalParser::takeRecord(std::string_view payload) {
  const std::vector<std::string_view> words = wordsIn(payload);
  if (words.size() < 4 || numberIn<std::uint64_t>(words[0]) != facts_->records + 1) return false;
  ++facts_->records;
  facts_->finished = false;
  if (words[1] == "S") return takeIntent(words);
  if (words[1] == "V") return takeVerdict(words);
  if (words[1] == "N") return takeNotes(words);
  const auto at = timeIn(words[2]);
  if (words[1] != "X" || words.size() != 4 || !at) return false;
  facts_->finished = words[3] == "finished";
  facts_->ends.push_back({*at, facts_->finished});
  return facts_->finished || words[3] == "stopped";
}

/// Reads ascending ranges, such as "0-4,6". Unset if the text is not valid.
std::optional<JournalParser::Ranges> JournalParser::rangesIn(std::string_view list) {
  Ranges ranges;
  for (std::uint64_t next = 0;;) {
    const std::size_t comma = list.find(',');
    const std::string_view range = list.substr(0, comma);
    const std::size_t dash = range.find('-');
    const auto first = numberIn<std::uint64_t>(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : numberIn<std::uint64_t>(range.substr(dash + 1));
    if (!first || !last || *first < next || *last < *first || *last >= maxJournalIndex) return std::nullopt;
    ranges.emplace_back(*first, *last);
    if (comma == std::string_view::npos) return ranges;
    next = *last + 1;
    list.remove_prefix(comma + 1);
  }
}

bool JournalParser::takeIntent(const std::vector<std::string_view>& words) {
  if (words.size() != 5) return false;
  const auto call = numberIn<std::uint64_t>(words[2]);
  const auto sentAt = timeIn(words[3]);
  auto ranges = rangesIn(words[4]);
  if (!call || *call == 0 || !sentAt || !ranges) return false;
  if (open_.contains(*call) || facts_->outcomes.contains(*call)) return false;
  JournalCall sent;
  sent.number = *call;
  sent.sentAt = *sentAt;
  for (const auto& [first, last] : *ranges) sent.entries += last - first + 1;
  facts_->lastCall = std::max(facts_->lastCall, *call);
  open_.emplace(*call, Intent{*std::move(ranges), facts_->calls.size()});
  facts_->calls.push_back(sent);
  return true;
}

bool JournalParser::takeVerdict(const std::vector<std::string_view>& words) {
  if (words.size() != 9) return false;
  const auto call = numberIn<std::uint64_t>(words[2]);
  const auto at = timeIn(words[3]);
  const auto verdict = verdictOfLetter(words[4]);
  const auto status = numberIn<int>(words[5]);
  const auto code = format.decoded(words[6]), requestId = format.decoded(words[7]), message = format.decoded(words[8]);
  const auto intent = call ? open_.find(*call) : open_.end();
  if (intent == open_.end() || !at || !verdict || !status || !code || !requestId || !message) return false;
  JournalCall& sent = facts_->calls[intent->second.call];
  sent.settledAt = at;
  sent.verdict = *verdict;
  sent.status = *status;
  if (*verdict != BulkVerdict::notDone || *status != 0) {  // with a status Box has refused the call
    BulkPast past;
    past.state = *verdict == BulkVerdict::accepted   ? BulkState::accepted
                 : *verdict == BulkVerdict::rejected ? BulkState::rejected
                 : *verdict == BulkVerdict::notDone  ? BulkState::notSent
                                                     : BulkState::inDoubt;
    past.sentAt = sent.sentAt;
    past.settledAt = *at;
    past.status = *status;
    past.code = *code;
    past.requestId = *requestId;
    past.message = *message;
    assign(*call, intent->second, std::move(past));
  }
  open_.erase(intent);
  return true;
}

bool JournalParser::takeNotes(const std::vector<std::string_view>& words) {
  const auto at = timeIn(words[2]);
  if (!at || words.size() > 3 + maxNotes) return false;
  JournalContinuation& run = facts_->continuations.emplace_back();
  run.at = *at;
  for (std::size_t i = 3; i < words.size(); ++i) {
    auto note = noteIn(words[i]);
    if (!note) return false;
    run.notes.push_back(*std::move(note));
  }
  return true;
}

void JournalParser::assign(std::uint64_t call, const Intent& intent, BulkPast past) {
  auto& spans = facts_->spans;
  auto& outcomes = facts_->outcomes;
  const BulkPast& mine = outcomes.emplace(call, std::move(past)).first->second;
  for (const auto& [first, last] : intent.ranges) {
    cut(spans, first);
    cut(spans, last + 1);
    auto it = spans.lower_bound(first);
    for (std::uint64_t at = first; at <= last;) {
      if (it == spans.end() || it->first > at) {
        const std::uint64_t end = it == spans.end() ? last : std::min(last, it->first - 1);
        spans.emplace_hint(it, at, JournalFacts::Span{end, call});
        at = end + 1;
        continue;
      }
      if (outranks(mine, call, outcomes.at(it->second.call), it->second.call)) it->second.call = call;
      at = it->second.last + 1;
      ++it;
    }
  }
}

void JournalParser::refuse(const std::string& reason) const {
  throw JournalError(JournalError::Kind::corrupt, name_ + ": " + reason);
}

}  // namespace box::inline v0_1
