#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "box/emulator/emulator.hpp"

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace box::inline v0_1::emulator::test {

/// How reading ended.
enum class End {
  /// Reading has not ended.
  open,
  closeNotify,
  fin,
  reset,
  /// The bytes were not TLS, or a record was damaged.
  tlsError,
  /// Nothing arrived within `patience`.
  timeout,
};

/// Longer than any step of a test takes on a busy machine. A test that hangs takes this long.
constexpr std::chrono::seconds patience{20};

struct Response {
  int status = 0;
  std::string statusLine;
  /// Names are in lower case. Where several fields have the same name, this has the last one.
  std::map<std::string, std::string> headers;
  std::string body;
  /// Set if the answer is not complete.
  End end = End::open;

  [[nodiscard]] std::string header(const std::string& lowerName) const;
};

struct ClientOptions {
  /// Empty: without TLS.
  std::string caPem;
  std::string hostName = "localhost";
  bool tls12Only = false;
  bool tls11Only = false;
  /// In wire form; empty: without ALPN.
  std::string alpn;
  std::string certificatePem;
  std::string privateKeyPem;
  ssl_session_st* session = nullptr;
};

/// A blocking client made of sockets and OpenSSL only. `patience` limits each read and connect.
class TestClient {
 public:
  TestClient(std::uint16_t port, const ClientOptions& options);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  [[nodiscard]] bool connected() const { return socket_ >= 0; }
  /// Whether the connection is ready: with TLS, the handshake has succeeded and the certificate was verified.
  [[nodiscard]] bool ready() const { return ready_; }
  /// The result of the last verification, X509_V_ERR_…
  [[nodiscard]] long verifyResult() const { return verifyResult_; }
  [[nodiscard]] End handshakeEnd() const { return handshakeEnd_; }
  [[nodiscard]] bool resumed() const;
  [[nodiscard]] std::string alpn() const;
  /// The session, for a later client. The caller frees it.
  [[nodiscard]] ssl_session_st* session() const;

  bool send(const std::string& bytes);
  /// Reads once. Empty: the connection has ended, see `end()`.
  std::string receive();
  [[nodiscard]] End end() const { return end_; }
  /// Reads one whole answer; an interim answer counts as one.
  Response read(bool toHead = false);
  /// Reads everything until the end.
  std::string readAll();
  void shutdownSend();
  /// Without TLS: sends filler until the peer accepts no more. True: it has accepted nothing for a tenth of a second.
  /// False: it has accepted 64 MiB, or ended the connection.
  bool stuffs();
  /// How many TLS handshake messages of a type (RFC 8446 4: 4 for a ticket, 24 for a KeyUpdate) were received and sent.
  [[nodiscard]] int received(unsigned char type) const { return received_[type]; }
  [[nodiscard]] int sent(unsigned char type) const { return sent_[type]; }
  /// The bytes that followed the last answer.
  [[nodiscard]] const std::string& rest() const { return buffer_; }

 private:
  bool fill();
  static void note(int outward, int version, int contentType, const void* bytes, std::size_t size, ssl_st* ssl,
                   void* client);

  int socket_ = -1;
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
  bool ready_ = false;
  long verifyResult_ = 0;
  End handshakeEnd_ = End::open;
  End end_ = End::open;
  std::string buffer_;
  std::array<int, 256> received_{};
  std::array<int, 256> sent_{};
};

/// For a client that trusts this emulator's certificate.
[[nodiscard]] ClientOptions trusting(const Emulator& emulator);

/// A POST request as a careful client writes it.
[[nodiscard]] std::string post(const std::string& target, const std::string& body,
                               const std::string& extraHeaders = std::string(), const std::string& token = "token-1");
[[nodiscard]] std::string postUsers(const std::string& extraHeaders = std::string(),
                                    const std::string& token = "token-1");
[[nodiscard]] std::string postForm(const std::string& target, const std::string& body);

}  // namespace box::inline v0_1::emulator::test
