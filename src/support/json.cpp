#include "support/json.hpp"

#include <cstddef>
#include <utility>

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>

namespace box::inline v0_1 {

namespace json = boost::json;

json::value parseJson(std::string_view text, json::storage_ptr memory) {
  json::parse_options options;
  options.max_depth = 16;
  boost::system::error_code ec;
  json::value value = json::parse(text, ec, std::move(memory), options);
  if (ec) return nullptr;
  return value;
}

std::optional<std::string_view> stringIn(const json::object& object, std::string_view key) noexcept {
  const json::value* value = object.if_contains(key);
  const json::string* string = value != nullptr ? value->if_string() : nullptr;
  if (string == nullptr) return std::nullopt;
  return std::string_view(string->data(), string->size());
}

namespace {

/// Reads an object whose values are strings without escapes and without bytes above 127, without building a document.
/// Box's usual answers are such objects.
class PlainReader {
 public:
  explicit PlainReader(std::string_view text) noexcept : rest_(text) {}

  bool mark(char c) noexcept {
    skipBlanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::string_view> string() noexcept {
    if (!mark('"')) return std::nullopt;
    const std::size_t size = rest_.find('"');
    if (size == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest_.substr(0, size);
    for (const char c : text) {
      if (c < ' ' || c == '\\' || c > '~') return std::nullopt;
    }
    rest_.remove_prefix(size + 1);
    return text;
  }

  bool atEnd() noexcept {
    skipBlanks();
    return rest_.empty();
  }

 private:
  void skipBlanks() noexcept {
    while (!rest_.empty() &&
           (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\r' || rest_.front() == '\t')) {
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
};

/// False: PlainReader cannot read this text.
bool readPlain(std::string_view text, std::string_view key, std::optional<std::string>& member) {
  PlainReader reader(text);
  std::optional<std::string_view> found;
  if (!reader.mark('{')) return false;
  do {
    const auto name = reader.string();
    if (!name || !reader.mark(':')) return false;
    const auto value = reader.string();
    if (!value) return false;
    if (*name == key) found = value;  // the last of several members with this name, as in a document
  } while (reader.mark(','));
  if (!reader.mark('}') || !reader.atEnd()) return false;
  if (found) member.emplace(*found);
  return true;
}

}  // namespace

std::optional<std::string> stringMember(std::string_view text, std::string_view key) {
  std::optional<std::string> member;
  if (readPlain(text, key, member)) return member;
  unsigned char room[2048];
  json::monotonic_resource resource(room, sizeof room);
  const json::value document = parseJson(text, &resource);
  if (const json::object* object = document.if_object()) {
    if (const auto string = stringIn(*object, key)) member.emplace(*string);
  }
  return member;
}

}  // namespace box::inline v0_1
