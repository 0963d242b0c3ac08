#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <string>

#include <boost/container/pmr/memory_resource.hpp>
#include <openssl/crypto.h>

/// All memory that contained a secret is overwritten by these functions. A string that grows leaves its old text in
/// freed memory, so a text with a secret must grow by makeRoom() only.
namespace box::inline v0_1 {

inline void wipe(void* place, std::size_t size) noexcept { OPENSSL_cleanse(place, size); }

/// Overwrites the whole capacity of the text, and leaves the text empty. The capacity stays.
inline void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // this allocates no memory
  wipe(text.data(), text.size());
  text.clear();
}

/// Gives `text` a capacity of at least `size` characters. If its characters move, the old memory is wiped.
inline void makeRoom(std::string& text, std::size_t size) {
  if (size <= text.capacity()) return;
  std::string roomier;
  roomier.reserve(std::max(size, 2 * text.capacity()));
  roomier.assign(text);
  text.swap(roomier);
  wipe(roomier);
}

/// Wipes a text at the end of a scope.
class WipeGuard {
 public:
  explicit WipeGuard(std::string& text) noexcept : text_(text) {}
  ~WipeGuard() { wipe(text_); }
  WipeGuard(const WipeGuard&) = delete;
  WipeGuard& operator=(const WipeGuard&) = delete;

 private:
  std::string& text_;
};

/// Memory for bytes, which is wiped when it is destroyed.
class WipedRoom {
 public:
  explicit WipedRoom(std::size_t size) : bytes_(new unsigned char[size]), size_(size) {}
  ~WipedRoom() { wipe(bytes_.get(), size_); }
  WipedRoom(const WipedRoom&) = delete;
  WipedRoom& operator=(const WipedRoom&) = delete;

  unsigned char* data() noexcept { return bytes_.get(); }
  char* chars() noexcept { return reinterpret_cast<char*>(bytes_.get()); }
  std::size_t size() const noexcept { return size_; }

 private:
  std::unique_ptr<unsigned char[]> bytes_;
  std::size_t size_;
};

/// Memory for a JSON document with secrets in it: each block is wiped when it is freed.
class WipingResource final : public boost::container::pmr::memory_resource {
  // Boost.JSON frees memory with another alignment than it requested; both are at most that of operator new.
  void* do_allocate(std::size_t size, std::size_t) override { return ::operator new(size); }
  void do_deallocate(void* place, std::size_t size, std::size_t) override {
    wipe(place, size);
    ::operator delete(place);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

}  // namespace box::inline v0_1
