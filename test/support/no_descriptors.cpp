#include "support/no_descriptors.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace box::test {

FewDescriptors::FewDescriptors(rlim_t more) {
  ::getrlimit(RLIMIT_NOFILE, &before_);
  // The kernel always chooses the lowest free descriptor.
  const int lowest = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
  ::close(lowest);
  rlimit limit = before_;
  limit.rlim_cur = static_cast<rlim_t>(lowest) + more;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

FewDescriptors::~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

}  // namespace box::test
