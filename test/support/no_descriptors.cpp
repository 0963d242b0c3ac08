#include "support/no_descriptors.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace box::test {

NoDescriptors::NoDescriptors() {
  ::getrlimit(RLIMIT_NOFILE, &before_);
  // The kernel gives out the lowest one that is free.
  const int lowest = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
  ::close(lowest);
  rlimit limit = before_;
  limit.rlim_cur = static_cast<rlim_t>(lowest);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

NoDescriptors::~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

}  // namespace box::test
