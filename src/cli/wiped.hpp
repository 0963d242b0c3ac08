#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <openssl/crypto.h>

namespace box::cli {

/// Wipes memory before it is freed, because it may hold a secret.
template <class T>
struct WipingAllocator {
  using value_type = T;
  WipingAllocator() = default;
  template <class U>
  WipingAllocator(const WipingAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* place, std::size_t count) noexcept {
    OPENSSL_cleanse(place, count * sizeof(T));
    std::allocator<T>().deallocate(place, count);
  }
  friend bool operator==(WipingAllocator, WipingAllocator) noexcept { return true; }
};

using WipedBytes = std::vector<char, WipingAllocator<char>>;

}  // namespace box::cli
