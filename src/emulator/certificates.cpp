#include <box/emulator/certificates.hpp>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace box::inline v0_1::emulator {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};

void freeBio(BIO* bio) { BIO_free_all(bio); }

using BioPtr = std::unique_ptr<BIO, Freer<freeBio>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using CertPtr = std::unique_ptr<X509, Freer<X509_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;
using NamePtr = std::unique_ptr<GENERAL_NAME, Freer<GENERAL_NAME_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freer<BN_free>>;

void require(bool ok, const char* what) {
  if (ok) return;
  // OpenSSL's error queue belongs to the thread: an error that stays in it would be reported by a later, unrelated TLS
  // call.
  ERR_clear_error();
  throw std::runtime_error(std::string("certificates: ") + what);
}

std::string bioText(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  require(size >= 0, "cannot read a memory BIO");
  return std::string(data, static_cast<std::size_t>(size));
}

BioPtr bioOver(const std::string& text) {
  BioPtr bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  require(bio != nullptr, "out of memory");
  return bio;
}

std::string toPem(X509* certificate) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  require(bio && PEM_write_bio_X509(bio.get(), certificate) == 1, "cannot write a certificate");
  return bioText(bio.get());
}

std::string toPem(EVP_PKEY* key) {
  BioPtr bio(BIO_new(BIO_s_mem()));
  require(bio && PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "cannot write a key");
  return bioText(bio.get());
}

KeyPtr makeKey(KeyKind kind) {
  KeyPtr key(kind == KeyKind::rsa2048 ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"));
  require(key != nullptr,
          "cannot make a key: OpenSSL has nothing to make it with; its configuration (OPENSSL_CONF) must activate a "
          "provider of ciphers, such as the default one");
  return key;
}

KeyPtr keyFrom(const std::string& pem) {
  BioPtr bio = bioOver(pem);
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  require(key != nullptr, "cannot read the authority's key");
  return key;
}

CertPtr certFrom(const std::string& pem) {
  BioPtr bio = bioOver(pem);
  CertPtr certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  require(certificate != nullptr, "cannot read the authority's certificate");
  return certificate;
}

CertPtr makeBlank(EVP_PKEY* key, const std::string& commonName, std::chrono::seconds from, std::chrono::seconds until) {
  CertPtr certificate(X509_new());
  require(certificate != nullptr, "out of memory");
  X509* x = certificate.get();
  require(X509_set_version(x, 2) == 1, "version");
  NumberPtr serial(BN_new());
  require(serial && BN_rand(serial.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
              BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(x)) != nullptr,
          "serial number");
  require(X509_gmtime_adj(X509_getm_notBefore(x), static_cast<long>(from.count())) != nullptr &&
              X509_gmtime_adj(X509_getm_notAfter(x), static_cast<long>(until.count())) != nullptr,
          "validity");
  require(X509_set_pubkey(x, key) == 1, "public key");
  if (!commonName.empty()) {
    X509_NAME* subject = X509_get_subject_name(x);
    require(X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(commonName.data()),
                                       static_cast<int>(commonName.size()), -1, 0) == 1,
            "common name");
  }
  return certificate;
}

void addExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

/// Adds the names one by one, because OpenSSL's text form cannot express a comma or a NUL in a name.
void addAlternativeNames(X509* certificate, const CertificateSpec& spec) {
  if (spec.dnsNames.empty() && spec.ipAddresses.empty()) return;
  NamesPtr names(GENERAL_NAMES_new());
  require(names != nullptr, "out of memory");
  const auto push = [&](NamePtr name) {
    require(sk_GENERAL_NAME_push(names.get(), name.get()) > 0, "out of memory");
    static_cast<void>(name.release());
  };
  for (const std::string& dns : spec.dnsNames) {
    NamePtr name(GENERAL_NAME_new());
    ASN1_IA5STRING* text = ASN1_IA5STRING_new();
    require(name && text && ASN1_STRING_set(text, dns.data(), static_cast<int>(dns.size())) == 1, "DNS name");
    GENERAL_NAME_set0_value(name.get(), GEN_DNS, text);
    push(std::move(name));
  }
  for (const std::string& address : spec.ipAddresses) {
    ASN1_OCTET_STRING* bytes = a2i_IPADDRESS(address.c_str());
    require(bytes != nullptr, "malformed IP address");
    NamePtr name(GENERAL_NAME_new());
    require(name != nullptr, "out of memory");
    GENERAL_NAME_set0_value(name.get(), GEN_IPADD, bytes);
    push(std::move(name));
  }
  // RFC 5280 4.2.1.6: the extension is critical if the subject is empty.
  const int critical = spec.commonName.empty() ? 1 : 0;
  require(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), critical, X509V3_ADD_DEFAULT) == 1,
          "subject alternative name");
}

