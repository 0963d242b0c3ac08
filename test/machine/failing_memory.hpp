#pragma once

#include <cstddef>

namespace box::test {

/// Memory that runs out for the thread that calls this. The program has allocation functions of its own for C++ and
/// OpenSSL.
class FailingMemory {
 public:
  enum class Of { cpp, openssl };

  /// The allocation that is the n-th from now on fails, those behind it do not. n from 1.
  static void failAt(Of whose, std::size_t n) noexcept;
  /// Nothing fails any more. True where an allocation has failed.
  static bool stop() noexcept;
  /// Whether OpenSSL's allocations go by way of this program at all.
  static bool opensslIsCounted() noexcept;
};

}  // namespace box::test
