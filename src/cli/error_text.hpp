#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <box/error.hpp>

#include "cli/arguments.hpp"

/// Describes a failure as text and as JSON. Texts from the server are made fit for a terminal, and what looks like a
/// secret is removed from them.
namespace box::cli {

/// The program's exit status after this failure.
Exit exitFor(const BoxSdkError& error) noexcept;
/// What the call does that has failed: only a call that ends sessions ends new ones if it is made again.
enum class Purpose { endSessions, read };
/// What the operator can do about it; empty where there is no advice.
std::string hintFor(const BoxSdkError& error, Purpose purpose = Purpose::endSessions);
/// Whether no connection to Box came about, or it was lost.
bool isUnreached(const BoxSdkError& error) noexcept;

/// All that is known of an error: code, phase, attempts, and Box's answer. As indented lines for standard error, or as
/// members of a JSON object. answerLines() has Box's answer only. The lines do not repeat request ids that the error's
/// own text has. `advice`: the last line; may be empty.
std::string failureLines(const BoxSdkError& error, std::string_view advice = {});
std::string answerLines(const BoxSdkError& error);
void addFailure(boost::json::object& out, const BoxSdkError& error);

/// "2: after a wait of 1.5 s, status 403 in phase response, 30 ms".
std::string attemptText(const AttemptRecord& attempt);

/// Makes a text from the server fit to be shown. It is sanitized too, because a server may repeat a secret that it was
/// sent.
std::string fromServer(std::string_view text);
/// Makes a request id for Box's support fit to be shown. It is not sanitized, because the sanitizer would take it for a
/// key.
std::string requestId(std::string_view text);

}  // namespace box::cli
