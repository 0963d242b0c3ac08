#pragma once

#include <cstddef>

namespace box::test {

/// Makes memory run out for the calling thread. The program has its own allocation functions for C++ and OpenSSL.
class FailingMemory {
 public:
  enum class Of { cpp, openssl };

  /// The n-th allocation from now on fails, later ones do not. n begins with 1.
  static void failAt(Of whose, std::size_t n) noexcept;
  /// No further allocation fails. True: an allocation has failed.
  static bool stop() noexcept;
  /// Whether OpenSSL allocates through this program's functions.
  static bool opensslIsCounted() noexcept;
};

}  // namespace box::test