void sign(X509* certificate, EVP_PKEY* key) { require(X509_sign(certificate, key, EVP_sha256()) > 0, "cannot sign"); }

void addAuthorityExtensions(X509* certificate, X509* issuer, const char* basicConstraints) {
  addExtension(certificate, issuer, NID_basic_constraints, basicConstraints);
  addExtension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
  addExtension(certificate, issuer, NID_subject_key_identifier, "hash");
  addExtension(certificate, issuer, NID_authority_key_identifier, "keyid:always");
}

constexpr std::chrono::seconds yesterday = -std::chrono::hours{24};
constexpr std::chrono::seconds inThirtyDays = std::chrono::hours{24 * 30};

}  // namespace

CertificateAuthority makeCertificateAuthority(const std::string& commonName) {
  KeyPtr key = makeKey(KeyKind::ecP256);
  CertPtr certificate = makeBlank(key.get(), commonName, yesterday, inThirtyDays);
  X509* x = certificate.get();
  require(X509_set_issuer_name(x, X509_get_subject_name(x)) == 1, "issuer");
  addAuthorityExtensions(x, x, "critical,CA:TRUE");
  sign(x, key.get());
  CertificateAuthority authority;
  authority.certificatePem = toPem(x);
  authority.privateKeyPem = toPem(key.get());
  return authority;
}

CertificateAuthority makeIntermediateAuthority(const CertificateAuthority& parent, const std::string& commonName) {
  KeyPtr parentKey = keyFrom(parent.privateKeyPem);
  CertPtr parentCertificate = certFrom(parent.certificatePem);
  KeyPtr key = makeKey(KeyKind::ecP256);
  CertPtr certificate = makeBlank(key.get(), commonName, yesterday, inThirtyDays);
  X509* x = certificate.get();
  require(X509_set_issuer_name(x, X509_get_subject_name(parentCertificate.get())) == 1, "issuer");
  addAuthorityExtensions(x, parentCertificate.get(), "critical,CA:TRUE,pathlen:0");
  sign(x, parentKey.get());
  CertificateAuthority authority;
  authority.certificatePem = toPem(x);
  authority.privateKeyPem = toPem(key.get());
  authority.chainPem = authority.certificatePem + parent.chainPem;
  return authority;
}

IssuedCertificate issueCertificate(const CertificateAuthority& ca, const CertificateSpec& spec) {
  KeyPtr key = makeKey(spec.key);
  CertPtr certificate = makeBlank(key.get(), spec.commonName, spec.validFrom, spec.validUntil);
  X509* x = certificate.get();
  KeyPtr caKey;
  CertPtr caCertificate;
  if (!spec.selfSigned) {
    caKey = keyFrom(ca.privateKeyPem);
    caCertificate = certFrom(ca.certificatePem);
  }
  X509* issuer = spec.selfSigned ? x : caCertificate.get();
  EVP_PKEY* issuerKey = spec.selfSigned ? key.get() : caKey.get();
  require(X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1, "issuer");
  addExtension(x, issuer, NID_basic_constraints, "critical,CA:FALSE");
  addExtension(x, issuer, NID_key_usage, "critical,digitalSignature");
  if (spec.serverAuth && spec.clientAuth) addExtension(x, issuer, NID_ext_key_usage, "serverAuth,clientAuth");
  if (spec.serverAuth && !spec.clientAuth) addExtension(x, issuer, NID_ext_key_usage, "serverAuth");
  if (!spec.serverAuth && spec.clientAuth) addExtension(x, issuer, NID_ext_key_usage, "clientAuth");
  addExtension(x, issuer, NID_subject_key_identifier, "hash");
  if (!spec.selfSigned) addExtension(x, issuer, NID_authority_key_identifier, "keyid:always");
  addAlternativeNames(x, spec);
  sign(x, issuerKey);
  IssuedCertificate issued;
  issued.chainPem = toPem(x);
  if (!spec.selfSigned) issued.chainPem += ca.chainPem;
  issued.privateKeyPem = toPem(key.get());
  return issued;
}

}  // namespace box::inline v0_1::emulator
