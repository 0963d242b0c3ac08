#pragma once

#include <functional>
#include <string>

#include <sys/types.h>

namespace box::test {

/// A child of this process: it does something, tells its result as text, and ends without any destructor.
class Forked {
 public:
  /// Forks. `work` is done in the child only; what it throws is its text.
  explicit Forked(const std::function<std::string()>& work);
  /// Ends the child if it has not ended.
  ~Forked();
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;

  /// Waits for the child's end and gives its text; "no result" where it ended in another way or takes too long.
  std::string result();

 private:
  pid_t child_ = -1;
  int pipe_ = -1;
};

}  // namespace box::test
