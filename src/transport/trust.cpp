#include "transport/trust.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "box/error.hpp"
#include "system/trust_store.hpp"

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

}  // namespace

std::string trustedFiles(const TlsOptions& options) {
  if (options.caFile) return stateOfFile(*options.caFile);
  return options.caPem ? std::string() : stateOfSystemStore();
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
    const std::string_view why = trustSystemStore(ctx);
    if (!why.empty()) refuseTls("TLS: " + std::string(why));
  }
  prepareTrusted(SSL_CTX_get_cert_store(ctx));
}

}  // namespace box::inline v0_1
