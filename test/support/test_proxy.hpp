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

/// What a TestProxy does with one CONNECT. Values: each function gives a changed copy.
class ProxyAnswer {
 public:
  /// Leads to the target, and says so with these bytes.
  static ProxyAnswer established(std::string bytes = "HTTP/1.1 200 Connection established\r\n\r\n");
  /// Refuses, and closes.
  static ProxyAnswer status(int code, const std::string& fields = "");
  /// Sends these bytes, and leads nowhere: the connection stays open.
  static ProxyAnswer raw(std::string bytes);
  /// Sends nothing.
  static ProxyAnswer hang() { return raw(""); }
  /// Ends the connection, in an orderly way or with a reset.
  static ProxyAnswer close();
  static ProxyAnswer reset();
  /// Sends `first`, and then `again` over and over.
  static ProxyAnswer endless(std::string first, std::string again);

  /// Sends a byte at a time with a pause behind each.
  ProxyAnswer slowly(std::chrono::milliseconds pause) const;
  /// Ends the tunnel when it has passed so many bytes of the target's on.
  ProxyAnswer endingAfter(std::size_t bytes) const;
  /// Leads to this port of 127.0.0.1 instead of to the target.
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
  /// Set: clients speak TLS with it.
  std::optional<emulator::IssuedCertificate> certificate;
  /// Not empty: a CONNECT without these, as Basic authentication, is answered 407.
  std::string username, password;
  /// Not empty: sent as soon as a connection is accepted, whatever the client says.
  std::string greeting;
};

/// An HTTP proxy on a port of 127.0.0.1 in a thread of its own, which knows CONNECT only. It connects to loopback,
/// whatever name it is given. *Threads*: any.
class TestProxy {
 public:
  /// A CONNECT as it came. The credentials in it are replaced by "…": `credentials` has them.
  struct Connect {
    std::string target;       ///< host:port
    std::string head;         ///< request line and fields, without the empty line
    std::string credentials;  ///< what stood in Proxy-Authorization
  };

  explicit TestProxy(TestProxyOptions options = {});
  ~TestProxy();
  TestProxy(const TestProxy&) = delete;
  TestProxy& operator=(const TestProxy&) = delete;

  std::uint16_t port() const noexcept;
  /// "http://HOST:PORT" or "https://HOST:PORT".
  std::string url(const std::string& host = "localhost") const;

  /// What the next CONNECTs get, one each; without any the target, or a 407, or a 502 where nobody listens there.
  void script(std::vector<ProxyAnswer> answers);
  void script(ProxyAnswer answer) { script(std::vector<ProxyAnswer>{std::move(answer)}); }
  /// What all others get.
  void setDefault(ProxyAnswer answer);

  std::vector<Connect> connects() const;
  std::size_t connections() const;  ///< accepted
  std::size_t tunnels() const;      ///< that led to their target
  std::size_t openConnections() const;
  /// All that clients said outside of tunnels, with credentials as above; and inside of them.
  std::string plaintext() const;
  std::string tunnelled() const;

  /// Ends all connections, with a FIN or with a reset.
  void endAll(bool reset = false);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace box::test
