#include "soak/memory.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <malloc.h>
#include <sys/prctl.h>
#include <unistd.h>

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define BOX_SOAK_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define BOX_SOAK_SANITIZED 1
#endif
#endif

namespace box::soak {
namespace {

constexpr char clientName[] = "soak-client";
constexpr char serverName[] = "soak-server";

#if defined(__GLIBC__) && !defined(BOX_SOAK_SANITIZED)
#define BOX_SOAK_COUNTS_CLIENT 1

enum class Whose : unsigned char { unknown, client, server };
thread_local Whose whose = Whose::unknown;
std::atomic<std::int64_t> clientBytes{0};

void count(void* block, int sign) noexcept {
  if (block == nullptr || whose == Whose::server) return;
  if (whose == Whose::unknown) {
    char name[16] = "";
    ::prctl(PR_GET_NAME, name);
    whose = std::strcmp(name, clientName) == 0 ? Whose::client : Whose::server;
    if (whose == Whose::server) return;
  }
  clientBytes.fetch_add(sign * static_cast<std::int64_t>(::malloc_usable_size(block)), std::memory_order_relaxed);
}
#endif

}  // namespace

void workFor(Side side) {
  ::prctl(PR_SET_NAME, side == Side::client ? clientName : serverName);
#ifdef BOX_SOAK_COUNTS_CLIENT
  whose = Whose::unknown;
#endif
}

Memory Memory::now() {
  Memory memory;
  std::ifstream statm("/proc/self/statm");
  std::int64_t all = 0, resident = 0;
  statm >> all >> resident;
  memory.resident = resident * ::sysconf(_SC_PAGESIZE);
#if defined(__GLIBC__) && !defined(BOX_SOAK_SANITIZED)
#if __GLIBC_PREREQ(2, 33)
  const struct mallinfo2 info = ::mallinfo2();
  memory.heap = static_cast<std::int64_t>(info.uordblks + info.hblkhd);
#endif
  memory.client = clientBytes.load(std::memory_order_relaxed);
#endif
  return memory;
}

}  // namespace box::soak

#ifdef BOX_SOAK_COUNTS_CLIENT
// glibc lets a program replace these functions, and offers the original ones under other names.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);

void* malloc(std::size_t size) noexcept {
  void* const block = __libc_malloc(size);
  box::soak::count(block, 1);
  return block;
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  void* const block = __libc_calloc(count, size);
  box::soak::count(block, 1);
  return block;
}

void* realloc(void* block, std::size_t size) noexcept {
  box::soak::count(block, -1);
  void* const moved = __libc_realloc(block, size);
  // After a failure the old block still exists; after a size of 0 no block exists.
  box::soak::count(moved == nullptr && size != 0 ? block : moved, 1);
  return moved;
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  void* const block = __libc_memalign(alignment, size);
  box::soak::count(block, 1);
  return block;
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }

int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  *block = memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}

void free(void* block) noexcept {
  box::soak::count(block, -1);
  __libc_free(block);
}
}
#endif
