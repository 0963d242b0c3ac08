#include "system/trust_store.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <openssl/x509.h>
#include <sys/stat.h>

#include "system/posix/certificate_folder.hpp"

namespace box::inline v0_1 {
namespace {

constexpr std::string_view notLoaded = "the system's certificates cannot be loaded";

/// The system's file and folders of certificates, which OpenSSL or its environment variables name.
const char* systemFile() {
  const char* named = std::getenv(X509_get_default_cert_file_env());
  return named != nullptr ? named : X509_get_default_cert_file();
}
const char* systemFolders() {
  const char* named = std::getenv(X509_get_default_cert_dir_env());
  return named != nullptr ? named : X509_get_default_cert_dir();
}

/// Removes the first folder from a list of folders, which colons separate, and returns it.
std::string_view nextFolder(std::string_view& folders) {
  const std::string_view folder = folders.substr(0, folders.find(':'));
  folders.remove_prefix(std::min(folder.size() + 1, folders.size()));
  return folder;
}

/// Whether OpenSSL would find a certificate in the folders. OpenSSL searches for file names such as 5ed36f99.0.
bool hasCertificates(std::string_view folders) {
  const auto isOne = [](const std::filesystem::path& file) {
    const std::string name = file.stem().string(), number = file.extension().string();
    return name.size() == 8 && name.find_first_not_of("0123456789abcdef") == std::string::npos && number.size() > 1 &&
           number.find_first_not_of("0123456789", 1) == std::string::npos;
  };
  while (!folders.empty()) {
    const std::string_view folder = nextFolder(folders);
    std::error_code ec;
    for (std::filesystem::directory_iterator i(folder, ec), end; !ec && i != end; i.increment(ec)) {
      if (isOne(i->path())) return true;
    }
  }
  return false;
}

}  // namespace

std::string_view trustSystemStore(SSL_CTX* ctx) {
  X509_STORE* store = SSL_CTX_get_cert_store(ctx);
  std::string_view folders = systemFolders();
  const bool folder = hasCertificates(folders);
  // Reading the whole file takes 16 ms and 850 KB; reading one certificate of the folder at a handshake takes very
  // little. A file other than OpenSSL's default was chosen on purpose, so it is always read.
  std::error_code ec;
  const bool usual = std::filesystem::equivalent(systemFile(), X509_get_default_cert_file(), ec);
  const bool folderWillDo = folder && usual && folderHasAllOf(systemFile(), nextFolder(folders));
  if (!folderWillDo && SSL_CTX_set_default_verify_file(ctx) != 1) {
    return notLoaded;
  }
  // The folder is read only when it is needed, but now it must be known whether it has a certificate.
  if (!folder && sk_X509_OBJECT_num(X509_STORE_get0_objects(store)) == 0) {
    return "this system has no trusted certificates; install them (on Debian: ca-certificates) or set "
           "TlsOptions::caFile";
  }
  return SSL_CTX_set_default_verify_dir(ctx) == 1 ? std::string_view() : notLoaded;
}

std::string stateOfSystemStore() {
  std::string text = stateOfFile(systemFile());
  for (std::string_view folders = systemFolders(); !folders.empty();) {
    text.append(stateOfFile(std::string(nextFolder(folders))));
  }
  return text;
}

std::string stateOfFile(const std::string& path) {
  std::string text = path;
  struct stat s {};
  if (::stat(path.c_str(), &s) == 0) {
    for (const auto number :
         {std::int64_t(s.st_dev), std::int64_t(s.st_ino), std::int64_t(s.st_size), std::int64_t(s.st_mtim.tv_sec),
          std::int64_t(s.st_mtim.tv_nsec), std::int64_t(s.st_ctim.tv_sec), std::int64_t(s.st_ctim.tv_nsec)}) {
      text.append(" ").append(std::to_string(number));
    }
  }
  text.push_back('\n');
  return text;
}

bool folderHasAllOf(const std::filesystem::path& file, const std::filesystem::path& folder) {
  std::error_code ec;
  const std::filesystem::path real = std::filesystem::canonical(file, ec);
  if (ec || real.parent_path() != std::filesystem::canonical(folder, ec) || ec) return false;
  const auto written = std::filesystem::last_write_time(real, ec);
  return !ec && written <= std::filesystem::last_write_time(folder, ec) && !ec;
}

}  // namespace box::inline v0_1
