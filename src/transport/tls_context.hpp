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
#include "support/fork.hpp"

namespace box {

/// OpenSSL's codes for why a certificate was not accepted (X509_V_ERR_…).
const boost::system::error_category& certificateCategory() noexcept;

/// TLS sessions of one origin, for resumption. A TLS 1.3 ticket is given out once, as RFC 8446 C.4 advises; a TLS 1.2
/// session as often as the server takes it. A forked process leaves them to its parent.
class TlsSessions {
 public:
  ~TlsSessions();
  /// Takes over one reference.
  void put(SSL_SESSION* session) noexcept;
  /// Gives one reference, or null.
  SSL_SESSION* take() noexcept;

 private:
  void leaveToParent() noexcept;

  static constexpr std::size_t most = 16;  // a server sends two for each connection; eight connections is the default
  std::mutex mutex_;
  std::vector<SSL_SESSION*> sessions_;
  std::uint64_t generation_ = processGeneration();
};

/// One immutable TLS configuration: who is trusted and what is spoken. Rotating certificates means building another.
class TlsContext {
 public:
  /// Throws BoxSdkError with Errc::invalidConfiguration where no trusted certificate can be loaded.
  explicit TlsContext(const TlsOptions& options);

  /// *Errors*: Errc::localResource where OpenSSL has no memory.
  /// A stream that will accept no peer but `host`, and resumes a session if there is one. The stream refers to `sessions`.
  template <class Layer>
  std::unique_ptr<asio::ssl::stream<Layer>> makeStream(Layer layer, const std::string& host, bool isIpLiteral,
                                                       TlsSessions& sessions) {
    try {
      auto stream = std::make_unique<asio::ssl::stream<Layer>>(std::move(layer), context_);
      bind(stream->native_handle(), host, isIpLiteral, sessions);
      return stream;
    } catch (const BoxSdkError&) {
      throw;
    } catch (const boost::system::system_error&) {  // what else can there be?
      throw BoxSdkError(Errc::localResource, "TLS: out of memory");
    }
  }

  /// What a failed handshake means; `cause` becomes the certificate's error where that is the reason.
  static Errc judgeHandshake(SSL* ssl, error_code& cause);

  /// After a handshake that succeeded: what must hold all the same. A text against it; empty: none.
  static std::string objection(SSL* ssl);

  /// What an error while reading means: fatal alerts are Errc::tlsProtocolError, all else Errc::connectionLost.
  static Errc judgeRead(const error_code& cause);

  static std::string_view version(const SSL* ssl);
  static bool resumed(const SSL* ssl);

 private:
  void bind(SSL* ssl, const std::string& host, bool isIpLiteral, TlsSessions& sessions);

  asio::ssl::context context_;
  bool resumption_;
};

}  // namespace box
