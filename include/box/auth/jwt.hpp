#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "box/auth/refreshing_authentication.hpp"
#include "box/support/export.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// The signature of an assertion: RSA (PKCS #1 v1.5) with this hash.
enum class JwtAlgorithm : std::uint8_t {
  RS256,  ///< SHA-256
  RS384,  ///< SHA-384
  RS512,  ///< SHA-512
};

/// The settings of an app that identifies itself with a signed assertion: what Box's console shows for "Server
/// Authentication (with JWT)".
class BOX_API JwtConfig {
 public:
  JwtConfig() {}

  /// Reads the configuration file as Box's console makes it:
  /// `{"boxAppSettings":{"clientID","clientSecret","appAuth":{"publicKeyID","privateKey","passphrase"}},
  /// "enterpriseID","userID"?}`. Blocks while it reads. Other keys are ignored. The file need not contain an id of an
  /// enterprise or a user: then set one of them before you use the configuration. *Errors*: BoxSdkError with
  /// Errc::invalidConfiguration; its text names the file and the faulty key, never a value. It is also an error if the
  /// file belongs to another user than this process's or root, if others than its owner may use it (mode 0600 is
  /// right), if it is not a regular file, or if it is larger than 64 KiB. If your files must have other owners or
  /// modes, read them yourself and use fromJson().
  static JwtConfig fromFile(const std::string& path);
  /// Reads the content of such a file. *Errors*: BoxSdkError with Errc::invalidConfiguration; its text names the faulty
  /// key.
  static JwtConfig fromJson(std::string_view text);

  std::string clientId;     ///< as Box's console shows it
  Secret clientSecret;      ///< as Box's console shows it
  std::string publicKeyId;  ///< the id that Box gave to the public key: the `kid` of the assertion
  /// The key that signs, as PEM: PKCS #8 (plain or encrypted) or PKCS #1 (plain or with RFC 1423 encryption). It must
  /// be an RSA key of at least 2048 bits.
  Secret privateKey;
  Secret privateKeyPassphrase;  ///< the passphrase of `privateKey`; empty: it is not encrypted
  /// Acts as the app's service account of this enterprise. 1 to 20 digits; either this or `userId` must be given, not
  /// both. The console's file contains it; to act as a user, clear this member, or use BoxJwtAuth::withUserSubject().
  std::string enterpriseId;
  /// Acts as this user. 1 to 20 digits; either this or `enterpriseId` must be given, not both.
  std::string userId;
  JwtAlgorithm algorithm = JwtAlgorithm::RS256;  ///< how assertions are signed; Box accepts each of the three
  std::shared_ptr<TokenStorage> tokenStorage;    ///< where the token is kept; null: in memory
  /// How long before its expiry a token is renewed, but at most a quarter of the time that the token has left when the
  /// library gets it; 0 to 24 h, by default 60 s. 0: it is renewed after it has expired.
  std::chrono::nanoseconds refreshMargin = RefreshingAuthentication::defaultRefreshMargin;
};

/// Server Authentication (with JWT): a signed assertion gives a token. Each assertion expires 30 s after it was made.
/// When Box refuses an assertion and names `exp` or `jti`, the difference between Box's clock and this machine's is
/// learned from that answer, and remembered.
class BOX_API BoxJwtAuth : public RefreshingAuthentication {
 public:
  /// Reads the key, and refuses a key that is malformed, not an RSA key, weak, or whose passphrase is wrong. To try the
  /// key it signs once, which takes 1 ms of processor time with 2048 bits and 5 ms with 4096 bits, and longer where the
  /// key is encrypted with many iterations: make this object before your event loop runs, or on another thread.
  /// Signatures for tokens are made on a thread of the library.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration; its text names the field.
  explicit BoxJwtAuth(JwtConfig config);

  /// The same app and key, acting as this user, with a separate token; the key is not read again. `storage`: where the
  /// token is kept; null: in memory. *Errors*: as for the constructor.
  std::shared_ptr<BoxJwtAuth> withUserSubject(std::string_view userId,
                                              std::shared_ptr<TokenStorage> storage = nullptr) const;
  /// The same app, acting as its service account of this enterprise. Everything else is as for withUserSubject().
  std::shared_ptr<BoxJwtAuth> withEnterpriseSubject(std::string_view enterpriseId,
                                                    std::shared_ptr<TokenStorage> storage = nullptr) const;

 private:
  struct App;
  explicit BoxJwtAuth(std::shared_ptr<const App> app);
  std::shared_ptr<BoxJwtAuth> withConfig(JwtConfig config) const;

  std::shared_ptr<const App> app_;
};

}  // namespace box::inline v0_1
