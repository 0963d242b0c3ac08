#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "box/auth/token_storage.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// Checks the members that all configurations have in common. Throws BoxSdkError with Errc::invalidConfiguration, whose
/// text begins with `config`.
void requireClient(const std::string& config, const std::string& clientId, const Secret& clientSecret,
                   std::chrono::nanoseconds refreshMargin);
/// Checks that the margin is from 0 to 24 h, and returns it. `field`: its name for errors, such as
/// "CcgConfig::refreshMargin".
std::chrono::nanoseconds requireMargin(const std::string& field, std::chrono::nanoseconds margin);
/// Checks that exactly one of the two ids is given, and that it has digits only.
void requireSubject(const std::string& config, const std::string& enterpriseId, const std::string& userId);
/// A copy of a configuration for another subject: exactly one of the two ids must not be empty.
template <class Config>
Config forSubject(Config config, std::string_view enterpriseId, std::string_view userId,
                  std::shared_ptr<TokenStorage> storage) {
  config.enterpriseId = enterpriseId;
  config.userId = userId;
  config.tokenStorage = std::move(storage);
  return config;
}

}  // namespace box::inline v0_1
