#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "box/error.hpp"
#include "box/network/options.hpp"
#include "transport/tls_sessions.hpp"

namespace box {

/// One immutable TLS configuration: who is trusted and what is spoken. Rotating certificates means building another.
class TlsContext {
 public:
  /// Throws BoxSdkError with Errc::invalidConfiguration where no trusted certificate can be loaded, or where OpenSSL's own
  /// configuration (OPENSSL_CONF) leaves nothing that TLS could use.
  explicit TlsContext(const TlsOptions& options);

  /// A stream that will accept no peer but `host`, and resumes a session if there is one. The stream refers to `sessions`.
  /// *Errors*: Errc::localResource where OpenSSL has no memory.
  template <class Layer>
  std::unique_ptr<asio::ssl::stream<Layer>> makeStream(Layer layer, const std::string& host, bool isIpLiteral,
                                                       TlsSessions& sessions) {
    try {
      auto stream = std::make_unique<asio::ssl::stream<Layer>>(std::move(layer), context_);
      bind(stream->native_handle(), host, isIpLiteral, sessions);
      return stream;
    } catch (const BoxSdkError&) {
      throw;
    } catch (const boost::system::system_error&) {
      throw BoxSdkError(Errc::localResource, "TLS: out of memory");
    }
  }

  /// After a handshake that succeeded: what must hold all the same. A text against it; empty: none.
  static std::string objection(SSL* ssl);

  static std::string_view version(const SSL* ssl);
  static bool resumed(const SSL* ssl);

 private:
  void bind(SSL* ssl, const std::string& host, bool isIpLiteral, TlsSessions& sessions);

  asio::ssl::context context_;
  bool resumption_;
};

}  // namespace box
