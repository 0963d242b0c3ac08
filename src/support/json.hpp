#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

namespace box::inline v0_1 {

/// The longest text that is parsed on the caller's event loop, in bytes: it takes some 0.1 ms.
inline constexpr std::size_t longestParsedAtOnce = std::size_t{32} * 1024;

/// Parses a text of a server. The result is null if the text is not valid JSON, or has more than 16 levels. The memory
/// must live as long as the value.
boost::json::value parseJson(std::string_view text, boost::json::storage_ptr memory);

/// The string in the member `key`. Unset: there is no such member, or it is not a string.
std::optional<std::string_view> stringIn(const boost::json::object& object, std::string_view key) noexcept;

/// The string in the member `key` of the object in `text`. Unset: there is no such object or member, or it is not a
/// string.
std::optional<std::string> stringMember(std::string_view text, std::string_view key);

}  // namespace box::inline v0_1
