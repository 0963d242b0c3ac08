#include "support/keys.hpp"

#include <map>
#include <mutex>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace box::test {
namespace {

void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("a key for the test: ") + what);
}

KeyPair owned(EVP_PKEY* key) {
  require(key != nullptr, "cannot be made");
  return {key, EVP_PKEY_free};
}

KeyPair once(const std::string& name, EVP_PKEY* (*make)(const std::string&)) {
  static std::mutex mutex;
  static std::map<std::string, KeyPair> made;
  const std::lock_guard lock(mutex);
  KeyPair& key = made[name];
  if (!key) key = owned(make(name));
  return key;
}

/// The bytes that `write` writes to a BIO.
template <class Write>
std::string written(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  require(out && write(out.get()) == 1, "cannot be written");
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

const EVP_CIPHER* cipherNamed(const char* name) {
  const EVP_CIPHER* cipher = EVP_get_cipherbyname(name);
  require(cipher != nullptr, "no such cipher");
  return cipher;
}

}  // namespace

KeyPair rsaKey(int bits) {
  return once(std::to_string(bits),
              [](const std::string& name) { return EVP_RSA_gen(static_cast<unsigned>(std::stoul(name))); });
}

KeyPair otherRsaKey() {
  return once("other", [](const std::string&) { return EVP_RSA_gen(2048); });
}

KeyPair keyOf(const std::string& kind) {
  return once(kind, [](const std::string& name) {
    if (name == "EC") return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
    if (name != "RSA-PSS") return EVP_PKEY_Q_keygen(nullptr, nullptr, name.c_str());
    EVP_PKEY* key = nullptr;
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr), EVP_PKEY_CTX_free);
    require(context && EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_generate(context.get(), &key) == 1,
            "RSA-PSS");
    return key;
  });
}

std::string pkcs8Pem(const KeyPair& key, std::string_view passphrase, const char* cipher) {
  return written([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key.get(), passphrase.empty() ? nullptr : cipherNamed(cipher),
                                         passphrase.data(), static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
}

std::string pbes1Pem(const KeyPair& key, std::string_view passphrase, int nid) {
  return written([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey_nid(out, key.get(), nid, passphrase.data(),
                                             static_cast<int>(passphrase.size()), nullptr, nullptr);
  });
}

std::string traditionalPem(const KeyPair& key, std::string_view passphrase, const char* cipher) {
  const std::string text(passphrase);
  return written([&](BIO* out) {
    return PEM_write_bio_PrivateKey_traditional(out, key.get(), text.empty() ? nullptr : cipherNamed(cipher),
                                                reinterpret_cast<const unsigned char*>(text.data()),
                                                static_cast<int>(text.size()), nullptr, nullptr);
  });
}

std::string publicPem(const KeyPair& key) {
  return written([&](BIO* out) { return PEM_write_bio_PUBKEY(out, key.get()); });
}

std::string certificatePem(const KeyPair& key) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  require(certificate && X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0) != nullptr &&
              X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600) != nullptr &&
              X509_set_pubkey(certificate.get(), key.get()) == 1 &&
              X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0,
          "certificate");
  return written([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
}

bool verifies(const KeyPair& key, const char* digest, std::string_view data, std::string_view signature) {
  const auto bytes = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  require(context &&
              EVP_DigestVerifyInit_ex(context.get(), &parameters, digest, nullptr, nullptr, key.get(), nullptr) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PADDING) == 1,
          "verification");
  return EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(data), data.size()) == 1;
}

}  // namespace box::test
