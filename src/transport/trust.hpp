#pragma once

#include <string>

#include <openssl/ssl.h>

#include "box/network/options.hpp"

namespace box {

/// Has the context trust whom the options name: their certificates, or the system's. Throws BoxSdkError with
/// Errc::invalidConfiguration where there are none.
void loadTrust(SSL_CTX* ctx, const TlsOptions& options);

/// Throws that, with OpenSSL's reason.
[[noreturn]] void refuseTls(std::string text);

}  // namespace box
