#include "cli/descriptor.hpp"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace box::cli {

namespace {

/// After a failed call: waits until the descriptor is ready, if the call can be tried again. *Errors*:
/// std::system_error.
void awaitAnotherTry(int descriptor, short event) {
  if (errno == EINTR) return;
  if (errno != EAGAIN && errno != EWOULDBLOCK) throw std::system_error(errno, std::generic_category());
  pollfd waited{descriptor, event, 0};
  if (::poll(&waited, 1, -1) < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category());
}

}  // namespace

std::size_t readSome(int descriptor, std::span<char> buffer) {
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    awaitAnotherTry(descriptor, POLLIN);
  }
}

void writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0) {
      awaitAnotherTry(descriptor, POLLOUT);
    } else {
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
}

std::string whyNotWritten(const std::error_code& error) {
  switch (error.value()) {
    case ENOSPC: return "the disk is full: make room, then run it again";
    case EDQUOT: return "your disk quota is used up: make room, then run it again";
    case EFBIG: return "it would be larger than files may be here: see 'ulimit -f', then run it again";
    default: return error.message();
  }
}

}  // namespace box::cli
