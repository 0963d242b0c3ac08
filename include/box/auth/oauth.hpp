#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "box/auth/refreshing_authentication.hpp"
#include "box/network/options.hpp"
#include "box/support/export.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// The settings of an app that acts for a person who has authorised it: what Box's console shows for "User
/// Authentication (OAuth 2.0)".
class BOX_API OAuthConfig {
 public:
  OAuthConfig() {}

  std::string clientId;  ///< as Box's console shows it
  Secret clientSecret;   ///< as Box's console shows it
  /// Where the access token and the refresh token are kept. Null: in memory. A refresh token serves once, because Box
  /// ends it when the new access token is first used: programs that end and run again, and processes that share a
  /// refresh token, need a storage that lasts and locks (FileTokenStorage).
  std::shared_ptr<TokenStorage> tokenStorage;
  /// How long before its expiry a token is renewed, but at most a quarter of the time that the token has left when the
  /// library gets it; 0 to 24 h, by default 60 s. 0: it is renewed after it has expired.
  std::chrono::nanoseconds refreshMargin = RefreshingAuthentication::defaultRefreshMargin;
};

/// Parameters of the page on which a person authorises the app.
class BOX_API GetAuthorizeUrlOptions {
 public:
  GetAuthorizeUrlOptions() {}

  /// The address to which Box sends the person's browser back; empty: the one in Box's console.
  std::string redirectUri;
  std::string state;  ///< from BoxOAuth::makeState(); authorizationCode() checks that it comes back; empty: none
  std::string scope;  ///< the scopes, separated by blanks; empty: those in Box's console
};

/// User Authentication (OAuth 2.0): acts for a person who has signed in once, with refresh tokens.
///
/// Send the person to getAuthorizeUrl(). When the browser comes back, get the code from its address with
/// authorizationCode(), and exchange the code within 30 s with getTokensAuthorizationCodeGrant(). From then on tokens
/// come from the storage and are renewed.
class BOX_API BoxOAuth : public RefreshingAuthentication {
 public:
  /// *Errors*: BoxSdkError with Errc::invalidConfiguration; its text names the field.
  explicit BoxOAuth(OAuthConfig config);

  /// The address of the page on which a person authorises the app. `baseUrls`: those that the client uses. It sends
  /// nothing.
  std::string getAuthorizeUrl(const GetAuthorizeUrlOptions& options = GetAuthorizeUrlOptions(),
                              const BaseUrls& baseUrls = BaseUrls()) const;

  /// Exchanges the code for tokens and stores them. The code is sent only after the storage was locked, so it can still
  /// be used if the storage is not usable. `redirectUri`: the same that getAuthorizeUrl() was given, or empty.
  /// *Errors*: those that RefreshingAuthentication lists.
  asio::awaitable<Token> getTokensAuthorizationCodeGrant(Secret authorizationCode, TokenContext context,
                                                         std::string_view redirectUri = std::string_view());

  /// A `state` for getAuthorizeUrl() that nobody can predict: 128 bits from the system's random source, as hex digits.
  /// *Errors*: BoxSdkError with Errc::localResource where the system has no random source.
  static std::string makeState();

  /// The code in the address to which Box sent the browser back (a URL, or its path and query). *Errors*: BoxSdkError
  /// with Errc::stateMismatch where the address has another state, or a state twice (the request may be forged),
  /// Errc::invalidRequest where `state` is empty, or Errc::tokenUnavailable where the person refused or there is not
  /// exactly one code.
  static Secret authorizationCode(std::string_view redirected, std::string_view state);

 private:
  std::string clientId_;
};

}  // namespace box::inline v0_1
