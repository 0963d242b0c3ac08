#pragma once

#include <string>
#include <string_view>

#include "box/network/headers.hpp"
#include "support/ascii.hpp"

namespace box::inline v0_1 {

/// Whether the text is a token of RFC 9110 5.6.2.
bool isToken(std::string_view text) noexcept;

/// Whether the text is visible ASCII, with spaces and tabs only between other characters. Such a text cannot end the
/// header line (CR, LF, NUL), and has no bytes above 127, which RFC 9110 5.5 calls obsolete.
bool isFieldValue(std::string_view text) noexcept;

/// Why a request must not have this method; empty: it may have it.
std::string_view methodObjection(std::string_view method) noexcept;

/// Whether this value of Content-Encoding means that the body is encoded. Some servers send "none" or "utf-8", which do
/// not.
bool isContentCoding(std::string_view name) noexcept;

/// Why a user must not set this header; empty: a user may set it. The text names the header, never its value.
std::string headerObjection(std::string_view name, std::string_view value);

/// Throws BoxSdkError with Errc::invalidRequest if a user must not set this header.
void checkHeader(HeaderView header);

/// Checks the parts of a request that are neither its operation's nor its session's, which were checked when those were
/// made. Throws BoxSdkError with Errc::invalidRequest if a part must not be sent.
void checkDetails(std::string_view query, std::string_view contentType, const HttpHeaders& headers);

/// Whether the text looks like a request id of Box, at most 64 letters, digits, hyphens, underscores and dots. Box's
/// support asks for the id as it is; any other text is not shown.
bool isRequestId(std::string_view text) noexcept;

/// Why the text cannot be the tag of a call; empty: it can be one. The returned text does not show the tag.
std::string tagObjection(std::string_view tag);

}  // namespace box::inline v0_1
