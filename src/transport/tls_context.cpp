#include "transport/tls_context.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl/error.hpp>

namespace box {
namespace {

class CertificateCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "box.certificate"; }
  std::string message(int value) const override { return X509_verify_cert_error_string(value); }
};

[[noreturn]] void refuse(std::string text) {
  // OpenSSL's own words may name a path of the caller's, which is his already; they hold no secret.
  char reason[160] = "";
  if (const unsigned long e = ERR_get_error(); e != 0) ERR_error_string_n(e, reason, sizeof reason);
  ERR_clear_error();
  if (*reason != '\0') text.append(" (").append(reason).append(")");
  throw BoxSdkError(Errc::invalidConfiguration, std::move(text));
}

/// Where a stream keeps what its new sessions belong to.
int sessionsIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int storeSession(SSL* ssl, SSL_SESSION* session) {
  auto* sessions = static_cast<TlsSessions*>(SSL_get_ex_data(ssl, sessionsIndex()));
  if (sessions == nullptr) return 0;
  sessions->put(session);
  return 1;
}

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
  // The end of the text is reported as an error; anything else is a broken certificate among good ones.
  const bool clean = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (any && clean) ERR_clear_error();
  return any && clean;
}

/// Whether OpenSSL would find any in the folders, which have colons between them: it goes by names such as 5ed36f99.0.
bool hasCertificates(std::string_view folders) {
  const auto isOne = [](const std::filesystem::path& file) {
    const std::string name = file.stem().string(), number = file.extension().string();
    return name.size() == 8 && name.find_first_not_of("0123456789abcdef") == std::string::npos && number.size() > 1 &&
           number.find_first_not_of("0123456789", 1) == std::string::npos;
  };
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folder.size() + 1, folders.size()));
    std::error_code ec;
    for (std::filesystem::directory_iterator i(folder, ec), end; !ec && i != end; i.increment(ec)) {
      if (isOne(i->path())) return true;
    }
  }
  return false;
}

/// Has OpenSSL work out what it keeps of each trusted certificate now. It would do so at the first handshake, and where there
/// is no memory then it holds the certificate for invalid ever after.
void prepareTrusted(SSL_CTX* ctx) {
  STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(SSL_CTX_get_cert_store(ctx));
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
    if (X509* certificate = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i)))
      X509_check_purpose(certificate, -1, 0);
  }
}

int sslReason(const error_code& ec) noexcept {
  return ec.category() == asio::error::get_ssl_category() ? ERR_GET_REASON(static_cast<unsigned long>(ec.value())) : 0;
}

}  // namespace

const boost::system::error_category& certificateCategory() noexcept {
  static const CertificateCategory category;
  return category;
}

TlsSessions::~TlsSessions() {
  for (SSL_SESSION* session : sessions_) SSL_SESSION_free(session);
}

/// A ticket that was given out by two processes would let whoever listens tell that they belong together.
void TlsSessions::leaveToParent() noexcept {
  const std::uint64_t now = processGeneration();
  if (now == generation_) return;
  generation_ = now;
  for (SSL_SESSION* session : sessions_) SSL_SESSION_free(session);
  sessions_.clear();
}

void TlsSessions::put(SSL_SESSION* session) noexcept {
  const std::lock_guard lock(mutex_);
  leaveToParent();
  try {
    if (sessions_.size() == most) {
      SSL_SESSION_free(sessions_.front());
      sessions_.erase(sessions_.begin());
    }
    sessions_.push_back(session);
  } catch (...) {
    SSL_SESSION_free(session);  // a full handshake next time
  }
}

SSL_SESSION* TlsSessions::take() noexcept {
  const std::lock_guard lock(mutex_);
  leaveToParent();
  while (!sessions_.empty()) {
    SSL_SESSION* session = sessions_.back();
    if (SSL_SESSION_is_resumable(session) == 0) {
      sessions_.pop_back();
      SSL_SESSION_free(session);
      continue;
    }
    if (SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION) {
      sessions_.pop_back();
    } else {
      SSL_SESSION_up_ref(session);
    }
    return session;
  }
  return nullptr;
}

