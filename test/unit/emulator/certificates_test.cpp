#include "test_client.hpp"

#include <box/emulator/certificates.hpp>
#include <box/emulator/emulator.hpp>

#include <gtest/gtest.h>

#include <openssl/x509_vfy.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace box::inline v0_1::emulator::test {
namespace {

/// What a strict client says about a certificate: X509_V_OK, or the first error.
class EmulatorCertificates : public ::testing::Test {
 protected:
  long verify(const CertificateSpec& spec, const std::string& host = "localhost") {
    const IssuedCertificate issued = issueCertificate(emulator_.authority(), spec);
    emulator_.setCertificate(issued.chainPem, issued.privateKeyPem);
    ClientOptions options;
    options.caPem = emulator_.caPem();
    options.hostName = host;
    const TestClient client(emulator_.port(), options);
    EXPECT_EQ(client.ready(), client.verifyResult() == X509_V_OK);
    return client.verifyResult();
  }

  Emulator emulator_;
};

TEST(EmulatorCertificatesOfAnotherProcess, SayThatOpenSslIsConfiguredWithoutWhatTheyNeed) {
  if (std::getenv("BOX_TEST_NO_CIPHERS") == nullptr) GTEST_SKIP() << "the next test runs this one in another process";
  try {
    static_cast<void>(makeCertificateAuthority("a"));
    ADD_FAILURE() << "there is a key";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("OPENSSL_CONF"), std::string::npos) << error.what();
  }
}

TEST(EmulatorCertificatesOfAProcess, SayThatOpenSslIsConfiguredWithoutWhatTheyNeed) {
  // OpenSSL reads its configuration once, so that another process is needed.
  const std::string file = testing::TempDir() + "openssl-" + std::to_string(::getpid()) + ".cnf";
  std::ofstream(file) << "openssl_conf = c\n[c]\nproviders = p\n[p]\nlegacy = l\n[l]\nactivate = 1\n";
  const std::string command = "OPENSSL_CONF='" + file +
                              "' BOX_TEST_NO_CIPHERS=1 env -u GTEST_TOTAL_SHARDS -u GTEST_SHARD_INDEX '" +
                              std::filesystem::read_symlink("/proc/self/exe").string() +
                              "' --gtest_filter='EmulatorCertificatesOfAnotherProcess.*' >/dev/null 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::filesystem::remove(file);
}

TEST_F(EmulatorCertificates, AreGoodByDefault) {
  EXPECT_EQ(verify(CertificateSpec()), X509_V_OK);
  EXPECT_EQ(verify(CertificateSpec(), "127.0.0.1"), X509_V_OK);
}

TEST_F(EmulatorCertificates, CanBeExpiredOrNotYetValid) {
  CertificateSpec expired;
  expired.validUntil = -std::chrono::hours(1);
  EXPECT_EQ(verify(expired), X509_V_ERR_CERT_HAS_EXPIRED);
  CertificateSpec future;
  future.validFrom = std::chrono::hours(1);
  EXPECT_EQ(verify(future), X509_V_ERR_CERT_NOT_YET_VALID);
}

TEST_F(EmulatorCertificates, CanBeForAnotherName) {
  EXPECT_EQ(verify(CertificateSpec().withDnsNames({"other.test"})), X509_V_ERR_HOSTNAME_MISMATCH);
  EXPECT_EQ(verify(CertificateSpec().withIpAddresses({"10.0.0.1"}), "127.0.0.1"), X509_V_ERR_IP_ADDRESS_MISMATCH);
}

TEST_F(EmulatorCertificates, CanHaveACommonNameOnly) {
  EXPECT_EQ(verify(CertificateSpec().withDnsNames({}).withIpAddresses({})), X509_V_ERR_HOSTNAME_MISMATCH);
}

TEST_F(EmulatorCertificates, CanBeSelfSigned) {
  CertificateSpec spec;
  spec.selfSigned = true;
  EXPECT_EQ(verify(spec), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
}

TEST_F(EmulatorCertificates, CanBeForClientsOnly) {
  CertificateSpec spec;
  spec.serverAuth = false;
  spec.clientAuth = true;
  EXPECT_EQ(verify(spec), X509_V_ERR_INVALID_PURPOSE);
}

TEST_F(EmulatorCertificates, CanHaveNoCommonNameAndAnRsaKey) {
  CertificateSpec spec;
  spec.commonName.clear();
  spec.key = KeyKind::rsa2048;
  EXPECT_EQ(verify(spec), X509_V_OK);
}

TEST_F(EmulatorCertificates, CanCarryAnAddressAsADnsNameAndAnEmbeddedNul) {
  EXPECT_EQ(verify(CertificateSpec().withDnsNames({"127.0.0.1"}).withIpAddresses({}), "127.0.0.1"),
            X509_V_ERR_IP_ADDRESS_MISMATCH);
  EXPECT_NE(verify(CertificateSpec().withDnsNames({std::string("localhost\0.evil.test", 20)})), X509_V_OK);
}

TEST_F(EmulatorCertificates, CanBeHuge) {
  CertificateSpec spec;
  for (int i = 0; i < 2000; ++i) spec.dnsNames.push_back("name" + std::to_string(i) + ".test");
  EXPECT_EQ(verify(spec, "name1999.test"), X509_V_OK);
}

TEST(EmulatorAuthority, IssuesThroughAnIntermediate) {
  const CertificateAuthority root = makeCertificateAuthority();
  const CertificateAuthority middle = makeIntermediateAuthority(root);
  const IssuedCertificate issued = issueCertificate(middle);
  const std::string leafOnly = issued.chainPem.substr(0, issued.chainPem.find("-----END CERTIFICATE-----") + 26);
  Emulator emulator;
  ClientOptions options;
  options.caPem = root.certificatePem;
  emulator.setCertificate(issued.chainPem, issued.privateKeyPem);
  EXPECT_EQ(TestClient(emulator.port(), options).verifyResult(), X509_V_OK);
  emulator.setCertificate(leafOnly, issued.privateKeyPem);
  EXPECT_EQ(TestClient(emulator.port(), options).verifyResult(), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
}

TEST(EmulatorAuthority, RefusesNonsense) {
  const CertificateAuthority root = makeCertificateAuthority();
  EXPECT_THROW(static_cast<void>(issueCertificate(root, CertificateSpec().withIpAddresses({"localhost"}))),
               std::runtime_error);
  EXPECT_THROW(static_cast<void>(issueCertificate(CertificateAuthority())), std::runtime_error);
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
