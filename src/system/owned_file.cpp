#include "system/owned_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "box/error.hpp"
#include "support/wipe.hpp"

namespace box::inline v0_1 {

std::string quotedPath(const std::string& path) {
  std::string text = "'" + path + "'";
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

OwnedFile::OwnedFile(std::string path, OwnGroup ownGroup) : path_(std::move(path)), ownGroup_(ownGroup) {
  split();
  if (path_.empty()) throw BoxSdkError(Errc::invalidConfiguration, "the path of the file is empty");
  // The system would use only the part before the NUL, but errors would show the whole name.
  if (path_.find('\0') != std::string::npos) refuse("its name contains a NUL");
  if (name_.empty() || name_ == "." || name_ == "..") refuse("that is the path of a folder; add a file's name");
}

void OwnedFile::refuse(std::string_view reason) const {
  throw BoxSdkError(Errc::invalidConfiguration, quotedPath(path_) + ": " + std::string(reason));
}

void OwnedFile::fail(std::string_view what, int error, std::string_view remedy) const {
  ErrorDetails details;
  details.cause = errorOfFile(error);
  details.context = quotedPath(path_) + ": ";
  details.context.append(what).append(": ").append(std::generic_category().message(error));
  if (!remedy.empty()) details.context.append("; ").append(remedy);
  const bool local = error == EMFILE || error == ENFILE || error == ENOMEM;
  throw BoxSdkError(make_error_code(local ? Errc::localResource : Errc::invalidConfiguration), std::move(details));
}

std::string OwnedFile::newName() const { return name_ + ".box-sessions-new"; }

Secret OwnedFile::readAll(const Descriptor& file, std::size_t limit) const {
  // One byte more than the limit is read, which shows that the file is too long, even if it is growing.
  WipedRoom room(limit + 1);
  std::size_t size = 0;
  while (size < room.size()) {
    const std::ptrdiff_t n = persistently([&] { return file.read(room.chars() + size, room.size() - size); });
    if (n < 0) fail("it cannot be read", errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
  }
  if (size > limit) refuse("it is larger than " + std::to_string(limit) + " bytes");
  return Secret(std::string_view(room.chars(), size));
}

Secret OwnedFile::read(std::size_t limit) const { return readAll(open(Access::read), limit); }

void OwnedFile::lock(Descriptor& open) const {
  if (!open.tryLock()) fail("it cannot be locked", errno);
}

}  // namespace box::inline v0_1
