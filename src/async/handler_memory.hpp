#pragma once

#include <atomic>
#include <cstddef>
#include <new>

namespace box::inline v0_1 {

/// Memory for the operation that a coroutine waits for. It is allocated before the operation begins.
///
/// If Asio finds no memory in the middle of I/O, io_context::run() throws the exception and the coroutine is destroyed;
/// with this object the allocation fails earlier, where the coroutine can still throw. It serves one operation at a
/// time, or one chain of them; an allocation that does not fit is made as usual. *Lifetime*: until the handler is
/// called or destroyed. *Threads*: an operation may end on another thread than the one that begins the next.
class HandlerMemory {
 public:
  template <class T>
  class Allocator;

  HandlerMemory() = default;
  HandlerMemory(const HandlerMemory&) = delete;
  HandlerMemory& operator=(const HandlerMemory&) = delete;

  Allocator<void> allocator() noexcept;

 private:
  static constexpr std::size_t most = 1024;

  void* allocate(std::size_t size) {
    if (size > most || taken_.load(std::memory_order_acquire)) return ::operator new(size);
    taken_.store(true, std::memory_order_relaxed);
    return room_;
  }
  void deallocate(void* block) noexcept {
    if (block != room_) return ::operator delete(block);
    taken_.store(false, std::memory_order_release);  // the data in the memory are not read any more
  }

  alignas(std::max_align_t) std::byte room_[most];
  std::atomic<bool> taken_{false};
};

template <class T>
class HandlerMemory::Allocator {
 public:
  using value_type = T;

  explicit Allocator(HandlerMemory& memory) noexcept : memory_(&memory) {}
  template <class U>
  Allocator(const Allocator<U>& other) noexcept : memory_(other.memory_) {}  // NOLINT: allocators convert

  T* allocate(std::size_t n) { return static_cast<T*>(memory_->allocate(n * sizeof(T))); }
  void deallocate(T* block, std::size_t) noexcept { memory_->deallocate(block); }

  friend bool operator==(const Allocator& a, const Allocator& b) noexcept { return a.memory_ == b.memory_; }
  friend bool operator!=(const Allocator& a, const Allocator& b) noexcept { return a.memory_ != b.memory_; }

 private:
  template <class U>
  friend class Allocator;
  HandlerMemory* memory_;
};

inline HandlerMemory::Allocator<void> HandlerMemory::allocator() noexcept { return Allocator<void>(*this); }

}  // namespace box::inline v0_1
