#pragma once

#include <functional>
#include <string>

#include <sys/types.h>

namespace box::test {

/// A child process that runs a function, sends its result as text, and ends without running destructors.
class Forked {
 public:
  /// Forks. `work` runs in the child only; the text of its exception becomes its result.
  explicit Forked(const std::function<std::string()>& work);
  /// Kills the child if it has not ended.
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
