#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <box/error.hpp>

#include "cli/arguments.hpp"

/// What the program says of a failure, as text and as JSON. Texts of a server's are made fit for a terminal and
/// stripped of what looks like a secret.
namespace box::cli {

/// The status with which the program ends after this failure.
Exit exitFor(const BoxSdkError& error) noexcept;
/// What the operator can do about it; empty where there is no advice.
std::string hintFor(const BoxSdkError& error);

/// What is known of an error, as indented lines for standard error, or added to an object: code, phase, attempts, what
/// Box said.
std::string failureLines(const BoxSdkError& error);
void addFailure(boost::json::object& out, const BoxSdkError& error);

/// "2: after a wait of 1.5 s, status 403 in phase response, 30 ms".
std::string attemptText(const AttemptRecord& attempt);

/// Text of the server's, fit to be shown. It may repeat what it was sent: sanitized too.
std::string fromServer(std::string_view text);
/// A request id for Box's support. The sanitizer would take it for a key.
std::string requestId(std::string_view text);

}  // namespace box::cli
