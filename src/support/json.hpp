#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

namespace box::inline v0_1 {

/// The JSON value that a server's text is; null where the text is something else, or is nested more than 16 deep. The
/// memory must live as long as the value.
boost::json::value parseJson(std::string_view text, boost::json::storage_ptr memory);

/// The string in this member. Unset: there is no such member, or it is not a string.
std::optional<std::string_view> stringIn(const boost::json::object& object, std::string_view key) noexcept;

/// The string in this member of the object in `text`. Unset: there is no such object or member, or it is not a string.
std::optional<std::string> stringMember(std::string_view text, std::string_view key);

}  // namespace box::inline v0_1
