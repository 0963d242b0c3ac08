#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "box/auth/jwt.hpp"
#include "box/support/secret.hpp"

namespace box::inline v0_1 {

/// An RSA key that signs. Immutable; threads may share it.
class PrivateKey {
 public:
  /// Reads PKCS #8, plain or encrypted, or PKCS #1, plain or with RFC 1423 encryption. *Errors*: BoxSdkError with
  /// Errc::invalidConfiguration where `pem` has another format, the key is not an RSA key or has fewer than 2048 bits,
  /// or the passphrase is wrong or missing. The text says which of these is the reason and what to do; it shows no part
  /// of key and passphrase.
  static PrivateKey fromPem(const Secret& pem, const Secret& passphrase);

  /// The bytes of the signature (RSASSA-PKCS1-v1_5). *Errors*: BoxSdkError with Errc::localResource.
  std::string sign(std::string_view data, JwtAlgorithm algorithm) const;

 private:
  explicit PrivateKey(std::shared_ptr<void> key) noexcept : key_(std::move(key)) {}
  std::shared_ptr<void> key_;  // EVP_PKEY
};

}  // namespace box::inline v0_1
