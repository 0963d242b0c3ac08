#include "test_client.hpp"

#include <box/emulator/emulator.hpp>

#include <gtest/gtest.h>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

struct SessionFree {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using SessionPtr = std::unique_ptr<SSL_SESSION, SessionFree>;

/// Makes a call, which in TLS 1.3 also receives the tickets, and gives the session.
SessionPtr callForSession(const Emulator& emulator, const ClientOptions& options) {
  TestClient client(emulator.port(), options);
  EXPECT_TRUE(client.ready());
  client.send(postUsers());
  EXPECT_EQ(client.read().status, 202);
  return SessionPtr(client.session());
}

TEST(EmulatorTls, IsGoodForEveryNameOfThisMachine) {
  EmulatorOptions options;
  options.extraNames = {"api.box.test", "*.wild.test"};
  Emulator emulator(options);
  for (const char* name : {"localhost", "127.0.0.1", "api.box.test", "a.wild.test"}) {
    ClientOptions trust = trusting(emulator);
    trust.hostName = name;
    EXPECT_TRUE(TestClient(emulator.port(), trust).ready()) << name;
  }
  ClientOptions other = trusting(emulator);
  other.hostName = "api.box.com";
  const TestClient client(emulator.port(), other);
  EXPECT_FALSE(client.ready());
  EXPECT_EQ(client.verifyResult(), X509_V_ERR_HOSTNAME_MISMATCH);
}

TEST(EmulatorTls, IsTrustedByItsOwnAuthorityOnly) {
  Emulator emulator;
  Emulator other;
  EXPECT_FALSE(TestClient(emulator.port(), trusting(other)).ready());
  EXPECT_TRUE(emulator.waitForOpenConnections(0, patience));
  EXPECT_EQ(emulator.counts().handshakesCompleted + emulator.counts().handshakesFailed, 1U);
}

TEST(EmulatorTls, ResumesSessionsAndCountsThem) {
  for (const bool tls12 : {false, true}) {
    Emulator emulator;
    ClientOptions options = trusting(emulator);
    options.tls12Only = tls12;
    const SessionPtr session = callForSession(emulator, options);
    options.session = session.get();
    TestClient again(emulator.port(), options);
    ASSERT_TRUE(again.ready());
    EXPECT_TRUE(again.resumed());
    again.send(postUsers());
    EXPECT_EQ(again.read().status, 202);
    EXPECT_EQ(emulator.counts().handshakesCompleted, 2U);
    EXPECT_EQ(emulator.counts().sessionsResumed, 1U);
  }
}

TEST(EmulatorTls, ResumesNothingWithoutTickets) {
  for (const bool tls12 : {false, true}) {
    EmulatorOptions settings;
    settings.sessionTickets = 0;
    Emulator emulator(settings);
    ClientOptions options = trusting(emulator);
    options.tls12Only = tls12;
    const SessionPtr session = callForSession(emulator, options);
    options.session = session.get();
    TestClient again(emulator.port(), options);
    ASSERT_TRUE(again.ready());
    EXPECT_FALSE(again.resumed());
    EXPECT_EQ(emulator.counts().sessionsResumed, 0U);
  }
}

TEST(EmulatorTls, ResumesAfterARestartButNotUnderAnotherCertificate) {
  Emulator emulator;
  ClientOptions options = trusting(emulator);
  const SessionPtr session = callForSession(emulator, options);
  emulator.stop();
  emulator.start();
  options.session = session.get();
  EXPECT_TRUE(TestClient(emulator.port(), options).resumed());
  const IssuedCertificate fresh = issueCertificate(emulator.authority());
  emulator.setCertificate(fresh.chainPem, fresh.privateKeyPem);
  TestClient client(emulator.port(), options);
  EXPECT_TRUE(client.ready());
  EXPECT_FALSE(client.resumed());
}

TEST(EmulatorTls, NegotiatesHttp11) {
  Emulator emulator;
  ClientOptions options = trusting(emulator);
  options.alpn = "\x02h2\x08http/1.1";
  EXPECT_EQ(TestClient(emulator.port(), options).alpn(), "http/1.1");
  options.alpn = "\x02h2";
  const TestClient client(emulator.port(), options);
  EXPECT_TRUE(client.ready());
  EXPECT_EQ(client.alpn(), "");
}

TEST(EmulatorTls, MisbehavesInAlpnWhenTold) {
  EmulatorOptions h2Only;
  h2Only.alpn = {"h2"};
  h2Only.alpnRequired = true;
  Emulator refusing(h2Only);
  ClientOptions options = trusting(refusing);
  options.alpn = "\x08http/1.1";
  EXPECT_FALSE(TestClient(refusing.port(), options).ready());
  EXPECT_TRUE(refusing.waitForOpenConnections(0, patience));
  EXPECT_EQ(refusing.counts().handshakesFailed, 1U);

  EmulatorOptions forced;
  forced.alpnForced = "h2";
  Emulator forcing(forced);
  ClientOptions trust = trusting(forcing);
  trust.alpn = "\x08http/1.1";
  const TestClient client(forcing.port(), trust);
  // Newer versions of OpenSSL refuse a protocol that was not offered; older ones accept it.
  EXPECT_TRUE(!client.ready() || client.alpn() == "h2");
}

TEST(EmulatorTls, KeepsToItsVersions) {
  Emulator usual;
  ClientOptions old = trusting(usual);
  old.tls11Only = true;
  EXPECT_FALSE(TestClient(usual.port(), old).ready());

  EmulatorOptions onlyOld;
  onlyOld.tlsMinimum = TlsVersion::tls1_1;
  onlyOld.tlsMaximum = TlsVersion::tls1_1;
  Emulator ancient(onlyOld);
  EXPECT_FALSE([&] {
    ClientOptions modern = trusting(ancient);
    modern.tls12Only = true;
    TestClient client(ancient.port(), modern);
    return client.ready() && client.send(postUsers()) && client.read().status == 0;
  }());

  EmulatorOptions only12;
  only12.tlsMaximum = TlsVersion::tls1_2;
  Emulator twelve(only12);
  EXPECT_TRUE(TestClient(twelve.port(), trusting(twelve)).ready());
}

TEST(EmulatorTls, AsksForAClientCertificate) {
  const CertificateAuthority clients = makeCertificateAuthority("clients");
  CertificateSpec spec;
  spec.serverAuth = false;
  spec.clientAuth = true;
  const IssuedCertificate mine = issueCertificate(clients, spec);
  EmulatorOptions settings;
  settings.clientCaPem = clients.certificatePem;
  Emulator emulator(settings);
  TestClient without(emulator.port(), trusting(emulator));
  // In TLS 1.3 the client learns of the failure only when it reads for the first time.
  without.send(postUsers());
  EXPECT_EQ(without.read().end, End::tlsError);
  ClientOptions options = trusting(emulator);
  options.certificatePem = mine.chainPem;
  options.privateKeyPem = mine.privateKeyPem;
  TestClient with(emulator.port(), options);
  with.send(postUsers());
  EXPECT_EQ(with.read().status, 202);
}

TEST(EmulatorTls, PresentsOtherCertificatesOnOneConnection) {
  Emulator emulator;
  CertificateSpec expired;
  expired.validFrom = -std::chrono::hours(48);
  expired.validUntil = -std::chrono::hours(24);
  CertificateSpec selfSigned;
  selfSigned.selfSigned = true;
  const IssuedCertificate late = issueCertificate(emulator.authority(), expired);
  const IssuedCertificate self = issueCertificate(emulator.authority(), selfSigned);
  emulator.scriptConnection({ConnectionPlan::normal(), ConnectionPlan::certificate(late.chainPem, late.privateKeyPem),
                             ConnectionPlan::certificate(self.chainPem, self.privateKeyPem)});
  EXPECT_TRUE(TestClient(emulator.port(), trusting(emulator)).ready());
  EXPECT_EQ(TestClient(emulator.port(), trusting(emulator)).verifyResult(), X509_V_ERR_CERT_HAS_EXPIRED);
  EXPECT_EQ(TestClient(emulator.port(), trusting(emulator)).verifyResult(), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  EXPECT_TRUE(TestClient(emulator.port(), trusting(emulator)).ready());
}

TEST(EmulatorTls, AsksForARenegotiationInTls12) {
  Emulator emulator;
  emulator.script(Reply::asBox().renegotiateFirst());
  ClientOptions options = trusting(emulator);
  options.tls12Only = true;
  TestClient client(emulator.port(), options);
  client.send(postUsers());
  // OpenSSL's client changes its keys without a report; the answer arrives with the new keys.
  EXPECT_EQ(client.read().status, 202);
  client.send(postUsers());
  EXPECT_EQ(client.read().status, 202);
}

TEST(EmulatorTls, TakesACertificateOfOnesOwn) {
  const CertificateAuthority root = makeCertificateAuthority("root");
  const CertificateAuthority middle = makeIntermediateAuthority(root);
  const IssuedCertificate mine = issueCertificate(middle);
  EmulatorOptions text;
  text.certificateChainPem = mine.chainPem;
  text.privateKeyPem = mine.privateKeyPem;
  Emulator fromText(text);
  EXPECT_EQ(fromText.caPem(), "");
  ClientOptions trust;
  trust.caPem = root.certificatePem;
  EXPECT_TRUE(TestClient(fromText.port(), trust).ready());

  const std::string base = ::testing::TempDir() + "box_emulator_tls_test_" + std::to_string(fromText.port());
  std::ofstream(base + ".crt") << mine.chainPem;
  std::ofstream(base + ".key") << mine.privateKeyPem;
  EmulatorOptions files;
  files.certificateChainFile = base + ".crt";
  files.privateKeyFile = base + ".key";
  {
    Emulator fromFiles(files);
    EXPECT_TRUE(TestClient(fromFiles.port(), trust).ready());
  }
  EmulatorOptions both = files;
  both.certificateChainPem = mine.chainPem;
  EXPECT_THROW(Emulator emulator(both), std::runtime_error);
  std::remove((base + ".crt").c_str());
  std::remove((base + ".key").c_str());
  EXPECT_THROW(Emulator emulator(files), std::runtime_error);
  EmulatorOptions mixed = text;
  mixed.privateKeyPem = issueCertificate(root).privateKeyPem;
  EXPECT_THROW(Emulator emulator(mixed), std::runtime_error);
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
