#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "box/bulk/bulk_entry.hpp"
#include "box/entry.hpp"

namespace box {

/// The entries that were there before. It keeps 128 bits of each entry's SHA-256 and not the entry: a mistaken duplicate
/// would leave somebody signed in, and with these nobody can bring one about, nor does chance (one in 10^26 for a million
/// entries).
class BulkChecker::Seen {
 public:
  /// The index of the entry's first appearance; none: this is the first, and it is kept.
  std::optional<std::uint64_t> add(std::string_view entry, std::uint64_t index) {
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

 private:
  using Fingerprint = std::array<std::uint64_t, 2>;
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const Fingerprint& fingerprint) const noexcept { return fingerprint[0]; }
  };

  boost::unordered_flat_map<Fingerprint, std::uint64_t, Hash> first_;
};

BulkChecker::BulkChecker(BulkTarget target) : target_(target), seen_(std::make_unique<Seen>()) {}
BulkChecker::~BulkChecker() = default;
BulkChecker::BulkChecker(BulkChecker&&) noexcept = default;
BulkChecker& BulkChecker::operator=(BulkChecker&&) noexcept = default;

BulkChecker::Finding BulkChecker::check(const BulkEntry& entry) {
  Finding finding;
  finding.index = count_++;
  if (!entry.fault.empty()) {
    finding.invalid = entry.fault;
    return finding;
  }
  const EntryKind kind = target_ == BulkTarget::users ? EntryKind::user : EntryKind::groupId;
  if (const std::optional<EntryFault> fault = checkEntry(kind, entry.value)) {
    finding.invalid = fault->text;
    return finding;
  }
  finding.original = seen_->add(entry.value, finding.index);
  return finding;
}

}  // namespace box
