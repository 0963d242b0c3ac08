#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <box/auth/authentication.hpp>
#include <box/support/secret.hpp>

#include "cli/arguments.hpp"
#include "cli/secrets.hpp"

namespace box::cli {

/// Neither the arguments nor the environment give a secret, and nobody can be asked for it.
class MissingSecret : public UsageError {
 public:
  using UsageError::UsageError;
};

/// An app that a secret identifies: what --ccg, --oauth and login have in common.
struct ClientCredentials {
  std::string id;
  Secret secret;
};

/// From the options, then the environment; where there is a terminal, the secret is asked for. *Errors*: UsageError,
/// FileError.
ClientCredentials findClient(const CredentialArguments& arguments, const Environment& environment);

/// Who asks, and how they prove it.
struct Asker {
  std::shared_ptr<Authentication> authentication;
  /// Tells them from others as far as the arguments do, which a developer token and a signed-in person do not; no
  /// secret.
  std::string subject;
};

/// Whoever the arguments say: the one place where options, environment and files become an Authentication. Nothing is
/// sent. *Errors*: UsageError, FileError, BoxSdkError where a credential is unusable.
Asker makeAsker(const CredentialArguments& arguments, const Environment& environment);
inline std::shared_ptr<Authentication> makeAuthentication(const CredentialArguments& arguments,
                                                          const Environment& environment) {
  return makeAsker(arguments, environment).authentication;
}

/// As the options name it: "ccg"; as a person does: "client credentials".
std::string_view nameOf(Method method) noexcept;
std::string_view describe(Method method) noexcept;

}  // namespace box::cli
