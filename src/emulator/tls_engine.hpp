#pragma once

#include "server_tls_context.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct bio_st;

namespace box::emulator {

/// The TLS state of one connection, without a socket: ciphertext goes in and comes out as bytes. That is why the
/// emulator can send a lone close_notify, half of its flight, or rubbish between two records, which a stream that
/// owns its socket does not let one do.
class TlsEngine {
 public:
  enum class Result { done, wantRead, closed, failed };

  explicit TlsEngine(std::shared_ptr<const ServerTlsContext> context);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  /// Ciphertext from the peer.
  void feed(const char* data, std::size_t size);
  /// Takes all ciphertext that waits to be sent.
  [[nodiscard]] std::string take();
  /// `greeting`: goes out as early as TLS lets a server send, see ConnectionPlan::greeting().
  [[nodiscard]] Result handshake(std::string_view greeting = {});
  /// Plaintext from the peer is appended to `out`.
  [[nodiscard]] Result read(std::string& out);
  [[nodiscard]] Result write(std::string_view plaintext);
  /// Queues a close_notify.
  void closeNotify();
  /// Queues a HelloRequest; does nothing in TLS 1.3, which has no renegotiation.
  void renegotiate();
  /// Queues a session ticket, or a KeyUpdate that asks for one; TLS 1.3 only.
  void sendTicket();
  void updateKeys();
  [[nodiscard]] bool sessionReused() const;

 private:
  [[nodiscard]] Result judge(int result);
  [[nodiscard]] Result greetEarly(std::string_view greeting);

  std::shared_ptr<const ServerTlsContext> context_;
  ssl_st* ssl_ = nullptr;
  /// Owned by `ssl_`.
  bio_st* in_ = nullptr;
  bio_st* out_ = nullptr;
  bool greeted_ = false;
};

}  // namespace box::emulator
