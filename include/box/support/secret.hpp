#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "box/support/export.hpp"

namespace box::inline v0_1 {

/// Text that must not be shown: it has no operator<<, converts to nothing, and is wiped when it is destroyed. Wiping is
/// best effort: code that copies the text from reveal() (into a write buffer, say) has to wipe the copy.
class BOX_API Secret {
 public:
  Secret() noexcept = default;
  /// Takes a copy; the caller's string is left as it is.
  Secret(std::string_view text);
  /// Takes a copy; the caller's string is left as it is.
  Secret(const std::string& text) : Secret(std::string_view(text)) {}
  /// Null is empty: std::getenv() gives null for a variable that is not set.
  Secret(const char* text) : Secret(text == nullptr ? std::string_view() : std::string_view(text)) {}
  /// Takes a copy and wipes the string it was given.
  Secret(std::string&& text);
  /// Each copy is wiped when it is destroyed.
  Secret(const Secret& other);
  /// `other` is empty afterwards, and no copy of the text stays in it.
  Secret(Secret&& other) noexcept;
  /// The previous text is wiped.
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  /// The only access to the text. Do not store what it returns, and do not print it.
  std::string_view reveal() const noexcept { return {data_, size_}; }
  /// Whether there is no text.
  bool empty() const noexcept { return size_ == 0; }
  /// In bytes.
  std::size_t size() const noexcept { return size_; }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace box::inline v0_1
