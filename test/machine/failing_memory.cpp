#include "machine/failing_memory.hpp"

#include <cstdlib>
#include <new>

#include <openssl/crypto.h>

namespace box::test {
namespace {

struct Plan {
  FailingMemory::Of whose;
  std::size_t left;  // 0: no allocation is to fail
  bool failed;
};

thread_local constinit Plan plan{FailingMemory::Of::cpp, 0, false};

bool fails(FailingMemory::Of whose) noexcept {
  if (plan.left == 0 || plan.whose != whose || --plan.left != 0) return false;
  plan.failed = true;
  return true;
}

void* allocateForOpenSsl(std::size_t size, const char*, int) {
  return fails(FailingMemory::Of::openssl) ? nullptr : std::malloc(size);
}

void* reallocateForOpenSsl(void* block, std::size_t size, const char*, int) {
  return fails(FailingMemory::Of::openssl) ? nullptr : std::realloc(block, size);
}

void freeForOpenSsl(void* block, const char*, int) { std::free(block); }

bool counted = false;

/// Runs before OpenSSL is used, because OpenSSL then accepts no other functions.
__attribute__((constructor(200))) void countOpenSsl() {
  counted = CRYPTO_set_mem_functions(&allocateForOpenSsl, &reallocateForOpenSsl, &freeForOpenSsl) == 1;
}

void* allocate(std::size_t size) {
  if (!fails(FailingMemory::Of::cpp)) {
    if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
  }
  throw std::bad_alloc();
}

void* allocate(std::size_t size, std::size_t alignment) {
  if (!fails(FailingMemory::Of::cpp)) {
    if (void* block = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)) return block;
  }
  throw std::bad_alloc();
}

}  // namespace

void FailingMemory::failAt(Of whose, std::size_t n) noexcept { plan = Plan{whose, n, false}; }

bool FailingMemory::stop() noexcept {
  plan.left = 0;
  return plan.failed;
}

bool FailingMemory::opensslIsCounted() noexcept { return counted; }

}  // namespace box::test

void* operator new(std::size_t size) { return box::test::allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return box::test::allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return box::test::fails(box::test::FailingMemory::Of::cpp) ? nullptr : std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { std::free(block); }
