#include "cli/digest.hpp"

#include <cstring>

#include <openssl/evp.h>

#include "cli/arguments.hpp"

namespace box::cli {

namespace {

using Bytes = std::array<unsigned char, 32>;

void require(int result) {
  if (result == 1) return;
  throw UsageError(
      "OpenSSL has no SHA-256: its configuration (OPENSSL_CONF) must activate a provider of digests, such as the "
      "default one");
}

std::string inHex(const Bytes& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : bytes) out.append({digits[byte >> 4], digits[byte & 0xf]});
  return out;
}

Bytes sha256(std::string_view text) {
  Bytes bytes{};
  require(EVP_Digest(text.data(), text.size(), bytes.data(), nullptr, EVP_sha256(), nullptr));
  return bytes;
}

}  // namespace

struct Digest::Context {
  EVP_MD_CTX* raw = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(raw); }
};

Digest::Digest() : context_(std::make_unique<Context>()) {
  require(EVP_DigestInit_ex(context_->raw, EVP_sha256(), nullptr));
}
Digest::~Digest() = default;

void Digest::add(std::string_view bytes) { require(EVP_DigestUpdate(context_->raw, bytes.data(), bytes.size())); }

std::string Digest::hex() {
  Bytes bytes{};
  require(EVP_DigestFinal_ex(context_->raw, bytes.data(), nullptr));
  return inHex(bytes);
}

std::array<std::uint64_t, 2> fingerprintOf(std::string_view text) {
  const Bytes bytes = sha256(text);
  std::array<std::uint64_t, 2> out{};
  std::memcpy(out.data(), bytes.data(), sizeof out);
  return out;
}

}  // namespace box::cli
