#include "box/support/private_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/owned_file.hpp"

namespace box::inline v0_1 {
namespace {

constexpr mode_t everybodyReads = 0644;

/// Writes to a pipe or a device. False: the path is neither.
bool writeToSpecialFile(const OwnedFile& file, std::string_view content) {
  struct stat status {};
  if (::lstat(file.path().c_str(), &status) != 0 || (!S_ISFIFO(status.st_mode) && !S_ISCHR(status.st_mode))) {
    return false;
  }
  // Without O_NONBLOCK, opening a pipe would wait for a reader.
  const int flags = O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
  const Descriptor open(persistently([&] { return ::open(file.path().c_str(), flags); }));
  if (!open.isOpen()) {
    if (errno == ENXIO) file.refuse("it is a pipe that no process reads; start its reader first");
    file.fail("it cannot be opened", errno);
  }
  if (::fstat(open.number(), &status) != 0) file.fail("it cannot be examined", errno);
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    file.refuse("it belongs to another user, who could read what is written; choose another path");
  }
  while (!content.empty()) {
    const ssize_t written = persistently([&] { return ::write(open.number(), content.data(), content.size()); });
    if (written < 0) file.fail("it cannot be written", errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Secret readPrivateFile(const std::string& path, std::size_t limit, Links links) {
  const OwnedFile file(path);
  if (links == Links::refuse) return file.read(limit);
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  const Descriptor open(persistently([&] { return ::open(path.c_str(), flags); }));
  if (!open.isOpen()) {
    if (errno == ENXIO) file.refuse("it is not a regular file");  // a socket
    file.fail("it cannot be opened", errno);
  }
  file.requirePrivate(open.number());
  return file.readAll(open.number(), limit);
}

void replaceFile(const std::string& path, std::string_view content, Readers readers) {
  const OwnedFile file(path, OwnedFile::OwnGroup::mayWrite);
  if (readers == Readers::owner) return file.replace(content);
  if (!writeToSpecialFile(file, content)) file.replace(content, everybodyReads);
}

}  // namespace box::inline v0_1
