#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "box/error.hpp"
#include "box/network/options.hpp"

namespace box {

/// OpenSSL's codes for why a certificate was not accepted (X509_V_ERR_…).
const boost::system::error_category& certificateCategory() noexcept;

/// TLS sessions of one origin, for resumption. A TLS 1.3 ticket is given out once, as RFC 8446 C.4 advises; a TLS 1.2
/// session as often as the server takes it.
class TlsSessions {
 public:
  ~TlsSessions();
  /// Takes over one reference.
  void put(SSL_SESSION* session) noexcept;
  /// Gives one reference, or null.
  SSL_SESSION* take() noexcept;

 private:
  static constexpr std::size_t most = 16;  // a server sends two for each connection; eight connections is the default
  std::mutex mutex_;
  std::vector<SSL_SESSION*> sessions_;
};

/// One immutable TLS configuration: who is trusted and what is spoken. Rotating certificates means building another.
class TlsContext {
 public:
  using Stream = asio::ssl::stream<asio::ip::tcp::socket>;

  /// Throws BoxSdkError with Errc::invalidConfiguration where no trusted certificate can be loaded.
  explicit TlsContext(const TlsOptions& options);

  /// A stream that will accept no peer but `host`, and resumes a session if there is one. The stream refers to `sessions`.
  std::unique_ptr<Stream> makeStream(asio::ip::tcp::socket socket, const std::string& host, bool isIpLiteral,
                                     TlsSessions& sessions);

  /// What a failed handshake means; `cause` becomes the certificate's error where that is the reason.
  static Errc judgeHandshake(Stream& stream, error_code& cause);

  /// After a handshake that succeeded: what must hold all the same. A text against it; empty: none.
  static std::string objection(Stream& stream);

  /// What an error while reading means: fatal alerts are Errc::tlsProtocolError, all else Errc::connectionLost.
  static Errc judgeRead(const error_code& cause);

  static std::string_view version(Stream& stream);
  static bool resumed(Stream& stream);

 private:
  asio::ssl::context context_;
  bool resumption_;
};

}  // namespace box
