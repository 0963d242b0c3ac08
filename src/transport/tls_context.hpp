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

/// One immutable TLS configuration: who is trusted and what is spoken. It has no state of a connection or a client:
/// sessions are kept with the stream's destination. So all clients of a process whose options are equal share one; see
/// of().
class TlsContext : public std::enable_shared_from_this<TlsContext> {
 public:
  /// The context that is in use with these options, if its files have not changed since (see trustedFiles()), or a new
  /// one. It is destroyed with its last user. *Errors*: as below. *Threads*: any.
  static std::shared_ptr<TlsContext> of(const TlsOptions& options);

  /// Throws BoxSdkError with Errc::invalidConfiguration where no trusted certificate can be loaded, or where OpenSSL's
  /// own configuration (OPENSSL_CONF) leaves nothing that TLS could use.
  explicit TlsContext(const TlsOptions& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// A stream that will accept no peer but `host`, and resumes a session if there is one. The stream refers to
  /// `sessions`.
  /// *Errors*: Errc::localResource where OpenSSL has no memory.
  template <class Layer>  // a reference: the stream refers to it
  std::unique_ptr<asio::ssl::stream<Layer>> makeStream(Layer layer, const std::string& host, bool isIpLiteral,
                                                       TlsSessions& sessions) {
    try {
      auto stream = std::make_unique<asio::ssl::stream<Layer>>(std::forward<Layer>(layer), context_);
      bind(stream->native_handle(), host, isIpLiteral, sessions);
      return stream;
    } catch (const BoxSdkError&) {
      throw;
    } catch (const boost::system::system_error&) {
      throw BoxSdkError(Errc::localResource, "TLS: out of memory");
    }
  }

  /// Checks a handshake that succeeded once more. Returns why its result must not be used; empty: it may.
  static std::string objection(SSL* ssl);

  static std::string_view version(const SSL* ssl);
  static bool resumed(const SSL* ssl);

 private:
  void bind(SSL* ssl, const std::string& host, bool isIpLiteral, TlsSessions& sessions);

  static std::shared_ptr<TlsContext> find(const TlsOptions& options, const std::string& files);

  const TlsOptions options_;
  const std::string files_;  // as they were before they were read
  asio::ssl::context context_;
  // Those that of() may give, under processLock().
  static inline TlsContext* first = nullptr;
  bool listed_ = false;
  TlsContext* previous_ = nullptr;
  TlsContext* next_ = nullptr;
};

}  // namespace box
