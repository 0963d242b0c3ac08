#include "system/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace box::inline v0_1 {

error_code errorOfFile(int error) noexcept { return {error, boost::system::system_category()}; }

Descriptor Descriptor::openedToRead(const std::string& path) {
  // O_NONBLOCK, because opening a pipe could block otherwise.
  constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  return Descriptor(persistently([&] { return ::open(path.c_str(), flags); }));
}

std::ptrdiff_t Descriptor::read(char* room, std::size_t size) const noexcept { return ::read(number_, room, size); }

std::ptrdiff_t Descriptor::readAt(char* room, std::size_t size, std::uint64_t position) const noexcept {
  return ::pread(number_, room, size, static_cast<off_t>(position));
}

std::ptrdiff_t Descriptor::write(const char* bytes, std::size_t size) const noexcept {
  return ::write(number_, bytes, size);
}

int Descriptor::resize(std::uint64_t size) const noexcept { return ::ftruncate(number_, static_cast<off_t>(size)); }

int Descriptor::sync() const noexcept { return ::fsync(number_); }

int Descriptor::syncContent() const noexcept { return ::fdatasync(number_); }

bool Descriptor::isRegularFile() const noexcept {
  struct stat status {};
  return ::fstat(number_, &status) == 0 && S_ISREG(status.st_mode);
}

bool Descriptor::tryLock() {
  unshared_ = UnsharedDescriptor(number_);  // before the lock, so that no child has a copy of a locked file
  if (persistently([this] { return ::flock(number_, LOCK_EX | LOCK_NB); }) == 0) return true;
  const int error = errno;
  unshared_ = UnsharedDescriptor();
  errno = error;
  return false;
}

Descriptor::~Descriptor() {
  if (number_ < 0) return;
  // Another thread may fork between the next line and close(). Its child then gets a copy of the descriptor, but the
  // file is no longer locked.
  if (unshared_.isSet()) ::flock(number_, LOCK_UN);
  unshared_ = UnsharedDescriptor();
  ::close(number_);
}

}  // namespace box::inline v0_1
