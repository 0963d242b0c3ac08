#pragma once

#include <filesystem>
#include <string>

#include <openssl/ssl.h>

#include "box/network/options.hpp"

namespace box::inline v0_1 {

/// Makes the context trust the certificates that the options name, or the system's. Throws BoxSdkError with
/// Errc::invalidConfiguration where there are none.
void loadTrust(SSL_CTX* ctx, const TlsOptions& options);

/// Whether a folder of trusted certificates was made from the same ones as the file: this lies in it and has not been
/// written to since, as where Debian's update-ca-certificates has made both.
bool folderHasAllOf(const std::filesystem::path& file, const std::filesystem::path& folder);

/// A text that identifies the files and folders that loadTrust() would read, and changes when they do: path, device,
/// inode, size, and the time of the last change. A file in a folder is read when its certificate is first needed; if it
/// is written to in place, the folder does not change, nor does this text.
std::string trustedFiles(const TlsOptions& options);

/// Throws an error with this text and OpenSSL's reason.
[[noreturn]] void refuseTls(std::string text);

}  // namespace box::inline v0_1
