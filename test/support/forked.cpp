#include "support/forked.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <exception>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace box::test {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{40};

/// Closes the listening sockets of the parent. Otherwise a server of the parent could not listen on its port again
/// after a stop, as long as the child has the socket.
void closeListeningSockets() {
  constexpr int most = 4096;
  for (int descriptor = 3; descriptor < most; ++descriptor) {
    int listens = 0;
    socklen_t size = sizeof listens;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0) ::close(descriptor);
  }
}

}  // namespace

Forked::Forked(const std::function<std::string()>& work) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  child_ = ::fork();
  if (child_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child_ == 0) {
    closeListeningSockets();
    std::string text;
    try {
      text = work();
    } catch (const std::exception& error) {
      text = error.what();
    }
    const bool whole = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::_exit(whole ? 0 : 1);
  }
  ::close(ends[1]);
  pipe_ = ends[0];
}

std::string Forked::result() {
  std::string text;
  const auto end = Steady::now() + patience;
  while (pipe_ >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now()).count();
    pollfd waited{pipe_, POLLIN, 0};
    if (left <= 0 || ::poll(&waited, 1, static_cast<int>(left)) == 0) return "no result";
    char buffer[4096];
    const ssize_t n = ::read(pipe_, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      ::close(std::exchange(pipe_, -1));
      break;
    }
    text.append(buffer, static_cast<std::size_t>(n));
  }
  int status = 0;
  if (child_ > 0 && ::waitpid(std::exchange(child_, -1), &status, 0) > 0 && status == 0) return text;
  return "no result";
}

Forked::~Forked() {
  if (pipe_ >= 0) ::close(pipe_);
  if (child_ <= 0) return;
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
}

}  // namespace box::test
