#include "system/owned_folder.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "system/windows/security.hpp"
#include "system/windows/windows_api.hpp"

#include "box/error.hpp"

namespace box::inline v0_1 {
namespace {

constexpr DWORD anyUse = FILE_READ_DATA | FILE_EXECUTE | changingRights;
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

struct OwnedFile::Folder::Opened {
  /// As long as this object lives, the folder cannot be renamed or removed, because it does not share the right to
  /// delete.
  explicit Opened(const std::string& folder)
      : handle(::CreateFileW(wideText(folder).c_str(), FILE_LIST_DIRECTORY | READ_CONTROL,
                             FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING,
                             FILE_FLAG_BACKUP_SEMANTICS | identifyOnly, nullptr)) {}

  /// The path of a file in the folder that was opened, without links.
  std::wstring pathOf(const std::string& name) const { return path + wideText(name); }

  /// The state of the file with that name. A symbolic link is not followed.
  std::optional<BY_HANDLE_FILE_INFORMATION> look(const OwnedFile& of, const std::string& name) const {
    const Handle file(::CreateFileW(pathOf(name).c_str(), FILE_READ_ATTRIBUTES, shared, nullptr, OPEN_EXISTING,
                                    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
    BY_HANDLE_FILE_INFORMATION information{};
    if (file.isOpen() && ::GetFileInformationByHandle(file.get(), &information)) return information;
    const int error = errnoFor(::GetLastError());
    if (error == ENOENT) return std::nullopt;
    of.fail("it cannot be examined", error);
  }

  Handle handle;
  std::wstring path;
};

OwnedFile::Folder::Folder(const OwnedFile& file) : file_(file) {
  auto opened = std::make_unique<Opened>(file.folder_);
  if (!opened->handle.isOpen()) {
    const int error = errnoFor(::GetLastError());
    file_.fail(quoted() + " cannot be opened", error, error == ENOENT ? "create it" : "");
  }
  std::vector<wchar_t> room(32768);
  const DWORD size = ::GetFinalPathNameByHandleW(opened->handle.get(), room.data(), static_cast<DWORD>(room.size()),
                                                 FILE_NAME_NORMALIZED);
  if (size == 0 || size >= room.size()) file_.fail(quoted() + " cannot be examined", errnoFor(::GetLastError()));
  opened->path.assign(room.data(), size);
  if (opened->path.back() != L'\\') opened->path += L'\\';
  opened_ = std::move(opened);
}

OwnedFile::Folder::~Folder() = default;

void OwnedFile::Folder::requireSafe() const {
  const Security security(opened_->handle.get());
  if (security.error() != 0) file_.fail(quoted() + " cannot be examined", errnoFor(security.error()));
  if (!security.isOurs()) {
    file_.refuse(quoted() + " belongs to another user, who could replace the files in it; choose one that is yours");
  }
  if (security.othersHave(replacing)) {
    file_.refuse(quoted() +
                 " may be written to by others, who could replace the files in it; choose one in your profile, or let "
                 "only yourself use it: icacls FOLDER /inheritance:r /grant:r \"%USERNAME%:(OI)(CI)F\"");
  }
}

void OwnedFile::Folder::requireReplaceable() const {
  const auto status = opened_->look(file_, file_.name_);
  if (!status) return;
  if (isLink(*status)) file_.refuse("it is a symbolic link, which is not followed here; name the file itself");
  if (isFolder(*status)) file_.refuse("it is not a regular file; choose another path");
  const Handle file(::CreateFileW(opened_->pathOf(file_.name_).c_str(), READ_CONTROL, shared, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  if (file.isOpen() && !Security(file.get()).isOurs()) {
    file_.refuse(
        "it belongs to another user; have it belong to the user that runs this program, or choose another path");
  }
}

bool OwnedFile::Folder::has(const std::string& name) const { return opened_->look(file_, name).has_value(); }

Descriptor OwnedFile::Folder::open(Access access) const {
  const auto status = opened_->look(file_, file_.name_);
  if (status && isLink(*status))
    file_.refuse("it is a symbolic link, which is not followed here; name the file itself");
  if (status && isFolder(*status)) file_.refuse("it is not a regular file");
  const DWORD rights = READ_CONTROL | (access == Access::read ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE);
  Descriptor file(descriptorOwning(::CreateFileW(opened_->pathOf(file_.name_).c_str(), rights, shared, nullptr,
                                                 OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr)));
  if (!file.isOpen()) file_.fail("it cannot be opened", errno);
  BY_HANDLE_FILE_INFORMATION opened{};
  if (::GetFileInformationByHandle(handleOf(file.number()), &opened) && isLink(opened)) {
    file_.refuse("it is a symbolic link, which is not followed here; name the file itself");
  }
  return file;
}

Descriptor OwnedFile::Folder::openLocked(const std::string& name) const {
  const std::string it = name == file_.name_ ? "it" : quotedPath(name) + " beside it";
  constexpr int rounds = 100;  // each round means that another process has replaced the file
  for (int round = 0; round < rounds; ++round) {
    const auto status = opened_->look(file_, name);
    if (status && isFolder(*status)) file_.refuse(it + " is not a regular file; remove it");
    const Descriptors security = securityFor(Readers::owner);
    if (!security) file_.fail(it + " cannot be opened", errno);
    SECURITY_ATTRIBUTES attributes{sizeof attributes, security.get(), FALSE};
    constexpr DWORD rights = GENERIC_READ | GENERIC_WRITE | READ_CONTROL | WRITE_DAC;
    Descriptor file(descriptorOwning(::CreateFileW(opened_->pathOf(name).c_str(), rights, shared, &attributes,
                                                   OPEN_ALWAYS, FILE_FLAG_OPEN_REPARSE_POINT, nullptr)));
    if (!file.isOpen()) {
      if (errno == EACCES && round + 1 < rounds && !opened_->look(file_, name)) continue;  // it was just removed
      file_.fail(it + " cannot be opened", errno);
    }
    const HANDLE handle = handleOf(file.number());
    BY_HANDLE_FILE_INFORMATION opened{};
    if (!::GetFileInformationByHandle(handle, &opened))
      file_.fail(it + " cannot be examined", errnoFor(::GetLastError()));
    if (isLink(opened)) file_.refuse(it + " is a symbolic link, which is not followed here; remove it");
    const Security present(handle);
    if (present.error() != 0) file_.fail(it + " cannot be examined", errnoFor(present.error()));
    if (!present.isOurs()) file_.refuse(it + " belongs to another user, who could keep it; remove it");
    if (opened.nNumberOfLinks > 1) {
      // The name is a hard link to another file, which would be overwritten.
      if (!remove(name)) file_.fail(it + " cannot be removed", errno);
      continue;
    }
    if (present.othersHave(anyUse) && !setReaders(handle, Readers::owner)) {
      file_.fail("the rights of " + it + " cannot be set", errno);
    }
    if (!file.tryLock()) {
      if (errno == EWOULDBLOCK) return Descriptor();
      file_.fail(it + " cannot be locked", errno);
    }
    // After it was opened, it may have been removed, or renamed to the final name. Then the lock would protect nothing.
    const auto current = opened_->look(file_, name);
    if (current && areSame(*current, opened)) return file;
  }
  file_.fail("it cannot be locked", EBUSY, "other processes replace it all the time");
}

bool OwnedFile::Folder::remove(const std::string& name) const {
  if (::DeleteFileW(opened_->pathOf(name).c_str())) return true;
  failWithErrno();
  return errno == ENOENT;
}

bool OwnedFile::Folder::rename(const std::string& from, const std::string& to, Place place) const {
  const std::wstring oldPath = opened_->pathOf(from), newPath = opened_->pathOf(to);
  const DWORD how = MOVEFILE_WRITE_THROUGH | (place == Place::any ? MOVEFILE_REPLACE_EXISTING : 0);
  constexpr int tries = 50;
  constexpr DWORD pause = 20;  // milliseconds
  for (int i = 1; !::MoveFileExW(oldPath.c_str(), newPath.c_str(), how); ++i) {
    // A scanner for viruses, or a process that reads the old file, may have it open for a moment.
    const DWORD error = ::GetLastError();
    const bool mayPass = error == ERROR_ACCESS_DENIED || error == ERROR_SHARING_VIOLATION;
    if (place == Place::free || !mayPass || i == tries) {
      errno = error == ERROR_ALREADY_EXISTS ? EEXIST : errnoFor(error);
      return false;
    }
    ::Sleep(pause);
  }
  return true;
}

// MOVEFILE_WRITE_THROUGH has made the name durable.
void OwnedFile::Folder::sync() const {}

bool letEverybodyRead(const Descriptor& file) noexcept {
  return setReaders(handleOf(file.number()), Readers::everybody);
}

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

}  // namespace box::inline v0_1
