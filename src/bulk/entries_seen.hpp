#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

namespace box {

/// Tells which entries were there before, in at most 100 bytes an entry, however long they are.
///
/// It keeps 128 bits of each entry's SHA-256 and not the entry: a mistaken duplicate would leave somebody signed in, and with
/// these nobody can bring one about, nor does chance (one in 10^26 for a million entries).
class EntriesSeen {
 public:
  /// The index of the same entry's first appearance; none: this is it, and it is kept.
  std::optional<std::uint64_t> add(std::string_view entry, std::uint64_t index);
  std::size_t size() const noexcept { return first_.size(); }

 private:
  using Fingerprint = std::array<std::uint64_t, 2>;
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const Fingerprint& fingerprint) const noexcept { return fingerprint[0]; }
  };

  boost::unordered_flat_map<Fingerprint, std::uint64_t, Hash> first_;
};

}  // namespace box
