#include "cli/escape.hpp"

#include <algorithm>

namespace box::cli {

std::string escaped(std::string_view text, std::initializer_list<Escape> escapes) {
  std::string out;
  for (const char c : text) {
    const auto* const escape =
        std::find_if(escapes.begin(), escapes.end(), [c](const Escape& each) { return each.character == c; });
    if (escape == escapes.end()) {
      out += c;
    } else {
      out += escape->written;
    }
  }
  return out;
}

}  // namespace box::cli
