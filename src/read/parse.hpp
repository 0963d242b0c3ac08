#pragma once

#include <optional>
#include <string_view>

#include "box/read/values.hpp"

namespace box {

/// A body of Box's as its value. None: it is no JSON object, or, for a page, has no list of entries. Whatever is in the
/// entries is not an error: what a member has no use for stays in `rawJson`.
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

}  // namespace box
