#include "jwt_signer.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <stdexcept>

namespace box::inline v0_1::emulator::test {
namespace {

void require(bool ok) {
  if (!ok) throw std::runtime_error("OpenSSL");
}

}  // namespace

JwtSigner::JwtSigner(Kind kind) {
  EVP_PKEY* made = nullptr;
  switch (kind) {
    case Kind::rsa2048: made = EVP_RSA_gen(2048U); break;
    case Kind::rsa1024: made = EVP_RSA_gen(1024U); break;
    case Kind::ecP256: made = EVP_EC_gen("P-256"); break;
  }
  require(made != nullptr);
  key_.reset(made, &EVP_PKEY_free);
}

std::string JwtSigner::publicKeyPem() const {
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), &BIO_free);
  require(out && PEM_write_bio_PUBKEY(out.get(), key_.get()) == 1);
  std::string text(BIO_ctrl_pending(out.get()), '\0');
  require(BIO_read(out.get(), text.data(), static_cast<int>(text.size())) == static_cast<int>(text.size()));
  return text;
}

std::string JwtSigner::sign(std::string_view text, int bits, bool pss) const {
  const EVP_MD* hash = bits == 256 ? EVP_sha256() : bits == 384 ? EVP_sha384() : EVP_sha512();
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  require(context && EVP_DigestSignInit(context.get(), &parameters, hash, nullptr, key_.get()) == 1);
  if (pss) require(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  require(EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) == 1);
  std::string signature(size, '\0');
  require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data, text.size()) ==
          1);
  signature.resize(size);
  return signature;
}

std::string JwtSigner::assertion(std::string_view header, std::string_view claims, int bits, bool pss) const {
  const std::string text = base64Url(header) + "." + base64Url(claims);
  return text + "." + base64Url(sign(text, bits, pss));
}

std::string base64Url(std::string_view bytes) {
  // EVP's encoder adds padding and uses the other alphabet.
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  text.erase(text.find_last_not_of('=') + 1);
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

}  // namespace box::inline v0_1::emulator::test
