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

/// How an assertion is signed: RSA (PKCS #1 v1.5) over this hash.
enum class JwtAlgorithm : std::uint8_t {
  RS256,  ///< SHA-256
  RS384,  ///< SHA-384
  RS512,  ///< SHA-512
};

/// An app that identifies itself with a signed assertion: what Box's console shows for "Server Authentication (with
/// JWT)".
class BOX_API JwtConfig {
 public:
  JwtConfig() {}

  /// Reads the configuration file that Box's console makes, as it is, and blocks for that:
  /// `{"boxAppSettings":{"clientID","clientSecret","appAuth":{"publicKeyID","privateKey","passphrase"}},
  /// "enterpriseID","userID"?}`.
  /// Other keys are ignored. Neither id needs to be there: set one of them before you use the configuration. *Errors*:
  /// BoxSdkError with Errc::invalidConfiguration that names the file and the key at fault, never a value; also where
  /// users other than its owner may read the file (mode 0600 is right), or it is not a regular file or larger than 64
  /// KiB. Where files come with other modes, read them yourself and use fromJson().
  static JwtConfig fromFile(const std::string& path);
  /// From the content of such a file. *Errors*: BoxSdkError with Errc::invalidConfiguration that names the key at
  /// fault.
  static JwtConfig fromJson(std::string_view text);

  std::string clientId;     ///< as Box's console shows it
  Secret clientSecret;      ///< as Box's console shows it
  std::string publicKeyId;  ///< the id that Box gave to the public key: the `kid` of the assertion
  /// The key that signs, as PEM: PKCS #8 plain or encrypted, PKCS #1, also with RFC 1423 encryption. RSA, at least 2048
  /// bits.
  Secret privateKey;
  Secret privateKeyPassphrase;  ///< the passphrase of `privateKey`; empty: it is not encrypted
  /// Acts as the app's service account of this enterprise. 1 to 20 digits; either this or `userId` must be given, not
  /// both. The console's file has it; to act as a user, clear it, or use BoxJwtAuth::withUserSubject().
  std::string enterpriseId;
  /// Acts as this user. 1 to 20 digits; either this or `enterpriseId` must be given, not both.
  std::string userId;
  JwtAlgorithm algorithm = JwtAlgorithm::RS256;  ///< how assertions are signed; Box accepts each of the three
  std::shared_ptr<TokenStorage> tokenStorage;    ///< where the token is kept; null: in memory
  /// How long before its expiry a token is renewed; 0 to 24 h. 0: after it has expired.
  std::chrono::nanoseconds refreshMargin = RefreshingAuthentication::defaultRefreshMargin;
};

/// Server Authentication (with JWT): a signed assertion gives a token. Each assertion is good for 30 s by Box's clock,
/// whose difference to this machine's is learned from a refusal that names `exp` or `jti`, and remembered.
class BOX_API BoxJwtAuth : public RefreshingAuthentication {
 public:
  /// Reads the key: one that is malformed, not an RSA key, weak, or whose passphrase is wrong, is refused here. To try
  /// the key it signs once, which takes a processor 1 ms with 2048 bits and 5 ms with 4096, and longer where the key is
  /// encrypted with many iterations: make it before your event loop runs, or on another thread. Signatures for tokens
  /// are made on a thread of the library.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration that names the field.
  explicit BoxJwtAuth(JwtConfig config);

  /// The same app and key for this user, with a separate token; the key is not read again. `storage`: where the token
  /// is kept; null: in memory. *Errors*: as for the constructor.
  std::shared_ptr<BoxJwtAuth> withUserSubject(std::string_view userId,
                                              std::shared_ptr<TokenStorage> storage = nullptr) const;
  /// The same app for its service account of this enterprise. Otherwise as withUserSubject().
  std::shared_ptr<BoxJwtAuth> withEnterpriseSubject(std::string_view enterpriseId,
                                                    std::shared_ptr<TokenStorage> storage = nullptr) const;

 private:
  struct App;
  explicit BoxJwtAuth(std::shared_ptr<const App> app);
  std::shared_ptr<BoxJwtAuth> withConfig(JwtConfig config) const;

  std::shared_ptr<const App> app_;
};

}  // namespace box::inline v0_1
