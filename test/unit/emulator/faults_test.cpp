#include "faults_support.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

using std::chrono::milliseconds;

const std::vector<std::pair<CloseManner, End>>& threeWays() {
  static const std::vector<std::pair<CloseManner, End>> ways = {
      {CloseManner::closeNotify, End::closeNotify}, {CloseManner::fin, End::fin}, {CloseManner::reset, End::reset}};
  return ways;
}

TEST_F(EmulatorFaults, UsesAScriptOnceAndThenIsBoxAgain) {
  emulator_.script({Reply::status(503).retryAfter("2"), Reply::status(500).times(2)});
  EXPECT_EQ(emulator_.pendingSteps(), 3U);
  TestClient client(emulator_.port(), trust());
  const Response unavailable = call(client);
  EXPECT_EQ(unavailable.status, 503);
  EXPECT_EQ(unavailable.header("retry-after"), "2");
  EXPECT_NE(unavailable.body.find("\"code\":\"unavailable\""), std::string::npos);
  EXPECT_EQ(call(client).status, 500);
  EXPECT_EQ(call(client).status, 500);
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(emulator_.pendingSteps(), 0U);
  EXPECT_EQ(emulator_.accepted().size(), 1U);
}

TEST_F(EmulatorFaults, KeepsADefaultUntilChanged) {
  emulator_.setDefault(Reply::error(429, "rate_limit_exceeded", "slow down"));
  emulator_.script(Reply::asBox());
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(call(client).status, 429);
  EXPECT_NE(call(client).body.find("slow down"), std::string::npos);
  emulator_.setDefault();
  EXPECT_EQ(call(client).status, 202);
}

TEST_F(EmulatorFaults, AsksTheResponderForWhatNoScriptCovers) {
  emulator_.setResponder([](const RequestInfo& request) -> std::optional<Reply> {
    if (request.body.find("\"11\"") != std::string::npos) return Reply::status(404).header("X-Why", "11");
    return std::nullopt;
  });
  TestClient client(emulator_.port(), trust());
  const Response missing = call(client);
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.header("x-why"), "11");
  client.send(post("/2.0/users/terminate_sessions", R"({"user_ids":["12"],"user_logins":[]})"));
  EXPECT_EQ(client.read().status, 202);
}

TEST_F(EmulatorFaults, AsksOneResponderThatRemembersWhatItSaid) {
  emulator_.setResponder([asked = 0](const RequestInfo&) mutable -> std::optional<Reply> {
    if (++asked == 2) return Reply::status(404);
    return std::nullopt;
  });
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(call(client).status, 404);
  EXPECT_EQ(call(client).status, 202);
}

TEST_F(EmulatorFaults, EndsTheConnectionWhenTheResponderThrows) {
  emulator_.setResponder([](const RequestInfo&) -> std::optional<Reply> { throw 7; });
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).end, End::reset);
  emulator_.setResponder(nullptr);
  TestClient next(emulator_.port(), trust());
  EXPECT_EQ(call(next).status, 202);
}

TEST_F(EmulatorFaults, KeepsScriptsOfCallsAndOfOAuthApart) {
  emulator_.script(Reply::status(500));
  emulator_.scriptOAuth(Reply::error(400, "invalid_grant", "Refresh token has expired"));
  TestClient client(emulator_.port(), trust());
  client.send(postForm("/oauth2/token", "grant_type=refresh_token"));
  const Response token = client.read();
  EXPECT_EQ(token.status, 400);
  EXPECT_EQ(token.body, R"({"error":"invalid_grant","error_description":"Refresh token has expired"})");
  EXPECT_EQ(call(client).status, 500);
}

TEST_F(EmulatorFaults, ClosesWithoutAnAnswerInThreeWays) {
  for (const auto& [manner, end] : threeWays()) {
    emulator_.script(Reply::close(manner));
    TestClient client(emulator_.port(), trust());
    const Response none = call(client);
    EXPECT_EQ(none.status, 0);
    EXPECT_EQ(none.end, end);
  }
  EXPECT_TRUE(emulator_.accepted().empty());
}

TEST_F(EmulatorFaults, ProcessesACallWhoseAnswerIsLost) {
  emulator_.script(Reply::close(CloseManner::reset).processed());
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).end, End::reset);
  EXPECT_EQ(emulator_.accepted().size(), 1U);
  EXPECT_EQ(emulator_.requests().at(0).status, 0);
}

