// Replaces the C library's functions of these names: counts the calls by the main thread, and calls the original ones.
#include "support/blocking_calls.hpp"

#include <cstdarg>
#include <cstdio>
#include <thread>

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <unistd.h>

namespace box::bench {
namespace {

const std::thread::id mainThread = std::this_thread::get_id();
std::uint64_t calls = 0;  // by the main thread

}  // namespace

std::uint64_t blockingCalls() noexcept { return calls; }

template <class Function>
Function noted(const char* name) noexcept {
  if (std::this_thread::get_id() == mainThread) ++calls;
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace box::bench

// NOLINTBEGIN
extern "C" {

using box::bench::noted;

int open(const char* path, int flags, ...) {
  std::va_list more;
  va_start(more, flags);
  const auto mode = va_arg(more, int);
  va_end(more);
  return noted<int (*)(const char*, int, ...)>("open")(path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  std::va_list more;
  va_start(more, flags);
  const auto mode = va_arg(more, int);
  va_end(more);
  return noted<int (*)(int, const char*, int, ...)>("openat")(folder, path, flags, mode);
}
FILE* fopen(const char* path, const char* mode) {
  return noted<FILE* (*)(const char*, const char*)>("fopen")(path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  return noted<FILE* (*)(const char*, const char*)>("fopen64")(path, mode);
}
int fsync(int file) { return noted<int (*)(int)>("fsync")(file); }
int fdatasync(int file) { return noted<int (*)(int)>("fdatasync")(file); }
int rename(const char* from, const char* to) noexcept {
  return noted<int (*)(const char*, const char*)>("rename")(from, to);
}
int renameat(int from, const char* name, int to, const char* other) noexcept {
  return noted<int (*)(int, const char*, int, const char*)>("renameat")(from, name, to, other);
}
int getaddrinfo(const char* host, const char* service, const addrinfo* hints, addrinfo** list) {
  return noted<int (*)(const char*, const char*, const addrinfo*, addrinfo**)>("getaddrinfo")(host, service, hints,
                                                                                              list);
}
}
// NOLINTEND
