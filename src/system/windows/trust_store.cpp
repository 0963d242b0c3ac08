#include "system/trust_store.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "system/windows/root_certificate.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>

namespace box::inline v0_1 {
namespace {

using Bytes = std::vector<BYTE>;

/// No value: the certificate does not have the property.
std::optional<Bytes> propertyOf(PCCERT_CONTEXT certificate, DWORD name) {
  DWORD size = 0;
  if (!::CertGetCertificateContextProperty(certificate, name, nullptr, &size)) return std::nullopt;
  Bytes value(size);
  if (size != 0 && !::CertGetCertificateContextProperty(certificate, name, value.data(), &size)) return Bytes();
  value.resize(size);
  return value;
}

bool hasServers(const CERT_ENHKEY_USAGE& usages) {
  for (DWORD i = 0; i < usages.cUsageIdentifier; ++i) {
    if (std::strcmp(usages.rgpszUsageIdentifier[i], szOID_PKIX_KP_SERVER_AUTH) == 0) return true;
  }
  return false;
}

/// Whether the encoded list of usages has servers of TLS. A list that cannot be read counts as one that has them.
bool listsServers(const Bytes& encoded) {
  DWORD size = 0;
  const auto decode = [&](void* to) {
    return ::CryptDecodeObject(X509_ASN_ENCODING, X509_ENHANCED_KEY_USAGE, encoded.data(),
                               static_cast<DWORD>(encoded.size()), 0, to, &size) != 0;
  };
  if (!decode(nullptr)) return true;
  std::vector<std::uint64_t> room(size / sizeof(std::uint64_t) + 1);
  return !decode(room.data()) || hasServers(*reinterpret_cast<const CERT_ENHKEY_USAGE*>(room.data()));
}

/// A value that is not a time counts as one in the past.
bool isPast(const Bytes& time) {
  FILETIME then{}, now{};
  if (time.size() != sizeof then) return true;
  std::memcpy(&then, time.data(), sizeof then);
  ::GetSystemTimeAsFileTime(&now);
  return ::CompareFileTime(&then, &now) <= 0;
}

/// Whether a date of distrust has passed. Windows may have it for some usages only, in a second property.
bool isDistrustedBy(PCCERT_CONTEXT certificate, DWORD date, DWORD usages) {
  const std::optional<Bytes> from = propertyOf(certificate, date);
  if (!from || !isPast(*from)) return false;
  const std::optional<Bytes> which = propertyOf(certificate, usages);
  return !which || listsServers(*which);
}

bool maybeUsedForServers(PCCERT_CONTEXT certificate) {
  DWORD size = 0;
  if (!::CertGetEnhancedKeyUsage(certificate, 0, nullptr, &size) || size == 0) return true;  // no restriction
  std::vector<std::uint64_t> room(size / sizeof(std::uint64_t) + 1);
  auto* const usage = reinterpret_cast<CERT_ENHKEY_USAGE*>(room.data());
  if (!::CertGetEnhancedKeyUsage(certificate, 0, usage, &size)) return false;
  if (usage->cUsageIdentifier == 0) return ::GetLastError() == static_cast<DWORD>(CRYPT_E_NOT_FOUND);
  return hasServers(*usage);
}

}  // namespace

// After the second date Windows still trusts what the root has signed before it. OpenSSL cannot make that difference,
// so the root is left out.
bool isForServers(PCCERT_CONTEXT certificate) {
  return maybeUsedForServers(certificate) &&
         !isDistrustedBy(certificate, CERT_DISALLOWED_FILETIME_PROP_ID, CERT_DISALLOWED_ENHKEY_USAGE_PROP_ID) &&
         !isDistrustedBy(certificate, CERT_NOT_BEFORE_FILETIME_PROP_ID, CERT_NOT_BEFORE_ENHKEY_USAGE_PROP_ID);
}

namespace {

struct CloseStore {
  void operator()(void* store) const noexcept { ::CertCloseStore(store, 0); }
};
using Store = std::unique_ptr<void, CloseStore>;

Store openStore(const wchar_t* name) { return Store(::CertOpenSystemStoreW(0, name)); }

bool isIn(const Store& store, PCCERT_CONTEXT certificate) {
  if (!store) return false;
  PCCERT_CONTEXT found =
      ::CertFindCertificateInStore(store.get(), X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, certificate, nullptr);
  if (found == nullptr) return false;
  ::CertFreeCertificateContext(found);
  return true;
}

/// Calls `take` for each certificate that Windows trusts for servers.
template <class Take>
void forEachTrusted(Take take) {
  const Store disallowed = openStore(L"Disallowed");
  const Store roots = openStore(L"ROOT");
  if (!roots) return;
  PCCERT_CONTEXT certificate = nullptr;
  while ((certificate = ::CertEnumCertificatesInStore(roots.get(), certificate)) != nullptr) {
    if (isForServers(certificate) && !isIn(disallowed, certificate)) take(certificate);
  }
}

/// A file or a folder of certificates that OpenSSL's environment variables name is used instead of the store.
const char* namedFile() { return std::getenv(X509_get_default_cert_file_env()); }
const char* namedFolder() { return std::getenv(X509_get_default_cert_dir_env()); }

}  // namespace

std::string_view trustSystemStore(SSL_CTX* ctx) {
  if (namedFile() != nullptr || namedFolder() != nullptr) {
    const bool loaded = (namedFile() == nullptr || SSL_CTX_load_verify_file(ctx, namedFile()) == 1) &&
                        (namedFolder() == nullptr || SSL_CTX_load_verify_dir(ctx, namedFolder()) == 1);
    return loaded ? std::string_view() : "the certificates that the environment names cannot be loaded";
  }
  X509_STORE* const store = SSL_CTX_get_cert_store(ctx);
  bool any = false;
  forEachTrusted([&](PCCERT_CONTEXT certificate) {
    const unsigned char* encoded = certificate->pbCertEncoded;
    X509* const parsed = d2i_X509(nullptr, &encoded, static_cast<long>(certificate->cbCertEncoded));
    any = (parsed != nullptr && X509_STORE_add_cert(store, parsed) == 1) || any;
    X509_free(parsed);
  });
  if (!any) return "Windows' store of trusted certificates is empty; set TlsOptions::caFile";
  ERR_clear_error();  // a certificate that OpenSSL does not understand is left out
  return {};
}

std::string stateOfSystemStore() {
  if (namedFile() != nullptr || namedFolder() != nullptr) {
    std::string text;
    for (const char* const path : {namedFile(), namedFolder()}) {
      if (path != nullptr) text.append(stateOfFile(path));
    }
    return text;
  }
  std::string text = "Windows' store";
  forEachTrusted([&](PCCERT_CONTEXT certificate) {
    std::array<char, 20> hash{};
    DWORD size = hash.size();
    if (::CertGetCertificateContextProperty(certificate, CERT_SHA1_HASH_PROP_ID, hash.data(), &size)) {
      text.append(hash.data(), size);
    }
  });
  return text;
}

std::string stateOfFile(const std::string& path) {
  std::string text = path;
  const HANDLE file = ::CreateFileW(wideText(path).c_str(), FILE_READ_ATTRIBUTES,
                                    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, OPEN_EXISTING,
                                    FILE_FLAG_BACKUP_SEMANTICS | identifyOnly, nullptr);
  BY_HANDLE_FILE_INFORMATION is{};
  if (file != INVALID_HANDLE_VALUE && ::GetFileInformationByHandle(file, &is)) {
    for (const DWORD number : {is.dwVolumeSerialNumber, is.nFileIndexHigh, is.nFileIndexLow, is.nFileSizeHigh,
                               is.nFileSizeLow, is.ftLastWriteTime.dwHighDateTime, is.ftLastWriteTime.dwLowDateTime}) {
      text.append(" ").append(std::to_string(number));
    }
  }
  if (file != INVALID_HANDLE_VALUE) ::CloseHandle(file);
  text.push_back('\n');
  return text;
}

}  // namespace box::inline v0_1