TEST_F(EmulatorFaults, ClosesWhileIdleInThreeWays) {
  for (const auto& [manner, end] : threeWays()) {
    emulator_.script(Reply::asBox().thenClose(manner));
    TestClient client(emulator_.port(), trust());
    const Response response = call(client);
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(response.header("connection"), "");
    EXPECT_EQ(client.receive(), "");
    EXPECT_EQ(client.end(), end);
  }
}

TEST_F(EmulatorFaults, NotifiesWithTcpLeftOpen) {
  emulator_.script(Reply::asBox().thenClose(CloseManner::closeNotifyOnly));
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(client.end(), End::closeNotify);
  EXPECT_EQ(emulator_.counts().openConnections, 1U);
  client.shutdownSend();
  EXPECT_TRUE(emulator_.waitForOpenConnections(0, patience));
}

TEST(EmulatorFaultsPlain, HalfClosesAndReadsOn) {
  Emulator emulator(withoutTls());
  emulator.script(Reply::asBox().thenClose(CloseManner::halfClose));
  TestClient client(emulator.port(), ClientOptions());
  client.send(postUsers());
  EXPECT_EQ(client.read().status, 202);
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(client.end(), End::fin);
  EXPECT_TRUE(client.send(postUsers()));
  EXPECT_TRUE(client.send(postUsers()));
  EXPECT_EQ(emulator.counts().openConnections, 1U);
  client.shutdownSend();
  EXPECT_TRUE(emulator.waitForOpenConnections(0, patience));
  EXPECT_EQ(emulator.counts().requests, 1U);
}

TEST_F(EmulatorFaults, CutsTheBodyInThreeWays) {
  for (const auto& [manner, end] : threeWays()) {
    emulator_.script(Reply::asBox().cutBody(10, manner));
    TestClient client(emulator_.port(), trust());
    const Response cut = call(client);
    EXPECT_EQ(cut.status, 202);
    // A reset may discard bytes that were received before it.
    if (manner != CloseManner::reset) {
      EXPECT_EQ(cut.body, "{\"message\"");
    }
    EXPECT_EQ(cut.end, end);
  }
}

TEST_F(EmulatorFaults, CutsTheHeader) {
  emulator_.script(Reply::asBox().cutAfter(20, CloseManner::fin));
  TestClient client(emulator_.port(), trust());
  client.send(postUsers());
  const std::string bytes = client.readAll();
  EXPECT_EQ(bytes, "HTTP/1.1 202 Accepte");
  EXPECT_EQ(client.end(), End::fin);
}

TEST_F(EmulatorFaults, StallsInTheBodyUntilTheClientLeaves) {
  emulator_.script(Reply::asBox().stallBody(3));
  TestClient client(emulator_.port(), trust());
  client.send(postUsers());
  std::string bytes;
  while (bytes.find("\r\n\r\n{\"m") == std::string::npos) bytes += client.receive();
  EXPECT_EQ(emulator_.counts().openConnections, 1U);
  client.shutdownSend();
  EXPECT_TRUE(emulator_.waitForOpenConnections(0, patience));
}

TEST_F(EmulatorFaults, HangsUntilToldToClose) {
  emulator_.script(Reply::hang());
  TestClient client(emulator_.port(), trust());
  client.send(postUsers());
  ASSERT_TRUE(emulator_.waitForRequests(1, patience));
  emulator_.closeAllConnections();
  EXPECT_EQ(client.readAll(), "");
  EXPECT_EQ(client.end(), End::closeNotify);
}

TEST_F(EmulatorFaults, SendsInPieces) {
  emulator_.script(Reply::asBox().slowly(milliseconds(0), 1));
  TestClient client(emulator_.port(), trust());
  client.send(postUsers());
  // Each byte is a TLS record, and a read never gives more than one record.
  EXPECT_EQ(client.receive(), "H");
  EXPECT_EQ(client.receive(), "T");
  std::string rest;
  while (rest.find("job\"}") == std::string::npos) {
    const std::string piece = client.receive();
    ASSERT_EQ(piece.size(), 1U);
    rest += piece;
  }
}

TEST_F(EmulatorFaults, WaitsBeforeItAnswers) {
  emulator_.script(Reply::asBox().after(milliseconds(50)));
  TestClient client(emulator_.port(), trust());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(call(client).status, 202);
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(50));
}

