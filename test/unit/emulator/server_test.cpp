#include "test_client.hpp"

#include <box/emulator/emulator.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <vector>

namespace box::inline v0_1::emulator::test {
namespace {

constexpr const char* acceptedBody =
    R"({"message": "Request is successful, please check the admin events for the status of the job"})";

EmulatorOptions plain() {
  EmulatorOptions options;
  options.tls = false;
  return options;
}

TEST(EmulatorServer, AnswersATerminationOverTlsAsBoxDoes) {
  Emulator emulator;
  TestClient client(emulator.port(), trusting(emulator));
  ASSERT_TRUE(client.ready());
  ASSERT_TRUE(client.send(postUsers()));
  const Response response = client.read();
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, acceptedBody);
  EXPECT_EQ(response.header("content-type"), "application/json");
  EXPECT_FALSE(response.header("box-request-id").empty());
  EXPECT_FALSE(response.header("date").empty());

  const std::vector<AcceptedTermination> accepted = emulator.accepted();
  ASSERT_EQ(accepted.size(), 1U);
  EXPECT_EQ(accepted[0].kind, TerminationKind::users);
  EXPECT_EQ(accepted[0].userIds, std::vector<std::string>{"11"});
  EXPECT_EQ(accepted[0].userLogins, std::vector<std::string>{"a@b.c"});
  EXPECT_EQ(accepted[0].boxRequestId, response.header("box-request-id"));
  EXPECT_EQ(accepted[0].sequence, 1U);
  EXPECT_EQ(accepted[0].connection, 1U);
}

TEST(EmulatorServer, AnswersGroupsAndRecordsAsUser) {
  Emulator emulator(plain());
  TestClient client(emulator.port(), ClientOptions());
  client.send(post("/2.0/groups/terminate_sessions", R"({"group_ids":["7","8"]})", "As-User: 42\r\n"));
  EXPECT_EQ(client.read().status, 202);
  const std::vector<AcceptedTermination> accepted = emulator.accepted();
  ASSERT_EQ(accepted.size(), 1U);
  EXPECT_EQ(accepted[0].kind, TerminationKind::groups);
  EXPECT_EQ(accepted[0].groupIds, (std::vector<std::string>{"7", "8"}));
  EXPECT_EQ(accepted[0].asUser, "42");
}

TEST(EmulatorServer, ServesManyRequestsOnOneConnection) {
  Emulator emulator;
  TestClient client(emulator.port(), trusting(emulator));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(client.send(postUsers()));
    ASSERT_EQ(client.read().status, 202);
  }
  EXPECT_EQ(emulator.counts().connectionsAccepted, 1U);
  EXPECT_EQ(emulator.counts().handshakesCompleted, 1U);
  EXPECT_EQ(emulator.counts().requests, 20U);
  EXPECT_EQ(emulator.requests().back().requestOnConnection, 20U);
}

TEST(EmulatorServer, AnswersPipelinedRequestsInOrder) {
  Emulator emulator(plain());
  TestClient client(emulator.port(), ClientOptions());
  std::string three;
  for (const char* id : {"1", "2", "3"}) {
    three += post("/2.0/groups/terminate_sessions", std::string(R"({"group_ids":[")") + id + "\"]}");
  }
  client.send(three);
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(client.read().header("box-request-id"));
  const std::vector<AcceptedTermination> accepted = emulator.accepted();
  ASSERT_EQ(accepted.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(accepted[i].groupIds.at(0), std::to_string(i + 1));
    EXPECT_EQ(accepted[i].boxRequestId, ids[i]);
  }
}

TEST(EmulatorServer, TakesARequestByteByByte) {
  Emulator emulator(plain());
  TestClient client(emulator.port(), ClientOptions());
  for (const char c : postUsers()) ASSERT_TRUE(client.send(std::string(1, c)));
  EXPECT_EQ(client.read().status, 202);
}

