#pragma once

#include "server_tls_context.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct bio_st;

namespace box::inline v0_1::emulator {

/// The TLS state of one connection without a socket: ciphertext goes in and comes out as bytes. This lets the emulator
/// send a lone close_notify, a part of its handshake messages, or garbage between two records, which a TLS stream that
/// owns its socket does not allow.
class TlsEngine {
 public:
  enum class Result { done, wantRead, closed, failed };

  explicit TlsEngine(std::shared_ptr<const ServerTlsContext> context);
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  /// Adds ciphertext from the peer.
  void feed(const char* data, std::size_t size);
  /// Removes and gives all ciphertext that is to be sent.
  [[nodiscard]] std::string take();
  /// `greeting`: sent as early as TLS lets a server send, see ConnectionPlan::greeting().
  [[nodiscard]] Result handshake(std::string_view greeting = {});
  /// Appends plaintext from the peer to `out`.
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
  [[nodiscard]] Result resultOf(int result);
  [[nodiscard]] Result greetEarly(std::string_view greeting);

  std::shared_ptr<const ServerTlsContext> context_;
  ssl_st* ssl_ = nullptr;
  /// Owned by `ssl_`.
  bio_st* in_ = nullptr;
  bio_st* out_ = nullptr;
  bool greeted_ = false;
};

}  // namespace box::inline v0_1::emulator
