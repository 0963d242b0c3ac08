// Which servers are trusted, and which protocols are used.
#include "support/box_test.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "support/host_table.hpp"
#include "support/posix.hpp"

namespace {

using namespace std::chrono_literals;
using namespace box::test;
using box::Errc;
using box::Fate;
using box::Phase;
using box::TlsOptions;
using box::emulator::CertificateAuthority;
using box::emulator::CertificateSpec;
using box::emulator::ConnectionPlan;
using box::emulator::IssuedCertificate;
using box::emulator::Reply;
using box::emulator::TlsVersion;
using testing::HasSubstr;
using testing::SizeIs;

class Tls : public BoxTest {
 protected:
  /// A client that calls the emulator as `host`.
  box::BoxClient clientOf(const std::string& host) {
    std::string name = host;  // the library looks up names in lower case
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    HostTable::set(name, {"127.0.0.1"});
    return client(
        session().withCustomBaseUrls(box::BaseUrls("https://" + host + ":" + std::to_string(emulator().port()))));
  }
  void present(const CertificateSpec& spec) {
    const IssuedCertificate issued = box::emulator::issueCertificate(emulator().authority(), spec);
    emulator().setCertificate(issued.chainPem, issued.privateKeyPem);
  }
  static TlsOptions trust(const std::string& pem) {
    TlsOptions tls;
    tls.caPem = pem;
    return tls;
  }
  /// The certificate was refused once, before a byte of the request was sent.
  void expectNotTrusted(const Call& call, int reason = 0) {
    ASSERT_TRUE(failed(call, Errc::tlsVerificationFailed, Fate::notSent, Phase::handshake));
    EXPECT_EQ(call.attempts(), 1U);
    EXPECT_STREQ(call.error().cause().category().name(), "box.certificate");
    if (reason != 0) {
      EXPECT_EQ(call.error().cause().value(), reason) << call.describe();
    }
    EXPECT_EQ(call.code(), box::ErrorCondition::tls);
    EXPECT_EQ(emulator().counts().requests, 0U);
  }
};

// Numbers of OpenSSL's X509_V_ERR_…
constexpr int unableToGetIssuer = 20, unableToVerifyLeaf = 21, selfSignedLeaf = 18, notYetValid = 9, hasExpired = 10,
              invalidPurpose = 26, hostnameMismatch = 62, ipMismatch = 64;

// ------------------------------------------------------------------------------------------------------- certificates

struct BadCertificate {
  const char* name;
  CertificateSpec spec;
  int reason;
};

std::vector<BadCertificate> badCertificates() {
  std::vector<BadCertificate> bad;
  const auto add = [&](const char* name, int reason) -> CertificateSpec& {
    bad.push_back(BadCertificate{name, CertificateSpec(), reason});
    return bad.back().spec;
  };
  add("WrongHost", hostnameMismatch).dnsNames = {"box.example"};
  add("Expired", hasExpired).validUntil = -1h;
  add("NotYetValid", notYetValid).validFrom = 1h;
  add("SelfSigned", selfSignedLeaf).selfSigned = true;
  CertificateSpec& nameOnly = add("CommonNameOnly", hostnameMismatch);
  nameOnly.dnsNames = {};
  nameOnly.ipAddresses = {};
  CertificateSpec& clients = add("ForClientsOnly", invalidPurpose);
  clients.serverAuth = false;
  clients.clientAuth = true;
  add("AddressesOnly", hostnameMismatch).dnsNames = {};
  add("EmbeddedNul", hostnameMismatch).dnsNames = {std::string("localhost\0.box.example", 22)};
  add("NameWithLeadingDot", hostnameMismatch).dnsNames = {".localhost"};
  add("LongerName", hostnameMismatch).dnsNames = {"localhost.box.example"};
  return bad;
}

class TlsBadCertificates : public Tls, public testing::WithParamInterface<BadCertificate> {};

TEST_P(TlsBadCertificates, AreRefusedOnceAndForAll) {
  present(GetParam().spec);
  expectNotTrusted(*await(client()), GetParam().reason);
  EXPECT_EQ(emulator().counts().connectionsAccepted, 1U);
}

INSTANTIATE_TEST_SUITE_P(All, TlsBadCertificates, testing::ValuesIn(badCertificates()),
                         [](const auto& param) { return std::string(param.param.name); });

struct NameMatch {
  const char* name;
  std::string pattern, host;
  bool good;
};
void PrintTo(const NameMatch& match, std::ostream* out) { *out << match.pattern << " for " << match.host; }

class TlsNames : public Tls, public testing::WithParamInterface<NameMatch> {};

TEST_P(TlsNames, AreComparedAsTheStandardSays) {
  CertificateSpec spec;
  spec.commonName = "";
  spec.dnsNames = {GetParam().pattern};
  spec.ipAddresses = {};
  present(spec);
  const auto call = await(clientOf(GetParam().host));
  if (GetParam().good) {
    EXPECT_TRUE(isAccepted(*call));
  } else {
    expectNotTrusted(*call, hostnameMismatch);
  }
}

INSTANTIATE_TEST_SUITE_P(All, TlsNames,
                         testing::Values(NameMatch{"Same", "api.box.test", "api.box.test", true},
                                         NameMatch{"OtherCase", "API.Box.Test", "api.box.test", true},
                                         NameMatch{"OtherCaseInTheUrl", "api.box.test", "API.BOX.test", true},
                                         NameMatch{"Other", "api.box.test", "upload.box.test", false},
                                         NameMatch{"WildcardForOneLabel", "*.box.test", "api.box.test", true},
                                         NameMatch{"WildcardForTwoLabels", "*.box.test", "eu.api.box.test", false},
                                         NameMatch{"WildcardForNone", "*.box.test", "box.test", false},
                                         NameMatch{"WildcardInTheMiddle", "api.*.test", "api.box.test", false},
                                         NameMatch{"PartOfALabelAsWildcard", "a*.box.test", "api.box.test", false},
                                         NameMatch{"WildcardForATopLevel", "*.test", "box.test", false},
                                         NameMatch{"BareWildcard", "*", "localhost", false},
                                         NameMatch{"Suffix", "box.test", "evilbox.test", false}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST_F(Tls, ANameWithADotAtItsEndIsTheSameHost) {
  CertificateSpec spec;
  spec.dnsNames = {"api.box.test"};
  present(spec);
  HostTable::set("api.box.test", {"127.0.0.1"});
  EXPECT_TRUE(isAccepted(*await(client(
      session().withCustomBaseUrls(box::BaseUrls("https://api.box.test.:" + std::to_string(emulator().port())))))));
}

TEST_F(Tls, AnAddressAsHostWorks) {
  const auto client =
      this->client().withCustomBaseUrls(box::BaseUrls("https://127.0.0.1:" + std::to_string(emulator().port())));
  EXPECT_TRUE(isAccepted(*await(client)));
  EXPECT_EQ(HostTable::lookups("127.0.0.1"), 0U);
}

TEST_F(Tls, AnAddressOfIpv6AsHostWorks) {
  options.address = "::1";
  std::string refused;
  try {
    emulator();
  } catch (const std::system_error& error) {
    refused = error.what();
  }
  if (!refused.empty()) GTEST_SKIP() << "no IPv6 on loopback: " << refused;
  const auto client =
      this->client().withCustomBaseUrls(box::BaseUrls("https://[::1]:" + std::to_string(emulator().port())));
  EXPECT_TRUE(isAccepted(*await(client)));
}

TEST_F(Tls, AnAddressIsNoName) {
  CertificateSpec spec;
  spec.dnsNames = {"127.0.0.1", "localhost"};
  spec.ipAddresses = {};
  present(spec);
  const auto client =
      this->client().withCustomBaseUrls(box::BaseUrls("https://127.0.0.1:" + std::to_string(emulator().port())));
  expectNotTrusted(*await(client), ipMismatch);
}

TEST_F(Tls, AnotherAddressIsNotTheHost) {
  CertificateSpec spec;
  spec.ipAddresses = {"127.0.0.2"};
  present(spec);
  const auto client =
      this->client().withCustomBaseUrls(box::BaseUrls("https://127.0.0.1:" + std::to_string(emulator().port())));
  expectNotTrusted(*await(client), ipMismatch);
}

TEST_F(Tls, AnUnknownAuthorityIsNotTrusted) {
  const CertificateAuthority other = box::emulator::makeCertificateAuthority("another");
  expectNotTrusted(*await(client(session().withTls(trust(other.certificatePem)))), 0);
}

TEST_F(Tls, AnAuthorityOfTheSameNameIsNotTrusted) {
  const CertificateAuthority twin = box::emulator::makeCertificateAuthority();
  expectNotTrusted(*await(client(session().withTls(trust(twin.certificatePem)))));
}

TEST_F(Tls, TheSystemsAuthoritiesDoNotVouchForTheEmulator) {
  if (!std::filesystem::exists("/etc/ssl/certs")) GTEST_SKIP() << "this system has no certificates";
  expectNotTrusted(*await(client(session().withTls(TlsOptions()))));
}

TEST_F(Tls, AChainWithItsIntermediateIsTrustedAndWithoutItIsNot) {
  const CertificateAuthority between = box::emulator::makeIntermediateAuthority(emulator().authority());
  const IssuedCertificate issued = box::emulator::issueCertificate(between);
  const std::string leaf = issued.chainPem.substr(0, issued.chainPem.find("-----END CERTIFICATE-----") + 26);
  ASSERT_LT(leaf.size(), issued.chainPem.size());
  emulator().setCertificate(leaf, issued.privateKeyPem);
  const auto bare = await(client());
  expectNotTrusted(*bare);
  EXPECT_THAT(bare->error().cause().value(), testing::AnyOf(unableToGetIssuer, unableToVerifyLeaf));
  emulator().setCertificate(issued.chainPem, issued.privateKeyPem);
  EXPECT_TRUE(isAccepted(*await(client())));
}

TEST_F(Tls, EachNewConnectionIsVerifiedAnew) {
  emulator().setDefault(Reply::asBox().connectionClose());
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
  CertificateSpec spec;
  spec.selfSigned = true;
  present(spec);
  const auto call = await(client);
  ASSERT_TRUE(failed(*call, Errc::tlsVerificationFailed, Fate::notSent, Phase::handshake));
  EXPECT_EQ(call->attempts(), 1U);
  EXPECT_EQ(emulator().counts().requests, 1U);
  present(CertificateSpec());
  EXPECT_TRUE(isAccepted(*await(client)));
}

TEST_F(Tls, TwoClientsWithDifferentTrustDoNotShareSessions) {
  emulator().setDefault(Reply::asBox().connectionClose());
  EXPECT_TRUE(isAccepted(*await(client())));
  const CertificateAuthority other = box::emulator::makeCertificateAuthority("another");
  const auto call = await(client(session().withTls(trust(other.certificatePem))));
  EXPECT_TRUE(failed(*call, Errc::tlsVerificationFailed, Fate::notSent));
  EXPECT_EQ(emulator().counts().sessionsResumed, 0U);
}

// ----------------------------------------------------------------------------------------------------------- protocols

TEST_F(Tls, AServerOfTls12OnlyWorks) {
  options.tlsMaximum = TlsVersion::tls1_2;
  EXPECT_TRUE(isAccepted(*await(client())));
  EXPECT_EQ(recorder->opened().at(0).tlsVersion, "TLSv1.2");
}

TEST_F(Tls, AServerOfTls13OnlyWorksWithThatAsMinimum) {
  options.tlsMinimum = TlsVersion::tls1_3;
  TlsOptions tls = trust(emulator().caPem());
  tls.minVersion = TlsOptions::MinVersion::tls13;
  EXPECT_TRUE(isAccepted(*await(client(session().withTls(tls)))));
  EXPECT_EQ(recorder->opened().at(0).tlsVersion, "TLSv1.3");
}

TEST_F(Tls, AServerOfTls12IsRefusedWhereTls13IsTheMinimum) {
  options.tlsMaximum = TlsVersion::tls1_2;
  TlsOptions tls = trust(emulator().caPem());
  tls.minVersion = TlsOptions::MinVersion::tls13;
  const auto call = await(client(session().withTls(tls)));
  EXPECT_TRUE(failed(*call, Errc::tlsProtocolError, Fate::notSent, Phase::handshake));
  EXPECT_EQ(call->attempts(), 1U);
}

TEST_F(Tls, AServerOfTls11OnlyIsRefused) {
  options.tlsMinimum = options.tlsMaximum = TlsVersion::tls1_1;
  options.tlsCiphers = "ALL:@SECLEVEL=0";
  const auto call = await(client());
  EXPECT_TRUE(failed(*call, Errc::tlsProtocolError, Fate::notSent, Phase::handshake));
  EXPECT_EQ(call->attempts(), 1U);
  EXPECT_EQ(call->code(), box::ErrorCondition::tls);
}

/// A server that supports nothing better than TLS 1.2, and one cipher.
class TlsCiphers : public Tls {
 protected:
  void expectOf(box::emulator::KeyKind key, const std::string& cipher, bool good) {
    SCOPED_TRACE(cipher);
    const CertificateAuthority authority = box::emulator::makeCertificateAuthority();
    CertificateSpec spec;
    spec.key = key;
    const IssuedCertificate issued = box::emulator::issueCertificate(authority, spec);
    box::emulator::EmulatorOptions old;
    old.certificateChainPem = issued.chainPem;
    old.privateKeyPem = issued.privateKeyPem;
    old.tlsMaximum = TlsVersion::tls1_2;
    old.tlsCiphers = cipher + ":@SECLEVEL=0";
    box::emulator::Emulator server(old);
    const auto call = await(
        client(session().withTls(trust(authority.certificatePem)).withCustomBaseUrls(box::BaseUrls(server.baseUrl()))));
    if (good) {
      EXPECT_TRUE(isAccepted(*call));
    } else {
      EXPECT_TRUE(failed(*call, Errc::tlsProtocolError, Fate::notSent, Phase::handshake));
      EXPECT_EQ(call->attempts(), 1U);
    }
  }
};

TEST_F(TlsCiphers, WithoutForwardSecrecyAreRefused) {
  using box::emulator::KeyKind;
  expectOf(KeyKind::rsa2048, "ECDHE-RSA-AES128-GCM-SHA256", true);
  expectOf(KeyKind::rsa2048, "AES128-GCM-SHA256", false);
  expectOf(KeyKind::rsa2048, "AES128-SHA", false);
}

TEST_F(TlsCiphers, ThatEncryptAndAuthenticateApartAreRefused) {
  using box::emulator::KeyKind;
  expectOf(KeyKind::ecP256, "ECDHE-ECDSA-AES128-GCM-SHA256", true);
  expectOf(KeyKind::ecP256, "ECDHE-ECDSA-AES128-SHA256", false);
  expectOf(KeyKind::ecP256, "ECDHE-ECDSA-AES256-SHA", false);
}

TEST_F(Tls, AServerThatWillHaveHttp2IsRefused) {
  options.alpn = {"h2"};
  options.alpnForced = "h2";
  const auto call = await(client());
  EXPECT_TRUE(failed(*call, Errc::tlsProtocolError, Fate::notSent, Phase::handshake));
  EXPECT_EQ(emulator().counts().requests, 0U);
}

TEST_F(Tls, AServerThatKnowsHttp2OnlyIsRefused) {
  options.alpn = {"h2"};
  options.alpnRequired = true;
  const auto call = await(client());
  EXPECT_TRUE(failed(*call, Errc::tlsProtocolError, Fate::notSent, Phase::handshake));
  EXPECT_EQ(call->attempts(), 1U);
}

TEST_F(Tls, AServerWithoutAlpnWorks) {
  options.alpn = {};
  EXPECT_TRUE(isAccepted(*await(client())));
}

TEST_F(Tls, AServerThatAsksForAClientCertificateRefusesUsForGood) {
  for (const TlsVersion version : {TlsVersion::tls1_2, TlsVersion::tls1_3}) {
    box::emulator::EmulatorOptions strict;
    strict.clientCaPem = box::emulator::makeCertificateAuthority("clients").certificatePem;
    strict.tlsMaximum = version;
    box::emulator::Emulator server(strict);
    const auto call =
        await(client(session().withTls(trust(server.caPem())).withCustomBaseUrls(box::BaseUrls(server.baseUrl()))));
    ASSERT_TRUE(call->hasError());
    EXPECT_EQ(call->code(), Errc::tlsProtocolError) << call->describe();
    EXPECT_EQ(call->attempts(), 1U) << call->describe();
    EXPECT_EQ(server.counts().requests, 0U);
  }
}

TEST_F(Tls, ARenegotiationIsRefused) {
  options.tlsMaximum = TlsVersion::tls1_2;
  emulator().setDefault(Reply::asBox().renegotiateFirst());
  const auto call = await(client(session().withRetryPolicy(std::make_shared<box::DefaultRetryPolicy>(1))));
  EXPECT_FALSE(call->otherException());
  // OpenSSL answers a request to renegotiate with a warning. After that a server may continue, as this one does, or
  // give up.
  if (call->hasError()) {
    EXPECT_EQ(call->code(), Errc::tlsProtocolError) << call->describe();
  }
}

struct NoTls {
  const char* name;
  ConnectionPlan plan;
};

class TlsStrangers : public Tls, public testing::WithParamInterface<NoTls> {};

TEST_P(TlsStrangers, AreAskedTwiceAtMost) {
  emulator().setDefaultConnection(GetParam().plan);
  const auto call = await(client());
  EXPECT_TRUE(failed(*call, Errc::tlsNotTls, Fate::notSent, Phase::handshake));
  EXPECT_EQ(call->attempts(), 2U);
  EXPECT_EQ(call->code(), box::ErrorCondition::tls);
}

INSTANTIATE_TEST_SUITE_P(All, TlsStrangers,
                         testing::Values(NoTls{"PlainHttp", ConnectionPlan::plainHttp()},
                                         NoTls{"Garbage",
                                               ConnectionPlan::garbage("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")},
                                         NoTls{"Zeros", ConnectionPlan::garbage(std::string(64, '\0'))}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST_F(Tls, BytesBelowTlsBreakTheConnectionAndAreNoAnswer) {
  emulator().script({Reply::status(503).body(std::string(100, 'x')).corruptAfter(10, "HTTP/1.1 202 Accepted\r\n\r\n"),
                     Reply::asBox().corruptAfter(0, std::string("\x17\x03\x03\x00\x05hello", 10))});
  const auto client = this->client();
  EXPECT_TRUE(isAccepted(*await(client)));
}

// --------------------------------------------------------------------------------------------------------------- trust

TEST_F(Tls, AFileOfCertificatesWorks) {
  std::string folder = (std::filesystem::temp_directory_path() / "box-tls-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  TlsOptions tls;
  tls.caFile = folder + "/ca.pem";
  std::ofstream(*tls.caFile) << box::emulator::makeCertificateAuthority("another").certificatePem << emulator().caPem();
  const auto client = this->client(session().withTls(tls));
  // The file is read when the client is made, and is not needed afterwards.
  std::filesystem::remove_all(folder);
  EXPECT_TRUE(isAccepted(*await(client)));
}

TEST_F(Tls, SeveralCertificatesInOneTextWork) {
  const std::string other = box::emulator::makeCertificateAuthority("another").certificatePem;
  EXPECT_TRUE(isAccepted(*await(client(session().withTls(trust("# ours\n" + other + "\n" + emulator().caPem()))))));
}

TEST_F(Tls, WhatIsNoCertificateIsRefusedBeforeAnythingIsOpened) {
  const std::string good = emulator().caPem();
  const std::string key = emulator().authority().privateKeyPem;
  const std::string cut = good.substr(0, good.size() / 2);
  std::string broken = good;
  broken[good.size() / 2] = '!';
  for (const std::string& pem : {std::string("rubbish"), cut, broken, good + broken, key, std::string("\n")}) {
    try {
      client(session().withTls(trust(pem)));
      ADD_FAILURE() << "accepted: " << pem;
    } catch (const box::BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration);
      EXPECT_THAT(error.what(), HasSubstr("caPem"));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("PRIVATE")));
    }
  }
  std::string folder = (std::filesystem::temp_directory_path() / "box-tls-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/empty.pem") << "";
  std::ofstream(folder + "/rubbish.pem") << "rubbish";
  for (const char* file : {"/empty.pem", "/rubbish.pem", "/missing.pem", ""}) {
    TlsOptions tls;
    tls.caFile = folder + file;
    try {
      client(session().withTls(tls));
      ADD_FAILURE() << "accepted: " << file;
    } catch (const box::BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration);
      EXPECT_THAT(error.what(), HasSubstr("caFile"));
    }
  }
  std::filesystem::remove_all(folder);
  EXPECT_EQ(emulator().counts().connectionsAccepted, 0U);
}

TEST_F(Tls, AnIssuingAuthorityIsTrustedWithoutItsRoot) {
  const auto issuing = box::emulator::makeIntermediateAuthority(emulator().authority());
  const IssuedCertificate issued = box::emulator::issueCertificate(issuing);
  emulator().setCertificate(issued.chainPem, issued.privateKeyPem);
  EXPECT_TRUE(isAccepted(*await(client(session().withTls(trust(issuing.certificatePem))))));
  const std::string leaf = issued.chainPem.substr(0, issued.chainPem.find("-----BEGIN", 1));
  EXPECT_TRUE(isAccepted(*await(client(session().withTls(trust(leaf))))));
  const auto other = box::emulator::makeIntermediateAuthority(emulator().authority());
  emulator().clear();
  expectNotTrusted(*await(client(session().withTls(trust(other.certificatePem)))));
}

TEST_F(Tls, TrustingNobodyIsRefused) {
  TlsOptions tls;
  tls.systemStore = false;
  EXPECT_THROW(session().withTls(tls), box::BoxSdkError);
}

}  // namespace