TEST_F(EmulatorFaults, SendsUnsolicitedBytes) {
  const std::string timeout = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  emulator_.script(Reply::asBox().thenSend(timeout).thenClose());
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(client.readAll(), timeout);
  EXPECT_EQ(client.end(), End::closeNotify);
}

TEST_F(EmulatorFaults, AppendsASecondAnswerInTheSameWrite) {
  const std::string evil = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nEVIL!";
  emulator_.script(Reply::asBox().append(evil));
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(client.rest(), evil);
}

TEST_F(EmulatorFaults, AnswersBeforeTheBodyIsRead) {
  emulator_.script(Reply::status(413).beforeBody());
  TestClient client(emulator_.port(), trust());
  const std::string request = postUsers();
  client.send(request.substr(0, request.find("\r\n\r\n") + 4));
  const Response early = client.read();
  EXPECT_EQ(early.status, 413);
  EXPECT_EQ(early.header("connection"), "close");
  client.send(std::string(43, 'x'));
  EXPECT_EQ(client.readAll(), "");
  EXPECT_EQ(client.end(), End::closeNotify);
  EXPECT_EQ(emulator_.requests().at(0).bodySize, 0U);
}

TEST_F(EmulatorFaults, AnswersBeforeTheBodyIsReadByDefaultToo) {
  emulator_.setDefault(Reply::status(413).beforeBody());
  for (int i = 0; i < 2; ++i) {
    TestClient client(emulator_.port(), trust());
    const std::string request = postUsers();
    client.send(request.substr(0, request.find("\r\n\r\n") + 4));
    EXPECT_EQ(client.read().status, 413);
    EXPECT_EQ(client.readAll(), "");
  }
}

TEST_F(EmulatorFaults, SaysThatItCloses) {
  emulator_.script({Reply::asBox().connectionClose(), Reply::asBox().http10()});
  TestClient first(emulator_.port(), trust());
  EXPECT_EQ(call(first).header("connection"), "close");
  EXPECT_EQ(first.readAll(), "");
  TestClient second(emulator_.port(), trust());
  EXPECT_EQ(call(second).statusLine, "HTTP/1.0 202 Accepted");
  EXPECT_EQ(second.readAll(), "");
}

TEST_F(EmulatorFaults, ShapesTheAnswer) {
  emulator_.script({Reply::asBox().keepAliveTimeout(1).header("Set-Cookie", "a=b").header("Set-Cookie", "c=d"),
                    Reply::asBox().header("Content-Length", "-1").withoutHeader("box-request-id"),
                    Reply::status(202).body("<html>", "text/html"), Reply::status(202).noBody()});
  TestClient client(emulator_.port(), trust());
  const Response alive = call(client);
  EXPECT_EQ(alive.header("keep-alive"), "timeout=1");
  EXPECT_EQ(alive.header("set-cookie"), "c=d");
  client.send(postUsers());
  std::string bytes;
  while (bytes.find("job\"}") == std::string::npos) bytes += client.receive();
  EXPECT_NE(bytes.find("Content-Length: -1\r\n"), std::string::npos);
  EXPECT_EQ(bytes.find("Content-Length"), bytes.rfind("Content-Length"));
  EXPECT_EQ(bytes.find("box-request-id"), std::string::npos);
  const Response html = call(client);
  EXPECT_EQ(html.header("content-type"), "text/html");
  EXPECT_EQ(html.body, "<html>");
  const Response empty = call(client);
  EXPECT_EQ(empty.status, 202);
  EXPECT_EQ(empty.header("content-length"), "0");
  EXPECT_EQ(empty.headers.count("content-type"), 0U);
}

TEST_F(EmulatorFaults, FramesTheBodyOtherwise) {
  emulator_.script({Reply::asBox().chunked(7), Reply::asBox().untilClose(CloseManner::fin)});
  TestClient client(emulator_.port(), trust());
  const Response chunked = call(client);
  EXPECT_EQ(chunked.header("transfer-encoding"), "chunked");
  EXPECT_EQ(chunked.headers.count("content-length"), 0U);
  EXPECT_NE(chunked.body.find("job\"}"), std::string::npos);
  const Response untilClose = call(client);
  EXPECT_EQ(untilClose.headers.count("content-length"), 0U);
  EXPECT_EQ(untilClose.headers.count("connection"), 0U);
  EXPECT_EQ(untilClose.body, chunked.body);
  EXPECT_EQ(untilClose.end, End::fin);
}

