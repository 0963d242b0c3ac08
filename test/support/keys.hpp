#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace box::test {

using KeyPair = std::shared_ptr<EVP_PKEY>;

/// An RSA key pair. It is made once for each size in a process, because that takes some time.
KeyPair rsaKey(int bits = 2048);
/// A different key pair.
KeyPair otherRsaKey();
/// A key pair of another type: "EC" (P-256), "ED25519", "RSA-PSS", "X25519".
KeyPair keyOf(const std::string& kind);

/// The private key as PKCS #8: not encrypted if the passphrase is empty, otherwise by PBES2 with this cipher, as in the
/// files of Box's console.
std::string pkcs8Pem(const KeyPair& key, std::string_view passphrase = "", const char* cipher = "AES-256-CBC");
/// The private key as PKCS #8, encrypted by an older scheme (NID_pbe_WithSHA1And3_Key_TripleDES_CBC).
std::string pbes1Pem(const KeyPair& key, std::string_view passphrase, int nid);
/// The private key as PKCS #1, or in the traditional form of another type; encrypted by RFC 1423 if there is a
/// passphrase.
std::string traditionalPem(const KeyPair& key, std::string_view passphrase = "", const char* cipher = "AES-256-CBC");
/// The public key.
std::string publicPem(const KeyPair& key);
std::string certificatePem(const KeyPair& key);

/// Whether the signature is valid for PKCS #1 v1.5 with this digest.
bool verifies(const KeyPair& key, const char* digest, std::string_view data, std::string_view signature);

}  // namespace box::test
