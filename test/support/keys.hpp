#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace box::test {

using KeyPair = std::shared_ptr<EVP_PKEY>;

/// An RSA key pair, made once a process for each size: the making takes a while.
KeyPair rsaKey(int bits = 2048);
/// Another pair than that.
KeyPair otherRsaKey();
/// A key pair of another kind: "EC" (P-256), "ED25519", "RSA-PSS", "X25519".
KeyPair keyOf(const std::string& kind);

/// PKCS #8. Not encrypted where the passphrase is empty; else by PBES2 with this cipher, as in the files of Box's
/// console.
std::string pkcs8Pem(const KeyPair& key, std::string_view passphrase = "", const char* cipher = "AES-256-CBC");
/// PKCS #8, encrypted by an older scheme (NID_pbe_WithSHA1And3_Key_TripleDES_CBC).
std::string pbes1Pem(const KeyPair& key, std::string_view passphrase, int nid);
/// PKCS #1 (for other kinds, their own form). Encrypted as of RFC 1423 where there is a passphrase.
std::string traditionalPem(const KeyPair& key, std::string_view passphrase = "", const char* cipher = "AES-256-CBC");
/// The public half.
std::string publicPem(const KeyPair& key);
std::string certificatePem(const KeyPair& key);

/// PKCS #1 v1.5 with this digest.
bool verifies(const KeyPair& key, const char* digest, std::string_view data, std::string_view signature);

}  // namespace box::test
