#include "transport/wire.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
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
#include "transport/connection.hpp"
#include "transport/exchange.hpp"

namespace box {
namespace {

/// A Wire with TLS, and a peer that each test controls: both on one thread, over a pair of sockets.
class WireTest : public testing::Test {
 protected:
  WireTest() {
    int both[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both), 0);
    descriptor_ = both[1];
    ours_ = both[0];
    UnsharedSocket socket(io_.get_executor());
    socket.socket.assign(asio::ip::tcp::v4(), both[0]);
    socket.unshared = UnsharedDescriptor(both[0]);
    wire = std::make_unique<Wire>(std::move(socket), watchdog);

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
    peer = makePeer();
    SSL_set_fd(peer.get(), descriptor_);
  }
  ~WireTest() override {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  Tls makePeer() const {
    Tls made(SSL_new(serverContext_.get()));
    SSL_set_accept_state(made.get());
    return made;
  }
  /// Starts TLS within this TLS, as with an https proxy; the inner handshake never ends.
  void startInnerTls() { wire->startTls(context_->makeTls("localhost", false, sessions_)); }

  void shakeHands() {
    error_code ec = asio::error::would_block;
    for (int turn = 0; turn < 10 && ec == asio::error::would_block; ++turn) {
      ec = wire->handshake();
      SSL_do_handshake(peer.get());
    }
    EXPECT_FALSE(ec) << ec.message();
    EXPECT_EQ(wire->look(4096, ec), Wire::Unread::nothing);  // reads the tickets
  }

  /// Fills the socket, so that it takes no more bytes.
  void leaveNoRoom() const {
    const std::string much(16384, 'x');
    while (::send(ours_, much.data(), much.size(), MSG_DONTWAIT) > 0) {
    }
  }

  std::size_t read(error_code& ec) { return wire->read(asio::buffer(room_), ec); }
  void peerCloses() { ::close(std::exchange(descriptor_, -1)); }

  asio::io_context io_;
  const std::shared_ptr<Watchdog> watchdog = std::make_shared<Watchdog>(io_.get_executor());
  std::unique_ptr<Wire> wire;
  Tls peer;
  int descriptor_ = -1, ours_ = -1;

 private:
  std::unique_ptr<TlsContext> context_;
  std::unique_ptr<SSL_CTX, TlsFree> serverContext_;
  TlsSessions sessions_;
  std::array<char, 100> room_{};
};

/// An exchange over a connection that has shaken hands; it is to send `request` and has no deadline.
struct Sending {
  Sending(std::unique_ptr<Wire> wire, std::string request, TimeoutOptions options = {})
      : connection(std::move(wire), nullptr, 1), timeouts(options) {
    connection.out = std::move(request);
  }

