#pragma once

#include <memory>
#include <string>

#include "box/auth/authentication.hpp"
#include "system/owned_file.hpp"

namespace box::inline v0_1 {

/// The file in which a token is kept, and its lock file in the same folder. Every function blocks.
///
/// *Errors*: BoxSdkError with Errc::tokenUnavailable or localResource that names the path, what is wrong, and the
/// remedy.
class TokenFile {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where the path is not valid.
  explicit TokenFile(std::string path);

  /// Reads the token. Null: there is no file, or it is empty.
  std::shared_ptr<const AccessToken> read() const;
  /// Replaces the content of the file. If that fails, the whole old content stays.
  void replace(const AccessToken& token) const;
  void remove() const;

  /// Takes a lock, which is held until the returned object is destroyed. Null: another process holds it.
  std::shared_ptr<void> tryLock() const;
  /// The path of the lock file in quotes, for errors.
  std::string quotedLockPath() const;

 private:
  OwnedFile file_, lock_;
};

}  // namespace box::inline v0_1
