#pragma once

#include <optional>
#include <string_view>

#include "box/read/values.hpp"

namespace box::inline v0_1 {

/// The value in a body from Box. Unset: the body is not a JSON object, or is a page without a list of entries. The
/// contents of entries are never an error: a value that does not fit its member is in `rawJson` only.
template <class Value>
std::optional<Value> parseBody(std::string_view body);

template <>
std::optional<UserFull> parseBody<UserFull>(std::string_view body);
template <>
std::optional<Users> parseBody<Users>(std::string_view body);
template <>
std::optional<Groups> parseBody<Groups>(std::string_view body);
template <>
std::optional<GroupMemberships> parseBody<GroupMemberships>(std::string_view body);
template <>
std::optional<Events> parseBody<Events>(std::string_view body);

}  // namespace box::inline v0_1
