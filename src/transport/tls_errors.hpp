#pragma once

#include <openssl/ssl.h>

#include "box/error.hpp"

namespace box::inline v0_1 {

/// The category of OpenSSL's codes for the reason why a certificate was not accepted (X509_V_ERR_…).
const boost::system::error_category& certificateCategory() noexcept;

/// The error code for a failed handshake. If the certificate is the reason, `cause` becomes its error.
Errc codeOfHandshakeFailure(SSL* ssl, error_code& cause);

/// The error code for an error while reading: Errc::tlsProtocolError for a fatal alert, Errc::connectionLost for all
/// else but a lack of memory.
Errc codeOfReadFailure(const error_code& cause);

/// Throws the error for a lack of memory in OpenSSL, and clears OpenSSL's list of errors.
[[noreturn]] void throwTlsOutOfMemory();

}  // namespace box::inline v0_1
