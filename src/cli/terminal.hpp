#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "cli/files.hpp"

namespace box::cli {

/// The terminal at which the program was started, even if its standard streams are redirected.
class Terminal {
 public:
  /// *Errors*: FileError where the program has no terminal.
  Terminal() : descriptor_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (descriptor_ < 0) throw FileError("the program has no terminal, so it cannot ask");
  }
  ~Terminal() { ::close(descriptor_); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace box::cli
