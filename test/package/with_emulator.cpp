// with_emulator [--latency MS] COMMAND [ARGUMENT...]
//
// Runs a program that calls Box against an emulator instead. Afterwards it prints what the emulator has accepted: a
// line for each termination, "users ids=1,2 logins=ann@example.com" or "groups ids=3". Exit status: the program's.
//
// The program finds the emulator by BOX_BASE_URL, and trusts it by SSL_CERT_FILE, which OpenSSL itself reads.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <box/emulator/emulator.hpp>

namespace {

std::string join(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

int run(char** command) {
  const pid_t child = fork();
  if (child == -1) throw std::runtime_error("cannot fork");
  if (child == 0) {
    execvp(command[0], command);
    std::perror(command[0]);
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) == -1) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    box::emulator::EmulatorOptions options;
    int first = 1;
    if (first + 1 < argc && std::string_view(argv[first]) == "--latency") {
      options.latency = std::chrono::milliseconds(std::stoi(argv[first + 1]));
      first += 2;
    }
    if (first >= argc) {
      std::cerr << "with_emulator [--latency MS] COMMAND [ARGUMENT...]\n";
      return 2;
    }
    std::string directory = (std::filesystem::temp_directory_path() / "with_emulator.XXXXXX").string();
    if (mkdtemp(directory.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory");
    const std::string caFile = directory + "/ca.pem";

    box::emulator::Emulator emulator(options);
    std::ofstream(caFile) << emulator.caPem();
    setenv("SSL_CERT_FILE", caFile.c_str(), 1);
    setenv("BOX_BASE_URL", emulator.baseUrl().c_str(), 1);
    setenv("BOX_TOKEN", "a-token-for-trials", 0);
    // A signal to the whole process group (Ctrl-C, timeout) is meant for the program; the report is still printed.
    std::signal(SIGINT, [](int) {});
    const int status = run(argv + first);
    std::filesystem::remove_all(directory);

    for (const box::emulator::AcceptedTermination& each : emulator.accepted()) {
      if (each.kind == box::emulator::TerminationKind::users) {
        std::cout << "users ids=" << join(each.userIds) << " logins=" << join(each.userLogins) << '\n';
      } else {
        std::cout << "groups ids=" << join(each.groupIds) << '\n';
      }
    }
    return status;
  } catch (const std::exception& error) {
    std::cerr << "with_emulator: " << error.what() << '\n';
    return 2;
  }
}
