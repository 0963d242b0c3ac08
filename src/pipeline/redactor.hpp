#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "box/support/secret.hpp"
#include "support/wipe.hpp"
#include "system/find_bytes.hpp"

namespace box::inline v0_1 {

/// Removes secrets from a text of the server, which may repeat the request. It searches for their values, so the format
/// of the text does not matter. The secrets must live as long as this object.
class Redactor {
 public:
  /// Box's secrets are longer; shorter values would match ordinary words.
  static constexpr std::size_t shortest = 8;

  Redactor() = default;
  void add(const Secret& secret) {
    if (secret.size() >= shortest) secrets_.push_back(secret.reveal());
  }

  /// `text` with "[redacted]" in place of each secret.
  std::string operator()(std::string text) const {
    static constexpr std::string_view mark = "[redacted]";
    for (const std::string_view secret : secrets_) {
      std::size_t at = findBytes(text, secret);
      if (at == std::string::npos) continue;
      // Builds a new text, because a server may repeat the secret very often, and each replacement in place would move
      // all that follows.
      std::string clean;
      std::size_t from = 0;
      while (at != std::string::npos) {
        clean.append(text, from, at).append(mark);
        from += at + secret.size();
        at = findBytes(std::string_view(text).substr(from), secret);
      }
      clean.append(text, from);
      wipe(text);
      text = std::move(clean);
    }
    return text;
  }

 private:
  std::vector<std::string_view> secrets_;
};

}  // namespace box::inline v0_1
