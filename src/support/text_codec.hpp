#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Bytes as text: hexadecimal, RFC 3986's percent coding, RFC 4648's base64.
namespace box::inline v0_1 {

/// -1: it is not a hexadecimal digit.
int hexValue(char c) noexcept;

/// RFC 3986's characters that need no coding anywhere: letters, digits and -._~
bool isUnreserved(char c) noexcept;

/// Two lower-case digits for each byte.
std::string toHex(std::string_view bytes);

/// Appends the text to `out`, and percent-encodes all characters that are not `plain`. A percent sign must not be
/// plain.
void appendPercentEncoded(std::string& out, std::string_view text, bool (*plain)(char) noexcept = isUnreserved);

/// Adds a name and its value to a query or a form, which may be empty; both are percent-encoded.
void appendParam(std::string& query, std::string_view name, std::string_view value);

enum class Plus { literal, blank };

/// Decodes %XX; `plus`: how a '+' is read (a blank in a form's query). Unset where an escape is broken. No copy of the
/// decoded text is left in memory.
std::optional<std::string> percentDecoded(std::string_view text, Plus plus);

/// With padding.
std::string base64(std::string_view bytes);
/// RFC 4648 5, without padding.
std::string base64Url(std::string_view bytes);

}  // namespace box::inline v0_1
