#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "box/auth/refreshing_authentication.hpp"
#include "box/support/export.hpp"
#include "box/support/secret.hpp"

namespace box {

/// How an assertion is signed: RSA (PKCS #1 v1.5) over this hash.
enum class JwtAlgorithm : std::uint8_t { RS256, RS384, RS512 };

/// An app that identifies itself with a signed assertion: what Box's console shows for "Server Authentication (with
/// JWT)".
class BOX_API JwtConfig {
 public:
  JwtConfig() {}

  /// The configuration file that Box's console makes, as it is:
  /// `{"boxAppSettings":{"clientID","clientSecret","appAuth":{"publicKeyID","privateKey","passphrase"}},
  /// "enterpriseID","userID"?}`.
  /// Other keys are passed over. Neither id needs to be there: set one of them before you use the configuration.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration that names the file and the key at fault, never a value;
  /// also where others than its owner may read the file (mode 0600 is right), or it is not a regular file or larger
  /// than 64 KiB. Where files come with other modes, read them yourself and use fromJson().
  static JwtConfig fromFile(const std::string& path);
  static JwtConfig fromJson(std::string_view text);

  std::string clientId;
  Secret clientSecret;
  std::string publicKeyId;  ///< the `kid` of the assertion
  /// PEM: PKCS #8 plain or encrypted, PKCS #1, also with RFC 1423 encryption. RSA, at least 2048 bits.
  Secret privateKey;
  Secret privateKeyPassphrase;  ///< empty: the key is not encrypted
  /// Acts as the app's service account of this enterprise, or as this user: one of the two must be given, and not both.
  /// The console's file has the enterprise; to act as a user, clear it, or use BoxJwtAuth::withUserSubject().
  std::string enterpriseId;
  std::string userId;
  JwtAlgorithm algorithm = JwtAlgorithm::RS256;
  std::shared_ptr<TokenStorage> tokenStorage;  ///< null: in memory
  /// 0: a token is renewed when it has expired.
  std::chrono::nanoseconds refreshMargin = RefreshingAuthentication::defaultRefreshMargin;
};

/// JWT bearer grant. Each assertion is good for 30 s by Box's clock, whose difference to this machine's is learned from
/// a refusal that names `exp` or `jti`, and remembered.
class BOX_API BoxJwtAuth : public RefreshingAuthentication {
 public:
  /// Reads the key: one that is malformed, no RSA, weak, or whose passphrase is wrong, is refused here.
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration that names the field.
  explicit BoxJwtAuth(JwtConfig config);

  /// The same app for another subject, with a token of its own. `storage` null: in memory.
  std::shared_ptr<BoxJwtAuth> withUserSubject(std::string_view userId,
                                              std::shared_ptr<TokenStorage> storage = nullptr) const;
  std::shared_ptr<BoxJwtAuth> withEnterpriseSubject(std::string_view enterpriseId,
                                                    std::shared_ptr<TokenStorage> storage = nullptr) const;

 private:
  std::shared_ptr<const JwtConfig> config_;
};

}  // namespace box
