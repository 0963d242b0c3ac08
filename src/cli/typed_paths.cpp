#include "cli/typed_paths.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "cli/files.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::size_t shortest = 20;

/// Judges one part of a path.
bool looksLikeASecret(std::string_view name) {
  constexpr std::size_t certain = 32, jwt = 60;
  const auto has = [&](char from, char to) {
    return std::any_of(name.begin(), name.end(), [=](char c) { return c >= from && c <= to; });
  };
  const auto inSecrets = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_.~+=").find(c) != std::string_view::npos;
  };
  if (name.size() < shortest || !std::all_of(name.begin(), name.end(), inSecrets) || !has('0', '9')) return false;
  if (name.find('.') != std::string_view::npos && name.size() < jwt) return false;
  return name.size() >= certain || (has('a', 'z') && has('A', 'Z'));
}

/// The first part of a path that looks like a secret: its position and length.
struct Part {
  std::size_t begin, size;
};
std::optional<Part> secretIn(std::string_view path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find_first_of("/\\", begin), path.size());  // a backslash on Windows
    if (looksLikeASecret(path.substr(begin, end - begin))) return Part{begin, end - begin};
    begin = end + 1;
  }
  return std::nullopt;
}

std::string remark(std::size_t size) {
  return "(" + counted(size, "character") + " that are not shown: they may be a secret, given in the wrong place)";
}

/// Replaces `secret` everywhere in the text, also where only its beginning is left of it because the text was cut.
void hide(std::string& text, std::string_view secret) {
  const std::string_view beginning = secret.substr(0, shortest);
  for (std::size_t at = text.find(beginning); at != std::string::npos;) {
    std::size_t size = beginning.size();
    while (size < secret.size() && at + size < text.size() && text[at + size] == secret[size]) ++size;
    const std::string instead = remark(secret.size());
    text.replace(at, size, instead);
    at = text.find(beginning, at + instead.size());
  }
}

}  // namespace

bool mayHoldASecret(std::string_view path) { return secretIn(path).has_value(); }

std::string withoutSecrets(std::string_view text, const std::vector<std::string>& paths) {
  std::string out(text);
  for (const std::string& path : paths) {
    const std::optional<Part> part = secretIn(path);
    // An existing file's name is not a secret.
    if (part && !exists(path.substr(0, part->begin + part->size)))
      hide(out, std::string_view(path).substr(part->begin, part->size));
  }
  return out;
}

}  // namespace box::cli
