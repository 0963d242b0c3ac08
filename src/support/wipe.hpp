#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <string>

#include <boost/container/pmr/memory_resource.hpp>
#include <openssl/crypto.h>

/// The one way in which memory that held a secret is overwritten. A string that grows by itself leaves its old text in
/// freed memory: text with a secret in it grows through makeRoom() only.
namespace box::inline v0_1 {

inline void wipe(void* place, std::size_t size) noexcept { OPENSSL_cleanse(place, size); }

/// Overwrites all the room that the text has, and leaves it empty. The room stays.
inline void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // needs no memory
  wipe(text.data(), text.size());
  text.clear();
}

/// Has `text` hold at least `size` characters without growing again. Where it moves, its old room is wiped.
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

/// Room for bytes, wiped when it is destroyed.
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

/// Memory for a JSON document with secrets in it: each block is wiped when it is given back.
class WipingResource final : public boost::container::pmr::memory_resource {
  // Boost.JSON gives memory back with another alignment than it asked for it, neither more than new's own.
  void* do_allocate(std::size_t size, std::size_t) override { return ::operator new(size); }
  void do_deallocate(void* place, std::size_t size, std::size_t) override {
    wipe(place, size);
    ::operator delete(place);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

}  // namespace box::inline v0_1
