#include "system/owned_file.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "system/windows/security.hpp"
#include "system/windows/windows_api.hpp"

#include "box/error.hpp"

namespace box::inline v0_1 {
namespace {

constexpr DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

// The right to write attributes is among them, because it is enough to make a file or an empty folder a link.
constexpr DWORD anyUse = FILE_READ_DATA | FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_EXECUTE | FILE_WRITE_ATTRIBUTES |
                         DELETE | WRITE_DAC | WRITE_OWNER;
constexpr DWORD replacing = FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | FILE_DELETE_CHILD | FILE_WRITE_ATTRIBUTES |
                            FILE_WRITE_EA | DELETE | WRITE_DAC | WRITE_OWNER;

bool isLink(const BY_HANDLE_FILE_INFORMATION& file) noexcept {
  return (file.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0;
}

bool isFolder(const BY_HANDLE_FILE_INFORMATION& file) noexcept {
  return (file.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

bool areSame(const BY_HANDLE_FILE_INFORMATION& one, const BY_HANDLE_FILE_INFORMATION& other) noexcept {
  return one.dwVolumeSerialNumber == other.dwVolumeSerialNumber && one.nFileIndexHigh == other.nFileIndexHigh &&
         one.nFileIndexLow == other.nFileIndexLow;
}

constexpr std::string_view remedyOfFile =
    "; let only its owner use it: icacls FILE /inheritance:r /grant:r \"%USERNAME%:F\"";

}  // namespace

// -------------------------------------------------------------------------------------------------------------- Folder

class OwnedFile::Folder {
 public:
  /// As long as this object lives, the folder cannot be renamed or removed, because it does not share the right to
  /// delete.
  explicit Folder(const OwnedFile& file)
      : file_(file),
        handle_(::CreateFileW(wideText(file.folder_).c_str(), FILE_LIST_DIRECTORY | READ_CONTROL,
                              FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING,
                              FILE_FLAG_BACKUP_SEMANTICS | identifyOnly, nullptr)) {
    if (!handle_.isOpen()) {
      const int error = errnoFor(::GetLastError());
      file_.fail(quoted() + " cannot be opened", error, error == ENOENT ? "create it" : "");
    }
    std::vector<wchar_t> room(32768);
    const DWORD size =
        ::GetFinalPathNameByHandleW(handle_.get(), room.data(), static_cast<DWORD>(room.size()), FILE_NAME_NORMALIZED);
    if (size == 0 || size >= room.size()) file_.fail(quoted() + " cannot be examined", errnoFor(::GetLastError()));
    path_.assign(room.data(), size);
    if (path_.back() != L'\\') path_ += L'\\';
  }

  /// The path of a file in the folder that was opened, without links.
  std::wstring pathOf(const std::string& name) const { return path_ + wideText(name); }

  /// Refuses a folder in which other users could replace the file.
  void requireSafe() const {
    const Security security(handle_.get());
    if (security.error() != 0) file_.fail(quoted() + " cannot be examined", errnoFor(security.error()));
    if (!security.isOurs()) {
      file_.refuse(quoted() + " belongs to another user, who could replace the files in it; choose one that is yours");
    }
    if (security.othersHave(replacing)) {
      file_.refuse(
          quoted() +
          " may be written to by others, who could replace the files in it; choose one in your profile, or let "
          "only yourself use it: icacls FOLDER /inheritance:r /grant:r \"%USERNAME%:(OI)(CI)F\"");
    }
  }

  /// The state of the file with that name. A symbolic link is not followed.
  std::optional<BY_HANDLE_FILE_INFORMATION> look(const std::string& name) const {
    const Handle file(::CreateFileW(pathOf(name).c_str(), FILE_READ_ATTRIBUTES, shared, nullptr, OPEN_EXISTING,
                                    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    BY_HANDLE_FILE_INFORMATION information{};
    if (file.isOpen() && ::GetFileInformationByHandle(file.get(), &information)) return information;
    const int error = errnoFor(::GetLastError());
    if (error == ENOENT) return std::nullopt;
    file_.fail("it cannot be examined", error);
  }

  bool refersTo(const std::string& name, const BY_HANDLE_FILE_INFORMATION& file) const {
    const std::optional<BY_HANDLE_FILE_INFORMATION> current = look(name);
    return current && areSame(*current, file);
  }

  /// False: errno says why not. A file that does not exist counts as removed.
  bool remove(const std::string& name) const {
    if (::DeleteFileW(pathOf(name).c_str())) return true;
    failWithErrno();
    return errno == ENOENT;
  }

 private:
  std::string quoted() const { return "its folder " + quotedPath(file_.folder_); }

  const OwnedFile& file_;
  Handle handle_;
  std::wstring path_;
};

// ------------------------------------------------------------------------------------------------------------- NewFile

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
      const std::ptrdiff_t written = descriptor_.write(text.data(), text.size());
      if (written < 0) failToWrite();
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (readers == Readers::everybody && !setReaders(handleOf(descriptor_.number()), readers)) failToWrite();
    if (descriptor_.sync() != 0) failToWrite();
  }

  void takePlace() { move(MOVEFILE_REPLACE_EXISTING); }

  /// Gives the file its final name, if no file has that name.
  Descriptor takeFreePlace() {
    move(0);
    return std::move(descriptor_);
  }

 private:
  void move(DWORD how) {
    const std::wstring from = folder_.pathOf(name_), to = folder_.pathOf(file_.name_);
    constexpr int tries = 50;
    constexpr DWORD pause = 20;  // milliseconds
    for (int i = 1; !::MoveFileExW(from.c_str(), to.c_str(), how | MOVEFILE_WRITE_THROUGH); ++i) {
      // A scanner for viruses, or a process that reads the old file, may have it open for a moment.
      const DWORD error = ::GetLastError();
      const bool mayPass = error == ERROR_ACCESS_DENIED || error == ERROR_SHARING_VIOLATION;
      if (how == 0 || !mayPass || i == tries) {
        errno = error == ERROR_ALREADY_EXISTS ? EEXIST : errnoFor(error);
        failToWrite();
      }
      ::Sleep(pause);
    }
    placed_ = true;
  }

  [[noreturn]] void failToWrite() const { file_.fail("it cannot be written", errno); }

  const OwnedFile& file_;
  const Folder& folder_;
  std::string name_;
  Descriptor descriptor_;
  bool placed_ = false;
};

// ----------------------------------------------------------------------------------------------------------- OwnedFile

void OwnedFile::split() {
  const std::size_t slash = path_.find_last_of("/\\");
  name_ = path_.substr(slash + 1);
  folder_ = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
  if (wideText(path_).empty() && !path_.empty()) refuse("its name is not valid UTF-8");
  // A colon would name a second content of another file, or a drive.
  if (name_.find_first_of(":*?\"<>|") != std::string::npos) {
    refuse("its name has a character that names of files cannot have");
  }
}

void OwnedFile::requirePrivate(const Descriptor& file) const {
  if (!file.isRegularFile()) refuse("it is not a regular file");
  const Security security(handleOf(file.number()));
  if (security.error() != 0) fail("it cannot be examined", errnoFor(security.error()));
  if (!security.isOurs()) {
    refuse("it belongs to another user, who could change it; have it belong to the user that runs this program");
  }
  if (security.othersHave(anyUse)) refuse("others than its owner may use it" + std::string(remedyOfFile));
}

Descriptor OwnedFile::open(Access access) const {
  const Folder folder(*this);
  folder.requireSafe();
  const auto status = folder.look(name_);
  if (status && isLink(*status)) refuse("it is a symbolic link, which is not followed here; name the file itself");
  if (status && isFolder(*status)) refuse("it is not a regular file");
  const DWORD rights = READ_CONTROL | (access == Access::read ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE);
  Descriptor file(descriptorOwning(::CreateFileW(folder.pathOf(name_).c_str(), rights, shared, nullptr, OPEN_EXISTING,
                                                 FILE_FLAG_OPEN_REPARSE_POINT, nullptr)));
  if (!file.isOpen()) fail("it cannot be opened", errno);
  BY_HANDLE_FILE_INFORMATION opened{};
  if (::GetFileInformationByHandle(handleOf(file.number()), &opened) && isLink(opened)) {
    refuse("it is a symbolic link, which is not followed here; name the file itself");
  }
  requirePrivate(file);
  return file;
}

Secret OwnedFile::readWhereLinksLead(std::size_t limit) const {
  const Descriptor file = Descriptor::openedToRead(path_);
  if (!file.isOpen()) fail("it cannot be opened", errno);
  requirePrivate(file);
  return readAll(file, limit);
}

/// Opens or makes a private file with that name, and locks it. The descriptor is closed if another process has the
/// lock.
Descriptor OwnedFile::openLocked(const Folder& folder, const std::string& name) const {
  const std::string it = name == name_ ? "it" : quotedPath(name) + " beside it";
  constexpr int rounds = 100;  // each round means that another process has replaced the file
  for (int round = 0; round < rounds; ++round) {
    const auto status = folder.look(name);
    if (status && isFolder(*status)) refuse(it + " is not a regular file; remove it");
    const Descriptors security = securityFor(Readers::owner);
    if (!security) fail(it + " cannot be opened", errno);
    SECURITY_ATTRIBUTES attributes{sizeof attributes, security.get(), FALSE};
    constexpr DWORD rights = GENERIC_READ | GENERIC_WRITE | READ_CONTROL | WRITE_DAC;
    Descriptor file(descriptorOwning(::CreateFileW(folder.pathOf(name).c_str(), rights, shared, &attributes,
                                                   OPEN_ALWAYS, FILE_FLAG_OPEN_REPARSE_POINT, nullptr)));
    if (!file.isOpen()) {
      if (errno == EACCES && round + 1 < rounds && !folder.look(name)) continue;  // it was just removed
      fail(it + " cannot be opened", errno);
    }
    const HANDLE handle = handleOf(file.number());
    BY_HANDLE_FILE_INFORMATION opened{};
    if (!::GetFileInformationByHandle(handle, &opened)) fail(it + " cannot be examined", errnoFor(::GetLastError()));
    if (isLink(opened)) refuse(it + " is a symbolic link, which is not followed here; remove it");
    const Security present(handle);
    if (present.error() != 0) fail(it + " cannot be examined", errnoFor(present.error()));
    if (!present.isOurs()) refuse(it + " belongs to another user, who could keep it; remove it");
    if (opened.nNumberOfLinks > 1) {
      // The name is a hard link to another file, which would be overwritten.
      if (!folder.remove(name)) fail(it + " cannot be removed", errno);
      continue;
    }
    if (present.othersHave(anyUse) && !setReaders(handle, Readers::owner)) {
      fail("the rights of " + it + " cannot be set", errno);
    }
    if (!file.tryLock()) {
      if (errno == EWOULDBLOCK) return Descriptor();
      fail(it + " cannot be locked", errno);
    }
    // After it was opened, it may have been removed, or renamed to the final name. Then the lock would protect nothing.
    if (folder.refersTo(name, opened)) return file;
  }
  fail("it cannot be locked", EBUSY, "other processes replace it all the time");
}

/// Refuses a path that is a link or a folder. It is there by mistake and must not be removed; a link, for example, may
/// lead to the real content.
void OwnedFile::requireReplaceable(const Folder& folder) const {
  const auto status = folder.look(name_);
  if (!status) return;
  if (isLink(*status)) refuse("it is a symbolic link, which is not followed here; name the file itself");
  if (isFolder(*status)) refuse("it is not a regular file; choose another path");
  const Handle file(::CreateFileW(folder.pathOf(name_).c_str(), READ_CONTROL, shared, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (file.isOpen() && !Security(file.get()).isOurs()) {
    refuse("it belongs to another user; have it belong to the user that runs this program, or choose another path");
  }
}

bool OwnedFile::writeToSpecialFile(std::string_view content) const {
  const Descriptor open(descriptorOwning(::CreateFileW(wideText(path_).c_str(), GENERIC_WRITE | READ_CONTROL, shared,
                                                       nullptr, OPEN_EXISTING, identifyOnly, nullptr)));
  if (!open.isOpen()) return false;
  const DWORD type = ::GetFileType(handleOf(open.number()));
  if (type == FILE_TYPE_DISK) return false;
  if (type != FILE_TYPE_CHAR) {  // a console or NUL is everybody's
    const Security security(handleOf(open.number()));
    if (security.error() != 0) fail("it cannot be examined", errnoFor(security.error()));
    if (!security.isOurs()) {
      refuse("it belongs to another user, who could read what is written; choose another path");
    }
  }
  while (!content.empty()) {
    DWORD written = 0;
    if (!::WriteFile(handleOf(open.number()), content.data(), static_cast<DWORD>(content.size()), &written, nullptr)) {
      fail("it cannot be written", errnoFor(::GetLastError()));
    }
    content.remove_prefix(written);
  }
  return true;
}

void OwnedFile::replace(std::string_view content, Readers readers) const {
  const Folder folder(*this);
  if (readers == Readers::owner) folder.requireSafe();
  requireReplaceable(folder);
  NewFile file(*this, folder);
  file.write(content, readers);
  file.takePlace();
}

Descriptor OwnedFile::create(std::string_view content) const {
  const Folder folder(*this);
  folder.requireSafe();
  if (folder.look(name_)) fail("it cannot be made", EEXIST);
  NewFile file(*this, folder);
  file.write(content, Readers::owner);
  return file.takeFreePlace();
}

void OwnedFile::remove() const {
  const Folder folder(*this);
  requireReplaceable(folder);
  for (const std::string& name : {newName(), name_}) {
    if (!folder.remove(name)) fail("it cannot be removed", errno);
  }
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

}  // namespace box::inline v0_1
