// C: the certificate of the other side, and the protocol with it.
#include "fault/replies.hpp"
#include "transport/tls_errors.hpp"

namespace box::test {

using emulator::CertificateAuthority;
using emulator::CertificateSpec;
using emulator::CloseManner;
using emulator::ConnectionPlan;
using emulator::IssuedCertificate;
using emulator::Reply;
using emulator::TlsVersion;
using namespace std::chrono_literals;

namespace {

// Numbers of OpenSSL's X509_V_ERR_…
constexpr int notYetValid = 9, hasExpired = 10, selfSignedLeaf = 18, unableToGetIssuer = 20, unableToVerifyLeaf = 21,
              invalidPurpose = 26, hostnameMismatch = 62, ipMismatch = 64;

std::function<void(Stage&)> connections(ConnectionPlan plan) {
  return [plan = std::move(plan)](Stage& stage) { stage.box().setDefaultConnection(plan); };
}

std::function<void(Stage&)> certificate(CertificateSpec spec) {
  return [spec = std::move(spec)](Stage& stage) { stage.present(spec); };
}

Fault& notTrusted(Fault& fault, int reason, const std::string& words) {
  return fault.fails(Errc::tlsVerificationFailed, Fate::notSent)
      .cause(error_code(reason, certificateCategory()), words)
      .counts(1, 1, 0);
}

/// A certificate for these names, without addresses.
CertificateSpec named(std::vector<std::string> names) {
  CertificateSpec spec;
  spec.commonName = "";
  spec.dnsNames = std::move(names);
  spec.ipAddresses = {};
  return spec;
}

void addStrangers(FaultGroup& group) {
  group.add("01", "a plain HTTP server")
      .by("400 in the clear", connections(ConnectionPlan::plainHttp()))
      .fails(Errc::tlsNotTls, Fate::notSent)
      .counts(2, 2, 0);
  group.add("02a", "another protocol")
      .by("the greeting of an SSH server", connections(ConnectionPlan::garbage("SSH-2.0-OpenSSH_9.2p1\r\n")))
      .fails(Errc::tlsNotTls, Fate::notSent)
      .counts(2, 2, 0);
  group.add("02b", "zeros")
      .by("64 of them", connections(ConnectionPlan::garbage(std::string(64, '\0'))))
      .fails(Errc::tlsNotTls, Fate::notSent)
      .counts(2, 2, 0);
  group.add("03a", "silence instead of a handshake")
      .by("limit 200 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::handshake, 200ms);
            stage.box().setDefaultConnection(ConnectionPlan::silence());
          })
      .fails(Errc::handshakeTimeout, Fate::notSent)
      .counts(5, 5, 0)
      .takes(1s);
  group.add("03b", "silence in the middle of the handshake")
      .by("32 bytes of the server's part, limit 200 ms",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::handshake, 200ms);
            stage.box().setDefaultConnection(ConnectionPlan::stallHandshake());
          })
      .fails(Errc::handshakeTimeout, Fate::notSent)
      .counts(5, 5, 0)
      .takes(1s);
  group.add("03c", "silence, and little time for an attempt")
      .by("200 ms for an attempt",
          [](Stage& stage) {
            stage.limit(&TimeoutOptions::attempt, 200ms);
            stage.box().setDefaultConnection(ConnectionPlan::silence());
          })
      .fails(Errc::attemptTimeout, Fate::notSent)
      .counts(5, 5, 0)
      .takes(1s);
  group.add("04a", "FIN in the handshake")
      .by("behind the ClientHello", connections(ConnectionPlan::closeInHandshake(CloseManner::fin)))
      .fails(Errc::connectionLost, Fate::notSent)
      .counts(5, 5, 0);
  group.add("04b", "RST in the handshake")
      .by("behind the ClientHello", connections(ConnectionPlan::closeInHandshake(CloseManner::reset)))
      .fails(Errc::connectionLost, Fate::notSent)
      .counts(5, 5, 0);
}

