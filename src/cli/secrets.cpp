#include "cli/secrets.hpp"

#include <cstring>
#include <optional>

#include <box/error.hpp>
#include <box/support/private_file.hpp>

#include "cli/byte_order.hpp"
#include "cli/system/process.hpp"
#include "cli/system/terminal.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

/// The words for one kind of secret.
struct Words {
  std::string_view noun;
  std::string_view prompt;
  std::string_view option;
  std::size_t limit;
};

const Words& wordsFor(SecretKind kind) noexcept {
  static constexpr Words accessToken{"token", "Box access token", "--token-file", 8 * 1024};
  static constexpr Words clientSecret{"client secret", "Client secret", "--client-secret-file", 1024};
  static constexpr Words proxyPassword{"proxy's password", "The proxy's password", "--proxy-password-file", 1024};
  static constexpr Words jwtConfig{"JWT configuration", "JWT configuration", "--jwt-config", 64 * 1024};
  switch (kind) {
    case SecretKind::clientSecret: return clientSecret;
    case SecretKind::jwtConfig: return jwtConfig;
    case SecretKind::proxyPassword: return proxyPassword;
    case SecretKind::accessToken: break;
  }
  return accessToken;
}

// Removes what does not belong to a secret: line ends of files and terminals, and blanks that were copied with it.
std::string_view bare(std::string_view text) noexcept {
  text = withoutByteOrderMark(text);
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

void requireUtf8(std::string_view text, const std::string& name) {
  if (isUtf16(text) || text.find('\0') != std::string_view::npos) {
    throw FileError(name + " is UTF-16: save it as UTF-8");
  }
}

// Memory for a secret.
class Buffer {
 public:
  // The buffer is larger than the limit, so that a full buffer means that the secret is too long.
  explicit Buffer(std::size_t limit) : bytes_(limit + 64) {}

  std::span<char> room() noexcept { return std::span(bytes_).subspan(size_); }
  void grow(std::size_t count) noexcept { size_ += count; }
  std::string_view text() const noexcept { return bare(std::string_view(bytes_.data(), size_)); }

 private:
  WipedBytes bytes_;
  std::size_t size_ = 0;
};

}  // namespace

Environment takeEnvironment() {
  Environment out;
  out.developerToken = takeVariable(Environment::developerTokenName);
  out.clientSecret = takeVariable(Environment::clientSecretName);
  out.clientId = takeVariable(Environment::clientIdName).reveal();
  out.enterpriseId = takeVariable(Environment::enterpriseIdName).reveal();
  out.userId = takeVariable(Environment::userIdName).reveal();
  return out;
}

namespace {

/// Reads a secret from a pipe, a terminal, or a descriptor that was open when the program started.
Secret readInherited(Input& input, const Words& words) {
  Buffer buffer(words.limit);
  while (!buffer.room().empty()) {
    const std::size_t count = input.read(buffer.room());
    if (count == 0) break;
    buffer.grow(count);
  }
  if (buffer.room().empty()) throw FileError(input.name() + " is too long for a " + std::string(words.noun));
  return Secret(buffer.text());
}

Secret readFile(const std::string& path, const Words& words) {
  try {
    return Secret(bare(readPrivateFile(path, words.limit + 64, Links::follow).reveal()));
  } catch (const BoxSdkError& error) {
    throw FileError(std::string(words.option) + ": " + printable(error.details().context));  // which names the path
  }
}

}  // namespace

Secret readSecret(const std::string& path, SecretKind kind) {
  const Words& words = wordsFor(kind);
  const bool inherited = isInherited(path);
  Secret secret;
  if (inherited) {
    Input input(path);
    if (input.isTerminal()) return askForSecret(kind);
    secret = readInherited(input, words);
  } else {
    secret = readFile(path, words);
  }
  const std::string name = inherited ? "standard input" : std::string(words.option) + ": " + shownPath(path);
  requireUtf8(secret.reveal(), name);
  if (secret.empty()) throw FileError(name + " is empty: it must hold the " + std::string(words.noun));
  return secret;
}

bool canAsk() noexcept { return inputIsTerminal(); }

Secret askForSecret(SecretKind kind) {
  const Words& words = wordsFor(kind);
  Buffer answer(words.limit);
  const std::optional<std::size_t> count =
      readTypedLine(std::string(words.prompt) + " (not shown): ", answer.room(), Typing::hidden);
  if (!count) {
    throw FileError("echo cannot be switched off at this terminal: give the " + std::string(words.noun) +
                    " in a file (" + std::string(words.option) + ")");
  }
  answer.grow(*count);
  if (answer.text().empty()) throw FileError("no " + std::string(words.noun) + " was given");
  return Secret(answer.text());
}

Secret SecretLines::next() {
  for (;;) {
    const std::string_view all(bytes_.data(), size_);
    const std::size_t end = all.find('\n');
    if (end != std::string_view::npos || ended_) {
      Secret line(bare(all.substr(0, end)));
      const std::size_t used = end == std::string_view::npos ? size_ : end + 1;
      std::memmove(bytes_.data(), bytes_.data() + used, size_ - used);
      size_ -= used;
      return line;
    }
    if (size_ == bytes_.size()) throw FileError(input_.name() + " has a line that is too long for an address");
    const std::size_t count = input_.read(std::span(bytes_).subspan(size_));
    ended_ = count == 0;
    size_ += count;
  }
}

}  // namespace box::cli
