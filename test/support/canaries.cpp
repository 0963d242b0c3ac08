#include "support/canaries.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <random>
#include <utility>

#include "support/base64.hpp"

namespace box::test {
namespace {

struct Canary {
  std::string what;
  std::vector<std::pair<std::string, std::string>> forms;  // the name of each form, and the text in it
};

std::mutex mutex;
std::vector<Canary>& canaries() {
  static std::vector<Canary> all;
  return all;
}

std::string hex(std::string_view bytes, std::string_view digits, std::string_view before) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.append(before).append({digits[byte >> 4U], digits[byte & 15U]});
  }
  return out;
}

std::string replaced(std::string_view text, std::string_view special, auto encode) {
  std::string out;
  for (const char c : text) out += special.find(c) == std::string_view::npos ? std::string(1, c) : encode(c);
  return out;
}

}  // namespace

std::string Canaries::make(const std::string& what) {
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::random_device random;
  std::string secret(mark);
  for (int i = 0; i < 24; ++i) secret += letters[random() % letters.size()];
  secret.insert(secret.size() / 2, "+/");
  add(what, secret);
  return secret;
}

void Canaries::add(const std::string& what, std::string_view secret) {
  Canary canary;
  canary.what = what;
  // Half of a secret is a leak, too.
  for (const std::string_view part : {secret.substr(0, secret.size() / 2), secret.substr(secret.size() / 2)}) {
    canary.forms.emplace_back("raw", part);
    for (std::size_t skip = 0; skip < 3; ++skip) {
      const std::string encoded = base64(part.substr(std::min(skip, part.size())));
      canary.forms.emplace_back("base64", encoded);
      std::string url = encoded;
      std::replace(url.begin(), url.end(), '+', '-');
      std::replace(url.begin(), url.end(), '/', '_');
      canary.forms.emplace_back("base64url", url);
    }
    canary.forms.emplace_back("hex", hex(part, "0123456789abcdef", ""));
    canary.forms.emplace_back("hex", hex(part, "0123456789ABCDEF", ""));
    canary.forms.emplace_back("percent-encoded", hex(part, "0123456789ABCDEF", "%"));
    canary.forms.emplace_back("percent-encoded", replaced(part, "+/= \n", [](char c) {
                                return hex(std::string_view(&c, 1), "0123456789ABCDEF", "%");
                              }));
    canary.forms.emplace_back(
        "JSON-escaped", replaced(part, "/\"\\\n", [](char c) { return std::string(1, '\\') + (c == '\n' ? 'n' : c); }));
  }
  std::erase_if(canary.forms, [](const auto& form) { return form.second.size() < 8; });
  const std::lock_guard lock(mutex);
  canaries().push_back(std::move(canary));
}

std::string Canaries::search(std::string_view text) {
  std::string found;
  const std::lock_guard lock(mutex);
  for (const Canary& canary : canaries()) {
    for (const auto& [form, secret] : canary.forms) {
      if (text.find(secret) != std::string_view::npos) found += canary.what + " (" + form + ") ";
    }
  }
  return found;
}

std::string Canaries::searchFiles(const std::string& folder, const std::vector<std::string>& except) {
  std::string found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_regular_file() || std::find(except.begin(), except.end(), name) != except.end()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (const std::string here = search(content); !here.empty()) found += name + ": " + here;
  }
  return found;
}

}  // namespace box::test
