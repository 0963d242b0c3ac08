#pragma once

#include <filesystem>
#include <string>

#include <openssl/ssl.h>

#include "box/network/options.hpp"

namespace box {

/// Has the context trust whom the options name: their certificates, or the system's. Throws BoxSdkError with
/// Errc::invalidConfiguration where there are none.
void loadTrust(SSL_CTX* ctx, const TlsOptions& options);

/// Whether a folder of trusted certificates was made from the same ones as the file: this lies in it and has not been
/// written to since, as where Debian's update-ca-certificates has made both.
bool folderHasAllOf(const std::filesystem::path& file, const std::filesystem::path& folder);

/// What tells the files and folders that loadTrust() would read from others, and from themselves after a change: path,
/// device, inode, size, and when they were changed last. A file that a folder has is read when its certificate is
/// needed first; where it is written to in place, no change of the folder tells.
std::string trustedFiles(const TlsOptions& options);

/// Throws that, with OpenSSL's reason.
[[noreturn]] void refuseTls(std::string text);

}  // namespace box