void addCertificates(FaultGroup& group) {
  CertificateSpec spec;
  spec.validUntil = -1h;
  notTrusted(group.add("05", "the certificate has expired").by("an hour ago", certificate(spec)), hasExpired,
             "has expired");
  spec = CertificateSpec();
  spec.validFrom = 1h;
  notTrusted(group.add("06", "the certificate is not yet valid").by("until in an hour", certificate(spec)), notYetValid,
             "not yet valid");
  spec = CertificateSpec();
  spec.selfSigned = true;
  notTrusted(group.add("07", "the certificate is self-signed").by("by its own key", certificate(spec)), selfSignedLeaf,
             "self-signed");
  notTrusted(
      group.add("08", "the certificate is another host's").by("`box.example`", certificate(named({"box.example"}))),
      hostnameMismatch, "host name mismatch");
  spec = named({});
  spec.commonName = "localhost";
  notTrusted(group.add("09", "the host is the common name only").by("no subject alternative name", certificate(spec)),
             hostnameMismatch, "host name mismatch");

  const struct {
    const char *number, *what, *pattern, *host;
    bool good;
  } names[] = {{"10a", "a wildcard for one label", "*.box.test", "api.box.test", true},
               {"10b", "a wildcard for two labels", "*.box.test", "eu.api.box.test", false},
               {"10c", "a wildcard for none", "*.box.test", "box.test", false},
               {"10d", "a wildcard for a top level", "*.test", "box.test", false},
               {"10e", "a wildcard for everything", "*", "localhost", false},
               {"10f", "a wildcard for a part of a label", "a*.box.test", "api.box.test", false},
               {"10g", "a wildcard in the middle", "api.*.test", "api.box.test", false},
               {"15a", "the host in another case", "api.box.test", "API.BOX.TEST", true},
               {"15b", "the host with a dot at its end", "api.box.test", "api.box.test.", true},
               {"15d", "the certificate's name in another case", "API.Box.Test", "api.box.test", true}};
  for (const auto& [number, what, pattern, host, good] : names) {
    std::string lookedUp = host;
    if (lookedUp == "API.BOX.TEST" || lookedUp == "api.box.test.") lookedUp = "api.box.test";
    Fault& fault = group.add(number, what)
                       .by("`" + std::string(pattern) + "` for `" + host + "`",
                           [pattern = pattern, host = host, lookedUp](Stage& stage) {
                             stage.callHost(lookedUp, {"127.0.0.1"});
                             stage.callAt(host, stage.box().port());
                             stage.present(named({pattern}));
                           });
    if (good) {
      fault.accepted().once();
    } else {
      notTrusted(fault, hostnameMismatch, "host name mismatch");
    }
  }
  const auto unusable = [&](const std::string& number, const std::string& what, const std::string& words,
                            const std::string& host) {
    group.add(number, what)
        .by(words, [host](Stage& stage) { stage.callAt(host, stage.box().port()); })
        .fails(Errc::invalidConfiguration, Fate::notSent)
        .counts(0, 0, 0)
        .because("refused before anything is opened: to OpenSSL some of these mean \"any host\"");
  };
  unusable("13a", "no host at all", "an empty one in the URL", "");
  unusable("13b", "a host that begins with a dot", "`.box.test`", ".box.test");
  unusable("13c", "a host with a NUL in it", "`api.box.test\\0.evil.test`",
           std::string("api.box.test\0.evil.test", 23));
  unusable("15c", "the host with two dots at its end", "`api.box.test..`", "api.box.test..");

  spec = CertificateSpec();
  spec.serverAuth = false;
  spec.clientAuth = true;
  notTrusted(group.add("11", "a certificate for clients only").by("its extended key usage", certificate(spec)),
             invalidPurpose, "unsuitable purpose");
  group.add("12a", "an address as host, and in the certificate")
      .by("127.0.0.1", [](Stage& stage) { stage.callAt("127.0.0.1", stage.box().port()); })
      .accepted()
      .once();
  const auto address = [](CertificateSpec presented) {
    return [presented = std::move(presented)](Stage& stage) {
      stage.callAt("127.0.0.1", stage.box().port());
      stage.present(presented);
    };
  };
  notTrusted(group.add("12b", "an address as host, in the certificate as a DNS name")
                 .by("127.0.0.1", address(named({"127.0.0.1", "localhost"}))),
             ipMismatch, "address mismatch");
  spec = CertificateSpec();
  spec.ipAddresses = {"127.0.0.2"};
  notTrusted(
      group.add("12c", "an address as host, another in the certificate").by("127.0.0.1, and 127.0.0.2", address(spec)),
      ipMismatch, "address mismatch");

  group.add("14a", "an authority that is not trusted")
      .by("another one is trusted",
          [](Stage& stage) {
            TlsOptions tls;
            tls.caPem = emulator::makeCertificateAuthority("another").certificatePem;
            stage.settings() = stage.settings().withTls(tls);
          })
      .fails(Errc::tlsVerificationFailed, Fate::notSent)
      .counts(1, 1, 0);
  group.add("14b", "another authority of the same name")
      .by("with its own key",
          [](Stage& stage) {
            TlsOptions tls;
            tls.caPem = emulator::makeCertificateAuthority().certificatePem;
            stage.settings() = stage.settings().withTls(tls);
          })
      .fails(Errc::tlsVerificationFailed, Fate::notSent)
      .counts(1, 1, 0);
  group.add("14c", "the intermediate certificate is missing")
      .by("the leaf alone",
          [](Stage& stage) {
            const CertificateAuthority between = emulator::makeIntermediateAuthority(stage.box().authority());
            const IssuedCertificate issued = emulator::issueCertificate(between);
            constexpr std::string_view end = "-----END CERTIFICATE-----\n";
            stage.box().setCertificate(issued.chainPem.substr(0, issued.chainPem.find(end) + end.size()),
                                       issued.privateKeyPem);
          })
      .fails(Errc::tlsVerificationFailed, Fate::notSent)
      .counts(1, 1, 0)
      .also("the cause is that the issuer is not there", [](Stage& stage) {
        const int reason = stage.error()->cause().value();
        return reason == unableToGetIssuer || reason == unableToVerifyLeaf ? std::string() : std::to_string(reason);
      });
  notTrusted(group.add("16a", "a NUL in the certificate's name")
                 .by("`localhost\\0.evil.test`", certificate(named({std::string("localhost\0.evil.test", 20)}))),
             hostnameMismatch, "host name mismatch");
  notTrusted(group.add("16b", "a control character in the certificate's name")
                 .by("`localhost\\n`", certificate(named({"localhost\n"}))),
             hostnameMismatch, "host name mismatch");
  CertificateSpec huge;
  for (int i = 0; i < 2000; ++i) huge.dnsNames.push_back("name" + std::to_string(i) + ".test");
  group.add("26a", "a certificate of 2,000 names").by("30 KB", certificate(huge)).accepted().once();
  for (int i = 2000; i < 12000; ++i) huge.dnsNames.push_back("name" + std::to_string(i) + ".test");
  group.add("26b", "a certificate of 12,000 names")
      .by("200 KB", certificate(huge))
      .fails(Errc::tlsProtocolError, Fate::notSent)
      .counts(1, 1, 0)
      .because("beyond what OpenSSL takes in of a chain, 100 KB");
}

