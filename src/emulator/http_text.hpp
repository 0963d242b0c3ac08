#pragma once

#include <box/emulator/emulator.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reading and writing of the small texts in HTTP and OAuth. Pure functions.
namespace box::emulator {

/// First 8 hex digits of the SHA-256: enough to tell tokens apart in a record, and no secret.
[[nodiscard]] std::string digestOf(std::string_view secret);
/// The header's value with a credential replaced by its digest; other headers as they are.
[[nodiscard]] std::string withoutCredential(std::string_view name, const std::string& value);
[[nodiscard]] bool equalNoCase(std::string_view left, std::string_view right) noexcept;
[[nodiscard]] std::string findHeader(const std::vector<Header>& headers, std::string_view name);
/// The token of an `Authorization: Bearer` value; nothing when it is malformed (RFC 6750 2.1).
[[nodiscard]] std::optional<std::string> bearerToken(std::string_view authorization);
/// The code that Box uses with this status in a ClientError.
[[nodiscard]] std::string_view usualCode(int status);
[[nodiscard]] std::string_view reasonPhrase(int status);
/// The media type of a Content-Type without its parameters.
[[nodiscard]] std::string_view mediaType(std::string_view contentType);
[[nodiscard]] std::string_view pathOf(std::string_view target);
/// Whether a request is for the OAuth endpoints, which have scripts of their own.
[[nodiscard]] bool isOAuth(std::string_view target);
[[nodiscard]] bool isTokenRequest(std::string_view target);
/// What follows the first question mark.
[[nodiscard]] std::string_view queryOf(std::string_view target);

using FormFields = std::map<std::string, std::string, std::less<>>;
/// Fields of an application/x-www-form-urlencoded body or of a query; nothing when an escape is malformed or a name
/// comes twice, which RFC 6749 3.2 forbids.
[[nodiscard]] std::optional<FormFields> parseForm(std::string_view body);
/// A field's value; empty when it is not there, which RFC 6749 3.2 says is the same as an empty one.
[[nodiscard]] const std::string& fieldOf(const FormFields& form, std::string_view name);
/// Decimal digits only; nothing otherwise.
[[nodiscard]] std::optional<std::uint64_t> parseNumber(std::string_view text);
/// The parts of a text between its commas; none of an empty text.
[[nodiscard]] std::vector<std::string> commaParts(std::string_view text);
/// All but RFC 3986's unreserved characters as escapes.
[[nodiscard]] std::string percentEncoded(std::string_view text);
/// The parts of a text between its blanks, without empty ones.
[[nodiscard]] std::vector<std::string> words(std::string_view text);
/// Strict (RFC 4648 5, RFC 7515 2): no padding, no other characters, no stray bits; nothing otherwise.
[[nodiscard]] std::optional<std::string> decodeBase64Url(std::string_view text);

}  // namespace box::emulator
