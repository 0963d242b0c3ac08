#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// A text that must not be shown: it has no operator<<, converts to no other type, and is wiped when it is destroyed.
/// Wiping does not reach other copies: code that copies the text from reveal(), for example into a write buffer, must
/// wipe that copy itself.
class BOX_API Secret {
 public:
  Secret() noexcept = default;
  /// Takes a copy; the caller's string is left as it is.
  Secret(std::string_view text);
  /// Takes a copy; the caller's string is left as it is.
  Secret(const std::string& text) : Secret(std::string_view(text)) {}
  /// Makes an empty secret from null: std::getenv() gives null for a variable that is not set.
  Secret(const char* text) : Secret(text == nullptr ? std::string_view() : std::string_view(text)) {}
  /// Takes a copy and wipes the caller's string.
  Secret(std::string&& text);
  /// Both copies are wiped when they are destroyed.
  Secret(const Secret& other);
  /// Afterwards `other` is empty and has no copy of the text.
  Secret(Secret&& other) noexcept;
  /// Wipes the previous text.
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  /// The only access to the text. Do not store what it returns, and do not print it.
  std::string_view reveal() const noexcept { return {data_, size_}; }
  /// Whether the text is empty.
  bool empty() const noexcept { return size_ == 0; }
  /// The length in bytes.
  std::size_t size() const noexcept { return size_; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace box::inline v0_1