TEST_F(EmulatorFaults, SendsRawBytesAndKeepsTheConnection) {
  const std::string raw = "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n";
  emulator_.script(Reply::raw(raw));
  TestClient client(emulator_.port(), trust());
  client.send(postUsers());
  EXPECT_EQ(client.receive(), raw);
  EXPECT_EQ(call(client).status, 202);
}

TEST_F(EmulatorFaults, SendsInterimAnswersFirst) {
  emulator_.script(Reply::asBox().interim(100).interim(103, 2));
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).status, 100);
  EXPECT_EQ(client.read().status, 103);
  EXPECT_EQ(client.read().status, 103);
  EXPECT_EQ(client.read().status, 202);
}

TEST_F(EmulatorFaults, NeverEndsUntilTheConnectionDoes) {
  const std::vector<std::pair<Endless, std::string>> kinds = {
      {Endless::interimResponses, "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102"},
      {Endless::headers, "X-Filler: xxx"},
      {Endless::chunkExtension, "1;x=xxx"},
      {Endless::chunks, "10\r\n      "},
      {Endless::trailers, "0\r\nX-Filler: xxx"}};
  for (const auto& [kind, sign] : kinds) {
    emulator_.script(Reply::endless(kind));
    TestClient client(emulator_.port(), trust());
    client.send(postUsers());
    std::string bytes;
    while (bytes.size() < 100000 && client.end() == End::open) bytes += client.receive();
    EXPECT_GE(bytes.size(), 100000U);
    EXPECT_NE(bytes.find(sign), std::string::npos) << sign;
  }
  EXPECT_TRUE(emulator_.waitForOpenConnections(0, patience));
}

TEST_F(EmulatorFaults, ClosesTheConnectionOfAClientThatReadsNothing) {
  emulator_.script({Reply::endless(Endless::chunks)});
  TestClient client(emulator_.port(), trust());
  client.send(postUsers());
  ASSERT_TRUE(emulator_.waitForRequests(1, patience));
  client.receive();
  emulator_.closeAllConnections(CloseManner::closeNotify);
  EXPECT_TRUE(emulator_.waitForOpenConnections(0, patience));
}

TEST_F(EmulatorFaults, CorruptsARecordInTheBody) {
  const std::string record(
      "\x17\x03\x03\x00\x20"
      "................................",
      37);
  emulator_.script(Reply::asBox().corruptAfter(5, record));
  TestClient client(emulator_.port(), trust());
  const Response damaged = call(client);
  EXPECT_EQ(damaged.status, 202);
  EXPECT_EQ(damaged.end, End::tlsError);
}

TEST_F(EmulatorFaults, InjectsPlainTextWhileIdle) {
  emulator_.script(Reply::asBox().thenSendBelowTls("HTTP/1.1 200 OK\r\n\r\n"));
  TestClient client(emulator_.port(), trust());
  EXPECT_EQ(call(client).status, 202);
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(client.end(), End::tlsError);
}

TEST_F(EmulatorFaults, RedirectsWhereTold) {
  emulator_.script(Reply::redirect(307, "https://other.example/"));
  TestClient client(emulator_.port(), trust());
  const Response response = call(client);
  EXPECT_EQ(response.status, 307);
  EXPECT_EQ(response.header("location"), "https://other.example/");
  EXPECT_TRUE(emulator_.accepted().empty());
}

TEST_F(EmulatorFaults, AnswersAScripted401AsBoxDoes) {
  emulator_.script(Reply::status(401));
  TestClient client(emulator_.port(), trust());
  const Response response = call(client);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.body, "");
  EXPECT_NE(response.header("www-authenticate").find("error=\"invalid_token\""), std::string::npos);
}

TEST(EmulatorReply, IsAValueThatChainedCallsDoNotChange) {
  const Reply plain = Reply::status(503);
  const Reply refined = plain.retryAfter("1").noBody();
  Emulator emulator;
  ClientOptions trust;
  trust.caPem = emulator.caPem();
  emulator.script({refined, plain});
  TestClient client(emulator.port(), trust);
  client.send(postUsers());
  EXPECT_EQ(client.read().header("retry-after"), "1");
  client.send(postUsers());
  const Response response = client.read();
  EXPECT_EQ(response.headers.count("retry-after"), 0U);
  EXPECT_NE(response.body, "");
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