void addVersions(FaultGroup& group) {
  group.add("17", "TLS 1.1 is the best that the server knows")
      .by("its highest version",
          [](Stage& stage) {
            stage.boxOptions().tlsMinimum = stage.boxOptions().tlsMaximum = TlsVersion::tls1_1;
            stage.boxOptions().tlsCiphers = "ALL:@SECLEVEL=0";
          })
      .fails(Errc::tlsProtocolError, Fate::notSent)
      .counts(1, 1, 0);
  group.add("18", "the server knows weak ciphers only")
      .by("AES128-SHA",
          [](Stage& stage) {
            stage.boxOptions().tlsMaximum = TlsVersion::tls1_2;
            stage.boxOptions().tlsCiphers = "AES128-SHA:@SECLEVEL=0";
          })
      .fails(Errc::tlsProtocolError, Fate::notSent)
      .counts(1, 1, 0);
  group.add("19a", "the server speaks HTTP/2 only")
      .by("no_application_protocol",
          [](Stage& stage) {
            stage.boxOptions().alpn = {"h2"};
            stage.boxOptions().alpnRequired = true;
          })
      .fails(Errc::tlsProtocolError, Fate::notSent)
      .counts(1, 1, 0);
  group.add("19b", "the server chooses HTTP/2, which was not offered")
      .by("h2 in its part of ALPN",
          [](Stage& stage) {
            stage.boxOptions().alpn = {"h2"};
            stage.boxOptions().alpnForced = "h2";
          })
      .fails(Errc::tlsProtocolError, Fate::notSent)
      .counts(1, 1, 0);
  group.add("19c", "the server knows nothing of ALPN")
      .by("without it", [](Stage& stage) { stage.boxOptions().alpn = {}; })
      .accepted()
      .once();
  const auto asking = [](TlsVersion version) {
    return [version](Stage& stage) {
      stage.boxOptions().clientCaPem = emulator::makeCertificateAuthority("clients").certificatePem;
      stage.boxOptions().tlsMaximum = version;
    };
  };
  group.add("20", "the server wants a client certificate, TLS 1.2")
      .by("a fatal alert in the handshake", asking(TlsVersion::tls1_2))
      .fails(Errc::tlsProtocolError, Fate::notSent)
      .counts(1, 1, 0);
  group.add("21", "the server wants a client certificate, TLS 1.3")
      .by("a fatal alert after the handshake", asking(TlsVersion::tls1_3))
      .fails(Errc::tlsProtocolError, Fate::inDoubt)
      .orFate(Fate::notSent)
      .counts(1, 1, 0)
      .because("TLS 1.3 says so only after the handshake, when the request may be on its way");
  group.add("22", "the server wants to renegotiate")
      .by("HelloRequest, TLS 1.2",
          [](Stage& stage) {
            stage.boxOptions().tlsMaximum = TlsVersion::tls1_2;
            stage.box().setDefault(Reply::asBox().renegotiateFirst());
          })
      .accepted()
      .once()
      .because("refused with a warning; a server may go on then, as this one does, or give up");
}

