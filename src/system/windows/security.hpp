#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "system/owned_file.hpp"
#include "system/windows/windows_api.hpp"

#include <aclapi.h>
#include <sddl.h>

namespace box::inline v0_1 {

struct FreeLocal {
  void operator()(void* memory) const noexcept { ::LocalFree(memory); }
};
using Descriptors = std::unique_ptr<void, FreeLocal>;  // security descriptors

class Handle {
 public:
  explicit Handle(HANDLE handle) noexcept : handle_(handle) {}
  ~Handle() {
    if (isOpen()) ::CloseHandle(handle_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  HANDLE get() const noexcept { return handle_; }
  bool isOpen() const noexcept { return handle_ != INVALID_HANDLE_VALUE; }

 private:
  HANDLE handle_;
};

/// The user of this process.
class User {
 public:
  User() {
    HANDLE token = INVALID_HANDLE_VALUE;
    if (!::OpenProcessToken(::GetCurrentProcess(), TOKEN_QUERY, &token)) return;
    const Handle owned(token);
    DWORD size = 0;
    if (!::GetTokenInformation(token, TokenUser, room_.data(), sizeof room_, &size)) return;
    sid_ = reinterpret_cast<const TOKEN_USER*>(room_.data())->User.Sid;
    LPWSTR text = nullptr;
    if (!::ConvertSidToStringSidW(sid_, &text)) return;
    text_ = text;
    ::LocalFree(text);
  }
  User(const User&) = delete;
  User& operator=(const User&) = delete;

  bool is(PSID sid) const noexcept { return sid_ != nullptr && ::EqualSid(sid_, sid); }
  const std::wstring& text() const noexcept { return text_; }

 private:
  std::array<std::uint64_t, 32> room_{};
  PSID sid_ = nullptr;
  std::wstring text_;
};

inline const User& thisUser() {
  static const User user;
  return user;
}

/// Whether the SID is this user, or one of those who can do everything on the machine anyway, as root can elsewhere.
inline bool isTrusted(PSID sid) noexcept {
  if (thisUser().is(sid) || ::IsWellKnownSid(sid, WinBuiltinAdministratorsSid) ||
      ::IsWellKnownSid(sid, WinLocalSystemSid) || ::IsWellKnownSid(sid, WinCreatorOwnerRightsSid)) {
    return true;
  }
  // NT SERVICE\TrustedInstaller, to whom folders of Windows belong.
  LPWSTR text = nullptr;
  if (!::ConvertSidToStringSidW(sid, &text)) return false;
  const Descriptors owned(text);
  return std::wstring_view(text) == L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";
}

/// The rights with which a file can be changed. The right to write attributes is among them, because it is enough to
/// make a file a link.
constexpr DWORD changingRights =
    FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_ATTRIBUTES | DELETE | WRITE_DAC | WRITE_OWNER;

/// Who may do what with an open file or folder.
class Security {
 public:
  explicit Security(HANDLE handle) noexcept {
    PSECURITY_DESCRIPTOR descriptor = nullptr;
    error_ = ::GetSecurityInfo(handle, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, &owner_,
                               nullptr, &list_, nullptr, &descriptor);
    descriptor_.reset(descriptor);
  }

  DWORD error() const noexcept { return error_; }
  bool isThisUsers() const noexcept { return owner_ != nullptr && thisUser().is(owner_); }
  bool isOurs() const noexcept { return owner_ != nullptr && isTrusted(owner_); }

  /// Whether somebody else has one of these rights.
  bool othersHave(DWORD rights) const noexcept {
    if (list_ == nullptr) return true;  // without a list everybody may do everything
    GENERIC_MAPPING mapping{FILE_GENERIC_READ, FILE_GENERIC_WRITE, FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};
    for (DWORD i = 0; i < list_->AceCount; ++i) {
      void* entry = nullptr;
      if (!::GetAce(list_, i, &entry)) return true;
      const auto* const header = static_cast<const ACE_HEADER*>(entry);
      if ((header->AceFlags & INHERIT_ONLY_ACE) != 0 || header->AceType == ACCESS_DENIED_ACE_TYPE) continue;
      if (header->AceType != ACCESS_ALLOWED_ACE_TYPE) return true;  // an entry with conditions
      auto* const allowed = static_cast<ACCESS_ALLOWED_ACE*>(entry);
      DWORD mask = allowed->Mask;
      ::MapGenericMask(&mask, &mapping);
      if ((mask & rights) != 0 && !isTrusted(&allowed->SidStart)) return true;
    }
    return false;
  }

 private:
  PSID owner_ = nullptr;
  PACL list_ = nullptr;
  Descriptors descriptor_;
  DWORD error_ = 0;
};

/// What a file or folder is given: this user as its owner, and rights for this user only, or a right to read for
/// everybody too. What is made in a folder inherits the rights. Null: errno says why not.
inline Descriptors securityFor(Readers readers) {
  const std::wstring& user = thisUser().text();
  std::wstring text = L"O:" + user + L"D:P(A;OICI;FA;;;" + user + L")";
  if (readers == Readers::everybody) text += L"(A;;FR;;;WD)";
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (user.empty() ||
      !::ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1, &descriptor, nullptr)) {
    failWithErrno();
    return nullptr;
  }
  return Descriptors(descriptor);
}

inline bool setReaders(HANDLE file, Readers readers) {
  const Descriptors security = securityFor(readers);
  if (!security) return false;
  if (::SetKernelObjectSecurity(file, DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
                                security.get())) {
    return true;
  }
  failWithErrno();
  return false;
}

}  // namespace box::inline v0_1
