#include "session_termination/request_body.hpp"

#include <algorithm>

#include <boost/json/serializer.hpp>

#include "box/error.hpp"
#include "network/validation.hpp"

namespace box {
namespace {

constexpr std::size_t longestLogin = 320;  // 64 for the part before the @, 255 behind it: RFC 5321 4.5.3.1

void appendString(std::string& out, std::string_view text, BodyList::Kind kind, boost::json::serializer& serializer) {
  if (kind == BodyList::Kind::ids) {  // digits need no escaping
    out.append(1, '"').append(text).append(1, '"');
    return;
  }
  serializer.reset(boost::json::string_view(text.data(), text.size()));
  char buffer[512];
  while (!serializer.done()) {
    const auto piece = serializer.read(buffer);
    out.append(piece.data(), piece.size());
  }
}

}  // namespace

bool isUtf8(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xc0U) == 0x80U; };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char c = byte(i);
    if (c < 0x80) {
      i += 1;
    } else if (c >= 0xc2 && c <= 0xdf) {
      if (!continues(i + 1)) return false;
      i += 2;
    } else if (c >= 0xe0 && c <= 0xef) {
      if (!continues(i + 1) || !continues(i + 2)) return false;
      if (c == 0xe0 && byte(i + 1) < 0xa0) return false;  // overlong
      if (c == 0xed && byte(i + 1) > 0x9f) return false;  // surrogates
      i += 3;
    } else if (c >= 0xf0 && c <= 0xf4) {
      if (!continues(i + 1) || !continues(i + 2) || !continues(i + 3)) return false;
      if (c == 0xf0 && byte(i + 1) < 0x90) return false;  // overlong
      if (c == 0xf4 && byte(i + 1) > 0x8f) return false;  // above U+10FFFF
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

const char* entryObjection(std::string_view item, BodyList::Kind kind) noexcept {
  if (kind == BodyList::Kind::ids && isBoxId(item)) return nullptr;  // what is not, is looked at for the reason
  if (item.empty()) return "is empty; leave it out";
  const bool control =
      std::any_of(item.begin(), item.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control) return "has a control character (a line break at its end?); trim it";
  if (!isUtf8(item)) return "is not valid UTF-8; convert the list to UTF-8";
  if (kind == BodyList::Kind::ids) return "is no decimal number of 1 to 20 digits; a login belongs into userLogins";
  if (item.size() > longestLogin) return "is longer than 320 bytes; a login is one address";
  // C1 controls, which are two bytes in UTF-8, are control characters as well.
  for (std::size_t i = 0; i + 1 < item.size(); ++i) {
    if (static_cast<unsigned char>(item[i]) == 0xc2 && static_cast<unsigned char>(item[i + 1]) < 0xa0) {
      return "has a control character; trim it";
    }
  }
  return nullptr;
}

std::string encodeBody(std::initializer_list<BodyList> lists) {
  // Room for all of it at once; what has to be escaped takes more.
  std::size_t size = 1;
  for (const BodyList& list : lists) {
    size += list.key.size() + 6;  // {"":[]
    list.items.forEach([&](std::string_view item) { size += item.size() + 3; });
  }
  std::string out;
  out.reserve(size);
  boost::json::serializer serializer;
  std::size_t total = 0;
  for (const BodyList& list : lists) {
    out.append(out.empty() ? "{\"" : ",\"").append(list.key).append("\":[");
    std::size_t position = 0;
    list.items.forEach([&](std::string_view item) {
      if (const char* reason = entryObjection(item, list.kind)) {
        throw BoxSdkError(Errc::invalidRequest,
                          std::string(list.name) + "[" + std::to_string(position) + "] " + reason);
      }
      if (position != 0) out.append(1, ',');
      appendString(out, item, list.kind, serializer);
      ++position;
    });
    out.append(1, ']');
    total += position;
  }
  if (total == 0) {
    std::string names;
    for (const BodyList& list : lists) names += (names.empty() ? "" : " and ") + std::string(list.name);
    throw BoxSdkError(Errc::invalidRequest, "nothing to do: " + names + (lists.size() > 1 ? " are both" : " is") +
                                                " empty; name at least one");
  }
  out.append(1, '}');
  return out;
}

}  // namespace box
