// Protections of the program's secrets that cannot be observed from outside, and what is written to the user's
// terminal.
#include "cli/program.hpp"

#include <array>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace box::cli {
namespace {

enum Seen { dumpable = 1, core = 2, failed = 4 };

/// Runs the program in a child process, and examines that process afterwards.
int whatIsLeftOpen() {
  const pid_t child = ::fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, STDOUT_FILENO);
    rlimit limit{};
    ::getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_CORE, &limit);
    ::prctl(PR_SET_DUMPABLE, 1);
    const std::array<const char*, 1> arguments = {"--version"};
    int seen = runProgram(arguments) == 0 ? 0 : failed;
    if (::prctl(PR_GET_DUMPABLE) != 0) seen |= dumpable;
    ::getrlimit(RLIMIT_CORE, &limit);
    if (limit.rlim_cur != 0 || limit.rlim_max != 0) seen |= core;
    ::_exit(seen);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return failed;
  return WEXITSTATUS(status);
}

TEST(ProgramMemory, IsNeitherReadByOthersNorWrittenToACoreFile) { EXPECT_EQ(whatIsLeftOpen(), 0); }

}  // namespace
}  // namespace box::cli
