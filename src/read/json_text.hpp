#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace box::inline v0_1 {

/// A value in a JSON text: a view of its bytes, exactly as Box sent them, so that a number keeps all its digits and
/// unknown parts can be passed on. It follows RFC 8259 and builds no document.
///
/// *Lifetime*: the text must live as long as this object. A default object has no value, and so has a member that does
/// not exist.
class JsonText {
 public:
  /// The deepest nesting that is accepted. Box's JSON has less.
  static constexpr std::size_t maxDepth = 64;

  JsonText() = default;
  /// Checks the whole text. Unset: the text is not one JSON value in UTF-8.
  static std::optional<JsonText> parse(std::string_view text) noexcept;

  std::string_view text() const noexcept { return text_; }
  bool isObject() const noexcept { return text_.starts_with('{'); }
  bool isArray() const noexcept { return text_.starts_with('['); }
  bool isString() const noexcept { return text_.starts_with('"'); }
  /// Whether it is null, or has no value.
  bool isNull() const noexcept { return text_.empty() || text_ == "null"; }

  /// The decoded text of a string; a number, true or false as in the text; empty for all other values.
  std::string scalar() const;
  std::optional<bool> boolean() const noexcept;
  /// A whole number; it may be in a string.
  std::optional<std::int64_t> integer() const noexcept;

  /// Calls `visit(std::string_view key, JsonText value)` for each member of an object, in order. Keys are passed as in
  /// the text, without the quotes, because Box's keys have no escapes.
  template <class Visitor>
  void forEachMember(Visitor&& visit) const {
    if (!isObject()) return;
    std::size_t at = 1;
    while (skipToNext(at, '}')) {
      const std::string_view key = take(at).text_;
      skipTo(at, ':');
      visit(key.substr(1, key.size() - 2), take(at));
    }
  }
  /// Calls `visit(JsonText)` for each element of an array, in order.
  template <class Visitor>
  void forEachElement(Visitor&& visit) const {
    if (!isArray()) return;
    std::size_t at = 1;
    while (skipToNext(at, ']')) visit(take(at));
  }
  /// The member with that name; the last one if there are several.
  JsonText member(std::string_view name) const noexcept;

 private:
  explicit JsonText(std::string_view text) noexcept : text_(text) {}

  // For a text that was checked: moves `at` to the next value or key. False: the end was reached.
  bool skipToNext(std::size_t& at, char end) const noexcept;
  void skipTo(std::size_t& at, char mark) const noexcept;
  JsonText take(std::size_t& at) const noexcept;

  std::string_view text_;
};

}  // namespace box::inline v0_1
