#pragma once

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/// Functions of POSIX for tests, also where the system has them under other names. Tests of what Windows does not have
/// (fork, modes of files, named pipes, signals to other processes) are between `#ifndef _WIN32` and `#endif`.
#ifdef _WIN32

#include <direct.h>

#define O_CLOEXEC O_BINARY

inline char* mkdtemp(char* name) {
  static unsigned counter = static_cast<unsigned>(::getpid()) * 7919U;
  char* const end = name + std::strlen(name) - 6;
  for (int i = 0; i < 1000; ++i) {
    std::string six = std::to_string(1'000'000U + counter++ % 1'000'000U).substr(1);
    std::memcpy(end, six.data(), 6);
    if (::_mkdir(name) == 0) return name;
    if (errno != EEXIST) return nullptr;
  }
  return nullptr;
}

inline int setenv(const char* name, const char* value, int) { return ::_putenv_s(name, value); }
inline int unsetenv(const char* name) { return ::_putenv_s(name, ""); }

#endif
