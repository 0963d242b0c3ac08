#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace box::cli {

/// A character that has a meaning in a syntax, and what stands for it in a text of that syntax.
struct Escape {
  char character;
  std::string_view written;
};

/// The text with its replacement for each of these characters.
std::string escaped(std::string_view text, std::initializer_list<Escape> escapes);

}  // namespace box::cli
