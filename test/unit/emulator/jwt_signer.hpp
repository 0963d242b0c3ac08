#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace box::inline v0_1::emulator::test {

/// A key pair and signatures with it, made by OpenSSL only.
class JwtSigner {
 public:
  enum class Kind { rsa2048, rsa1024, ecP256 };

  explicit JwtSigner(Kind kind = Kind::rsa2048);

  [[nodiscard]] std::string publicKeyPem() const;
  /// A signature over `text` with SHA-256, 384 or 512; in PKCS #1 v1.5 or PSS.
  [[nodiscard]] std::string sign(std::string_view text, int bits = 256, bool pss = false) const;
  /// An assertion: the two parts, encoded and joined, and the signature.
  [[nodiscard]] std::string assertion(std::string_view header, std::string_view claims, int bits = 256,
                                      bool pss = false) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

[[nodiscard]] std::string base64Url(std::string_view bytes);

}  // namespace box::inline v0_1::emulator::test
