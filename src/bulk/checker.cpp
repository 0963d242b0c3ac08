#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "box/bulk/bulk_entry.hpp"
#include "box/entry.hpp"
#include "support/ascii.hpp"

namespace box::inline v0_1 {

/// The earlier entries, each stored as 128 bits. Two entries must not have the same bits, because an entry that is
/// wrongly taken for a duplicate is not sent, and its user stays signed in. Logins that differ only in the case of
/// ASCII letters are the same login. An id of up to 19 digits is stored as its number. Of any other entry, 127 bits of
/// its SHA-256 are stored: to construct a collision takes about 2^63 digests, and the probability of one by chance is
/// below 10^-26 for a list of a million entries.
class BulkChecker::Seen {
 public:
  Seen() : sha256_(EVP_MD_fetch(nullptr, "SHA2-256", nullptr)), context_(EVP_MD_CTX_new()) {
    if (!sha256_ || !context_) throw std::bad_alloc();
  }

  /// The index of the entry's first occurrence; unset: this is the first, and it is recorded.
  std::optional<std::uint64_t> add(std::string_view entry, std::uint64_t index) {
    const Key key = keyOf(entry);
    const auto [place, isNew] = parts_[key[0] % 32].emplace(key, index);
    if (isNew) return std::nullopt;
    return place->second;
  }

 private:
  using Key = std::array<std::uint64_t, 2>;

  Key keyOf(std::string_view entry) {
    constexpr std::size_t mostDigits = 19;  // 10^19 is less than 2^64
    std::uint64_t number = 0;
    std::size_t digits = entry.size() <= mostDigits ? 0 : entry.size();
    while (digits < entry.size() && isDigit(entry[digits])) {
      number = number * 10 + static_cast<unsigned>(entry[digits++] - '0');
    }
    // The key contains the number of digits, because 01 and 1 are different entries.
    return digits == entry.size() && digits <= mostDigits ? Key{number, digits} : digestOf(entry);
  }

  /// Letters of both cases have the same digest, because Box takes logins without case.
  Key digestOf(std::string_view entry) {
    std::array<char, longestLogin> lower{};
    const std::size_t size = std::min(entry.size(), lower.size());  // checkEntry() refuses a longer entry
    std::transform(entry.begin(), entry.begin() + static_cast<std::ptrdiff_t>(size), lower.begin(), toLower);
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    // The algorithm was fetched in the constructor, because finding it by name takes as long as the digest.
    if (EVP_DigestInit_ex(context_.get(), sha256_.get(), nullptr) != 1 ||
        EVP_DigestUpdate(context_.get(), lower.data(), size) != 1 ||
        EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) != 1) {
      throw std::bad_alloc();
    }
    Key key{};
    std::memcpy(key.data(), digest.data(), sizeof key);
    key[1] |= std::uint64_t{1} << 63U;  // no id has this bit
    return key;
  }

  /// Uses random factors, so that nobody can construct a list whose entries all have the same hash.
  class Hash {
   public:
    using is_avalanching = void;
    std::size_t operator()(const Key& key) const noexcept {
      std::uint64_t hash = (key[0] ^ key[1] << 32U ^ key[1] >> 32U) * first_;
      hash = (hash ^ hash >> 32U) * second_;
      return hash ^ hash >> 32U;
    }

   private:
    static std::uint64_t oddNumber() {
      std::random_device device;
      return std::uint64_t{device()} << 32U | device() | 1U;
    }
    std::uint64_t first_ = oddNumber(), second_ = oddNumber();
  };

  struct Free {
    void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  const std::unique_ptr<EVP_MD, Free> sha256_;
  const std::unique_ptr<EVP_MD_CTX, Free> context_;
  using Map = boost::unordered_flat_map<Key, std::uint64_t, Hash>;
  // In parts, because a map of a million entries would move all of them in one handler when it grows.
  std::vector<Map> parts_ = std::vector<Map>(32, Map(0, Hash()));
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

}  // namespace box::inline v0_1
