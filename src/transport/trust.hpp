#pragma once

#include <string>

#include <openssl/ssl.h>

#include "box/network/options.hpp"

namespace box::inline v0_1 {

/// Makes the context trust the certificates that the options name, or those of the system. Throws BoxSdkError with
/// Errc::invalidConfiguration if there is no certificate.
void loadTrust(SSL_CTX* ctx, const TlsOptions& options);

/// A text that identifies the files and folders that loadTrust() would read, and that changes when they change: path,
/// device, inode, size, and the time of the last change. A file in a folder is read when its certificate is first
/// needed. If such a file is changed in place, neither the folder nor this text changes.
std::string trustedFiles(const TlsOptions& options);

/// Throws an error with this text and OpenSSL's reason.
[[noreturn]] void refuseTls(std::string text);

}  // namespace box::inline v0_1
