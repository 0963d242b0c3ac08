#include "server_tls_context.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace box::inline v0_1::emulator {

/// Gives the C callback below access to the ALPN settings.
struct AlpnAccess {
  static int select(SSL*, const unsigned char** out, unsigned char* outSize, const unsigned char* offer,
                    unsigned int offerSize, void* argument) {
    const auto* self = static_cast<const ServerTlsContext*>(argument);
    if (!self->alpnForced_.empty()) {
      *out = reinterpret_cast<const unsigned char*>(self->alpnForced_.data());
      *outSize = static_cast<unsigned char>(self->alpnForced_.size());
      return SSL_TLSEXT_ERR_OK;
    }
    unsigned char* selected = nullptr;
    const int result =
        SSL_select_next_proto(&selected, outSize, reinterpret_cast<const unsigned char*>(self->alpn_.data()),
                              static_cast<unsigned int>(self->alpn_.size()), offer, offerSize);
    if (result == OPENSSL_NPN_NEGOTIATED) {
      *out = selected;
      return SSL_TLSEXT_ERR_OK;
    }
    return self->alpnRequired_ ? SSL_TLSEXT_ERR_ALERT_FATAL : SSL_TLSEXT_ERR_NOACK;
  }
};

namespace {

void requireTls(bool ok, const char* what) {
  if (ok) return;
  ERR_clear_error();
  throw std::runtime_error(std::string("TLS: ") + what);
}

struct BioFree {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct CertFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

std::vector<std::unique_ptr<X509, CertFree>> readCertificates(const std::string& pem) {
  std::unique_ptr<BIO, BioFree> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<std::unique_ptr<X509, CertFree>> certificates;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  // OpenSSL reports the end of the text as an error too.
  ERR_clear_error();
  return certificates;
}

int versionNumber(TlsVersion version) {
  switch (version) {
    case TlsVersion::tls1_1: return TLS1_1_VERSION;
    case TlsVersion::tls1_2: return TLS1_2_VERSION;
    case TlsVersion::tls1_3: return TLS1_3_VERSION;
  }
  return TLS1_3_VERSION;
}

}  // namespace

ServerTlsContext::ServerTlsContext(const EmulatorOptions& options, const std::string& chainPem,
                                   const std::string& privateKeyPem)
    : alpnForced_(options.alpnForced), alpnRequired_(options.alpnRequired) {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> owner(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  SSL_CTX* context = owner.get();
  requireTls(context != nullptr, "out of memory");
  requireTls(SSL_CTX_set_min_proto_version(context, versionNumber(options.tlsMinimum)) == 1 &&
                 SSL_CTX_set_max_proto_version(context, versionNumber(options.tlsMaximum)) == 1,
             "protocol versions");
  // OpenSSL 3 allows TLS 1.1 only at security level 0.
  std::string ciphers = options.tlsCiphers;
  if (ciphers.empty() && options.tlsMinimum == TlsVersion::tls1_1) ciphers = "ALL:@SECLEVEL=0";
  if (!ciphers.empty()) requireTls(SSL_CTX_set_cipher_list(context, ciphers.c_str()) == 1, "cipher list");

  const auto certificates = readCertificates(chainPem);
  requireTls(!certificates.empty(), "no certificate in the chain");
  requireTls(SSL_CTX_use_certificate(context, certificates.front().get()) == 1, "certificate");
  for (std::size_t i = 1; i < certificates.size(); ++i) {
    requireTls(SSL_CTX_add1_chain_cert(context, certificates[i].get()) == 1, "certificate chain");
  }
  // The chain is sent as it was given: OpenSSL must not complete it from the machine's store.
  SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN);
  std::unique_ptr<BIO, BioFree> keyText(BIO_new_mem_buf(privateKeyPem.data(), static_cast<int>(privateKeyPem.size())));
  std::unique_ptr<EVP_PKEY, KeyFree> key(PEM_read_bio_PrivateKey(keyText.get(), nullptr, nullptr, nullptr));
  requireTls(key && SSL_CTX_use_PrivateKey(context, key.get()) == 1, "private key");
  requireTls(SSL_CTX_check_private_key(context) == 1, "key and certificate do not belong together");

  static constexpr std::string_view sessionContext = "box-emulator";
  requireTls(SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(sessionContext.data()),
                                            static_cast<unsigned int>(sessionContext.size())) == 1,
             "session context");
  if (options.sessionTickets == 0) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  }
  requireTls(SSL_CTX_set_num_tickets(context, options.sessionTickets) == 1, "session tickets");
  // A peer that closes without close_notify is not an error of the emulator.
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);

  for (const std::string& protocol : options.alpn) {
    requireTls(!protocol.empty() && protocol.size() < 256, "ALPN protocol");
    alpn_ += static_cast<char>(protocol.size());
    alpn_ += protocol;
  }
  SSL_CTX_set_alpn_select_cb(context, &AlpnAccess::select, this);

  if (!options.clientCaPem.empty()) {
    const auto authorities = readCertificates(options.clientCaPem);
    requireTls(!authorities.empty(), "no certificate of the client authority");
    for (const auto& authority : authorities) {
      requireTls(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) == 1 &&
                     SSL_CTX_add_client_CA(context, authority.get()) == 1,
                 "client authority");
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  context_ = owner.release();
}

ServerTlsContext::~ServerTlsContext() { SSL_CTX_free(context_); }

}  // namespace box::inline v0_1::emulator
