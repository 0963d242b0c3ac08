#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "box/emulator/certificates.hpp"

namespace box::test {

/// What a TestProxy does with one CONNECT. Each function gives a changed copy.
class ProxyAnswer {
 public:
  /// Connects to the target, and sends these bytes.
  static ProxyAnswer established(std::string bytes = "HTTP/1.1 200 Connection established\r\n\r\n");
  /// Refuses with this status, and closes the connection.
  static ProxyAnswer status(int code, const std::string& fields = "");
  /// Sends these bytes without connecting to the target; the connection stays open.
  static ProxyAnswer raw(std::string bytes);
  /// Sends nothing.
  static ProxyAnswer hang() { return raw(""); }
  /// Closes the connection, in an orderly way or with a reset.
  static ProxyAnswer close();
  static ProxyAnswer reset();
  /// Sends `first`, and then `again` without end.
  static ProxyAnswer endless(std::string first, std::string again);

  /// Sends one byte at a time, with a pause after each.
  ProxyAnswer slowly(std::chrono::milliseconds pause) const;
  /// Ends the tunnel after this many bytes from the target.
  ProxyAnswer endingAfter(std::size_t bytes) const;
  /// Connects to this port of 127.0.0.1 instead of the target.
  ProxyAnswer leadingTo(std::uint16_t port) const;

 private:
  friend class TestProxy;
  enum class Then : std::uint8_t { tunnel, wait, close, reset };
  ProxyAnswer(std::string bytes, Then then) : bytes_(std::move(bytes)), then_(then) {}

  std::string bytes_, again_;
  Then then_;
  std::chrono::milliseconds pause_{};
  std::size_t limit_ = std::numeric_limits<std::size_t>::max();
  std::uint16_t port_ = 0;
};

struct TestProxyOptions {
  /// If set, the proxy speaks TLS with clients.
  std::optional<emulator::IssuedCertificate> certificate;
  /// If not empty, a CONNECT without these in Basic authentication is answered with 407.
  std::string username, password;
  /// If not empty, it is sent as soon as a connection is accepted, before the client sends anything.
  std::string greeting;
};

/// An HTTP proxy on a port of 127.0.0.1, which runs in its own thread and understands CONNECT only. It connects to
/// loopback, whatever name it is given. *Threads*: any.
class TestProxy {
 public:
  /// A CONNECT that it has received. In `head` the credentials are replaced by "…"; `credentials` has them.
  struct Connect {
    std::string target;       ///< host:port
    std::string head;         ///< request line and fields, without the empty line
    std::string credentials;  ///< the value of Proxy-Authorization
  };

  explicit TestProxy(TestProxyOptions options = {});
  ~TestProxy();
  TestProxy(const TestProxy&) = delete;
  TestProxy& operator=(const TestProxy&) = delete;

  std::uint16_t port() const noexcept;
  /// "http://HOST:PORT" or "https://HOST:PORT".
  std::string url(const std::string& host = "localhost") const;

  /// The answers to the next CONNECTs. After these it connects to the target, or answers 407, or 502 where nothing
  /// listens there.
  void script(std::vector<ProxyAnswer> answers);
  void script(ProxyAnswer answer) { script(std::vector<ProxyAnswer>{std::move(answer)}); }
  /// The answer to all other CONNECTs.
  void setDefault(ProxyAnswer answer);

  std::vector<Connect> connects() const;
  std::size_t connections() const;  ///< that were accepted
  std::size_t tunnels() const;      ///< that were connected to their target
  std::size_t openConnections() const;
  /// Everything that clients have sent outside of tunnels, with credentials replaced as above; and inside of them.
  std::string plaintext() const;
  std::string tunnelled() const;

  /// Closes all connections, with a FIN or with a reset.
  void endAll(bool reset = false);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace box::test
