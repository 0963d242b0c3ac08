#include "cli/system/process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "system/windows/security.hpp"

#include <shellapi.h>

#include <openssl/crypto.h>

namespace box::cli {

namespace {

std::wstring variable(const wchar_t* name) {
  std::vector<wchar_t> room(32768);
  const DWORD size = ::GetEnvironmentVariableW(name, room.data(), static_cast<DWORD>(room.size()));
  std::wstring out(room.data(), size < room.size() ? size : 0);
  ::SecureZeroMemory(room.data(), room.size() * sizeof(wchar_t));
  return out;
}

/// A folder in UTF-8, with / between its parts.
std::string folderText(std::wstring_view wide) {
  std::string out = utf8Text(wide);
  std::replace(out.begin(), out.end(), '\\', '/');
  while (out.ends_with('/')) out.pop_back();
  return out;
}

// OpenSSL's default configuration file can load a library into this process. An OpenSSL of MinGW may have a path of
// POSIX for it, such as /usr/local/ssl, which Windows takes for a folder of drive C that any user may make
// (CVE-2019-1552).
void keepOpenSslFromDefaultFile() noexcept {
  if (std::getenv("OPENSSL_CONF") == nullptr) ::OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
}

}  // namespace

void prepareProcess() noexcept {
  // No dialog and no report with the memory of this process if it crashes.
  ::SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
  for (const int descriptor : {0, 1, 2}) ::_setmode(descriptor, _O_BINARY);
  ::SetConsoleOutputCP(CP_UTF8);
  keepOpenSslFromDefaultFile();
}

std::vector<std::string> commandLine(int, const char* const*) {
  std::vector<std::string> out;
  int count = 0;
  LPWSTR* const words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  for (int i = 1; i < count; ++i) out.push_back(utf8Text(words[i]));
  ::LocalFree(words);
  return out;
}

Secret takeVariable(const char* name) {
  std::wstring wide = variable(wideText(name).c_str());
  if (wide.empty()) return Secret();
  Secret out(utf8Text(wide));
  ::SecureZeroMemory(wide.data(), wide.size() * sizeof(wchar_t));
  // The C library keeps its own copy of the variables.
  if (char* const copy = std::getenv(name)) ::SecureZeroMemory(copy, std::strlen(copy));
  ::_putenv_s(name, "");
  ::SetEnvironmentVariableW(wideText(name).c_str(), nullptr);
  return out;
}

std::vector<int> stopSignals() { return {SIGINT, SIGTERM, SIGBREAK}; }

std::string nameOfPerson() {
  std::array<wchar_t, 512> name{};
  DWORD size = static_cast<DWORD>(name.size());
  if (!::GetUserNameW(name.data(), &size)) return "an unknown user";
  return utf8Text(name.data());
}

std::string homeFolder() { return folderText(variable(L"USERPROFILE")); }

std::string configFolder() { return folderText(variable(L"APPDATA")); }

std::string stateFolder() { return folderText(variable(L"LOCALAPPDATA")); }

std::string_view whyNoStateFolder() noexcept { return "LOCALAPPDATA is not set"; }

std::string temporaryFolder() {
  std::array<wchar_t, MAX_PATH + 2> path{};
  const DWORD size = ::GetTempPathW(static_cast<DWORD>(path.size()), path.data());
  return size == 0 || size > path.size() ? "." : folderText({path.data(), size});
}

bool makeOwnFolder(const std::string& path) noexcept {
  const Descriptors security = securityFor(Readers::owner);
  if (!security) return false;
  SECURITY_ATTRIBUTES owners{sizeof owners, security.get(), FALSE};
  const std::wstring wide = wideText(path);
  if (::CreateDirectoryW(wide.c_str(), &owners)) return true;
  failWithErrno();
  const DWORD attributes = ::GetFileAttributesW((wide + L"\\").c_str());
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

}  // namespace box::cli
