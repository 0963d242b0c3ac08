#pragma once

#include <box/emulator/emulator.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reads and writes the small texts in HTTP and OAuth. Pure functions.
namespace box::inline v0_1::emulator {

/// The first 8 hex digits of the SHA-256: enough to tell tokens apart in a record, without showing them.
[[nodiscard]] std::string digestOf(std::string_view secret);
/// The header's value, in which a credential is replaced by its digest. Other headers are not changed.
[[nodiscard]] std::string withoutCredential(std::string_view name, const std::string& value);
[[nodiscard]] bool equalNoCase(std::string_view left, std::string_view right) noexcept;
[[nodiscard]] std::string findHeader(const std::vector<Header>& headers, std::string_view name);
/// The token of an `Authorization: Bearer` value. No value: it is malformed (RFC 6750 2.1).
[[nodiscard]] std::optional<std::string> bearerToken(std::string_view authorization);
/// The code of the ClientError that Box sends with this status.
[[nodiscard]] std::string_view usualCode(int status);
[[nodiscard]] std::string_view reasonPhrase(int status);
/// The media type of a Content-Type without its parameters.
[[nodiscard]] std::string_view mediaType(std::string_view contentType);
[[nodiscard]] std::string_view pathOf(std::string_view target);
/// Whether a request is for the OAuth endpoints, which have their own scripts.
[[nodiscard]] bool isOAuth(std::string_view target);
[[nodiscard]] bool isTokenRequest(std::string_view target);
/// The text after the first question mark.
[[nodiscard]] std::string_view queryOf(std::string_view target);

using FormFields = std::map<std::string, std::string, std::less<>>;
/// Parses an application/x-www-form-urlencoded body or a query. No value: an escape is malformed, or a name appears
/// twice, which RFC 6749 3.2 forbids.
[[nodiscard]] std::optional<FormFields> parseForm(std::string_view body);
/// A field's value; empty where the form does not have it. RFC 6749 3.2 treats both in the same way.
[[nodiscard]] const std::string& fieldOf(const FormFields& form, std::string_view name);
/// Parses decimal digits. No value: the text has other characters or is empty.
[[nodiscard]] std::optional<std::uint64_t> parseNumber(std::string_view text);
/// The parts of a text between its commas; empty for an empty text.
[[nodiscard]] std::vector<std::string> commaParts(std::string_view text);
/// Escapes all characters except the unreserved ones of RFC 3986.
[[nodiscard]] std::string percentEncoded(std::string_view text);
/// The parts of a text between its blanks, without empty parts.
[[nodiscard]] std::vector<std::string> words(std::string_view text);
/// Decodes strictly (RFC 4648 5, RFC 7515 2). No value: the text has padding, other characters or stray bits.
[[nodiscard]] std::optional<std::string> decodeBase64Url(std::string_view text);

}  // namespace box::inline v0_1::emulator
