// The input is a journal's records, one a line, without checksums. It is read with added checksums, so that the parser
// reaches the records, and as it is. Whatever the records say, an entry may be called accepted only if a record says so
// about a call with this entry.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "bulk/journal_text.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace box;
using namespace box::fuzz;

std::optional<JournalContents> parse(std::string_view text, std::size_t piece) {
  JournalParser parser("journal");
  try {
    for (std::size_t at = 0; at < text.size(); at += piece) parser.feed(text.substr(at, piece));
    return parser.finish();
  } catch (const JournalError& error) {
    require(error.kind() == JournalError::Kind::corrupt && isPrintableLine(error.what()),
            "a refusal is one line of its kind");
    return std::nullopt;
  }
}

bool isSame(const std::optional<BulkPast>& one, const std::optional<BulkPast>& other) {
  if (!one || !other) return one.has_value() == other.has_value();
  return one->state == other->state && one->sentAt == other->sentAt && one->status == other->status &&
         one->code == other->code && one->requestId == other->requestId;
}

void examine(std::string_view text) {
  const auto whole = parse(text, 1U << 20U), pieces = parse(text, 7);
  require(whole.has_value() == pieces.has_value(), "the result does not depend on the pieces");
  if (!whole) return;
  require(whole->size() + whole->truncatedBytes() == text.size(), "all bytes are valid or belong to an incomplete end");
  std::set<std::uint64_t> places = {0, 1, 2, 3, 100};
  for (const auto& [first, span] : JournalFacts::of(*whole).spans) {
    places.insert({first, span.last, span.last + 1});
    if (places.size() > 1000) break;
  }
  bool accepted = false;
  for (const std::uint64_t index : places) {
    const auto past = whole->past(index);
    require(isSame(past, pieces->past(index)), "the result does not depend on the pieces");
    accepted = accepted || (past && past->state == BulkState::accepted);
  }
  if (accepted)
    require(text.find(" V ") != std::string_view::npos && text.find(" a ") != std::string_view::npos,
            "no entry is accepted without a record");
  // A journal that was read can be continued, and says the same afterwards.
  JournalPen pen(JournalFacts::of(*whole).headerChecksum, JournalFacts::of(*whole).records);
  std::string longer(text.substr(0, whole->size()));
  longer += pen.record("X 1 stopped");
  const auto after = parse(longer, longer.size());
  require(after.has_value() && after->truncatedBytes() == 0, "a journal that was read can be continued");
  for (const std::uint64_t index : places)
    require(isSame(whole->past(index), after->past(index)), "the end of a run changes nothing");
  // A journal that is cut at any place never calls an entry accepted that the whole journal does not.
  const auto half = parse(std::string_view(longer).substr(0, longer.size() / 2), longer.size());
  if (half) {
    for (const std::uint64_t index : places) {
      const auto past = half->past(index);
      if (past && past->state == BulkState::accepted)
        require(isSame(past, whole->past(index)), "accepted stays accepted");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = textOf(data, size);
  examine(input);
  JournalPen pen;
  JournalHeader header;
  header.binding = {"users", "host", "subject", "input"};
  std::string text = pen.header(header);
  for (std::string_view rest = input.substr(0, 1U << 16U); !rest.empty();) text += pen.record(takeLine(rest));
  examine(text);
  return 0;
}
