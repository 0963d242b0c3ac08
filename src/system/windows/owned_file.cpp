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

/// Whether the file, which was opened itself, leads to another one. Other reparse points, such as those of files in a
/// cloud, are files.
bool isLink(HANDLE file) noexcept {
  FILE_ATTRIBUTE_TAG_INFO tag{};
  if (!::GetFileInformationByHandleEx(file, FileAttributeTagInfo, &tag, sizeof tag)) return false;
  return (tag.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
         (tag.ReparseTag == IO_REPARSE_TAG_SYMLINK || tag.ReparseTag == IO_REPARSE_TAG_MOUNT_POINT);
}

/// `security`: null if it is not known.
FileStatus made(HANDLE file, const BY_HANDLE_FILE_INFORMATION& information, const Security* security) noexcept {
  FileStatus made;
  if (isLink(file)) {
    made.kind = FileStatus::Kind::link;
  } else if ((information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
    made.kind = FileStatus::Kind::regular;
  }
  made.isOurs = security == nullptr || security->isOurs();
  made.isPrivate = made.isAsMade = security != nullptr && !security->othersHave(anyUse);
  made.names = information.nNumberOfLinks;
  made.id = {information.dwVolumeSerialNumber,
             std::uint64_t{information.nFileIndexHigh} << 32U | information.nFileIndexLow};
  return made;
}

}  // namespace

std::optional<FileStatus> statusOf(const Descriptor& file) noexcept {
  const HANDLE handle = handleOf(file.number());
  if (::GetFileType(handle) != FILE_TYPE_DISK) return FileStatus();
  BY_HANDLE_FILE_INFORMATION information{};
  if (!::GetFileInformationByHandle(handle, &information)) {
    failWithErrno();
    return std::nullopt;
  }
  const Security security(handle);
  if (security.error() != 0) {
    errno = errnoFor(security.error());
    return std::nullopt;
  }
  return made(handle, information, &security);
}

bool makePrivate(const Descriptor& file) { return setReaders(handleOf(file.number()), Readers::owner); }

std::string othersMayUse(const Descriptor&, const std::string& path) {
  return "; let only its owner use it: icacls \"" + path + "\" /inheritance:r /grant:r \"%USERNAME%:F\"";
}

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

std::optional<FileStatus> OwnedFile::Folder::look(const std::string& name) const {
  const std::wstring path = opened_->pathOf(name);
  constexpr DWORD how = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
  const Handle file(::CreateFileW(path.c_str(), FILE_READ_ATTRIBUTES, shared, nullptr, OPEN_EXISTING, how, nullptr));
  BY_HANDLE_FILE_INFORMATION information{};
  if (!file.isOpen() || !::GetFileInformationByHandle(file.get(), &information)) {
    const int error = errnoFor(::GetLastError());
    if (error == ENOENT) return std::nullopt;
    file_.fail("it cannot be examined", error);
  }
  // The owner can be read only with READ_CONTROL, which this process may lack; the kind of the file is known anyway.
  const Handle owned(::CreateFileW(path.c_str(), READ_CONTROL, shared, nullptr, OPEN_EXISTING, how, nullptr));
  if (!owned.isOpen()) return made(file.get(), information, nullptr);
  const Security security(owned.get());
  return made(file.get(), information, &security);
}

Descriptor OwnedFile::Folder::open(const std::string& name, Access access) const {
  const DWORD rights = READ_CONTROL | (access == Access::read ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE);
  return Descriptor(descriptorOwning(::CreateFileW(opened_->pathOf(name).c_str(), rights, shared, nullptr,
                                                   OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr)));
}

Descriptor OwnedFile::Folder::openOrMake(const std::string& name) const {
  const Descriptors security = securityFor(Readers::owner);
  if (!security) return Descriptor();
  SECURITY_ATTRIBUTES attributes{sizeof attributes, security.get(), FALSE};
  constexpr DWORD rights = GENERIC_READ | GENERIC_WRITE | READ_CONTROL | WRITE_DAC;
  return Descriptor(descriptorOwning(::CreateFileW(opened_->pathOf(name).c_str(), rights, shared, &attributes,
                                                   OPEN_ALWAYS, FILE_FLAG_OPEN_REPARSE_POINT, nullptr)));
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

bool letEverybodyRead(const Descriptor& file) { return setReaders(handleOf(file.number()), Readers::everybody); }

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