TEST(EmulatorServer, TakesChunkedBodies) {
  Emulator emulator(plain());
  const std::string head =
      "POST /2.0/groups/terminate_sessions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n"
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  TestClient client(emulator.port(), ClientOptions());
  client.send(head + "5\r\n{\"gro\r\n10\r\nup_ids\":[\"123\"]}\r\n0\r\n\r\n");
  EXPECT_EQ(client.read().status, 202);
  ASSERT_EQ(emulator.accepted().size(), 1U);
  EXPECT_EQ(emulator.accepted()[0].groupIds, std::vector<std::string>{"123"});
  client.send(head + "zz\r\n{}\r\n0\r\n\r\n");
  const Response malformed = client.read();
  EXPECT_EQ(malformed.status, 400);
  EXPECT_EQ(malformed.header("connection"), "close");
}

TEST(EmulatorServer, SaysContinueWhenAskedTo) {
  Emulator emulator(plain());
  TestClient client(emulator.port(), ClientOptions());
  const std::string request = postUsers("Expect: 100-continue\r\n");
  const std::size_t body = request.find("\r\n\r\n") + 4;
  client.send(request.substr(0, body));
  EXPECT_EQ(client.read().status, 100);
  client.send(request.substr(body));
  EXPECT_EQ(client.read().status, 202);
}

TEST(EmulatorServer, RefusesOtherExpectations) {
  Emulator emulator(plain());
  TestClient client(emulator.port(), ClientOptions());
  client.send(postUsers("Expect: wonders\r\n"));
  EXPECT_EQ(client.read().status, 417);
}

TEST(EmulatorServer, ClosesWhenTheClientAsksTo) {
  Emulator emulator;
  TestClient client(emulator.port(), trusting(emulator));
  client.send(postUsers("Connection: close\r\n"));
  const Response response = client.read();
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_EQ(client.readAll(), "");
  EXPECT_EQ(client.end(), End::closeNotify);
}

TEST(EmulatorServer, ServesHttp10) {
  Emulator emulator(plain());
  const std::string tail = "Authorization: Bearer t\r\nContent-Type: application/json\r\nContent-Length: 19\r\n";
  TestClient client(emulator.port(), ClientOptions());
  client.send("POST /2.0/groups/terminate_sessions HTTP/1.0\r\n" + tail + "\r\n{\"group_ids\":[\"1\"]}");
  EXPECT_EQ(client.read().status, 202);
  EXPECT_EQ(client.readAll(), "");
  EXPECT_EQ(client.end(), End::fin);

  TestClient keeping(emulator.port(), ClientOptions());
  for (int i = 0; i < 2; ++i) {
    keeping.send("POST /2.0/groups/terminate_sessions HTTP/1.0\r\nConnection: keep-alive\r\n" + tail +
                 "\r\n{\"group_ids\":[\"1\"]}");
    const Response response = keeping.read();
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(response.header("connection"), "keep-alive");
  }
}

TEST(EmulatorServer, AnswersHeadAndOptionsWithoutABody) {
  Emulator emulator(plain());
  TestClient client(emulator.port(), ClientOptions());
  client.send("HEAD /2.0/users/terminate_sessions HTTP/1.1\r\nHost: x\r\n\r\n");
  const Response head = client.read(true);
  EXPECT_EQ(head.status, 405);
  EXPECT_NE(head.header("content-length"), "0");
  client.send("OPTIONS /2.0/users/terminate_sessions HTTP/1.1\r\nHost: x\r\n\r\n");
  const Response options = client.read();
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("allow"), "POST, OPTIONS");
  EXPECT_EQ(client.rest(), "");
}

TEST(EmulatorServer, AnswersUnknownPathsAndMethodsOnAKeptConnection) {
  Emulator emulator(plain());
  TestClient client(emulator.port(), ClientOptions());
  client.send("GET /2.0/files HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read().status, 404);
  client.send("GET /2.0/users/terminate_sessions HTTP/1.1\r\nHost: x\r\n\r\n");
  const Response response = client.read();
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.header("allow"), "POST, OPTIONS");
  EXPECT_EQ(emulator.counts().connectionsAccepted, 1U);
}

