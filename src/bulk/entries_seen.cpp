#include "bulk/entries_seen.hpp"

#include <new>

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace box {

std::optional<std::uint64_t> EntriesSeen::add(std::string_view entry, std::uint64_t index) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  // EVP_Digest looks its algorithm up by name each time; this is the one that OpenSSL keeps.
  if (EVP_Digest(entry.data(), entry.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
  Fingerprint fingerprint{};
  std::memcpy(fingerprint.data(), digest.data(), sizeof fingerprint);
  const auto [place, isNew] = first_.emplace(fingerprint, index);
  if (isNew) return std::nullopt;
  return place->second;
}

}  // namespace box
