// The program as a job of a shell, which stops and continues it with Ctrl-Z and fg.
#include "process.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <gtest/gtest.h>

namespace box::cli::test {
namespace {

constexpr auto patience = std::chrono::seconds(30);

/// Acts as a shell with one job: runs it in the foreground, and when it stops, takes the terminal, switches echo on,
/// and continues the job as soon as a byte comes. Runs in a forked process, so that it may use system calls only.
[[noreturn]] void beShell(int terminal, int next, char* const* arguments, char* const* environment) {
  if (::login_tty(terminal) != 0) ::_exit(125);
  ::signal(SIGTTOU, SIG_IGN);
  const pid_t job = ::fork();
  if (job == 0) {
    ::setpgid(0, 0);
    ::tcsetpgrp(0, ::getpid());
    ::signal(SIGTTOU, SIG_DFL);
    ::execve(arguments[0], arguments, environment);
    ::_exit(126);
  }
  ::setpgid(job, job);
  for (;;) {
    int status = 0;
    if (::waitpid(job, &status, WUNTRACED) != job) ::_exit(124);
    if (WIFEXITED(status)) ::_exit(WEXITSTATUS(status));
    if (!WIFSTOPPED(status)) ::_exit(123);
    ::tcsetpgrp(0, ::getpid());
    termios attributes{};
    ::tcgetattr(0, &attributes);
    attributes.c_lflag |= ECHO | ICANON | ISIG;
    ::tcsetattr(0, TCSADRAIN, &attributes);
    constexpr std::string_view prompt = "STOPPED\n";
    if (::write(1, prompt.data(), prompt.size()) < 0) ::_exit(122);
    char byte = 0;
    if (::read(next, &byte, 1) != 1) ::_exit(121);
    ::tcsetpgrp(0, job);
    ::kill(-job, SIGCONT);
  }
}

class Job {
 public:
  explicit Job(Strings arguments) {
    arguments.insert(arguments.begin(), BOX_SESSIONS_PROGRAM);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    std::array<char*, 1> environment{nullptr};
    std::array<int, 2> ends{};
    int terminal = -1;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0 || ::openpty(&screen_, &terminal, nullptr, nullptr, nullptr) != 0) return;
    ::fcntl(screen_, F_SETFD, FD_CLOEXEC);
    shell_ = ::fork();
    if (shell_ == 0) beShell(terminal, ends[0], pointers.data(), environment.data());
    ::close(terminal);
    ::close(ends[0]);
    next_ = ends[1];
  }
  ~Job() {
    ::close(next_);
    ::close(screen_);  // the terminal hangs up, which ends both
    if (shell_ > 0 && !ended_) {
      ::kill(shell_, SIGKILL);
      ::waitpid(shell_, nullptr, 0);
    }
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  void type(std::string_view text) const {
    EXPECT_EQ(::write(screen_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  /// Continues the job, as fg does.
  void continueIt() const { EXPECT_EQ(::write(next_, "x", 1), 1); }
  /// Reads until the text appears after its last occurrence. False: it did not within 30 s, or the output has ended.
  bool waitFor(std::string_view text) {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
      if (const std::size_t at = shown_.find(text, seen_); at != std::string::npos) {
        seen_ = at + text.size();
        return true;
      }
      if (std::chrono::steady_clock::now() > until || !readSome()) return false;
    }
  }
  bool echoes() const {
    termios attributes{};
    EXPECT_EQ(::tcgetattr(screen_, &attributes), 0);
    return (attributes.c_lflag & static_cast<tcflag_t>(ECHO)) != 0;
  }
  int wait() {
    while (readSome()) {
    }
    int status = 0;
    if (!eventually([&] { return ::waitpid(shell_, &status, WNOHANG) == shell_; })) return -1;
    ended_ = true;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  const std::string& shown() const { return shown_; }

 private:
  bool readSome() {
    pollfd screen{screen_, POLLIN, 0};
    if (::poll(&screen, 1, 30'000) <= 0) return false;
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(screen_, buffer.data(), buffer.size());
    if (count <= 0) return false;
    shown_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
  }

  pid_t shell_ = -1;
  int screen_ = -1, next_ = -1;
  bool ended_ = false;
  std::string shown_;
  std::size_t seen_ = 0;
};

TEST(CliJob, ASecretsPromptIsSilentAgainAfterItWasStopped) {
  EmulatorProcess emulator;
  Job job(joined({"auth", "check"}, emulator.here()));
  const std::string prompt = "Box access token (not shown): ";
  ASSERT_TRUE(job.waitFor(prompt)) << job.shown();
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(job.echoes());
    job.type("half a tok\x1a");  // Ctrl-Z
    ASSERT_TRUE(job.waitFor("STOPPED")) << job.shown();
    EXPECT_TRUE(job.echoes()) << "the shell has the terminal";
    job.continueIt();
    ASSERT_TRUE(job.waitFor(prompt)) << "the program asks again: " << job.shown();
  }
  EXPECT_TRUE(eventually([&] { return !job.echoes(); }));
  job.type("T0kenThatNobodySees\n");
  EXPECT_EQ(job.wait(), 0) << job.shown();
  EXPECT_NE(job.shown().find("authenticated"), std::string::npos) << job.shown();
  EXPECT_EQ(job.shown().find("T0ken"), std::string::npos) << job.shown();
  EXPECT_EQ(job.shown().find("half a tok"), std::string::npos) << job.shown();
}

}  // namespace
}  // namespace box::cli::test
