#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "box/auth/refreshing_authentication.hpp"
#include "box/support/export.hpp"
#include "box/support/secret.hpp"

namespace box {

/// An app that identifies itself with its id and secret: what Box's console shows for "Server Authentication (Client
/// Credentials Grant)".
class BOX_API CcgConfig {
 public:
  CcgConfig() {}

  std::string clientId;
  Secret clientSecret;
  /// Acts as the app's service account of this enterprise, or as this user: one of the two must be given, and not both.
  std::string enterpriseId;
  std::string userId;
  std::shared_ptr<TokenStorage> tokenStorage;  ///< null: in memory
  /// 0: a token is renewed when it has expired.
  std::chrono::nanoseconds refreshMargin = RefreshingAuthentication::defaultRefreshMargin;
};

/// Client credentials grant.
class BOX_API BoxCcgAuth : public RefreshingAuthentication {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration that names the field.
  explicit BoxCcgAuth(CcgConfig config);

  /// The same app for another subject, with a token of its own. `storage` null: in memory.
  std::shared_ptr<BoxCcgAuth> withUserSubject(std::string_view userId,
                                              std::shared_ptr<TokenStorage> storage = nullptr) const;
  std::shared_ptr<BoxCcgAuth> withEnterpriseSubject(std::string_view enterpriseId,
                                                    std::shared_ptr<TokenStorage> storage = nullptr) const;

 private:
  std::shared_ptr<const CcgConfig> config_;
};

}  // namespace box
