#pragma once

#include <optional>
#include <string>

#include <box/support/secret.hpp>

namespace box::cli {

/// The environment variable that may hold a token.
inline constexpr const char* tokenVariable = "BOX_DEVELOPER_TOKEN";

/// Takes the token out of the environment, if it is there, and wipes it: what reads this process's
/// environment later does not find it.
Secret takeTokenFromEnvironment();

/// The token in a file ("-": standard input). *Errors*: FileError where
/// there is none, or where others may read the file.
Secret readToken(const std::string& path);

/// Asks at the terminal, without echo. *Errors*: FileError where there is no terminal or no answer. A signal
/// meanwhile restores the terminal first.
Secret askForToken();

}  // namespace box::cli
