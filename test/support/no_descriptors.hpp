#pragma once

#include <sys/resource.h>

namespace box::test {

/// While it lives, this process can open about so many descriptors more than it has.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t more);
  ~FewDescriptors();
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

/// While it lives, this process can open no descriptor.
class NoDescriptors : FewDescriptors {
 public:
  NoDescriptors() : FewDescriptors(0) {}
};

}  // namespace box::test
