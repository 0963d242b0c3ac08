#pragma once

#include <memory>
#include <string>

#include "box/auth/authentication.hpp"
#include "box/support/asio.hpp"
#include "box/support/deadline.hpp"
#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// A place where a token is kept. One storage belongs to one base URL, app and subject.
///
/// The library binds each token that it stores (AccessToken::binding()), and refuses a token that is bound to another
/// base URL, app or subject: the call fails with Errc::tokenUnavailable before the token is sent anywhere. A token
/// without a binding is used as it is: a storage of your own need not keep the binding, but is safer if it does.
///
/// *Threads*: one operation at a time is in progress for one Authentication, unless one takes longer than
/// TimeoutOptions::call, or the process has forked; several Authentications may share a storage.
/// *Errors*: an exception of these functions ends the calls that wait for a token. Throw BoxSdkError with
/// Errc::tokenUnavailable.
/// *Cancellation*: an operation may be cancelled; store() must then have replaced the old token wholly or not at all.
class BOX_API TokenStorage {
 public:
  using Token = std::shared_ptr<const AccessToken>;  ///< null: the storage holds no token

  virtual ~TokenStorage() = default;

  /// Gives the token that was stored last; null where the storage holds no token.
  virtual asio::awaitable<Token> get() = 0;
  /// Replaces the stored token; null removes it. The library uses a new access token only after store() has completed,
  /// because its first use ends the old refresh token.
  virtual asio::awaitable<void> store(Token token) = 0;
  /// Removes the token; afterwards get() gives null.
  virtual asio::awaitable<void> clear() = 0;

  /// Locks the storage against others that share it, until the returned object is destroyed. The library holds the lock
  /// from before get() until store() has returned. The function of this base class gives null: it locks nothing.
  virtual asio::awaitable<std::shared_ptr<void>> lock(Deadline deadline);
};

/// Keeps the token in this process's memory: the default.
class BOX_API InMemoryTokenStorage : public TokenStorage {
 public:
  /// `token`: the first content.
  explicit InMemoryTokenStorage(Token token = nullptr);
  ~InMemoryTokenStorage() override;

  asio::awaitable<Token> get() override;
  asio::awaitable<void> store(Token token) override;
  asio::awaitable<void> clear() override;

 private:
  class State;
  std::shared_ptr<State> state_;
};

/// Keeps the token and its binding in a file, for programs that run again and for processes that share one refresh
/// token. An empty file holds no token. A file of an earlier version has no binding: its token is used for any host,
/// app and subject, and the next token that is stored has a binding.
///
/// The file has mode 0600 and is replaced in one step that a crash of the machine does not undo (fsync of file and
/// folder). While a token is requested, another file in the same folder, `path` with ".lock" appended, is locked
/// (flock), so that one of several processes requests a token and the others find it in the file; both files must be on
/// a local file system. *Errors*: BoxSdkError with Errc::tokenUnavailable if the path is a symbolic link or not a
/// regular file, the file belongs to another user or others may read it, others may write to the folder, the content is
/// not that of a token file, the disk has no space, or the lock does not become free in time; its text names the path
/// and, where one is known, the remedy. Errc::localResource where the system has no descriptors or threads. cause() is
/// the system's own error. *Executor*: a helper thread of the library reads and writes the files, one step after the
/// other, so that no io_context waits for a disk. *Cancellation*: the coroutine that waits ends at once. A step that
/// has begun continues to its end, and the lock is held until then. *Lifetime*: the storage may be destroyed while an
/// operation is in progress.
class BOX_API FileTokenStorage : public TokenStorage {
 public:
  /// The constructor does not access the file. At the first operation the folder must exist; it should have mode 0700.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration where the path names no file: it is empty, ends with a
  /// slash, or contains a NUL.
  explicit FileTokenStorage(std::string path);
  ~FileTokenStorage() override;

  asio::awaitable<Token> get() override;
  asio::awaitable<void> store(Token token) override;
  asio::awaitable<void> clear() override;
  asio::awaitable<std::shared_ptr<void>> lock(Deadline deadline) override;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace box::inline v0_1