TEST(EmulatorServer, RefusesWhatIsNoHttp) {
  Emulator emulator(plain());
  TestClient client(emulator.port(), ClientOptions());
  client.send("BOX ME\r\n\r\n");
  const Response response = client.read();
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.header("connection"), "close");
  EXPECT_FALSE(response.header("box-request-id").empty());
}

TEST(EmulatorServer, BoundsHeaderAndBody) {
  EmulatorOptions options = plain();
  options.maxBodySize = 100;
  options.maxHeaderSize = 1000;
  Emulator emulator(options);
  TestClient large(emulator.port(), ClientOptions());
  large.send(post("/2.0/users/terminate_sessions", std::string(101, 'x')));
  const Response tooLarge = large.read();
  EXPECT_EQ(tooLarge.status, 413);
  EXPECT_EQ(tooLarge.header("connection"), "close");
  TestClient wide(emulator.port(), ClientOptions());
  wide.send(postUsers("X-Filler: " + std::string(1000, 'x') + "\r\n"));
  EXPECT_EQ(wide.read().status, 431);
  TestClient chunked(emulator.port(), ClientOptions());
  chunked.send("POST /2.0/users/terminate_sessions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" +
               std::string(128, 'x') + "\r\n0\r\n\r\n");
  EXPECT_EQ(chunked.read().status, 413);
}

TEST(EmulatorServer, EndsAConnectionAfterItsLastRequest) {
  EmulatorOptions options = plain();
  options.maxRequestsPerConnection = 2;
  Emulator emulator(options);
  TestClient client(emulator.port(), ClientOptions());
  client.send(postUsers());
  EXPECT_EQ(client.read().header("connection"), "");
  client.send(postUsers());
  EXPECT_EQ(client.read().header("connection"), "close");
  EXPECT_EQ(client.readAll(), "");
}

TEST(EmulatorServer, ClosesIdleConnections) {
  EmulatorOptions options;
  options.idleClose = std::chrono::milliseconds(300);
  Emulator emulator(options);
  TestClient client(emulator.port(), trusting(emulator));
  client.send(postUsers());
  EXPECT_EQ(client.read().status, 202);
  EXPECT_EQ(client.readAll(), "");
  EXPECT_EQ(client.end(), End::closeNotify);
  EXPECT_TRUE(emulator.waitForOpenConnections(0, patience));
}

TEST(EmulatorServer, ClosesConnectionsThatEndNeitherHandshakeNorRequest) {
  EmulatorOptions options;
  options.idleClose = std::chrono::milliseconds(300);
  Emulator emulator(options);
  ClientOptions silent;
  TestClient withoutHandshake(emulator.port(), silent);
  TestClient withoutRequest(emulator.port(), trusting(emulator)), withoutBody(emulator.port(), trusting(emulator));
  withoutRequest.send("POST /2.0/users/terminate_sessions HTTP/1.1\r\nHost: a\r\n");
  withoutBody.send("POST /2.0/users/terminate_sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
  EXPECT_EQ(withoutHandshake.readAll(), "");
  EXPECT_EQ(withoutRequest.readAll(), "");
  EXPECT_EQ(withoutBody.readAll(), "");
}

TEST(EmulatorServer, IsCalledByTheAddressThatItListensOn) {
  Emulator v4;
  EXPECT_EQ(v4.baseUrl(), "https://localhost:" + std::to_string(v4.port()));
  EmulatorOptions options;
  options.address = "::1";
  std::optional<Emulator> v6;
  try {
    v6.emplace(options);
  } catch (const std::system_error& error) {
    GTEST_SKIP() << "no IPv6 on loopback: " << error.what();
  }
  EXPECT_EQ(v6->baseUrl(), "https://[::1]:" + std::to_string(v6->port()));
}

TEST(EmulatorServer, RecordsRequestsWithoutTheirCredentials) {
  Emulator emulator(plain());
  TestClient client(emulator.port(), ClientOptions());
  client.send(postUsers("Proxy-Authorization: Basic c2VjcmV0\r\nCookie: z=canary\r\nX-Kept: yes\r\n", "canary-token"));
  EXPECT_EQ(client.read().status, 202);
  const std::vector<RequestRecord> records = emulator.requests();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].method, "POST");
  EXPECT_EQ(records[0].target, "/2.0/users/terminate_sessions");
  EXPECT_EQ(records[0].status, 202);
  EXPECT_EQ(records[0].bodySize, 43U);
  EXPECT_EQ(records[0].header("x-kept"), "yes");
  EXPECT_EQ(records[0].header("authorization"), "Bearer sha256:" + emulator.accepted().at(0).tokenDigest);
  for (const Header& header : records[0].headers) {
    EXPECT_EQ(header.second.find("canary"), std::string::npos) << header.first;
    EXPECT_EQ(header.second.find("c2VjcmV0"), std::string::npos) << header.first;
  }
}

