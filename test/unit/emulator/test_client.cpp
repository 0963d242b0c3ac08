#include "test_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace box::inline v0_1::emulator::test {
namespace {

BIO* memory(const std::string& text) { return BIO_new_mem_buf(text.data(), static_cast<int>(text.size())); }

std::string lowered(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

End endOf(SSL* ssl, int result) {
  const int saved = errno;
  const int error = SSL_get_error(ssl, result);
  const unsigned long code = ERR_peek_error();
  ERR_clear_error();
  if (error == SSL_ERROR_ZERO_RETURN) return End::closeNotify;
  if (error == SSL_ERROR_WANT_READ) return End::timeout;
  if (error == SSL_ERROR_SSL) {
    return ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? End::fin : End::tlsError;
  }
  if (saved == ECONNRESET || saved == EPIPE) return End::reset;
  return End::fin;
}

}  // namespace

std::string Response::header(const std::string& lowerName) const {
  const auto found = headers.find(lowerName);
  return found == headers.end() ? std::string() : found->second;
}

TestClient::TestClient(std::uint16_t port, const ClientOptions& options) {
  // OpenSSL writes with write(2), so that without this a reset connection would end the test program.
  std::signal(SIGPIPE, SIG_IGN);
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  timeval limit{};
  limit.tv_sec = patience.count();
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    return;
  }
  socket_ = fd;
  if (options.caPem.empty()) {
    ready_ = true;
    return;
  }
  context_ = SSL_CTX_new(TLS_client_method());
  if (options.tls11Only) {
    SSL_CTX_set_cipher_list(context_, "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context_, TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(context_, TLS1_1_VERSION);
  }
  if (options.tls12Only) SSL_CTX_set_max_proto_version(context_, TLS1_2_VERSION);
  BIO* ca = memory(options.caPem);
  X509* authority = PEM_read_bio_X509(ca, nullptr, nullptr, nullptr);
  BIO_free(ca);
  if (authority != nullptr) X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), authority);
  X509_free(authority);
  if (!options.certificatePem.empty()) {
    BIO* text = memory(options.certificatePem);
    X509* certificate = PEM_read_bio_X509(text, nullptr, nullptr, nullptr);
    BIO_free(text);
    text = memory(options.privateKeyPem);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(text, nullptr, nullptr, nullptr);
    BIO_free(text);
    SSL_CTX_use_certificate(context_, certificate);
    SSL_CTX_use_PrivateKey(context_, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ssl_ = SSL_new(context_);
  SSL_set_verify(ssl_, SSL_VERIFY_PEER, nullptr);
  SSL_set_tlsext_host_name(ssl_, options.hostName.c_str());
  // Strict: the common name is not used where alternative names are missing.
  SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  in_addr numeric{};
  if (::inet_pton(AF_INET, options.hostName.c_str(), &numeric) == 1) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), options.hostName.c_str());
  } else {
    SSL_set1_host(ssl_, options.hostName.c_str());
  }
  if (!options.alpn.empty()) {
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(options.alpn.data()),
                        static_cast<unsigned int>(options.alpn.size()));
  }
  if (options.session != nullptr) SSL_set_session(ssl_, options.session);
  SSL_set_msg_callback(ssl_, &TestClient::note);
  SSL_set_msg_callback_arg(ssl_, this);
  SSL_set_fd(ssl_, socket_);
  ERR_clear_error();
  const int result = SSL_connect(ssl_);
  verifyResult_ = SSL_get_verify_result(ssl_);
  ready_ = result == 1;
  if (!ready_) handshakeEnd_ = endOf(ssl_, result);
}

TestClient::~TestClient() {
  // Otherwise OpenSSL takes the connection for broken and does not let the session be resumed.
  if (ssl_ != nullptr) SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  if (socket_ >= 0) ::close(socket_);
}

bool TestClient::resumed() const { return SSL_session_reused(ssl_) == 1; }

std::string TestClient::alpn() const {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  return std::string(reinterpret_cast<const char*>(name), size);
}

ssl_session_st* TestClient::session() const { return SSL_get1_session(ssl_); }

bool TestClient::send(const std::string& bytes) {
  if (bytes.empty()) return true;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const bool ok = SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
    ERR_clear_error();
    return ok;
  }
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t sent = ::send(socket_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += static_cast<std::size_t>(sent);
  }
  return true;
}

