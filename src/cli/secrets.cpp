#include "cli/secrets.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <termios.h>
#include <unistd.h>

#include <box/error.hpp>
#include <box/support/private_file.hpp>

#include "cli/byte_order.hpp"
#include "cli/terminal.hpp"
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

const Words& wordsOf(SecretKind kind) noexcept {
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

volatile std::sig_atomic_t caughtSignal = 0;
extern "C" void rememberSignal(int signal) { caughtSignal = signal; }

/// Whether the signal stops the process, as Ctrl-Z does. When it is continued, the question is asked again.
bool stops(int signal) noexcept { return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU; }

// Switches off echo. Catches signals that would end or stop the program, until the terminal's settings are restored.
class SilentTerminal {
 public:
  explicit SilentTerminal(int descriptor) : descriptor_(descriptor) {
    caughtSignal = 0;
    struct sigaction remember {};
    remember.sa_handler = &rememberSignal;  // without SA_RESTART, so that read() returns
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &remember, &before_[i]);
    silent_ = ::tcgetattr(descriptor_, &attributes_) == 0;
    termios silent = attributes_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent_ = silent_ && ::tcsetattr(descriptor_, TCSAFLUSH, &silent) == 0;
  }
  ~SilentTerminal() {
    if (silent_) ::tcsetattr(descriptor_, TCSAFLUSH, &attributes_);
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
  }
  SilentTerminal(const SilentTerminal&) = delete;
  SilentTerminal& operator=(const SilentTerminal&) = delete;

  bool silent() const noexcept { return silent_; }

 private:
  static constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT};
  int descriptor_;
  bool silent_ = false;
  termios attributes_{};
  std::array<struct sigaction, signals.size()> before_{};
};

}  // namespace

Environment takeEnvironment() {
  const auto take = [](const char* name) {
    char* const value = std::getenv(name);
    if (value == nullptr) return Secret();
    Secret out{std::string_view(value)};
    ::explicit_bzero(value, std::strlen(value));
    ::unsetenv(name);
    return out;
  };
  Environment out;
  out.developerToken = take(Environment::developerTokenName);
  out.clientSecret = take(Environment::clientSecretName);
  out.clientId = take(Environment::clientIdName).reveal();
  out.enterpriseId = take(Environment::enterpriseIdName).reveal();
  out.userId = take(Environment::userIdName).reveal();
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
  const Words& words = wordsOf(kind);
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

bool canAsk() noexcept { return ::isatty(STDIN_FILENO) == 1; }

namespace {

/// Shows the prompt once and reads an answer. Gives the signal that interrupted it; 0: none.
int askOnce(const Terminal& terminal, const Words& words, Buffer& answer) {
  const Output output(terminal.descriptor());
  const SilentTerminal silence(terminal.descriptor());
  if (!silence.silent()) {
    if (caughtSignal != 0) return caughtSignal;
    throw FileError("echo cannot be switched off at this terminal: give the " + std::string(words.noun) +
                    " in a file (" + std::string(words.option) + ")");
  }
  output.write(std::string(words.prompt) + " (not shown): ");
  while (!answer.room().empty() && caughtSignal == 0) {
    const ssize_t count = ::read(terminal.descriptor(), answer.room().data(), answer.room().size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    const bool ended = answer.room()[static_cast<std::size_t>(count) - 1] == '\n';
    answer.grow(static_cast<std::size_t>(count));
    if (ended) break;
  }
  output.write("\n");
  return caughtSignal;
}

}  // namespace

Secret askForSecret(SecretKind kind) {
  const Words& words = wordsOf(kind);
  const Terminal terminal;
  constexpr int mostStops = 100;
  for (int i = 0; i < mostStops; ++i) {
    Buffer answer(words.limit);
    const int signal = askOnce(terminal, words, answer);
    if (signal == 0) {
      if (answer.text().empty()) break;
      return Secret(answer.text());
    }
    // The shell may have switched echo on while the program was stopped, so SilentTerminal begins again.
    if (signal != SIGCONT) std::raise(signal);
    if (signal != SIGCONT && !stops(signal)) break;
  }
  throw FileError("no " + std::string(words.noun) + " was given");
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
