#pragma once

// Winsock's header must come before that of Windows.
#include <winsock2.h>

#include <windows.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>
#include <fcntl.h>
#include <io.h>

// What the library's and the program's files for Windows have in common. It is in headers only, because the program
// calls no function of the library that is not public.
namespace box::inline v0_1 {

/// For functions of Windows, which take a size of 32 bits.
inline DWORD most(std::size_t size) noexcept { return static_cast<DWORD>(std::min<std::size_t>(size, INT_MAX)); }

/// The text in UTF-16, as the functions of Windows take it. Empty: it is not valid UTF-8.
inline std::wstring wideText(std::string_view utf8) {
  const int size = static_cast<int>(most(utf8.size()));
  const int count = ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), size, nullptr, 0);
  std::wstring wide(static_cast<std::size_t>(std::max(count, 0)), L'\0');
  ::MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), size, wide.data(), count);
  return wide;
}

inline std::string utf8Text(std::wstring_view wide) {
  const int size = static_cast<int>(most(wide.size()));
  const int count = ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, nullptr, 0, nullptr, nullptr);
  std::string utf8(static_cast<std::size_t>(std::max(count, 0)), '\0');
  ::WideCharToMultiByte(CP_UTF8, 0, wide.data(), size, utf8.data(), count, nullptr, nullptr);
  return utf8;
}

/// The value of errno for an error of Windows.
inline int errnoFor(DWORD error) noexcept {
  if (error == ERROR_SHARING_VIOLATION) return EBUSY;
  if (error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA) return EPIPE;
  const boost::system::error_code code(static_cast<int>(error), boost::system::system_category());
  const boost::system::error_condition condition = code.default_error_condition();
  return condition.category() == boost::system::generic_category() ? condition.value() : EIO;
}

/// Sets errno for the last error of Windows on this thread, and returns -1.
inline int failWithErrno() noexcept {
  errno = errnoFor(::GetLastError());
  return -1;
}

/// For CreateFileW with a path that may name a pipe: the pipe's server, which may be another user, learns which user
/// opens it, but cannot act as that user.
constexpr DWORD identifyOnly = SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION;
/// For CreateFileW: other processes may read, write, rename and remove the file while it is open.
constexpr DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

/// The handle of a descriptor of the C library.
inline HANDLE handleOf(int descriptor) noexcept { return reinterpret_cast<HANDLE>(::_get_osfhandle(descriptor)); }

/// Makes a descriptor that owns the handle. -1: errno says why not; then the handle is closed.
inline int descriptorOwning(HANDLE handle) noexcept {
  if (handle == INVALID_HANDLE_VALUE) return failWithErrno();
  const int descriptor = ::_open_osfhandle(reinterpret_cast<std::intptr_t>(handle), _O_BINARY | _O_NOINHERIT);
  if (descriptor >= 0) return descriptor;
  const int error = errno;
  ::CloseHandle(handle);
  errno = error;
  return -1;
}

}  // namespace box::inline v0_1
