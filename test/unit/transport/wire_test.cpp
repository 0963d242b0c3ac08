#include "transport/wire.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "box/emulator/certificates.hpp"

namespace box {
namespace {

/// A Wire with TLS, and a peer that does what a test has it do: both on one thread, over a pair of sockets.
class WireTest : public testing::Test {
 protected:
  WireTest() {
    int both[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both), 0);
    descriptor_ = both[1];
    UnsharedSocket socket(io_.get_executor());
    socket.socket.assign(asio::ip::tcp::v4(), both[0]);
    socket.unshared = UnsharedDescriptor(both[0]);
    wire = std::make_unique<Wire>(std::move(socket), std::make_shared<Watchdog>(io_.get_executor()));

    const emulator::CertificateAuthority authority = emulator::makeCertificateAuthority();
    const emulator::IssuedCertificate issued = emulator::issueCertificate(authority);
    TlsOptions options;
    options.caPem = authority.certificatePem;
    context_ = std::make_unique<TlsContext>(options);
    wire->startTls(context_->makeTls("localhost", false, sessions_));

    serverContext_.reset(SSL_CTX_new(TLS_server_method()));
    BIO* const chain = BIO_new_mem_buf(issued.chainPem.data(), static_cast<int>(issued.chainPem.size()));
    X509* const certificate = PEM_read_bio_X509(chain, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(serverContext_.get(), certificate);
    X509_free(certificate);
    BIO_free(chain);
    BIO* const text = BIO_new_mem_buf(issued.privateKeyPem.data(), static_cast<int>(issued.privateKeyPem.size()));
    EVP_PKEY* const key = PEM_read_bio_PrivateKey(text, nullptr, nullptr, nullptr);
    SSL_CTX_use_PrivateKey(serverContext_.get(), key);
    EVP_PKEY_free(key);
    BIO_free(text);
    peer.reset(SSL_new(serverContext_.get()));
    SSL_set_fd(peer.get(), descriptor_);
    SSL_set_accept_state(peer.get());
  }
  ~WireTest() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  void shakeHands() {
    error_code ec = asio::error::would_block;
    for (int turn = 0; turn < 10 && ec == asio::error::would_block; ++turn) {
      ec = wire->handshake();
      SSL_do_handshake(peer.get());
    }
    EXPECT_FALSE(ec) << ec.message();
    EXPECT_EQ(wire->look(4096, ec), Wire::Unread::nothing);  // takes the tickets in
  }

  std::size_t read(error_code& ec) { return wire->read(asio::buffer(room_), ec); }
  void peerCloses() { ::close(std::exchange(descriptor_, -1)); }

  asio::io_context io_;
  std::unique_ptr<Wire> wire;
  Tls peer;
  int descriptor_ = -1;

 private:
  std::unique_ptr<TlsContext> context_;
  std::unique_ptr<SSL_CTX, TlsFree> serverContext_;
  TlsSessions sessions_;
  std::array<char, 100> room_{};
};

TEST_F(WireTest, SaysThatItWouldBlockAndForWhat) {
  EXPECT_EQ(wire->handshake(), asio::error::would_block);
  EXPECT_EQ(wire->blockedBy(), Wire::Socket::wait_read);
  shakeHands();
  error_code ec;
  EXPECT_EQ(read(ec), 0U);
  EXPECT_EQ(ec, asio::error::would_block);
  EXPECT_EQ(wire->blockedBy(), Wire::Socket::wait_read);
  const std::string much(16384, 'x');
  do {
    wire->write(asio::buffer(much), ec);
  } while (!ec);
  EXPECT_EQ(ec, asio::error::would_block);
  EXPECT_EQ(wire->blockedBy(), Wire::Socket::wait_write);
}

TEST_F(WireTest, AKeyUpdateWhileARequestIsHalfSentIsAnsweredAfterIt) {
  shakeHands();
  const std::string much(16384, 'x');
  error_code ec;
  std::size_t sent = 0;
  for (;;) {
    const std::size_t n = wire->write(asio::buffer(much), ec);
    if (ec) break;
    sent += n;
  }
  ASSERT_EQ(ec, asio::error::would_block);

  // The peer asks for new keys, and says something, before it has read what was sent.
  ASSERT_EQ(SSL_key_update(peer.get(), SSL_KEY_UPDATE_REQUESTED), 1);
  ASSERT_EQ(SSL_do_handshake(peer.get()), 1);
  ASSERT_EQ(SSL_write(peer.get(), "early", 5), 5);
  EXPECT_EQ(read(ec), 5U) << ec.message();

  std::size_t received = 0;
  std::string room(16384, '\0');
  const std::size_t wanted = sent + 3 * much.size();
  for (int turn = 0; turn < 100'000 && received < wanted; ++turn) {
    const int n = SSL_read(peer.get(), room.data(), static_cast<int>(room.size()));
    if (n > 0) received += static_cast<std::size_t>(n);
    if (sent >= wanted) continue;
    sent += wire->write(asio::buffer(much), ec);
    ASSERT_TRUE(!ec || ec == asio::error::would_block) << ec.message();
  }
  EXPECT_EQ(received, wanted);
  EXPECT_EQ(SSL_get_key_update_type(peer.get()), SSL_KEY_UPDATE_NONE);
}

TEST_F(WireTest, TellsAnOrderlyEndFromACutOne) {
  shakeHands();
  error_code ec;
  SSL_shutdown(peer.get());
  EXPECT_EQ(read(ec), 0U);
  EXPECT_EQ(ec, asio::error::eof);
}

TEST_F(WireTest, AnEndWithoutCloseNotifyIsACut) {
  shakeHands();
  peerCloses();
  error_code ec;
  EXPECT_EQ(read(ec), 0U);
  EXPECT_EQ(ec, asio::ssl::error::stream_truncated);
  wire->write(asio::buffer("x", 1), ec);
  EXPECT_EQ(ec, asio::error::broken_pipe) << "and no signal";
}

TEST_F(WireTest, WhatAnotherLeftOnTheListOfErrorsIsNotItsOwn) {
  shakeHands();
  ERR_raise(ERR_LIB_USER, 1);
  error_code ec;
  EXPECT_EQ(read(ec), 0U);
  EXPECT_EQ(ec, asio::error::would_block);
}

TEST_F(WireTest, RubbishInPlaceOfTlsIsAnErrorOfTls) {
  ASSERT_EQ(wire->handshake(), asio::error::would_block);
  ASSERT_EQ(::write(descriptor_, "HTTP/1.1 400 Bad Request\r\n\r\n", 28), 28);
  const error_code ec = wire->handshake();
  EXPECT_EQ(&ec.category(), &asio::error::get_ssl_category()) << ec.message();
}

TEST_F(WireTest, ALookTakesUpNoMoreThanItMay) {
  shakeHands();
  error_code ec;
  EXPECT_EQ(wire->look(4096, ec), Wire::Unread::nothing);
  const std::string much(8192, 'x');
  SSL_write(peer.get(), much.data(), static_cast<int>(much.size()));
  EXPECT_FALSE(wire->isSilent(ec));
  EXPECT_EQ(wire->look(100, ec), Wire::Unread::data);
  EXPECT_TRUE(wire->hasPending());
}

}  // namespace
}  // namespace box
