#include "transport/tls_errors.hpp"

#include <string>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

namespace box::inline v0_1 {
namespace {

class CertificateCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "box.certificate"; }
  std::string message(int value) const override { return X509_verify_cert_error_string(value); }
};

int sslReason(const error_code& ec) noexcept {
  return ec.category() == asio::error::get_ssl_category() ? ERR_GET_REASON(static_cast<unsigned long>(ec.value())) : 0;
}

}  // namespace

const boost::system::error_category& certificateCategory() noexcept {
  static const CertificateCategory category;
  return category;
}

Errc codeOfHandshakeFailure(SSL* ssl, error_code& cause) {
  if (cause.category() != asio::error::get_ssl_category()) return Errc::connectionLost;
  switch (sslReason(cause)) {
    case ERR_R_MALLOC_FAILURE: return Errc::localResource;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      // The certificate was not refused: there was no memory to check it.
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

Errc codeOfReadFailure(const error_code& cause) {
  if (cause == asio::error::no_memory) return Errc::localResource;
  switch (sslReason(cause)) {
    // Alerts with which the peer refuses this client permanently. In TLS 1.3 the alerts about a client certificate
    // arrive only after the handshake.
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

void throwTlsOutOfMemory() {
  ERR_clear_error();
  throw BoxSdkError(Errc::localResource, "TLS: out of memory");
}

}  // namespace box::inline v0_1
