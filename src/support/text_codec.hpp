#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Bytes as text: hexadecimal, percent-encoding of RFC 3986, base64 of RFC 4648.
namespace box::inline v0_1 {

/// The value of a hexadecimal digit; -1: it is not a hexadecimal digit.
int hexValue(char c) noexcept;

/// Whether RFC 3986 never requires an encoding for the character: letters, digits and -._~
bool isUnreserved(char c) noexcept;

/// The bytes in hexadecimal: two lower-case digits for each byte.
std::string toHex(std::string_view bytes);

/// Appends the text to `out`, and percent-encodes all characters that are not `plain`. A percent sign must not be
/// plain.
void appendPercentEncoded(std::string& out, std::string_view text, bool (*plain)(char) noexcept = isUnreserved);

/// Appends a name and its value to a query or a form, which may be empty. Both are percent-encoded.
void appendParam(std::string& query, std::string_view name, std::string_view value);

enum class Plus { literal, blank };

/// Decodes %XX. `plus`: how a '+' is read; in the query of a form it is a blank. Unset if an escape is malformed. No
/// copy of the decoded text stays in memory.
std::optional<std::string> percentDecoded(std::string_view text, Plus plus);

/// Base64 with padding.
std::string base64(std::string_view bytes);
/// Base64url (RFC 4648 5) without padding.
std::string base64Url(std::string_view bytes);

}  // namespace box::inline v0_1
