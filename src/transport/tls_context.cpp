#include "transport/tls_context.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "system/fork.hpp"
#include "transport/trust.hpp"
#include "transport/tls_errors.hpp"

namespace box::inline v0_1 {
namespace {

SSL_CTX* makeContext() {
  ERR_clear_error();
  if (SSL_CTX* const context = SSL_CTX_new(TLS_client_method())) return context;
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  if (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE) throwTlsOutOfMemory();
  const char* const reason = ERR_reason_error_string(error);
  throw BoxSdkError(Errc::invalidConfiguration,
                    "TLS: OpenSSL cannot provide TLS; its configuration (OPENSSL_CONF) must activate a provider of "
                    "ciphers, such as the default one (" +
                        std::string(reason == nullptr ? "it gives no reason" : reason) + ")");
}

}  // namespace

std::shared_ptr<TlsContext> TlsContext::find(const TlsOptions& options, const std::string& files) {
  for (TlsContext& context : known) {
    if (context.options_ != options || context.files_ != files) continue;
    // Null means that the context is being destroyed; its destructor will remove it from the list.
    if (auto found = context.weak_from_this().lock()) return found;
  }
  return nullptr;
}

std::shared_ptr<TlsContext> TlsContext::of(const TlsOptions& options) {
  const std::string files = trustedFiles(options);
  {
    const std::unique_lock lock = processLock();
    if (auto found = find(options, files)) return found;
  }
  const auto made = std::make_shared<TlsContext>(options);
  const std::unique_lock lock = processLock();
  if (auto found = find(options, made->files_)) return found;  // another thread was faster
  known.pushFront(*made);
  return made;
}

TlsContext::~TlsContext() {
  if (!isListed()) return;
  const std::unique_lock lock = processLock();
  known.remove(*this);
}

TlsContext::TlsContext(const TlsOptions& options)
    : options_(options), files_(trustedFiles(options)), context_(makeContext()) {
  // The linker checks the major version only, so that fixes of later versions might be missing.
  if (OpenSSL_version_num() < BOX_SESSIONS_OPENSSL_FLOOR) {
    refuseTls(std::string("TLS: ") + OpenSSL_version(OPENSSL_VERSION) +
              " is older than the oldest version that this library supports; upgrade it");
  }
  SSL_CTX* ctx = context_.get();
  ERR_clear_error();
  const int minimum = options.minVersion == TlsOptions::MinVersion::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  if (SSL_CTX_set_min_proto_version(ctx, minimum) != 1) refuseTls("TLS: the minimum version cannot be set");
  // The last option wipes decrypted bytes in the buffers of TLS, because responses may contain tokens.
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CLEANSE_PLAINTEXT);
  if (SSL_CTX_get_security_level(ctx) < 2) SSL_CTX_set_security_level(ctx, 2);
  // For TLS 1.2, only ciphers with forward secrecy and authenticated encryption are allowed. TLS 1.3 has no others.
  if (SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) refuseTls("TLS: no cipher is available");
  static constexpr unsigned char protocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  if (SSL_CTX_set_alpn_protos(ctx, protocols, sizeof protocols) != 0) refuseTls("TLS: ALPN cannot be set");
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
  // Each write sends one record; the buffer may move between two attempts. With read-ahead, one system call receives
  // everything that has arrived.
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(ctx, 1);

  loadTrust(ctx, options);
  if (options.sessionResumption) {
    keepSessions(ctx);
  } else {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  }
  ERR_clear_error();
}

Tls TlsContext::makeTls(const std::string& host, bool isIpLiteral, TlsSessions& sessions) {
  ERR_clear_error();
  Tls tls(SSL_new(context_.get()));
  SSL* const ssl = tls.get();
  if (ssl == nullptr) throwTlsOutOfMemory();
  SSL_set_connect_state(ssl);
  X509_VERIFY_PARAM* verify = SSL_get0_param(ssl);
  // Without these flags a certificate without DNS names would be accepted because of its common name.
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  bool bound = false;
  if (isIpLiteral) {
    bound = X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str()) == 1;
  } else if (!host.empty()) {  // for OpenSSL an empty name means any name
    bound = X509_VERIFY_PARAM_set1_host(verify, host.data(), host.size()) == 1 &&
            SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  }
  // The name is valid, so the only possible cause is a lack of memory; OpenSSL does not always report that.
  if (!bound && !host.empty()) throwTlsOutOfMemory();
  if (!bound || (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) == 0) {
    refuseTls("TLS: the connection cannot be bound to its host name");
  }
  if (options_.sessionResumption) attachSessions(ssl, sessions);
  return tls;
}

std::string TlsContext::objection(SSL* ssl) {
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  if (size != 0 && std::string_view(reinterpret_cast<const char*>(protocol), size) != "http/1.1") {
    return "the peer chose a protocol that was not offered";
  }
  if (SSL_get_verify_result(ssl) != X509_V_OK) return "the peer's certificate was not verified";
  return {};
}

std::string_view TlsContext::version(const SSL* ssl) { return SSL_get_version(ssl); }
bool TlsContext::resumed(const SSL* ssl) { return SSL_session_reused(ssl) == 1; }

}  // namespace box::inline v0_1