TEST(EmulatorServer, TellsOfEachAcceptedTerminationAndRequest) {
  std::mutex mutex;
  std::vector<std::uint64_t> sequences;
  std::vector<int> statuses;
  EmulatorOptions options = plain();
  options.onAccepted = [&](const AcceptedTermination& termination) {
    const std::lock_guard lock(mutex);
    sequences.push_back(termination.sequence);
  };
  options.onRequest = [&](const RequestRecord& record) {
    const std::lock_guard lock(mutex);
    statuses.push_back(record.status);
  };
  Emulator emulator(options);
  TestClient client(emulator.port(), ClientOptions());
  for (int i = 0; i < 2; ++i) {
    client.send(postUsers());
    EXPECT_EQ(client.read().status, 202);
  }
  client.send(post("/2.0/users/terminate_sessions", "{}"));
  EXPECT_EQ(client.read().status, 400);
  const std::lock_guard lock(mutex);
  EXPECT_EQ(sequences, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(statuses, (std::vector<int>{202, 202, 400}));
}

TEST(EmulatorServer, CountsEveryConcurrentTerminationOnce) {
  EmulatorOptions options;
  options.threads = 2;
  Emulator emulator(options);
  const ClientOptions trust = trusting(emulator);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      TestClient client(emulator.port(), trust);
      for (int i = 0; i < 25; ++i) {
        if (client.send(postUsers()) && client.read().status == 202) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 100);
  std::set<std::uint64_t> sequences;
  for (const AcceptedTermination& termination : emulator.accepted()) sequences.insert(termination.sequence);
  EXPECT_EQ(sequences.size(), 100U);
  EXPECT_EQ(*sequences.rbegin(), 100U);
  EXPECT_EQ(emulator.counts().connectionsAccepted, 4U);
  EXPECT_TRUE(emulator.waitForOpenConnections(0, patience));
}

TEST(EmulatorServer, RestartsOnTheSamePortAndRemembers) {
  Emulator emulator;
  const std::uint16_t port = emulator.port();
  const ClientOptions trust = trusting(emulator);
  TestClient before(port, trust);
  before.send(postUsers());
  EXPECT_EQ(before.read().status, 202);
  emulator.stop();
  EXPECT_FALSE(emulator.running());
  EXPECT_EQ(emulator.counts().openConnections, 0U);
  EXPECT_EQ(before.readAll(), "");
  EXPECT_EQ(before.end(), End::fin);
  EXPECT_FALSE(TestClient(port, trust).connected());
  emulator.start();
  EXPECT_EQ(emulator.port(), port);
  TestClient after(port, trust);
  after.send(postUsers());
  EXPECT_EQ(after.read().status, 202);
  EXPECT_EQ(emulator.accepted().size(), 2U);
  EXPECT_EQ(emulator.accepted().back().connection, 2U);
}

TEST(EmulatorServer, StopsWithConnectionsInEveryState) {
  Emulator emulator;
  const ClientOptions trust = trusting(emulator);
  emulator.script({Reply::hang(), Reply::asBox().after(std::chrono::hours(1)), Reply::endless(Endless::headers),
                   Reply::asBox().stallBody(1)});
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<TestClient>(emulator.port(), trust));
    if (i < 4) {
      clients.back()->send(postUsers());
      ASSERT_TRUE(emulator.waitForRequests(static_cast<std::uint64_t>(i) + 1, patience));
    }
  }
  emulator.scriptConnection(ConnectionPlan::silence());
  TestClient silent(emulator.port(), ClientOptions());
  ASSERT_TRUE(emulator.waitForConnections(6, patience));
  EXPECT_EQ(emulator.counts().openConnections, 6U);
  emulator.stop();
  EXPECT_EQ(emulator.counts().openConnections, 0U);
}

