#include "faults_support.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

using std::chrono::milliseconds;

/// Types of handshake messages, RFC 8446 4.
constexpr unsigned char ticket = 4;
constexpr unsigned char keyUpdate = 24;

TEST_F(EmulatorFaults, FailsBeforeTls) {
  emulator_.scriptConnection(
      {ConnectionPlan::closeAtOnce(CloseManner::fin), ConnectionPlan::closeAtOnce(CloseManner::reset),
       ConnectionPlan::closeInHandshake(CloseManner::fin), ConnectionPlan::closeInHandshake(CloseManner::reset),
       ConnectionPlan::garbage("these bytes are no TLS"), ConnectionPlan::plainHttp()});
  std::vector<End> ends;
  for (int i = 0; i < 6; ++i) {
    const TestClient client(emulator_.port(), trust());
    EXPECT_FALSE(client.ready());
    ends.push_back(client.handshakeEnd());
  }
  // The first two faults happen at the same time as the ClientHello, so that the client may see a FIN or a reset.
  EXPECT_TRUE(ends[0] == End::fin || ends[0] == End::reset);
  EXPECT_EQ(ends[1], End::reset);
  EXPECT_EQ(ends[2], End::fin);
  EXPECT_EQ(ends[3], End::reset);
  EXPECT_EQ(ends[4], End::tlsError);
  EXPECT_EQ(ends[5], End::tlsError);
  EXPECT_EQ(emulator_.counts().handshakesCompleted, 0U);
  TestClient good(emulator_.port(), trust());
  EXPECT_EQ(call(good).status, 202);
  EXPECT_EQ(emulator_.counts().connectionsAccepted, 7U);
}

TEST_F(EmulatorFaults, StallsTheHandshakeUntilClosed) {
  for (const ConnectionPlan& plan : {ConnectionPlan::silence(), ConnectionPlan::stallHandshake()}) {
    const std::uint64_t before = emulator_.counts().connectionsAccepted;
    emulator_.scriptConnection(plan);
    TestClient plain(emulator_.port(), ClientOptions());
    ASSERT_TRUE(emulator_.waitForConnections(before + 1, patience));
    EXPECT_EQ(emulator_.counts().openConnections, 1U);
    emulator_.closeAllConnections(CloseManner::fin);
    EXPECT_EQ(plain.receive(), "");
    EXPECT_EQ(plain.end(), End::fin);
    EXPECT_TRUE(emulator_.waitForOpenConnections(0, patience));
  }
}

TEST_F(EmulatorFaults, WaitsBeforeAnyKindOfConnection) {
  const milliseconds wait(100);
  const ConnectionPlan normal = ConnectionPlan::normal().after(wait);
  const ConnectionPlan closing = ConnectionPlan::closeInHandshake().after(wait);
  const ConnectionPlan plain = ConnectionPlan::plainHttp().after(wait);
  emulator_.scriptConnection({normal, closing, plain});
  {
    // The ClientHello arrives during the wait.
    const auto start = std::chrono::steady_clock::now();
    TestClient client(emulator_.port(), trust());
    EXPECT_GE(std::chrono::steady_clock::now() - start, wait);
    EXPECT_EQ(call(client).status, 202);
  }
  EXPECT_EQ(TestClient(emulator_.port(), trust()).handshakeEnd(), End::fin);
  EXPECT_EQ(TestClient(emulator_.port(), trust()).handshakeEnd(), End::tlsError);

  Emulator plainEmulator(withoutTls());
  plainEmulator.scriptConnection(normal);
  TestClient client(plainEmulator.port(), ClientOptions());
  EXPECT_EQ(call(client).status, 202);
}

TEST_F(EmulatorFaults, KeepsADefaultForConnections) {
  emulator_.setDefaultConnection(ConnectionPlan::garbage("no TLS here"));
  EXPECT_FALSE(TestClient(emulator_.port(), trust()).ready());
  EXPECT_FALSE(TestClient(emulator_.port(), trust()).ready());
  emulator_.setDefaultConnection();
  EXPECT_TRUE(TestClient(emulator_.port(), trust()).ready());
}

TEST_F(EmulatorFaults, GreetsBeforeAnyRequest) {
  const std::string greeting = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nEVIL!";
  emulator_.scriptConnection(ConnectionPlan::greeting(greeting).times(2));
  for (const bool tls12Only : {false, true}) {
    ClientOptions options = trust();
    options.tls12Only = tls12Only;
    TestClient client(emulator_.port(), options);
    EXPECT_EQ(client.receive(), greeting) << tls12Only;
    EXPECT_EQ(emulator_.counts().requests, tls12Only ? 1U : 0U) << "the bytes belong to no request";
    EXPECT_EQ(call(client).status, 202);
  }
  TestClient plain(emulator_.port(), trust());
  EXPECT_EQ(call(plain).status, 202);
  EXPECT_EQ(plain.rest(), "");
}

TEST_F(EmulatorFaults, SendsATicketAfterTheAnswer) {
  emulator_.script({Reply::asBox(), Reply::asBox().thenSendTicket().thenSend("!")});
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(client.received(ticket), 2) << "of the handshake";
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(client.receive(), "!");
  EXPECT_EQ(client.received(ticket), 3);
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(client.received(keyUpdate), 0);
}

TEST_F(EmulatorFaults, UpdatesItsKeysAndWantsTheSame) {
  emulator_.script(Reply::asBox().thenUpdateKeys().thenSend("!"));
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(client.receive(), "!") << "under the new keys";
  EXPECT_EQ(client.received(keyUpdate), 1);
  EXPECT_EQ(call(client).status, 202) << "also under new keys";
  EXPECT_EQ(client.sent(keyUpdate), 1);
}

TEST(EmulatorFaultsPlain, AnswersBesideABodyThatItNeverReads) {
  Emulator emulator(withoutTls());
  emulator.script(Reply::status(413).withoutReadingBody());
  TestClient client(emulator.port(), ClientOptions());
  client.send("POST /2.0/users/terminate_sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n");
  EXPECT_EQ(client.read().status, 413);
  EXPECT_TRUE(client.stuffs()) << "the emulator does not read";
  EXPECT_EQ(emulator.counts().openConnections, 1U);
  EXPECT_EQ(emulator.requests().at(0).bodySize, 0U);
  emulator.closeAllConnections(CloseManner::reset);
  EXPECT_TRUE(emulator.waitForOpenConnections(0, patience));
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
