#include "system/owned_file.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "box/error.hpp"
#include "support/wipe.hpp"
#include "system/owned_folder.hpp"

namespace box::inline v0_1 {
namespace {

using Kind = FileStatus::Kind;

constexpr const char* isLink = " is a symbolic link, which is not followed here";

}  // namespace

/// A file for new content. It gets the final name when it is complete; otherwise it is removed.
class OwnedFile::NewFile {
 public:
  NewFile(const OwnedFile& file, const Folder& folder)
      : file_(file), folder_(folder), name_(file.newName()), descriptor_(file.openLocked(folder, name_)) {
    if (!descriptor_.isOpen()) {
      file_.fail("it cannot be written", EWOULDBLOCK, "another process writes to it; try again");
    }
  }
  ~NewFile() {
    if (!placed_) folder_.remove(name_);
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  void write(std::string_view text, Readers readers) {
    if (descriptor_.resize(0) != 0) failToWrite();  // a killed process may have left data in it
    while (!text.empty()) {
      const std::ptrdiff_t written = persistently([&] { return descriptor_.write(text.data(), text.size()); });
      if (written < 0) failToWrite();
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (readers == Readers::everybody && !letEverybodyRead(descriptor_)) failToWrite();
    if (persistently([&] { return descriptor_.sync(); }) != 0) failToWrite();
  }

  /// Gives the file its final name. If the name cannot be made durable, a new file is removed again.
  Descriptor take(Folder::Place place) {
    if (!folder_.rename(name_, file_.name_, place)) failToWrite();
    placed_ = true;
    try {
      folder_.sync();
    } catch (const BoxSdkError&) {
      if (place == Folder::Place::free) folder_.remove(file_.name_);
      throw;
    }
    return std::move(descriptor_);
  }

 private:
  [[noreturn]] void failToWrite() const { file_.fail("it cannot be written", errno); }

  const OwnedFile& file_;
  const Folder& folder_;
  std::string name_;
  Descriptor descriptor_;
  bool placed_ = false;
};

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
  constexpr std::size_t usual = 16UL * 1024;
  auto room = std::make_unique<WipedRoom>(std::min(limit, usual) + 1);
  for (std::size_t size = 0;;) {
    const std::ptrdiff_t n = persistently([&] { return file.read(room->chars() + size, room->size() - size); });
    if (n < 0) fail("it cannot be read", errno);
    if (n == 0) return Secret(std::string_view(room->chars(), size));
    size += static_cast<std::size_t>(n);
    // There is room for one byte more than the limit, which shows that the file is too long, even if it is growing.
    if (size > limit) refuse("it is larger than " + std::to_string(limit) + " bytes");
    if (size < room->size()) continue;
    auto larger = std::make_unique<WipedRoom>(size + std::min(limit - size, size) + 1);
    std::copy_n(room->chars(), size, larger->chars());
    room = std::move(larger);
  }
}

Secret OwnedFile::read(std::size_t limit) const { return readAll(open(Access::read), limit); }

Secret OwnedFile::readWhereLinksLead(std::size_t limit) const {
  const Descriptor file = Descriptor::openedToRead(path_);
  if (!file.isOpen()) {
    if (errno == ENXIO) refuse("it is not a regular file");  // a socket
    fail("it cannot be opened", errno);
  }
  requirePrivate(file);
  return readAll(file, limit);
}

Descriptor OwnedFile::open(Access access) const {
  const Folder folder(*this);
  folder.requireSafe();
  Descriptor file = folder.open(name_, access);
  if (!file.isOpen()) {
    const int error = errno;
    const std::optional<FileStatus> status = folder.look(name_);
    if (status && status->kind == Kind::link) refuse(std::string("it") + isLink + "; name the file itself");
    if (status && status->kind == Kind::other) refuse("it is not a regular file");
    fail("it cannot be opened", error);
  }
  requirePrivate(file);
  return file;
}

void OwnedFile::requirePrivate(const Descriptor& file) const {
  const std::optional<FileStatus> status = statusOf(file);
  if (!status) fail("it cannot be examined", errno);
  if (status->kind == Kind::link) refuse(std::string("it") + isLink + "; name the file itself");
  if (status->kind != Kind::regular) refuse("it is not a regular file");
  if (!status->isOurs) {
    refuse("it belongs to another user, who could change it; have it belong to the user that runs this program");
  }
  if (!status->isPrivate) refuse("others than its owner may use it" + othersMayUse(file, path_));
}

void OwnedFile::requireReplaceable(const Folder& folder) const {
  const std::optional<FileStatus> status = folder.look(name_);
  if (!status) return;
  if (status->kind == Kind::link) refuse(std::string("it") + isLink + "; name the file itself");
  if (status->kind != Kind::regular) refuse("it is not a regular file; choose another path");
  if (!status->isOurs) {
    refuse("it belongs to another user; have it belong to the user that runs this program, or choose another path");
  }
}

Descriptor OwnedFile::openLocked(const Folder& folder, const std::string& name) const {
  const std::string it = name == name_ ? "it" : quotedPath(name) + " beside it";
  const auto refuseKind = [&](Kind kind) {
    if (kind == Kind::link) refuse(it + isLink + "; remove it");
    if (kind != Kind::regular) refuse(it + " is not a regular file; remove it");
  };
  constexpr int rounds = 100;  // each round means that another process has replaced the file
  for (int round = 0; round < rounds; ++round) {
    Descriptor file = folder.openOrMake(name);
    if (!file.isOpen()) {
      const int error = errno;
      const std::optional<FileStatus> status = folder.look(name);
      if (status) refuseKind(status->kind);
      if (!status && error == EACCES && round + 1 < rounds) continue;  // on Windows: it was just removed
      fail(it + " cannot be opened", error);
    }
    const std::optional<FileStatus> status = statusOf(file);
    if (!status) fail(it + " cannot be examined", errno);
    refuseKind(status->kind);
    if (!status->isOurs) refuse(it + " belongs to another user, who could keep it; remove it");
    if (status->names > 1) {
      // The name is a hard link to another file, which would be overwritten.
      if (!folder.remove(name)) fail(it + " cannot be removed", errno);
      continue;
    }
    // The umask of the process may have removed rights of the owner; and another user who can open the file could lock
    // it.
    if (!status->isAsMade && !makePrivate(file)) fail("the rights of " + it + " cannot be set", errno);
    if (!file.tryLock()) {
      if (errno == EWOULDBLOCK) return Descriptor();
      fail(it + " cannot be locked", errno);
    }
    // After it was opened, it may have been removed, or renamed to the final name. Then the lock would protect nothing.
    const std::optional<FileStatus> current = folder.look(name);
    if (current && current->id == status->id) return file;
  }
  fail("it cannot be locked", EBUSY, "other processes replace it all the time");
}

void OwnedFile::replace(std::string_view content, Readers readers) const {
  const Folder folder(*this);
  if (readers == Readers::owner) folder.requireSafe();
  requireReplaceable(folder);
  NewFile file(*this, folder);
  file.write(content, readers);
  file.take(Folder::Place::any);
}

Descriptor OwnedFile::create(std::string_view content) const {
  const Folder folder(*this);
  folder.requireSafe();
  if (folder.look(name_)) fail("it cannot be made", EEXIST);
  NewFile file(*this, folder);
  file.write(content, Readers::owner);
  return file.take(Folder::Place::free);
}

void OwnedFile::remove() const {
  const Folder folder(*this);
  requireReplaceable(folder);
  removeLeftover();
  if (!folder.remove(name_)) fail("it cannot be removed", errno);
  folder.sync();
}

void OwnedFile::removeLeftover() const noexcept try {
  const Folder folder(*this);
  const std::string left = newName();
  if (!folder.look(left)) return;
  const Descriptor file = openLocked(folder, left);
  if (file.isOpen()) folder.remove(left);
} catch (const std::exception&) {
}

Descriptor OwnedFile::tryLock() const {
  const Folder folder(*this);
  folder.requireSafe();
  return openLocked(folder, name_);
}

void OwnedFile::lock(Descriptor& open) const {
  if (!open.tryLock()) fail("it cannot be locked", errno);
}

}  // namespace box::inline v0_1
