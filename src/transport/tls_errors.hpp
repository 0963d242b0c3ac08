#pragma once

#include <openssl/ssl.h>

#include "box/error.hpp"

namespace box::inline v0_1 {

/// OpenSSL's codes for why a certificate was not accepted (X509_V_ERR_…).
const boost::system::error_category& certificateCategory() noexcept;

/// What a failed handshake means; `cause` becomes the certificate's error where that is the reason.
Errc judgeHandshake(SSL* ssl, error_code& cause);

/// What an error while reading means: fatal alerts are Errc::tlsProtocolError, all else Errc::connectionLost.
Errc judgeRead(const error_code& cause);

}  // namespace box::inline v0_1