  Connection connection;
  const TimeLimits limits{std::chrono::steady_clock::time_point::max()};
  const TimeoutOptions timeouts;
  const ResponseLimits responseLimits;
  Exchange exchange{connection, limits, timeouts, responseLimits};
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

TEST_F(WireTest, KnowsWhetherTheSystemHasTakenAByte) {
  EXPECT_FALSE(wire->hasSent());
  shakeHands();
  EXPECT_TRUE(wire->hasSent());
  wire->forgetSent();
  leaveNoRoom();
  const std::string much(16384, 'x');
  error_code ec;
  wire->write(asio::buffer(much), ec);
  EXPECT_EQ(ec, asio::error::would_block);
  EXPECT_FALSE(wire->hasSent()) << "there was no room for a byte";
  wire->shutDown();
  wire->write(asio::buffer(much), ec);
  EXPECT_EQ(ec.value(), EPIPE);
  EXPECT_FALSE(wire->hasSent()) << "the system took nothing";
}

TEST_F(WireTest, AByteOfARecordThatIsNotWholeIsSent) {
  shakeHands();
  const int room = 4096;
  ASSERT_EQ(::setsockopt(ours_, SOL_SOCKET, SO_SNDBUF, &room, sizeof room), 0);
  wire->forgetSent();
  const std::string much(16384, 'x');
  error_code ec;
  EXPECT_EQ(wire->write(asio::buffer(much), ec), 0U);
  EXPECT_EQ(ec, asio::error::would_block);
  EXPECT_TRUE(wire->hasSent()) << "although write() has reported no byte";
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

  // The peer requests new keys, and sends data, before it has read what was sent.
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

TEST_F(WireTest, TlsMessagesWithoutEndDoNotKeepTheThread) {
  shakeHands();
  // As much as one write accepts: a peer that is faster than the client could continue for ever.
  BIO* const all = BIO_new(BIO_s_mem());
  SSL_set0_wbio(peer.get(), all);
  char* bytes = nullptr;
  while (BIO_get_mem_data(all, &bytes) < 65'536) {
    ASSERT_EQ(SSL_key_update(peer.get(), SSL_KEY_UPDATE_NOT_REQUESTED), 1);
    ASSERT_EQ(SSL_do_handshake(peer.get()), 1);
  }
  ASSERT_EQ(SSL_write(peer.get(), "after", 5), 5);
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(all, &bytes));
  ASSERT_EQ(::write(descriptor_, bytes, size), static_cast<ssize_t>(size));

  error_code ec;
  EXPECT_EQ(read(ec), 0U);
  EXPECT_EQ(ec, asio::error::would_block);
  EXPECT_EQ(wire->blockedBy(), Wire::Socket::wait_read);
  error_code silent;
  EXPECT_FALSE(wire->isSilent(silent)) << "one attempt has read everything";
  std::size_t received = 0;
  for (int turn = 0; turn < 10 && received == 0; ++turn) received = read(ec);
  EXPECT_EQ(received, 5U) << ec.message();
}

TEST_F(WireTest, ReadsWhatIsInTlssBuffersAloneWhereItMayReceiveNothing) {
  shakeHands();
  for (int record = 0; record < 3; ++record) ASSERT_EQ(SSL_write(peer.get(), "1", 1), 1);
  error_code ec;
  EXPECT_EQ(read(ec), 1U);
  std::array<char, 10> room{};
  for (int record = 1; record < 3; ++record) EXPECT_EQ(wire->read(asio::buffer(room), ec, 0), 1U);
  ASSERT_EQ(SSL_write(peer.get(), "1", 1), 1);
  EXPECT_EQ(wire->read(asio::buffer(room), ec, 0), 0U);
  EXPECT_EQ(ec, asio::error::would_block);
  EXPECT_EQ(read(ec), 1U);
}

TEST_F(WireTest, TheHeadOfARecordIsTheBeginningOfSomething) {
  shakeHands();
  ASSERT_EQ(::write(descriptor_, "\x17\x03\x03\x00\x40", 5), 5);
  error_code ec;
  EXPECT_EQ(wire->look(4096, ec), Wire::Unread::data);
  EXPECT_TRUE(wire->hasPending());
}

TEST_F(WireTest, ReadingGoesOnWhereAnAlertFindsNoRoom) {
  SSL_set_max_proto_version(peer.get(), TLS1_2_VERSION);
  shakeHands();
  leaveNoRoom();
  ASSERT_EQ(SSL_renegotiate(peer.get()), 1);  // the client refuses it by an alert
  ASSERT_EQ(SSL_do_handshake(peer.get()), 1);
  ASSERT_EQ(SSL_write(peer.get(), "x", 1), 1);
  error_code ec;
  EXPECT_EQ(read(ec), 1U) << ec.message();
  EXPECT_EQ(wire->blockedBy(), Wire::Socket::wait_read);
}

TEST_F(WireTest, TheProxysOrderlyEndIsACutOfTheTlsWithin) {
  shakeHands();
  startInnerTls();
  ASSERT_EQ(wire->handshake(), asio::error::would_block);
  SSL_shutdown(peer.get());
  EXPECT_EQ(wire->handshake(), asio::ssl::error::stream_truncated);
}

TEST_F(WireTest, ACancellationThatComesTogetherWithBytesIsNotLost) {
  shakeHands();
  Sending sending(std::move(wire), "GET / HTTP/1.1\r\n\r\n");
  asio::cancellation_signal signal;
  bool ended = false;
  asio::io_context callers;  // as with a strand that is busy on another thread: the handler has to wait
  sending.exchange.run()(asio::bind_executor(callers.get_executor(),
                                             asio::bind_cancellation_slot(signal.slot(), [&ended] { ended = true; })));
  ASSERT_EQ(::write(descriptor_, "\x17\x03\x03\x00\x40", 5), 5);  // a part of a record is not an answer
  io_.poll();
  signal.emit(asio::cancellation_type::terminal);
  callers.poll();
  EXPECT_TRUE(ended);
  EXPECT_EQ(sending.exchange.failure.code, asio::error::operation_aborted);
  peerCloses();  // so that the exchange ends before the test
  io_.poll();
  callers.restart();
  callers.poll();
}

TEST_F(WireTest, EachTypeOfCancellationEndsAnExchangeOfWhichNothingIsSent) {
  shakeHands();
  leaveNoRoom();
  wire->forgetSent();
  Sending sending(std::move(wire), "GET / HTTP/1.1\r\n\r\n");
  asio::cancellation_signal signal;
  bool ended = false;
  sending.exchange.run()(asio::bind_cancellation_slot(signal.slot(), [&ended] { ended = true; }));
  io_.poll();
  EXPECT_FALSE(ended);
  signal.emit(asio::cancellation_type::total);
  io_.restart();
  io_.poll();
  EXPECT_TRUE(ended);
  EXPECT_EQ(sending.exchange.failure.code, asio::error::operation_aborted);
  EXPECT_FALSE(sending.connection.wire->hasSent());
}

TEST_F(WireTest, WhatArrivesBeforeAByteIsSentIsNotTheAnswer) {
  shakeHands();
  leaveNoRoom();
  wire->forgetSent();
  Sending sending(std::move(wire), "GET / HTTP/1.1\r\n\r\n");
  bool ended = false;
  sending.exchange.run()([&ended] { ended = true; });
  const std::string late = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
  ASSERT_EQ(SSL_write(peer.get(), late.data(), static_cast<int>(late.size())), static_cast<int>(late.size()));
  io_.poll();
  peerCloses();  // so that also the wait for room ends
  io_.restart();
  io_.poll();
  ASSERT_TRUE(ended);
  EXPECT_EQ(sending.exchange.failure.code, Errc::connectionLost);
  EXPECT_FALSE(sending.exchange.reader.begun());
  EXPECT_FALSE(sending.exchange.reusable);
}

TEST_F(WireTest, WhatArrivesBeforeAByteIsSentDoesNotHideTheEndOfTheTime) {
  shakeHands();
  leaveNoRoom();
  wire->forgetSent();
  Sending sending(std::move(wire), "GET / HTTP/1.1\r\n\r\n");
  bool ended = false;
  sending.exchange.run()([&ended] { ended = true; });
  const std::string late = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";
  ASSERT_EQ(SSL_write(peer.get(), late.data(), static_cast<int>(late.size())), static_cast<int>(late.size()));
  watchdog->close();  // before the exchange has read the bytes
  io_.poll();
  ASSERT_TRUE(ended);
  EXPECT_EQ(sending.exchange.failure.code, Errc::writeTimeout);
  EXPECT_EQ(sending.exchange.failure.phase, Phase::write);
  EXPECT_FALSE(sending.exchange.reader.begun());
  EXPECT_FALSE(sending.exchange.reusable);
}

TEST_F(WireTest, APartOfARecordThatArrivesIsProgress) {
  using namespace std::chrono_literals;
  shakeHands();
  wire->forgetSent();
  TimeoutOptions timeouts;
  timeouts.bodyIdle = 300ms;
  Sending sending(std::move(wire), "GET / HTTP/1.1\r\n\r\n", timeouts);
  bool ended = false;
  sending.exchange.run()([&ended] { ended = true; });
  const std::string header = "HTTP/1.1 200 OK\r\nContent-Length: 16000\r\n\r\n", body(16'000, 'x');
  ASSERT_GT(SSL_write(peer.get(), header.data(), static_cast<int>(header.size())), 0);
  io_.poll();
  BIO* const record = BIO_new(BIO_s_mem());
  SSL_set0_wbio(peer.get(), record);
  ASSERT_GT(SSL_write(peer.get(), body.data(), static_cast<int>(body.size())), 0);
  char* bytes = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(record, &bytes)), half = size / 2;
  ASSERT_EQ(::send(descriptor_, bytes, half, 0), static_cast<ssize_t>(half));
  // The limit passes while nothing runs. The socket is found readable in the same poll as the tick, but before it.
  std::this_thread::sleep_for(timeouts.bodyIdle + 50ms);
  io_.restart();
  io_.poll();
  ASSERT_FALSE(ended) << sending.exchange.failure.code.message();
  ASSERT_EQ(::send(descriptor_, bytes + half, size - half, 0), static_cast<ssize_t>(size - half));
  io_.restart();
  io_.poll();
  EXPECT_TRUE(ended);
  EXPECT_TRUE(sending.exchange.reader.bodyIntact());
}

TEST_F(WireTest, APartOfARecordThatTheSystemTakesIsProgress) {
  using namespace std::chrono_literals;
  shakeHands();
  const int room = 4096;
  ASSERT_EQ(::setsockopt(ours_, SOL_SOCKET, SO_SNDBUF, &room, sizeof room), 0);
  wire->forgetSent();
  TimeoutOptions timeouts;
  timeouts.write = 300ms;
  Sending sending(std::move(wire), std::string(100'000, 'x'), timeouts);
  bool ended = false;
  sending.exchange.run()([&ended] { ended = true; });
  io_.poll();
  const std::uint64_t before = sending.connection.wire->sentBytes();
  std::array<char, 16384> bytes{};
  ASSERT_GT(::read(descriptor_, bytes.data(), bytes.size()), 0);
  // The limit passes while nothing runs. The socket is found writable in the same poll as the tick, but before it.
  std::this_thread::sleep_for(timeouts.write + 50ms);
  io_.restart();
  io_.poll();
  EXPECT_GT(sending.connection.wire->sentBytes(), before);
  EXPECT_LT(sending.connection.wire->sentBytes(), 16384U) << "the record is not whole";
  EXPECT_FALSE(ended) << sending.exchange.failure.code.message();
  watchdog->close();
  io_.restart();
  io_.poll();
  EXPECT_TRUE(ended);
}

TEST_F(WireTest, OnlyATerminalCancellationEndsAnExchangeOfWhichAByteIsSent) {
  shakeHands();
  const int room = 4096;
  ASSERT_EQ(::setsockopt(ours_, SOL_SOCKET, SO_SNDBUF, &room, sizeof room), 0);
  wire->forgetSent();
  Sending sending(std::move(wire), std::string(100'000, 'x'));
  asio::cancellation_signal signal;
  bool ended = false;
  sending.exchange.run()(asio::bind_cancellation_slot(signal.slot(), [&ended] { ended = true; }));
  io_.poll();
  ASSERT_TRUE(sending.connection.wire->hasSent());
  signal.emit(asio::cancellation_type::total);
  io_.restart();
  io_.poll();
  EXPECT_FALSE(ended);
  signal.emit(asio::cancellation_type::terminal);
  io_.restart();
  io_.poll();
  EXPECT_TRUE(ended);
}

TEST_F(WireTest, AConnectionWhoseExchangeWasCancelledIsNotReusableWhateverArrived) {
  shakeHands();
  const int room = 4096;
  ASSERT_EQ(::setsockopt(ours_, SOL_SOCKET, SO_SNDBUF, &room, sizeof room), 0);
  wire->forgetSent();
  constexpr std::size_t size = 100'000;
  Sending sending(std::move(wire), std::string(size, 'x'));
  asio::cancellation_signal signal;
  bool ended = false;
  sending.exchange.run()(asio::bind_cancellation_slot(signal.slot(), [&ended] { ended = true; }));
  std::array<char, 16384> bytes{};
  std::size_t got = 0;
  for (int turn = 0; turn < 1'000 && got < size; ++turn) {
    io_.restart();
    io_.poll();
    const int n = SSL_read(peer.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (n > 0) got += static_cast<std::size_t>(n);
  }
  ASSERT_EQ(got, size);
  io_.restart();
  io_.poll();
  ASSERT_FALSE(ended) << "the request is sent, and the answer is missing";
  const std::string answer = "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}";
  ASSERT_GT(SSL_write(peer.get(), answer.data(), static_cast<int>(answer.size())), 0);
  signal.emit(asio::cancellation_type::terminal);
  io_.restart();
  io_.poll();
  EXPECT_TRUE(ended);
  EXPECT_EQ(sending.exchange.reader.statusCode(), 202) << "it arrived before the cancellation";
  EXPECT_FALSE(sending.exchange.reusable);
}

TEST_F(WireTest, ItsBuffersMayBeReleasedAgainAndAgain) {
  shakeHands();
  for (int i = 0; i < 3; ++i) wire->releaseBuffers();
  ASSERT_EQ(SSL_write(peer.get(), "x", 1), 1);
  error_code ec;
  EXPECT_EQ(read(ec), 1U) << ec.message();
  for (int i = 0; i < 3; ++i) wire->releaseBuffers();
  ASSERT_EQ(SSL_write(peer.get(), "y", 1), 1);
  EXPECT_EQ(read(ec), 1U) << ec.message();
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
