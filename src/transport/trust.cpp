#include "transport/trust.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include "box/error.hpp"

namespace box::inline v0_1 {
namespace {

bool addTrusted(SSL_CTX* ctx, const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  if (bio == nullptr) return false;
  X509_STORE* store = SSL_CTX_get_cert_store(ctx);
  bool any = false;
  while (X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr)) {
    any = X509_STORE_add_cert(store, certificate) == 1 || any;
    X509_free(certificate);
  }
  BIO_free(bio);
  // The end of the text is reported as an error; any other error means that a certificate is malformed.
  const bool clean = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (any && clean) ERR_clear_error();
  return any && clean;
}

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

/// Makes OpenSSL compute now the data that it caches for each trusted certificate. Otherwise it computes them at the
/// first handshake; if there is no memory then, it regards the certificate as invalid from then on. (Certificates in
/// the system's folder are read at that time.)
void prepareTrusted(X509_STORE* store) {
  STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
    if (X509* certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i)))
      X509_check_purpose(certificate, -1, 0);
  }
}

void trustSystem(SSL_CTX* ctx) {
  X509_STORE* store = SSL_CTX_get_cert_store(ctx);
  std::string_view folders = systemFolders();
  const bool folder = hasCertificates(folders);
  // Reading the whole file takes 16 ms and 850 KB; reading one certificate of the folder at a handshake takes very
  // little. A file other than OpenSSL's default was chosen on purpose, so it is always read.
  std::error_code ec;
  const bool usual = std::filesystem::equivalent(systemFile(), X509_get_default_cert_file(), ec);
  const bool folderWillDo = folder && usual && folderHasAllOf(systemFile(), nextFolder(folders));
  if (!folderWillDo && SSL_CTX_set_default_verify_file(ctx) != 1) {
    refuseTls("TLS: the system's certificates cannot be loaded");
  }
  // The folder is read only when it is needed, but now it must be known whether it has a certificate.
  if (!folder && sk_X509_OBJECT_num(X509_STORE_get0_objects(store)) == 0) {
    refuseTls(
        "TLS: this system has no trusted certificates; install them (on Debian: ca-certificates) or set "
        "TlsOptions::caFile");
  }
  if (SSL_CTX_set_default_verify_dir(ctx) != 1) refuseTls("TLS: the system's certificates cannot be loaded");
}

/// Appends the state of the file or folder. Two such texts are compared to find a change.
void addState(std::string& text, const std::string& path) {
  text.append(path);
  struct stat s {};
  if (::stat(path.c_str(), &s) == 0) {
    for (const auto number :
         {std::int64_t(s.st_dev), std::int64_t(s.st_ino), std::int64_t(s.st_size), std::int64_t(s.st_mtim.tv_sec),
          std::int64_t(s.st_mtim.tv_nsec), std::int64_t(s.st_ctim.tv_sec), std::int64_t(s.st_ctim.tv_nsec)}) {
      text.append(" ").append(std::to_string(number));
    }
  }
  text.push_back('\n');
}

}  // namespace

bool folderHasAllOf(const std::filesystem::path& file, const std::filesystem::path& folder) {
  std::error_code ec;
  const std::filesystem::path real = std::filesystem::canonical(file, ec);
  if (ec || real.parent_path() != std::filesystem::canonical(folder, ec) || ec) return false;
  const auto written = std::filesystem::last_write_time(real, ec);
  return !ec && written <= std::filesystem::last_write_time(folder, ec) && !ec;
}

std::string trustedFiles(const TlsOptions& options) {
  std::string text;
  if (options.caFile) addState(text, *options.caFile);
  if (options.caFile || options.caPem) return text;
  addState(text, systemFile());
  for (std::string_view folders = systemFolders(); !folders.empty();) {
    addState(text, std::string(nextFolder(folders)));
  }
  return text;
}

void refuseTls(std::string text) {
  // OpenSSL's text may contain a path that the caller gave; it contains no secret.
  char reason[160] = "";
  if (const unsigned long e = ERR_get_error(); e != 0) ERR_error_string_n(e, reason, sizeof reason);
  ERR_clear_error();
  if (*reason != '\0') text.append(" (").append(reason).append(")");
  throw BoxSdkError(Errc::invalidConfiguration, std::move(text));
}

void loadTrust(SSL_CTX* ctx, const TlsOptions& options) {
  // An empty caFile or caPem means that no certificate is trusted. It may come from a failed download; then the
  // system's store must not be used instead.
  if (options.caFile && (options.caFile->empty() || SSL_CTX_load_verify_file(ctx, options.caFile->c_str()) != 1)) {
    refuseTls("TlsOptions::caFile: no trusted certificate could be read from the file");
  }
  if (options.caPem && !addTrusted(ctx, *options.caPem)) {
    refuseTls(options.caPem->empty() ? "TlsOptions::caPem: the text is empty"
                                     : "TlsOptions::caPem: the text does not consist of PEM certificates");
  }
  if (options.caFile || options.caPem) {
    // Each certificate that the caller gives is trusted as it is, even an issuing CA whose own issuer is missing.
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), X509_V_FLAG_PARTIAL_CHAIN);
  } else {
    trustSystem(ctx);
  }
  prepareTrusted(SSL_CTX_get_cert_store(ctx));
}

}  // namespace box::inline v0_1
