#include "support/private_file.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box/error.hpp"

namespace box {
namespace {

[[noreturn]] void refuse(const std::string& path, std::string_view reason) {
  throw BoxSdkError(Errc::invalidConfiguration, quotedPath(path) + ": " + std::string(reason));
}

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const noexcept { return number_; }

 private:
  int number_;
};

/// Room for bytes, wiped when it goes.
class Room {
 public:
  explicit Room(std::size_t size) : bytes_(new char[size]), size_(size) {}
  ~Room() { OPENSSL_cleanse(bytes_.get(), size_); }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  char* data() noexcept { return bytes_.get(); }
  std::size_t size() const noexcept { return size_; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

std::string octal(mode_t mode) {
  std::string digits = "0000";
  for (std::size_t i = digits.size(); i-- > 0; mode >>= 3) digits[i] = static_cast<char>('0' + (mode & 7));
  return digits;
}

Descriptor openForReading(const std::string& path, Links links) {
  // Behind a NUL the system would read another name than the one that is shown.
  if (path.find('\0') != std::string::npos) refuse(path, "its name has a NUL in it");
  // Without O_NONBLOCK the opening of a pipe waits for a writer.
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (links == Links::refuse ? O_NOFOLLOW : 0);
  int number = -1;
  do {
    number = ::open(path.c_str(), flags);
  } while (number < 0 && errno == EINTR);
  if (number < 0) {
    const int error = errno;
    if (error == ELOOP && links == Links::refuse)
      refuse(path, "it is a symbolic link, which is not followed here; name the file itself");
    if (error == ENXIO) refuse(path, "it is no regular file");  // a socket
    throw std::system_error(error, std::generic_category(), quotedPath(path));
  }
  return Descriptor(number);
}

/// Of the open file: what stands at the path may be another one by now.
void check(const Descriptor& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) throw std::system_error(errno, std::generic_category(), quotedPath(path));
  if (!S_ISREG(status.st_mode)) refuse(path, "it is no regular file");
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    refuse(path, "it belongs to another user, who could change it; have it belong to the user that runs this program");
  }
  if ((status.st_mode & 077) != 0) {
    refuse(path, "others than its owner may use it (mode " + octal(status.st_mode & 07777) + "); run chmod 600 on it");
  }
}

}  // namespace

std::string quotedPath(const std::string& path) {
  std::string text = "'" + path + "'";
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

Secret readPrivateFile(const std::string& path, std::size_t limit, Links links) {
  const Descriptor file = openForReading(path, links);
  check(file, path);
  // One byte more than may come tells that there are more, also where the file grew since its size was asked.
  Room room(limit + 1);
  std::size_t size = 0;
  while (size < room.size()) {
    const ssize_t n = ::read(file.number(), room.data() + size, room.size() - size);
    if (n == 0) break;
    if (n < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), quotedPath(path));
    }
    size += static_cast<std::size_t>(n);
  }
  if (size > limit) refuse(path, "it is larger than " + std::to_string(limit) + " bytes");
  return Secret(std::string_view(room.data(), size));
}

}  // namespace box
