#include "cli/system/descriptors.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdint>
#include <filesystem>
#include <random>

#include "cli/system/windows/console_input.hpp"
#include "system/windows/security.hpp"

namespace box::cli {

namespace {

std::system_error lastError() {
  failWithErrno();
  return {errno, std::generic_category()};
}

bool isConsole(HANDLE handle) noexcept {
  DWORD mode = 0;
  return ::GetConsoleMode(handle, &mode) != 0;
}

/// Opens a file that is not a link.
int openFile(const std::string& path, DWORD rights, DWORD how, SECURITY_ATTRIBUTES* security) noexcept {
  const HANDLE handle = ::CreateFileW(wideText(path).c_str(), rights, shared, security, how,
                                      FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT | identifyOnly, nullptr);
  const int descriptor = descriptorOwning(handle);
  BY_HANDLE_FILE_INFORMATION is{};
  if (descriptor >= 0 && ::GetFileInformationByHandle(handle, &is) &&
      (is.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
    ::_close(descriptor);
    errno = ELOOP;
    return -1;
  }
  return descriptor;
}

}  // namespace

std::size_t readConsole(HANDLE console, char* room, std::size_t size) {
  // Each unit of UTF-16 becomes three bytes of UTF-8 at most.
  std::array<wchar_t, 1024> wide{};
  DWORD count = 0;
  const DWORD space = std::min<DWORD>(most(size / 3), static_cast<DWORD>(wide.size()));
  if (!::ReadConsoleW(console, wide.data(), space, &count, nullptr)) throw lastError();
  const int bytes = ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), static_cast<int>(count), room,
                                          static_cast<int>(most(size)), nullptr, nullptr);
  ::SecureZeroMemory(wide.data(), sizeof wide);
  // Ctrl-Z at the beginning of a line is the end.
  if (bytes > 0 && room[0] == '\x1a') return 0;
  return static_cast<std::size_t>(std::max(bytes, 0));
}

std::size_t readSome(int descriptor, std::span<char> buffer) {
  const HANDLE handle = handleOf(descriptor);
  if (isConsole(handle) && buffer.size() >= 3) return readConsole(handle, buffer.data(), buffer.size());
  DWORD count = 0;
  if (::ReadFile(handle, buffer.data(), most(buffer.size()), &count, nullptr)) return count;
  const DWORD error = ::GetLastError();
  if (error == ERROR_BROKEN_PIPE || error == ERROR_HANDLE_EOF) return 0;
  throw lastError();
}

std::size_t readAt(int descriptor, std::span<char> buffer, std::uint64_t position) {
  std::size_t size = 0;
  while (size < buffer.size()) {
    OVERLAPPED at{};
    at.Offset = static_cast<DWORD>((position + size) & 0xffffffffU);
    at.OffsetHigh = static_cast<DWORD>((position + size) >> 32U);
    DWORD count = 0;
    if (!::ReadFile(handleOf(descriptor), buffer.data() + size, most(buffer.size() - size), &count, &at)) {
      if (::GetLastError() == ERROR_HANDLE_EOF) break;
      throw lastError();
    }
    if (count == 0) break;
    size += count;
  }
  return size;
}

// A pipe that can be opened to read has a writer.
std::optional<std::size_t> readNow(int, std::span<char>) noexcept { return std::nullopt; }

void writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    DWORD written = 0;
    if (!::WriteFile(handleOf(descriptor), text.data(), most(text.size()), &written, nullptr)) throw lastError();
    text.remove_prefix(written);
  }
}

std::string whyNotWritten(const std::error_code& error) {
  if (error.value() == ENOSPC) return "the disk is full: make room";
  return error.message();
}

int openToRead(const std::string& path) noexcept {
  return descriptorOwning(::CreateFileW(wideText(path).c_str(), GENERIC_READ, shared, nullptr, OPEN_EXISTING,
                                        FILE_ATTRIBUTE_NORMAL | identifyOnly, nullptr));
}

// The rights of a file are known only when it is opened.
bool mayRead(const std::string& path) noexcept {
  const int descriptor = openToRead(path);
  if (descriptor >= 0) closeDescriptor(descriptor);
  return descriptor >= 0;
}