TEST(EmulatorServer, ClosesAllConnectionsInTheMannerAskedFor) {
  Emulator emulator;
  const ClientOptions trust = trusting(emulator);
  const std::vector<std::pair<CloseManner, End>> manners = {
      {CloseManner::closeNotify, End::closeNotify}, {CloseManner::fin, End::fin}, {CloseManner::reset, End::reset}};
  for (const auto& [manner, end] : manners) {
    TestClient client(emulator.port(), trust);
    client.send(postUsers());
    EXPECT_EQ(client.read().status, 202);
    emulator.closeAllConnections(manner);
    EXPECT_EQ(client.readAll(), "");
    EXPECT_EQ(client.end(), end);
    EXPECT_TRUE(emulator.waitForOpenConnections(0, patience));
  }
}

TEST(EmulatorServer, SaysWhenItCannotListen) {
  Emulator emulator(plain());
  EmulatorOptions same = plain();
  same.port = emulator.port();
  EXPECT_THROW(Emulator second(same), std::system_error);
  EmulatorOptions named = plain();
  named.address = "localhost";
  EXPECT_THROW(Emulator third(named), std::runtime_error);
}

TEST(EmulatorServer, GivesOutTokensAndEndsThem) {
  EmulatorOptions options = plain();
  options.clientId = "id";
  options.clientSecret = "secret";
  Emulator emulator(options);
  TestClient client(emulator.port(), ClientOptions());
  client.send(postUsers("", "anything"));
  const Response refused = client.read();
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.body, "");
  client.send(postForm("/oauth2/token",
                       "grant_type=client_credentials&client_id=id&client_secret=secret&"
                       "box_subject_type=enterprise&box_subject_id=5"));
  const Response granted = client.read();
  ASSERT_EQ(granted.status, 200);
  const std::string key = "\"access_token\":\"";
  const std::size_t start = granted.body.find(key) + key.size();
  const std::string token = granted.body.substr(start, granted.body.find('"', start) - start);
  client.send(postUsers("", token));
  EXPECT_EQ(client.read().status, 202);
  emulator.expireToken(token);
  client.send(postUsers("", token));
  EXPECT_EQ(client.read().status, 401);
  EXPECT_EQ(emulator.counts().tokenRequests, 1U);
  EXPECT_EQ(emulator.counts().requests, 4U);
}

TEST(EmulatorServer, TakesEffectBeforeItsLatency) {
  EmulatorOptions options = plain();
  options.latency = std::chrono::hours(1);
  Emulator emulator(options);
  TestClient client(emulator.port(), ClientOptions());
  client.send(postUsers());
  EXPECT_TRUE(emulator.waitForAccepted(1, patience));
}

TEST(EmulatorServer, NoticesAClientThatLeavesWhileItWaits) {
  for (const bool tls : {false, true}) {
    EmulatorOptions options;
    options.tls = tls;
    Emulator emulator(options);
    emulator.script({Reply::asBox().after(std::chrono::hours(1))});
    {
      TestClient client(emulator.port(), trusting(emulator));
      client.send(postUsers());
      ASSERT_TRUE(emulator.waitForRequests(1, patience));
      EXPECT_EQ(emulator.counts().openConnections, 1U);
    }
    EXPECT_TRUE(emulator.waitForOpenConnections(0, patience));
  }
}

TEST(EmulatorServer, TakesTheNextRequestThatComesDuringAWait) {
  for (const bool tls : {false, true}) {
    EmulatorOptions options;
    options.tls = tls;
    Emulator emulator(options);
    emulator.script({Reply::asBox().after(std::chrono::milliseconds(100))});
    TestClient client(emulator.port(), trusting(emulator));
    client.send(postUsers());
    ASSERT_TRUE(emulator.waitForRequests(1, patience));
    client.send(postUsers());
    EXPECT_EQ(client.read().status, 202);
    EXPECT_EQ(client.read().status, 202);
  }
}

