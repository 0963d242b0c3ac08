// The input is JSON; Boost.JSON is the second implementation.
#include "read/json_text.hpp"

#include <string>
#include <vector>

#include <boost/json/error.hpp>
#include <boost/json/parse.hpp>

#include "fuzz/fuzz.hpp"

namespace {

using namespace box;
using namespace box::fuzz;
namespace json = boost::json;

/// Whether Boost.JSON refuses more than ours: half a surrogate pair, and numbers beyond a double.
bool isStricter(const boost::system::error_code& ec, std::string_view text) {
  return ec == json::error::exponent_overflow || text.find("\\ud") != std::string_view::npos ||
         text.find("\\uD") != std::string_view::npos;
}

std::size_t depthOf(std::string_view text) {
  std::size_t depth = 0, deepest = 0;
  for (const char c : text) {  // brackets in strings count too, which errs on the safe side
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  return deepest;
}

/// Whether the value is a number: the text is valid JSON, and the value is of no other kind.
bool isNumber(const JsonText& value) {
  return !value.isObject() && !value.isArray() && !value.isString() && !value.isNull() && !value.boolean();
}

void compare(JsonText ours, const json::value& theirs) {
  require(ours.isObject() == theirs.is_object() && ours.isArray() == theirs.is_array(), "the kinds are the same");
  require(ours.isString() == theirs.is_string() && isNumber(ours) == theirs.is_number(), "the kinds are the same");
  if (theirs.is_string()) require(ours.scalar() == std::string_view(theirs.get_string()), "strings are decoded");
  if (theirs.is_int64()) require(ours.integer() == theirs.get_int64(), "whole numbers are exact");
  if (theirs.is_bool()) require(ours.boolean() == theirs.get_bool(), "booleans are exact");
  if (theirs.is_array()) {
    std::size_t count = 0;
    ours.forEachElement([&](JsonText element) {
      require(count < theirs.get_array().size(), "there are as many elements");
      compare(element, theirs.get_array()[count++]);
    });
    require(count == theirs.get_array().size(), "there are as many elements");
  }
  if (theirs.is_object()) {
    ours.forEachMember([&](std::string_view key, JsonText) {
      if (key.find('\\') != std::string_view::npos) return;
      const JsonText last = ours.member(key);
      const json::value* other = theirs.get_object().if_contains(key);
      require(other != nullptr, "a member is found");
      // A key that is written with an escape at another place may be the same key.
      if (ours.text().find('\\') == std::string_view::npos) compare(last, *other);
    });
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = textOf(data, size);
  const std::optional<JsonText> ours = JsonText::parse(text);
  json::parse_options options;
  options.max_depth = JsonText::maxDepth;
  boost::system::error_code ec;
  const json::value theirs = json::parse(text, ec, {}, options);
  if (!ours) {
    require(ec || depthOf(text) >= JsonText::maxDepth, "valid JSON is accepted");
    return 0;
  }
  require(!ec || isStricter(ec, text) || ec == json::error::too_deep, "what is accepted is valid JSON");
  require(JsonText::parse(ours->text()).has_value(), "its text is JSON");
  if (!ec) compare(*ours, theirs);
  return 0;
}
