#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <box/auth/authentication.hpp>
#include <box/support/secret.hpp>

#include "cli/arguments.hpp"
#include "cli/secrets.hpp"

namespace box::cli {

/// The arguments and the environment give no secret, and it cannot be asked for: no terminal, or mayAsk is false.
class MissingSecret : public UsageError {
 public:
  using UsageError::UsageError;
};

/// The id and secret of an app, which --ccg, --oauth and login need.
struct ClientCredentials {
  std::string id;
  Secret secret;
};

/// Takes id and secret from the options, then from the environment. Asks for the secret at the terminal where both lack
/// it. *Errors*: UsageError, FileError.
ClientCredentials findClient(const CredentialArguments& arguments, const Environment& environment);

/// The credentials of a command.
struct Asker {
  std::shared_ptr<Authentication> authentication;
  /// Describes the credentials without a secret, to compare them with those of an earlier run. All developer tokens
  /// have the same text, and so do all people who signed in to the same app.
  std::string subject;
};

/// Makes an Authentication of options, environment and files; no other function does. Sends nothing. *Errors*:
/// UsageError, FileError, BoxSdkError where a credential cannot be used.
Asker makeAsker(const CredentialArguments& arguments, const Environment& environment);

/// The method's name in options, "ccg", and in messages, "client credentials".
std::string_view nameOf(Method method) noexcept;
std::string_view describe(Method method) noexcept;

}  // namespace box::cli
