#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/crypto.h>

#include <box/support/secret.hpp>

#include "cli/files.hpp"

namespace box::cli {

/// Wipes memory before it is freed, because it may hold a secret.
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* place, std::size_t count) noexcept {
    OPENSSL_cleanse(place, count * sizeof(T));
    std::allocator<T>().deallocate(place, count);
  }
  friend bool operator==(WipingAllocator, WipingAllocator) noexcept { return true; }
};

using WipedBytes = std::vector<char, WipingAllocator<char>>;

/// What the environment says about the credentials.
struct Environment {
  static constexpr const char* developerTokenName = "BOX_DEVELOPER_TOKEN";
  static constexpr const char* clientIdName = "BOX_CLIENT_ID";
  static constexpr const char* clientSecretName = "BOX_CLIENT_SECRET";
  static constexpr const char* enterpriseIdName = "BOX_ENTERPRISE_ID";
  static constexpr const char* userIdName = "BOX_USER_ID";

  Secret developerToken;
  Secret clientSecret;
  std::string clientId;
  std::string enterpriseId;
  std::string userId;

  bool mayAsk = true;  ///< whether to ask for a secret that neither the arguments nor the environment give
};

/// Takes all of these variables out of the environment and wipes them there, even those that are not needed, so that
/// nobody who reads the environment of this process later finds them.
Environment takeEnvironment();

/// The kind of secret that a file holds, for messages.
enum class SecretKind { accessToken, clientSecret, jwtConfig, proxyPassword };

/// Reads the secret in a file ("-": standard input), without blanks and line ends around it. *Errors*: FileError where
/// the file has no secret, or where other users may read the file.
Secret readSecret(const std::string& path, SecretKind kind);

/// Whether the operator can be asked: standard input is a terminal.
bool canAsk() noexcept;

/// Asks at the terminal without echo. A signal first restores the terminal's settings. An operator who stops the
/// program (Ctrl-Z) and continues it is asked again. *Errors*: FileError where there is no terminal or no answer.
Secret askForSecret(SecretKind kind);

/// Reads lines that may hold a secret, and wipes its memory.
class SecretLines {
 public:
  explicit SecretLines(Input& input) : input_(input), bytes_(capacity) {}
  SecretLines(const SecretLines&) = delete;
  SecretLines& operator=(const SecretLines&) = delete;

  /// The next line without the blanks around it; empty at the end and for an empty line. *Errors*: FileError, also
  /// where a line is longer than 8 KiB.
  Secret next();
  bool ended() const noexcept { return ended_ && size_ == 0; }

 private:
  static constexpr std::size_t capacity = 8 * 1024;
  Input& input_;
  WipedBytes bytes_;
  std::size_t size_ = 0;
  bool ended_ = false;
};

}  // namespace box::cli
