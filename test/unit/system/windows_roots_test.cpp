#include "system/windows/root_certificate.hpp"

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace box {
namespace {

struct FreeContext {
  void operator()(const CERT_CONTEXT* context) const noexcept { ::CertFreeCertificateContext(context); }
};
using Context = std::unique_ptr<const CERT_CONTEXT, FreeContext>;

Context makeCertificate() {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const made = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), 0);
  X509_gmtime_adj(X509_getm_notAfter(made), 3600);
  X509_set_pubkey(made, key);
  X509_sign(made, key, EVP_sha256());
  unsigned char* encoded = nullptr;
  const int size = i2d_X509(made, &encoded);
  Context out(::CertCreateCertificateContext(X509_ASN_ENCODING, encoded, static_cast<DWORD>(size)));
  OPENSSL_free(encoded);
  X509_free(made);
  EVP_PKEY_free(key);
  return out;
}

bool set(const Context& certificate, DWORD property, std::vector<BYTE> value) {
  CRYPT_DATA_BLOB blob{static_cast<DWORD>(value.size()), value.data()};
  return ::CertSetCertificateContextProperty(certificate.get(), property, 0, &blob) != 0;
}

/// A time, as Windows keeps it, some days from now.
std::vector<BYTE> after(std::int64_t days) {
  FILETIME time{};
  ::GetSystemTimeAsFileTime(&time);
  ULARGE_INTEGER ticks{};
  ticks.LowPart = time.dwLowDateTime;
  ticks.HighPart = time.dwHighDateTime;
  ticks.QuadPart += static_cast<std::uint64_t>(days * 24 * 3600 * 10'000'000);
  time = FILETIME{ticks.LowPart, ticks.HighPart};
  std::vector<BYTE> out(sizeof time);
  std::memcpy(out.data(), &time, sizeof time);
  return out;
}

// Lists with one usage each, in DER: servers of TLS, and the signing of code.
const std::vector<BYTE> servers{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01};
const std::vector<BYTE> code{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x03};

TEST(WindowsRoots, AreNotTrustedAfterADateOfDistrust) {
  struct Dates {
    DWORD date, usages;
  };
  for (const auto [date, usages] : {Dates{CERT_DISALLOWED_FILETIME_PROP_ID, CERT_DISALLOWED_ENHKEY_USAGE_PROP_ID},
                                    Dates{CERT_NOT_BEFORE_FILETIME_PROP_ID, CERT_NOT_BEFORE_ENHKEY_USAGE_PROP_ID}}) {
    const Context certificate = makeCertificate();
    ASSERT_TRUE(certificate);
    EXPECT_TRUE(isForServers(certificate.get()));
    if (!set(certificate, date, after(1))) GTEST_SKIP() << "Wine does not keep this property";
    EXPECT_TRUE(isForServers(certificate.get())) << date;
    ASSERT_TRUE(set(certificate, date, after(-1)));
    EXPECT_FALSE(isForServers(certificate.get())) << date;
    ASSERT_TRUE(set(certificate, usages, code));
    EXPECT_TRUE(isForServers(certificate.get())) << "other usages are distrusted: " << usages;
    ASSERT_TRUE(set(certificate, usages, servers));
    EXPECT_FALSE(isForServers(certificate.get())) << usages;
  }
}

}  // namespace
}  // namespace box
