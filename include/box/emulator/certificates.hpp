#pragma once

#include <box/emulator/emulator_export.hpp>

#include <chrono>
#include <string>
#include <vector>

/// Certificates for tests: valid ones, and invalid ones of every kind. Never trust these authorities outside a test.
namespace box::inline v0_1::emulator {

/// A certificate authority, held in memory only.
struct CertificateAuthority {
  /// The authority's own certificate, PEM.
  std::string certificatePem;
  /// Its private key, PKCS#8 PEM, unencrypted.
  std::string privateKeyPem;
  /// This authority's certificate and those between it and its root, PEM, nearest first; empty for a root.
  std::string chainPem;
};

/// A certificate with its key, as a server or a client presents it.
struct IssuedCertificate {
  /// The leaf, then the intermediates that a peer needs to reach the root, PEM. The root is not in it.
  std::string chainPem;
  /// The leaf's private key, PKCS#8 PEM, unencrypted.
  std::string privateKeyPem;
};

/// The kind of key in a certificate.
enum class KeyKind {
  ecP256,   ///< ECDSA over P-256, which is quick to make
  rsa2048,  ///< RSA of 2048 bits
};

/// The contents of a certificate. The default is a valid server certificate for this machine.
struct CertificateSpec {
  /// The subject's common name; may be empty.
  std::string commonName = "localhost";
  /// DNS names of the subject alternative name. Taken byte for byte: wildcards, "127.0.0.1" as a DNS name and embedded
  /// NUL are possible, because a client must be tested against them. If `ipAddresses` is empty too, the certificate has
  /// no subject alternative name (a CN-only certificate).
  std::vector<std::string> dnsNames = {"localhost"};
  /// IP addresses of the subject alternative name, as text.
  std::vector<std::string> ipAddresses = {"127.0.0.1", "::1"};
  /// Start of validity, relative to now. Default: one day ago.
  std::chrono::seconds validFrom = -std::chrono::hours{24};
  /// End of validity, relative to now; a negative value makes an expired certificate. Default: in 30 days.
  std::chrono::seconds validUntil = std::chrono::hours{24 * 30};
  /// Whether the extended key usage has TLS servers. If `clientAuth` is false too, the certificate has no such
  /// extension.
  bool serverAuth = true;
  /// Whether the extended key usage has TLS clients.
  bool clientAuth = false;
  /// Whether the leaf's own key signs the certificate instead of the authority's.
  bool selfSigned = false;
  /// The kind of the leaf's key.
  KeyKind key = KeyKind::ecP256;

  /// Sets `dnsNames` and returns this object, so that calls can be chained.
  CertificateSpec& withDnsNames(std::vector<std::string> names) {
    dnsNames = std::move(names);
    return *this;
  }
  /// Sets `ipAddresses` and returns this object, so that calls can be chained.
  CertificateSpec& withIpAddresses(std::vector<std::string> addresses) {
    ipAddresses = std::move(addresses);
    return *this;
  }
};

/// Makes a root authority (EC P-256, valid from yesterday until 30 days from now) with a fresh key and a random serial
/// number. *Errors*: std::runtime_error when OpenSSL refuses.
[[nodiscard]] BOX_EMULATOR_API CertificateAuthority
makeCertificateAuthority(const std::string& commonName = "box-sessions emulator CA");

/// Makes an intermediate authority that `parent` signs; certificates that it issues have the intermediate in their
/// chain.
/// *Errors*: std::runtime_error when OpenSSL refuses.
[[nodiscard]] BOX_EMULATOR_API CertificateAuthority makeIntermediateAuthority(
    const CertificateAuthority& parent, const std::string& commonName = "box-sessions emulator intermediate CA");

/// Issues a certificate with a fresh key. `ca` is not used if `spec.selfSigned` is set. *Errors*: std::runtime_error
/// when OpenSSL refuses or an IP address is malformed.
[[nodiscard]] BOX_EMULATOR_API IssuedCertificate issueCertificate(const CertificateAuthority& ca,
                                                                  const CertificateSpec& spec = {});

}  // namespace box::inline v0_1::emulator
