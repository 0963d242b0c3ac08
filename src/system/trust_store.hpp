#pragma once

#include <string>
#include <string_view>

#include <openssl/ssl.h>

namespace box::inline v0_1 {

/// Makes the context trust the certificates of the system's store. Returns an empty text, or why that is not possible;
/// then OpenSSL's list of errors may have the reason.
std::string_view trustSystemStore(SSL_CTX* ctx);

/// A text that identifies the system's store, and that changes when its certificates change.
std::string stateOfSystemStore();

/// A text that identifies the file or folder, and that changes when it changes.
std::string stateOfFile(const std::string& path);

}  // namespace box::inline v0_1
