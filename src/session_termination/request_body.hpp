#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "box/views.hpp"

namespace box {

/// One list of a request body.
struct BodyList {
  enum class Kind { ids, logins };
  std::string_view key;   ///< in Box's JSON: "user_ids"
  std::string_view name;  ///< in our errors: "userIds"
  Kind kind;
  const StringListView& items;
};

/// What is wrong with an entry, as "is empty; leave it out"; null: nothing.
const char* entryObjection(std::string_view item, BodyList::Kind kind) noexcept;

/// Box's JSON for these lists, all of them, empty ones too: `{"user_ids":["1"],"user_logins":[]}`.
///
/// Throws BoxSdkError with Errc::invalidRequest where a list has something that Box would refuse or that has no business in
/// a request; the text names list and position, from 0 as in the caller's own list, and never the entry itself.
std::string encodeBody(std::initializer_list<BodyList> lists);

/// Well-formed UTF-8 in the sense of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool isUtf8(std::string_view text) noexcept;

}  // namespace box
