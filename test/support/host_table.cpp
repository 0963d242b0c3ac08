#include "support/host_table.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#ifdef _WIN32
#include <winsock2.h>

#include <ws2tcpip.h>
#else
#include <dlfcn.h>
#include <netdb.h>
#endif

namespace box::test {
namespace {

struct Table {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::vector<std::string>> hosts;
  std::map<std::string, int> errors;
  std::map<std::string, std::size_t> lookups;
  std::set<std::string> holding;
  std::size_t held = 0;
};

Table& table() {
  // Never destroyed, because lookups may run while static objects are destroyed.
  static Table* const instance = new Table;
  return *instance;
}

#ifdef _WIN32
using Function = int(WSAAPI*)(const char*, const char*, const addrinfo*, addrinfo**);

Function systems() {
  static const auto function = reinterpret_cast<Function>(
      reinterpret_cast<void*>(::GetProcAddress(::GetModuleHandleW(L"ws2_32"), "getaddrinfo")));
  return function;
}
#else
using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

Function systems() {
  static const auto function = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return function;
}
#endif

}  // namespace

void HostTable::set(const std::string& host, std::vector<std::string> addresses) {
  const std::lock_guard lock(table().mutex);
  table().hosts[host] = std::move(addresses);
}

void HostTable::fail(const std::string& host, int error) {
  const std::lock_guard lock(table().mutex);
  table().errors[host] = error;
}

void HostTable::hold(const std::string& host) {
  const std::lock_guard lock(table().mutex);
  table().holding.insert(host);
}

void HostTable::letGo() {
  const std::lock_guard lock(table().mutex);
  table().holding.clear();
  table().changed.notify_all();
}

std::size_t HostTable::held() {
  const std::lock_guard lock(table().mutex);
  return table().held;
}

std::size_t HostTable::lookups(const std::string& host) {
  const std::lock_guard lock(table().mutex);
  return table().lookups[host];
}

void HostTable::clear() {
  const std::lock_guard lock(table().mutex);
  table().holding.clear();
  table().hosts.clear();
  table().errors.clear();
  table().lookups.clear();
  table().changed.notify_all();
}

static int lookUp(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  std::vector<std::string> addresses;
  {
    Table& t = table();
    std::unique_lock lock(t.mutex);
    const std::string host(node != nullptr ? node : "");
    ++t.lookups[host];
    if (t.holding.count(host) != 0) {
      ++t.held;
      t.changed.wait(lock, [&] { return t.holding.count(host) == 0; });
      --t.held;
    }
    if (const auto error = t.errors.find(host); error != t.errors.end()) return error->second;
    const auto known = t.hosts.find(host);
    if (known == t.hosts.end()) {
      lock.unlock();
      return systems()(node, service, hints, result);
    }
    addresses = known->second;
  }
  *result = nullptr;
  addrinfo** end = result;
  for (const std::string& address : addresses) {
    addrinfo numeric = hints != nullptr ? *hints : addrinfo();
    numeric.ai_flags = AI_NUMERICHOST;
    addrinfo* one = nullptr;
    if (systems()(address.c_str(), service, &numeric, &one) != 0) continue;
    *end = one;
    while (*end != nullptr) end = &(*end)->ai_next;
  }
  return *result == nullptr ? EAI_NONAME : 0;
}

}  // namespace box::test

#ifdef _WIN32
static int WSAAPI lookUpOnWindows(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  return box::test::lookUp(node, service, hints, result);
}
// The pointer through which programs call the function of the DLL. The linker finds it before that of the library.
extern "C" {
extern int(WSAAPI* const __imp_getaddrinfo)(const char*, const char*, const addrinfo*, addrinfo**);
int(WSAAPI* const __imp_getaddrinfo)(const char*, const char*, const addrinfo*, addrinfo**) = &lookUpOnWindows;
}
#else
// The linker finds this function before that of the C library.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
  return box::test::lookUp(node, service, hints, result);
}
#endif
