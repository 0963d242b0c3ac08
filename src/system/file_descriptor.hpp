#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "box/error_codes.hpp"
#include "system/fork.hpp"

namespace box::inline v0_1 {

/// Makes a system call, and repeats it if a signal has interrupted it.
template <class Function>
auto persistently(Function call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// The error code for a value of errno, after a function for files has failed.
error_code errorOfFile(int error) noexcept;

/// An open descriptor. It is closed when the object is destroyed.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept
      : number_(std::exchange(other.number_, -1)), unshared_(std::move(other.unshared_)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    std::swap(unshared_, other.unshared_);
    return *this;
  }
  ~Descriptor();
  /// Opens a file of any kind and of any user to read it; never waits for a pipe's writer. If it fails, the descriptor
  /// is closed, and errno says why.
  static Descriptor openedToRead(const std::string& path);

  int number() const noexcept { return number_; }
  bool isOpen() const noexcept { return number_ >= 0; }

  /// Each of these makes one system call. A negative result means that errno says why it has failed.
  std::ptrdiff_t read(char* room, std::size_t size) const noexcept;
  std::ptrdiff_t readAt(char* room, std::size_t size, std::uint64_t position) const noexcept;
  /// Appends, if the file was opened for that.
  std::ptrdiff_t write(const char* bytes, std::size_t size) const noexcept;
  int resize(std::uint64_t size) const noexcept;
  /// Waits until the content, and all that the system knows about the file, is on the disk.
  int sync() const noexcept;
  /// Waits until the content is on the disk.
  int syncContent() const noexcept;
  bool isRegularFile() const noexcept;

  /// Locks the open file for this process until the object is destroyed or the process ends. False: it is not locked,
  /// and errno says why. A lock of flock(2) belongs to the open file, so the copy of the descriptor in a forked child
  /// would keep it; for that reason the child cannot use the descriptor (UnsharedDescriptor).
  bool tryLock();

 private:
  int number_;
  UnsharedDescriptor unshared_;  // set while the file is locked
};

}  // namespace box::inline v0_1