void addBrokenRecords(FaultGroup& group) {
  const std::string record("\x17\x03\x03\x00\x05hello", 10);
  group.add("23a", "a corrupt record in the body of a 202")
      .by("5 bytes of the body, then a record that is not encrypted", always(Reply::asBox().corruptAfter(5, record)))
      .acceptedWithoutBody()
      .once()
      .thenDropped();
  group.add("23b", "a corrupt record in the body of a 503")
      .by("the same", always(Reply::status(503).corruptAfter(5, record)))
      .fails(Errc::serverError, Fate::inDoubt)
      .status(503)
      .counts(5, 5, 5)
      .thenDropped();
  group.add("23c", "a corrupt record in the header")
      .by("half a status line, then a record that is not encrypted",
          always(Reply::raw("HTTP/1.1 2").thenSendBelowTls(record)))
      .fails(Errc::connectionLost, Fate::inDoubt)
      .counts(5, 5, 5)
      .thenDropped();
  group.add("25", "an answer in the clear is injected")
      .by("a 202 below TLS, in place of the answer",
          always(Reply::raw("").thenSendBelowTls("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")))
      .fails(Errc::connectionLost, Fate::inDoubt)
      .counts(5, 5, 5)
      .thenDropped();
  group.add("24a", "the server resumes no session")
      .by("no tickets, a connection a call",
          [](Stage& stage) {
            stage.boxOptions().sessionTickets = 0;
            stage.box().setDefault(Reply::asBox().connectionClose());
            stage.callBefore();
          })
      .accepted()
      .once();
  group.add("24b", "the server has another key than when it gave the ticket")
      .by("a new certificate, a connection a call",
          [](Stage& stage) {
            stage.box().setDefault(Reply::asBox().connectionClose());
            stage.callBefore();
            stage.present(CertificateSpec());
          })
      .accepted()
      .once()
      .also("by a full handshake",
            [](Stage& stage) { return stage.box().counts().sessionsResumed == 0 ? std::string() : "resumed"; });
}

}  // namespace

FaultGroup faultsOfTls() {
  FaultGroup group("C", "TLS");
  addStrangers(group);
  addCertificates(group);
  addVersions(group);
  addBrokenRecords(group);
  return group;
}

}  // namespace box::test
