#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "box/auth/refreshing_authentication.hpp"
#include "box/support/export.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// The settings of an app that identifies itself with its id and secret: what Box's console shows for "Server
/// Authentication (Client Credentials Grant)".
class BOX_API CcgConfig {
 public:
  CcgConfig() {}

  std::string clientId;  ///< as Box's console shows it
  Secret clientSecret;   ///< as Box's console shows it
  /// Acts as the app's service account of this enterprise. 1 to 20 digits; either this or `userId` must be given, not
  /// both.
  std::string enterpriseId;
  /// Acts as this user. 1 to 20 digits; either this or `enterpriseId` must be given, not both.
  std::string userId;
  std::shared_ptr<TokenStorage> tokenStorage;  ///< where the token is kept; null: in memory
  /// How long before its expiry a token is renewed, but at most a quarter of the time that the token has left when the
  /// library gets it; 0 to 24 h, by default 60 s. 0: it is renewed after it has expired.
  std::chrono::nanoseconds refreshMargin = RefreshingAuthentication::defaultRefreshMargin;
};

/// Server Authentication (Client Credentials Grant): the app's id and secret give a token.
class BOX_API BoxCcgAuth : public RefreshingAuthentication {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration that names the field.
  explicit BoxCcgAuth(CcgConfig config);

  /// The same app, acting as this user, with a separate token. `storage`: where that token is kept; null: in memory.
  /// *Errors*: as for the constructor.
  std::shared_ptr<BoxCcgAuth> withUserSubject(std::string_view userId,
                                              std::shared_ptr<TokenStorage> storage = nullptr) const;
  /// The same app, acting as its service account of this enterprise. Everything else is as for withUserSubject().
  std::shared_ptr<BoxCcgAuth> withEnterpriseSubject(std::string_view enterpriseId,
                                                    std::shared_ptr<TokenStorage> storage = nullptr) const;

 private:
  std::shared_ptr<const CcgConfig> config_;
};

}  // namespace box::inline v0_1
