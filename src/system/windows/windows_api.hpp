#pragma once

// Winsock's header must come before that of Windows.
#include <winsock2.h>

#include <windows.h>

#include <string>
#include <string_view>

namespace box::inline v0_1 {

/// The text in UTF-16, as the functions of Windows take it. Empty: it is not valid UTF-8.
std::wstring wideText(std::string_view utf8);

/// The value of errno for an error of Windows.
int errnoFor(DWORD error) noexcept;
/// Sets errno for the last error of Windows on this thread, and returns -1.
int failWithErrno() noexcept;

/// For CreateFileW with a path that may name a pipe: the pipe's server, which may be another user, learns which user
/// opens it, but cannot act as that user.
constexpr DWORD identifyOnly = SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;

/// The handle of a descriptor of the C library.
HANDLE handleOf(int descriptor) noexcept;
/// Makes a descriptor that owns the handle. -1: errno says why not; then the handle is closed.
int descriptorOwning(HANDLE handle) noexcept;

}  // namespace box::inline v0_1