TEST(EmulatorServer, KeepsNoMoreRecordsThanTold) {
  EmulatorOptions options = plain();
  options.maxRecords = 2;
  Emulator emulator(options);
  TestClient client(emulator.port(), ClientOptions());
  for (int i = 0; i < 3; ++i) {
    client.send(postUsers());
    EXPECT_EQ(client.read().status, 202);
  }
  EXPECT_EQ(emulator.requests().size(), 2U);
  EXPECT_EQ(emulator.requests().front().requestOnConnection, 2U);
  EXPECT_EQ(emulator.accepted().size(), 2U);
  EXPECT_EQ(emulator.accepted().front().sequence, 2U);
  EXPECT_EQ(emulator.counts().requests, 3U);
  EXPECT_TRUE(emulator.waitForAccepted(3, patience));
}

TEST(EmulatorServer, ForgetsOnClear) {
  Emulator emulator(plain());
  TestClient client(emulator.port(), ClientOptions());
  client.send(postUsers());
  EXPECT_EQ(client.read().status, 202);
  emulator.setDefault(Reply::status(500));
  emulator.script(Reply::hang());
  emulator.clear();
  EXPECT_TRUE(emulator.accepted().empty());
  EXPECT_TRUE(emulator.requests().empty());
  EXPECT_EQ(emulator.counts().requests, 0U);
  EXPECT_EQ(emulator.pendingSteps(), 0U);
  client.send(postUsers());
  EXPECT_EQ(client.read().status, 202);
  EXPECT_EQ(emulator.accepted().at(0).sequence, 2U);
}

TEST(EmulatorServer, NamesItsBaseUrl) {
  Emulator secure;
  EXPECT_EQ(secure.baseUrl(), "https://localhost:" + std::to_string(secure.port()));
  EmulatorOptions other = plain();
  other.address = "127.0.0.2";
  Emulator elsewhere(other);
  EXPECT_EQ(elsewhere.baseUrl(), "http://127.0.0.2:" + std::to_string(elsewhere.port()));
  EXPECT_EQ(elsewhere.caPem(), "");
  EXPECT_EQ(elsewhere.oauth2Url(), elsewhere.baseUrl() + "/api/oauth2");
}

TEST(EmulatorServer, ListsWhoIsInTheDirectoryNow) {
  EmulatorOptions options;
  options.tls = false;
  options.directory.users = {{"1", "Ada", "ada@example.com"}};
  Emulator emulator(options);
  TestClient client(emulator.port(), ClientOptions());
  const std::string list = "GET /2.0/users?fields=id HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n\r\n";
  client.send(list);
  EXPECT_NE(client.read().body.find("ada@example.com"), std::string::npos);
  EmulatorDirectory later;
  later.users = {{"2", "Bea", "bea@example.com"}};
  emulator.setDirectory(later);
  client.send(list);
  const Response changed = client.read();
  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body.find("ada@example.com"), std::string::npos);
  EXPECT_NE(changed.body.find("bea@example.com"), std::string::npos);
}

TEST(EmulatorServer, TellsOfEventsByItsOwnClock) {
  EmulatorOptions options;
  options.tls = false;
  options.events.streamingLag = std::chrono::hours(1);
  Emulator emulator(options);
  TestClient client(emulator.port(), ClientOptions());
  const std::string poll =
      "GET /2.0/events?stream_type=admin_logs_streaming HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n\r\n";
  EmulatorEvent event;
  event.type = "LOGIN";
  event.userId = "7";
  emulator.addEvent(event);
  client.send(poll);
  EXPECT_NE(client.read().body.find("\"entries\":[]"), std::string::npos);
  emulator.setClockOffset(std::chrono::hours(1));
  client.send(poll);
  EXPECT_NE(client.read().body.find("\"event_type\":\"LOGIN\""), std::string::npos);
  options.events.forbidden = true;
  emulator.setEventSettings(options.events);
  client.send(poll);
  EXPECT_EQ(client.read().status, 403);
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