bool TestClient::fill() {
  std::array<char, 16384> block{};
  if (ssl_ != nullptr) {
    ERR_clear_error();
    errno = 0;
    const int got = SSL_read(ssl_, block.data(), static_cast<int>(block.size()));
    if (got <= 0) {
      end_ = endOf(ssl_, got);
      return false;
    }
    buffer_.append(block.data(), static_cast<std::size_t>(got));
    return true;
  }
  const ssize_t got = ::recv(socket_, block.data(), block.size(), 0);
  if (got > 0) {
    buffer_.append(block.data(), static_cast<std::size_t>(got));
    return true;
  }
  if (got == 0) {
    end_ = End::fin;
  } else {
    end_ = errno == ECONNRESET ? End::reset : End::timeout;
  }
  return false;
}

std::string TestClient::receive() {
  if (buffer_.empty()) fill();
  std::string bytes;
  bytes.swap(buffer_);
  return bytes;
}

Response TestClient::read(bool toHead) {
  Response response;
  std::size_t headEnd = std::string::npos;
  while ((headEnd = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) {
      response.end = end_;
      return response;
    }
  }
  const std::string head = buffer_.substr(0, headEnd + 2);
  buffer_.erase(0, headEnd + 4);
  std::size_t at = head.find("\r\n");
  response.statusLine = head.substr(0, at);
  if (response.statusLine.size() > 12) response.status = std::atoi(response.statusLine.c_str() + 9);
  at += 2;
  while (at < head.size()) {
    const std::size_t lineEnd = head.find("\r\n", at);
    const std::string line = head.substr(at, lineEnd - at);
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos) {
      const std::size_t value = line.find_first_not_of(' ', colon + 1);
      response.headers[lowered(line.substr(0, colon))] = value == std::string::npos ? "" : line.substr(value);
    }
    at = lineEnd + 2;
  }
  if (toHead || response.status < 200 || response.status == 204 || response.status == 304) return response;
  if (response.header("transfer-encoding") == "chunked") {
    for (;;) {
      std::size_t lineEnd = std::string::npos;
      while ((lineEnd = buffer_.find("\r\n")) == std::string::npos) {
        if (!fill()) {
          response.end = end_;
          return response;
        }
      }
      const std::size_t size = std::strtoul(buffer_.c_str(), nullptr, 16);
      while (buffer_.size() < lineEnd + 2 + size + 2) {
        if (!fill()) {
          response.end = end_;
          return response;
        }
      }
      response.body += buffer_.substr(lineEnd + 2, size);
      buffer_.erase(0, lineEnd + 2 + size + 2);
      if (size == 0) return response;
    }
  }
  if (response.headers.count("content-length") == 0) {
    while (fill()) {
    }
    response.body.swap(buffer_);
    response.end = end_;
    return response;
  }
  const std::size_t length = std::strtoul(response.header("content-length").c_str(), nullptr, 10);
  while (buffer_.size() < length) {
    if (!fill()) {
      response.end = end_;
      response.body.swap(buffer_);
      return response;
    }
  }
  response.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return response;
}

std::string TestClient::readAll() {
  while (fill()) {
  }
  std::string bytes;
  bytes.swap(buffer_);
  return bytes;
}

void TestClient::note(int outward, int /*version*/, int contentType, const void* bytes, std::size_t size,
                      ssl_st* /*ssl*/, void* client) {
  if (contentType != SSL3_RT_HANDSHAKE || size == 0) return;
  auto* self = static_cast<TestClient*>(client);
  ++(outward != 0 ? self->sent_ : self->received_)[*static_cast<const unsigned char*>(bytes)];
}

bool TestClient::stuffs() {
  static const std::string filler(65536, 'x');
  for (int round = 0; round < 1024;) {
    const ssize_t sent = ::send(socket_, filler.data(), filler.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      ++round;
      continue;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
    pollfd room{socket_, POLLOUT, 0};
    if (::poll(&room, 1, 100) == 0) return true;
  }
  return false;
}

void TestClient::shutdownSend() { ::shutdown(socket_, SHUT_WR); }

std::string post(const std::string& target, const std::string& body, const std::string& extraHeaders,
                 const std::string& token) {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         extraHeaders + "\r\n" + body;
}

std::string postUsers(const std::string& extraHeaders, const std::string& token) {
  return post("/2.0/users/terminate_sessions", R"({"user_ids":["11"],"user_logins":["a@b.c"]})", extraHeaders, token);
}

ClientOptions trusting(const Emulator& emulator) {
  ClientOptions options;
  options.caPem = emulator.caPem();
  return options;
}

std::string postForm(const std::string& target, const std::string& body) {
  return "POST " + target +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace box::inline v0_1::emulator::test