TlsContext::TlsContext(const TlsOptions& options)
    : context_(asio::ssl::context::tls_client), resumption_(options.sessionResumption) {
  // The linker makes sure of the major version only, and nobody of what was mended since.
  if (OpenSSL_version_num() < BOX_SESSIONS_OPENSSL_FLOOR) {
    refuse(std::string("TLS: ") + OpenSSL_version(OPENSSL_VERSION) +
           " is older than this library may run with; upgrade it");
  }
  SSL_CTX* ctx = context_.native_handle();
  ERR_clear_error();
  const int minimum = options.minVersion == TlsOptions::MinVersion::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  if (SSL_CTX_set_min_proto_version(ctx, minimum) != 1) refuse("TLS: the minimum version cannot be set");
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  if (SSL_CTX_get_security_level(ctx) < 2) SSL_CTX_set_security_level(ctx, 2);
  // TLS 1.2: forward secrecy and authenticated encryption only. TLS 1.3 has nothing else.
  if (SSL_CTX_set_cipher_list(ctx, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) refuse("TLS: no cipher is available");
  static constexpr unsigned char protocols[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  if (SSL_CTX_set_alpn_protos(ctx, protocols, sizeof protocols) != 0) refuse("TLS: ALPN cannot be set");
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);

  if (!options.caFile.empty() && SSL_CTX_load_verify_file(ctx, options.caFile.c_str()) != 1) {
    refuse("TlsOptions::caFile: no trusted certificate could be read from the file");
  }
  if (!options.caPem.empty() && !addTrusted(ctx, options.caPem)) {
    refuse("TlsOptions::caPem: the text is not made of PEM certificates");
  }
  if (options.caFile.empty() && options.caPem.empty()) {
    if (SSL_CTX_set_default_verify_paths(ctx) != 1) refuse("TLS: the system's certificates cannot be loaded");
    // The system's file is read by now, its folder when it is needed; whether that has anything must be known now.
    const char* folder = std::getenv(X509_get_default_cert_dir_env());
    const bool any = sk_X509_OBJECT_num(X509_STORE_get0_objects(SSL_CTX_get_cert_store(ctx))) > 0 ||
                     hasCertificates(folder != nullptr ? folder : X509_get_default_cert_dir());
    if (!any) {
      refuse(
          "TLS: this system has no trusted certificates; install them (on Debian: ca-certificates) or set "
          "TlsOptions::caFile");
    }
  }

  prepareTrusted(ctx);
  if (resumption_) {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, &storeSession);
  } else {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  }
  sessionsIndex();
  ERR_clear_error();
}

void TlsContext::bind(SSL* ssl, const std::string& host, bool isIpLiteral, TlsSessions& sessions) {
  ERR_clear_error();
  X509_VERIFY_PARAM* verify = SSL_get0_param(ssl);
  // Without these flags a certificate without names would be accepted for its common name.
  X509_VERIFY_PARAM_set_hostflags(verify, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  bool bound = false;
  if (isIpLiteral) {
    bound = X509_VERIFY_PARAM_set1_ip_asc(verify, host.c_str()) == 1;
  } else if (!host.empty()) {  // OpenSSL takes an empty name for "any"
    bound = X509_VERIFY_PARAM_set1_host(verify, host.data(), host.size()) == 1 &&
            SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  }
  // The name is valid, so that nothing but memory can be missing; OpenSSL does not always say so.
  if (!bound && !host.empty()) {
    ERR_clear_error();
    throw BoxSdkError(Errc::localResource, "TLS: out of memory");
  }
  if (!bound || (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) == 0) {
    refuse("TLS: the connection cannot be bound to its host name");
  }
  // Asio has OpenSSL free its record buffers after each record, which costs 50 KB of allocation a request.
  SSL_clear_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
  if (resumption_) {
    SSL_set_ex_data(ssl, sessionsIndex(), &sessions);
    if (SSL_SESSION* session = sessions.take()) {
      SSL_set_session(ssl, session);
      SSL_SESSION_free(session);
    }
  }
}

Errc TlsContext::judgeHandshake(SSL* ssl, error_code& cause) {
  if (cause.category() != asio::error::get_ssl_category()) return Errc::connectionLost;
  switch (sslReason(cause)) {
    case ERR_R_MALLOC_FAILURE: return Errc::localResource;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      // Nothing was found against the certificate: there was no memory to look at it.
      if (const long found = SSL_get_verify_result(ssl); found == X509_V_OK || found == X509_V_ERR_OUT_OF_MEM) {
        return Errc::localResource;
      }
      cause = error_code(static_cast<int>(SSL_get_verify_result(ssl)), certificateCategory());
      return Errc::tlsVerificationFailed;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_BAD_RECORD_TYPE: return Errc::tlsNotTls;
    case SSL_R_UNEXPECTED_EOF_WHILE_READING: return Errc::connectionLost;
    default: return Errc::tlsProtocolError;
  }
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

Errc TlsContext::judgeRead(const error_code& cause) {
  switch (sslReason(cause)) {
    // Alerts by which the peer refuses us for good; TLS 1.3 sends what concerns a client certificate only now.
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
    case SSL_R_TLSV1_ALERT_NO_RENEGOTIATION:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_NO_RENEGOTIATION: return Errc::tlsProtocolError;
    case ERR_R_MALLOC_FAILURE: return Errc::localResource;
    default: return Errc::connectionLost;
  }
}

std::string_view TlsContext::version(const SSL* ssl) { return SSL_get_version(ssl); }
bool TlsContext::resumed(const SSL* ssl) { return SSL_session_reused(ssl) == 1; }

}  // namespace box
