#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace box::inline v0_1 {

/// Stores short texts that occur often, each once. It stores only the first `most` different texts.
class Interned {
 public:
  explicit Interned(std::size_t most) : most_(most) {}
  /// The number of the text, from 1. 0: the text is empty, or there are too many texts.
  std::uint16_t numberOf(std::string_view text);
  /// The text with this number; empty for 0.
  std::string_view text(std::uint16_t number) const { return number == 0 ? std::string_view() : texts_[number - 1U]; }
  /// The texts in the order of their numbers, which begin at 1.
  const std::vector<std::string>& all() const noexcept { return texts_; }

 private:
  std::size_t most_;
  std::vector<std::string> texts_;
};

}  // namespace box::inline v0_1
