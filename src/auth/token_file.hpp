#pragma once

#include <memory>
#include <string>

#include "box/auth/authentication.hpp"
#include "support/owned_file.hpp"

namespace box::inline v0_1 {

/// The file in which a token is kept, and the lock file beside it. Every function blocks.
///
/// *Errors*: BoxSdkError with Errc::tokenUnavailable or localResource that names the path, what is wrong, and the
/// remedy.
class TokenFile {
 public:
  /// *Errors*: Errc::invalidConfiguration.
  explicit TokenFile(std::string path);

  /// Null: there is no file, or it is empty.
  std::shared_ptr<const AccessToken> read() const;
  /// Where it fails, the old content stays, whole.
  void replace(const AccessToken& token) const;
  void remove() const;

  /// A lock that is held until the object is destroyed. Null: another holder has it.
  std::shared_ptr<void> tryLock() const;
  /// For errors: the lock's file in quotes.
  std::string quotedLockPath() const;

 private:
  OwnedFile file_, lock_;
};

}  // namespace box::inline v0_1
