#pragma once

#include <sys/resource.h>

namespace box::test {

/// While this object lives, the process can open only about this many further descriptors.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t more);
  ~FewDescriptors();
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

 private:
  rlimit before_{};
};

/// While this object lives, the process cannot open any descriptor.
class NoDescriptors : FewDescriptors {
 public:
  NoDescriptors() : FewDescriptors(0) {}
};

}  // namespace box::test
