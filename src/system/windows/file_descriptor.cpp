#include "system/file_descriptor.hpp"

#include "system/windows/windows_api.hpp"

namespace box::inline v0_1 {
namespace {

/// The place of the byte that tryLock() locks. No file is as long as this. Windows lets nobody read or write the bytes
/// that another process has locked, and others may read a file that is locked.
constexpr DWORD lockedHigh = 0x7fffffff, lockedLow = 0xfffffffe;

OVERLAPPED place(DWORD high, DWORD low) noexcept {
  OVERLAPPED at{};
  at.OffsetHigh = high;
  at.Offset = low;
  return at;
}

std::ptrdiff_t readFrom(int descriptor, char* room, std::size_t size, OVERLAPPED* at) noexcept {
  DWORD count = 0;
  if (::ReadFile(handleOf(descriptor), room, most(size), &count, at)) return static_cast<std::ptrdiff_t>(count);
  const DWORD error = ::GetLastError();
  if (error == ERROR_HANDLE_EOF || error == ERROR_BROKEN_PIPE) return 0;
  return failWithErrno();
}

}  // namespace

error_code errorOfFile(int error) noexcept { return {error, boost::system::generic_category()}; }

Descriptor Descriptor::openedToRead(const std::string& path) {
  return Descriptor(descriptorOwning(::CreateFileW(wideText(path).c_str(), GENERIC_READ, shared, nullptr, OPEN_EXISTING,
                                                   FILE_ATTRIBUTE_NORMAL | identifyOnly, nullptr)));
}

std::ptrdiff_t Descriptor::read(char* room, std::size_t size) const noexcept {
  return readFrom(number_, room, size, nullptr);
}

std::ptrdiff_t Descriptor::readAt(char* room, std::size_t size, std::uint64_t position) const noexcept {
  OVERLAPPED at = place(static_cast<DWORD>(position >> 32U), static_cast<DWORD>(position & 0xffffffffU));
  return readFrom(number_, room, size, &at);
}

std::ptrdiff_t Descriptor::write(const char* bytes, std::size_t size) const noexcept {
  OVERLAPPED end = place(0xffffffffU, 0xffffffffU);  // the end of the file, wherever it is by then
  DWORD count = 0;
  if (::WriteFile(handleOf(number_), bytes, most(size), &count, &end)) return static_cast<std::ptrdiff_t>(count);
  return failWithErrno();
}

int Descriptor::resize(std::uint64_t size) const noexcept {
  FILE_END_OF_FILE_INFO end{};
  end.EndOfFile.QuadPart = static_cast<LONGLONG>(size);
  return ::SetFileInformationByHandle(handleOf(number_), FileEndOfFileInfo, &end, sizeof end) ? 0 : failWithErrno();
}

int Descriptor::sync() const noexcept { return ::FlushFileBuffers(handleOf(number_)) ? 0 : failWithErrno(); }

int Descriptor::syncContent() const noexcept { return sync(); }

bool Descriptor::isRegularFile() const noexcept {
  BY_HANDLE_FILE_INFORMATION information{};
  return ::GetFileType(handleOf(number_)) == FILE_TYPE_DISK &&
         ::GetFileInformationByHandle(handleOf(number_), &information) &&
         (information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

bool Descriptor::tryLock() {
  OVERLAPPED at = place(lockedHigh, lockedLow);
  if (!::LockFileEx(handleOf(number_), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)) {
    const DWORD error = ::GetLastError();
    errno = error == ERROR_LOCK_VIOLATION || error == ERROR_IO_PENDING ? EWOULDBLOCK : errnoFor(error);
    return false;
  }
  unshared_ = UnsharedDescriptor(number_);
  return true;
}

Descriptor::~Descriptor() {
  if (number_ < 0) return;
  if (unshared_.isSet()) {
    // Without this Windows would unlock the file at some time after it was closed.
    OVERLAPPED at = place(lockedHigh, lockedLow);
    ::UnlockFileEx(handleOf(number_), 0, 1, 0, &at);
  }
  ::_close(number_);
}

}  // namespace box::inline v0_1
