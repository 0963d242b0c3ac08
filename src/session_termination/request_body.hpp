#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "box/entry.hpp"
#include "box/views.hpp"

namespace box::inline v0_1 {

/// One list of a request body.
struct BodyList {
  std::string_view key;   ///< in Box's JSON: "user_ids"
  std::string_view name;  ///< in our errors: "userIds"
  EntryKind kind;
  const StringListView& items;
};

/// Box's JSON for these lists, all of them, empty ones too: `{"user_ids":["1"],"user_logins":[]}`.
///
/// Throws BoxSdkError with Errc::invalidRequest where a list has something that Box would refuse or that does not
/// belong into a request; the text names list and position, from 0 as in the caller's own list, and never the entry
/// itself. Also throws it if all lists are empty.
std::string encodeBody(std::initializer_list<BodyList> lists);

}  // namespace box::inline v0_1
