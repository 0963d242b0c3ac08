#pragma once

// Winsock's header must come before that of Windows.
#include <winsock2.h>

#include <windows.h>

#include <memory>
#include <string>
#include <string_view>

namespace box::cli {

std::wstring wideText(std::string_view utf8);
std::string utf8Text(std::wstring_view wide);

/// Sets errno for the last error of Windows on this thread, and returns -1.
int failWithErrno() noexcept;
/// Makes a descriptor that owns the handle. -1: errno says why not; then the handle is closed.
int descriptorOwning(HANDLE handle) noexcept;
HANDLE handleOf(int descriptor) noexcept;

/// For CreateFileW with a path that may name a pipe: the pipe's server, which may be another user, learns which user
/// opens it, but cannot act as that user.
constexpr DWORD identifyOnly = SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;

/// Reads at least one byte from a console, in UTF-8; 0 at the end. *Errors*: std::system_error.
std::size_t readConsole(HANDLE console, char* room, std::size_t size);

/// Security attributes by which only this user may use a new file or folder.
class OwnerOnly {
 public:
  /// If it fails, isValid() is false, and errno says why. Without attributes a file would get the rights that are
  /// inherited from its folder.
  OwnerOnly() noexcept;
  ~OwnerOnly();
  OwnerOnly(const OwnerOnly&) = delete;
  OwnerOnly& operator=(const OwnerOnly&) = delete;

  bool isValid() const noexcept { return attributes_.lpSecurityDescriptor != nullptr; }
  SECURITY_ATTRIBUTES* get() noexcept { return &attributes_; }

 private:
  SECURITY_ATTRIBUTES attributes_{};
};

/// The user of this process.
PSID thisUser() noexcept;

}  // namespace box::cli
