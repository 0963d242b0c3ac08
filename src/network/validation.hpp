#pragma once

#include <string>
#include <string_view>

#include "support/ascii.hpp"

namespace box::inline v0_1 {

/// Whether the text is a token of RFC 9110 5.6.2.
bool isToken(std::string_view text) noexcept;

/// Whether the text is visible ASCII, with spaces and tabs only between other characters. It has nothing that could end
/// the header line (CR, LF, NUL), and no bytes above 127: RFC 9110 5.5 calls them obsolete.
bool isFieldValue(std::string_view text) noexcept;

/// Why a request may not have this method; empty: it may.
std::string_view methodObjection(std::string_view method) noexcept;

/// Whether the coding that Content-Encoding names changes the body. Some servers send "none" or "utf-8", which change
/// nothing.
bool isContentCoding(std::string_view name) noexcept;

/// Why this header may not come from a user; empty: it may. The text names the header, never its value.
std::string headerObjection(std::string_view name, std::string_view value);

/// Why this may not be the tag of a call; empty: it may. The text does not show the tag.
std::string tagObjection(std::string_view tag);

}  // namespace box::inline v0_1
