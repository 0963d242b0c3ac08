#pragma once

#include <box/emulator/emulator.hpp>

#include <string>

struct ssl_ctx_st;

namespace box::inline v0_1::emulator {

/// The server's TLS settings and one certificate, shared by connections. Threads: any, after construction.
class ServerTlsContext {
 public:
  /// Errors: std::runtime_error where OpenSSL refuses the certificate, key or ciphers.
  ServerTlsContext(const EmulatorOptions& options, const std::string& chainPem, const std::string& privateKeyPem);
  ~ServerTlsContext();
  ServerTlsContext(const ServerTlsContext&) = delete;
  ServerTlsContext& operator=(const ServerTlsContext&) = delete;

  [[nodiscard]] ssl_ctx_st* native() const noexcept { return context_; }

 private:
  ssl_ctx_st* context_ = nullptr;
  /// The ALPN protocols in wire form, best first.
  std::string alpn_;
  std::string alpnForced_;
  bool alpnRequired_ = false;
  friend struct AlpnAccess;
};

}  // namespace box::inline v0_1::emulator
