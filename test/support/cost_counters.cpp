// Counts a program's use of the heap and of the kernel's I/O. It is linked into a program or preloaded: its functions
// replace those of the C library. A program that needs the figures declares boxCostCounters() weak and calls it if it
// exists.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef __GLIBC__
#error "these counters need glibc's names for its own allocator"
#endif

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

enum Counter { allocations, bytes, writes, reads, emptyReads, waits, timers, others, mutexes, counters };
std::atomic<std::uint64_t> counts[counters];

void count(Counter counter, std::uint64_t amount = 1) { counts[counter].fetch_add(amount, std::memory_order_relaxed); }

void countAllocation(std::size_t size) {
  count(allocations);
  count(bytes, size);
}

template <class Function>
Function systems(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

/// Writes the totals at the end of programs that do not ask for them.
struct Totals {
  ~Totals() {
    const char* file = std::getenv("BOX_COST_TOTALS");
    std::FILE* out = file != nullptr ? std::fopen(file, "w") : nullptr;
    if (out == nullptr) return;
    for (const auto& value : counts) std::fprintf(out, "%llu ", static_cast<unsigned long long>(value.load()));
    std::fclose(out);
  }
} totals;

}  // namespace

// NOLINTBEGIN
extern "C" {

/// Sets `values` in this order: allocations, bytes, writes, reads, reads that found nothing, waits, timers, others,
/// mutexes locked.
__attribute__((visibility("default"))) void boxCostCounters(std::uint64_t (&values)[counters]) {
  for (std::size_t i = 0; i < counters; ++i) values[i] = counts[i].load(std::memory_order_relaxed);
}

__attribute__((visibility("default"))) void* malloc(std::size_t size) {
  countAllocation(size);
  return __libc_malloc(size);
}
__attribute__((visibility("default"))) void* calloc(std::size_t number, std::size_t size) {
  countAllocation(number * size);
  return __libc_calloc(number, size);
}
__attribute__((visibility("default"))) void* realloc(void* old, std::size_t size) {
  countAllocation(size);
  return __libc_realloc(old, size);
}
__attribute__((visibility("default"))) void* memalign(std::size_t alignment, std::size_t size) {
  countAllocation(size);
  return __libc_memalign(alignment, size);
}
__attribute__((visibility("default"))) void* aligned_alloc(std::size_t alignment, std::size_t size) {
  countAllocation(size);
  return __libc_memalign(alignment, size);
}
__attribute__((visibility("default"))) int posix_memalign(void** result, std::size_t alignment, std::size_t size) {
  countAllocation(size);
  *result = __libc_memalign(alignment, size);
  return *result == nullptr ? 12 : 0;
}

#define BOX_COUNTED(result, name, counter, parameters, arguments)  \
  __attribute__((visibility("default"))) result name parameters {  \
    static const auto real = systems<result(*) parameters>(#name); \
    count(counter);                                                \
    return real arguments;                                         \
  }
BOX_COUNTED(ssize_t, send, writes, (int fd, const void* data, std::size_t size, int flags), (fd, data, size, flags))
BOX_COUNTED(ssize_t, sendmsg, writes, (int fd, const msghdr* message, int flags), (fd, message, flags))
BOX_COUNTED(ssize_t, write, writes, (int fd, const void* data, std::size_t size), (fd, data, size))
BOX_COUNTED(ssize_t, writev, writes, (int fd, const iovec* parts, int number), (fd, parts, number))
#define BOX_COUNTED_READ(name, parameters, arguments)               \
  __attribute__((visibility("default"))) ssize_t name parameters {  \
    static const auto real = systems<ssize_t(*) parameters>(#name); \
    const ssize_t result = real arguments;                          \
    count(result >= 0 ? reads : emptyReads);                        \
    return result;                                                  \
  }
BOX_COUNTED_READ(recv, (int fd, void* data, std::size_t size, int flags), (fd, data, size, flags))
BOX_COUNTED_READ(recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags))
BOX_COUNTED_READ(read, (int fd, void* data, std::size_t size), (fd, data, size))
BOX_COUNTED_READ(readv, (int fd, const iovec* parts, int number), (fd, parts, number))
BOX_COUNTED(int, poll, waits, (pollfd * entries, nfds_t number, int timeout), (entries, number, timeout))
BOX_COUNTED(int, epoll_wait, waits, (int fd, epoll_event* events, int number, int timeout),
            (fd, events, number, timeout))
BOX_COUNTED(int, epoll_pwait, waits, (int fd, epoll_event* events, int number, int timeout, const sigset_t* signals),
            (fd, events, number, timeout, signals))
BOX_COUNTED(int, epoll_ctl, others, (int fd, int operation, int target, epoll_event* event),
            (fd, operation, target, event))
BOX_COUNTED(int, timerfd_settime, timers, (int fd, int flags, const itimerspec* set, itimerspec* old),
            (fd, flags, set, old))
BOX_COUNTED(int, pthread_mutex_lock, mutexes, (pthread_mutex_t * mutex), (mutex))
#undef BOX_COUNTED
#undef BOX_COUNTED_READ

}  // extern "C"
// NOLINTEND
