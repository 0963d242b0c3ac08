// The input is the body of an answer to a reading call. A valid body must not be an error even if each field has an
// unexpected type.
#include "read/parse.hpp"

#include <string>

#include "fuzz/fuzz.hpp"
#include "read/json_text.hpp"
#include "support/ascii.hpp"

namespace {

using namespace box;
using namespace box::fuzz;

bool isJsonOrEmpty(std::string_view text) { return text.empty() || JsonText::parse(text).has_value(); }

template <class Page>
void checkPage(std::string_view body, std::size_t entries, bool isPage) {
  const auto page = parseBody<Page>(body);
  require(page.has_value() == isPage, "a page is an object with a list of entries");
  if (!page) return;
  require(page->entries.size() == entries, "no entry is lost or repeated");
  for (const auto& entry : page->entries) {
    require(JsonText::parse(entry.rawJson).has_value(), "an entry's text is kept");
    require(body.find(entry.rawJson) != std::string_view::npos, "the text is unchanged");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = textOf(data, size);
  const auto json = JsonText::parse(body);
  const JsonText list = json ? json->member("entries") : JsonText();
  std::size_t entries = 0;
  list.forEachElement([&](JsonText) { ++entries; });
  const bool isPage = json && json->isObject() && list.isArray();
  checkPage<Users>(body, entries, isPage);
  checkPage<Groups>(body, entries, isPage);
  checkPage<GroupMemberships>(body, entries, isPage);
  checkPage<Events>(body, entries, isPage);
  require(parseBody<UserFull>(body).has_value() == (json && json->isObject()), "a user is an object");
  if (!isPage) return 0;
  const Events page = *parseBody<Events>(body);
  for (const BoxEvent& event : page.entries) {
    require(isJsonOrEmpty(event.additionalDetails), "details are JSON");
    require(isJsonOrEmpty(event.source.rawJson), "a source is JSON");
    require(event.source.type != "file" || event.source.userId != event.source.id || event.source.id.empty() ||
                JsonText::parse(event.source.rawJson)->member("user_id").scalar() == event.source.id,
            "a file is not read as a user");
    if (const auto time = parseBoxTime(event.createdAt)) {
      require(parseBoxTime(formatBoxTime(*time)) == time, "a time is written as it is read");
    }
  }
  const JsonText position = json->member("next_stream_position");
  const bool isNumber = position.text().starts_with('-') || (!position.text().empty() && isDigit(position.text()[0]));
  if (isNumber) require(page.nextStreamPosition == position.text(), "each digit of a position is kept");
  return 0;
}
