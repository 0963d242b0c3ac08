#include "box/support/secret.hpp"

#include <cstring>
#include <utility>

#include "support/wipe.hpp"

namespace box::inline v0_1 {

// The text is in separately allocated memory, because a std::string stores short texts inside itself, and a move leaves
// a copy there.
Secret::Secret(std::string_view text) : size_(text.size()) {
  if (size_ == 0) return;
  data_ = new char[size_];
  std::memcpy(data_, text.data(), size_);
}

Secret::Secret(std::string&& text) : Secret(std::string_view(text)) { wipe(text); }

Secret::Secret(const Secret& other) : Secret(other.reveal()) {}

Secret::Secret(Secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Secret::~Secret() {
  if (data_ == nullptr) return;
  wipe(data_, size_);
  delete[] data_;
}

}  // namespace box::inline v0_1