bool isSameFile(const std::string& one, const std::string& other) noexcept {
  if (one == other) return true;
  std::error_code ignored;
  return std::filesystem::equivalent(wideText(one), wideText(other), ignored);
}

int openToAppend(const std::string& path) noexcept {
  const Descriptors security = securityFor(Readers::owner);
  if (!security) return -1;
  SECURITY_ATTRIBUTES attributes{sizeof attributes, security.get(), FALSE};
  // With the right to append, but without the right to write elsewhere, Windows appends each write in one step.
  return openFile(path, GENERIC_READ | FILE_APPEND_DATA, OPEN_ALWAYS, &attributes);
}

int makeTemporary(std::string& path, std::string_view suffix) noexcept {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  const std::size_t end = path.size() - suffix.size();
  std::random_device random;
  const Descriptors security = securityFor(Readers::owner);
  if (!security) return -1;
  SECURITY_ATTRIBUTES attributes{sizeof attributes, security.get(), FALSE};
  constexpr int tries = 100;
  for (int i = 0; i < tries; ++i) {
    for (std::size_t at = end - 6; at < end; ++at) path[at] = letters[random() % letters.size()];
    const int descriptor = openFile(path, GENERIC_READ | GENERIC_WRITE, CREATE_NEW, &attributes);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

void closeDescriptor(int descriptor) noexcept { ::_close(descriptor); }

FileKind kindOf(int descriptor) noexcept {
  switch (::GetFileType(handleOf(descriptor))) {
    case FILE_TYPE_DISK: {
      BY_HANDLE_FILE_INFORMATION is{};
      const bool known = ::GetFileInformationByHandle(handleOf(descriptor), &is) != 0;
      return known && (is.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0 ? FileKind::regular : FileKind::other;
    }
    case FILE_TYPE_PIPE: return FileKind::pipe;
    default: return FileKind::other;
  }
}

std::optional<std::uint64_t> sizeOf(int descriptor) noexcept {
  LARGE_INTEGER size{};
  if (!::GetFileSizeEx(handleOf(descriptor), &size)) return std::nullopt;
  return static_cast<std::uint64_t>(size.QuadPart);
}

bool isTerminal(int descriptor) noexcept { return isConsole(handleOf(descriptor)); }

Writers writersOf(int descriptor) noexcept {
  Writers out;
  const Security security(handleOf(descriptor));
  if (security.error() != 0) return out;
  if (security.isThisUsers()) {
    out.owner = Writers::Owner::thisUser;
  } else if (security.isOurs()) {
    out.owner = Writers::Owner::system;
  }
  out.others = security.othersHave(changingRights);
  return out;
}

// For cmd, which takes double quotes only.
std::string remedyForWriters(const std::string& path) {
  return "let only its owner use it: icacls \"" + path + "\" /inheritance:r /grant:r \"%USERNAME%:F\"";
}

int inheritedDescriptor(const std::string& path) {
  if (path == "-" || path == "/dev/stdin") return 0;
  constexpr std::string_view folder = "/dev/fd/";
  int descriptor = -1;
  if (path.starts_with(folder)) {
    const auto [end, error] = std::from_chars(path.data() + folder.size(), path.data() + path.size(), descriptor);
    if (error != std::errc() || end != path.data() + path.size()) return -1;
  }
  return descriptor;
}

int openToLock(const std::string& path) noexcept {
  return openFile(path, GENERIC_READ | GENERIC_WRITE, OPEN_EXISTING, nullptr);
}

bool lockForFollowing(int descriptor) noexcept {
  OVERLAPPED at{};  // no journal is as long as this, and the library locks another byte
  at.OffsetHigh = 0x7fffffff;
  at.Offset = 0xfffffffd;
  if (::LockFileEx(handleOf(descriptor), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at))
    return true;
  const DWORD error = ::GetLastError();
  failWithErrno();
  if (error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING) errno = EWOULDBLOCK;
  return false;
}

}  // namespace box::cli
