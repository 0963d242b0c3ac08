// `box-sessions login`: the test acts as the browser, and as unwanted visitors.
#include "process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <list>
#include <string>
#include <utility>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/canaries.hpp"

namespace box::cli::test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using box::test::Canaries;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// A connection to the program's listener, as a browser opens it.
class Visitor {
 public:
  explicit Visitor(std::uint16_t port, const asio::ip::address& address = asio::ip::address_v4::loopback())
      : socket_(context_) {
    socket_.connect(tcp::endpoint(address, port));
    // A time limit, so that a wrong test fails and does not hang.
    const timeval patience{30, 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  /// Whether the program has not closed the connection.
  bool isOpen() {
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }

  /// Sends the request, and reads to the end of the answer.
  std::string ask(const std::string& request) {
    boost::system::error_code error;
    asio::write(socket_, asio::buffer(request), error);
    std::string answer;
    for (std::array<char, 1024> buffer{}; !error;) {
      const std::size_t count = socket_.read_some(asio::buffer(buffer), error);
      answer.append(buffer.data(), count);
    }
    return answer;
  }

 private:
  asio::io_context context_;
  tcp::socket socket_;
};

/// The text between two other texts.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t start = text.find(before);
  if (start == std::string::npos) return {};
  return text.substr(start + before.size(), text.find(after, start + before.size()) - start - before.size());
}

/// A sign-in in progress, which has shown its address.
class SignIn {
 public:
  explicit SignIn(Start start) : process_(std::move(start)) {
    shown_ = process_.waitForOutput("\n");
    address_ = process_.output().substr(0, process_.output().find('\n'));
  }

  bool shown() const { return shown_; }
  const std::string& address() const { return address_; }
  std::string state() const { return between(address_ + "&", "&state=", "&"); }
  std::uint16_t port() const { return static_cast<std::uint16_t>(std::stoi(between(address_, "127.0.0.1%3A", "%2F"))); }
  std::string get(const std::string& target) {
    return Visitor(port()).ask("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  }
  std::string query(const std::string& code) const { return "?code=" + code + "&state=" + state(); }
  Process& process() { return process_; }

 private:
  Process process_;
  bool shown_ = false;
  std::string address_;
};

class CliLogin : public testing::Test {
 protected:
  Start start(const Strings& options = {}) const {
    Start out;
    out.arguments = joined(
        joined({"login", "--oauth", tokens_, "--oauth2-url", emulator_.url() + "/api/oauth2", "--client-id", "the-app"},
               options),
        emulator_.here());
    out.environment = {"BOX_CLIENT_SECRET=" + secret_};
    return out;
  }

  void expectSignedIn(Process& process) {
    EXPECT_EQ(process.wait(), 0) << process.error();
    EXPECT_THAT(process.output(), HasSubstr(": the tokens are in " + tokens_));
    EXPECT_THAT(process.output(), HasSubstr("signed in as ")) << "who signed in is shown";
    EXPECT_EQ(Canaries::search(process.output() + process.error()), "");
    struct stat status {};
    ASSERT_EQ(::stat(tokens_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
  }

  void expectNoTokens() const { EXPECT_FALSE(std::filesystem::exists(tokens_)); }

  const Folder folder_;
  const std::string tokens_ = folder_.path("tokens");
  const std::string secret_ = Canaries::make("the client secret");
  EmulatorProcess emulator_{Strings{"--client-id", "the-app", "--client-secret-file", folder_.file("secret", secret_)}};
};

TEST_F(CliLogin, GoesOnWhileOthersComeAndIsSettledByTheRightAnswer) {
  SignIn signIn(start());
  ASSERT_TRUE(signIn.shown()) << signIn.process().error();
  EXPECT_THAT(signIn.address(),
              StartsWith(emulator_.url() + "/api/oauth2/authorize?response_type=code&client_id=the-app&"));
  EXPECT_EQ(signIn.state().size(), 32U);
  EXPECT_THAT(signIn.process().error(), HasSubstr("Open this address in a browser and approve the app:"));

  Visitor silent(signIn.port());  // browsers open such connections in advance
  const std::string stolen = Canaries::make("a code with another state");
  const std::string forged = signIn.get("/callback?code=" + stolen + "&state=" + std::string(32, 'a'));
  EXPECT_THAT(forged, AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("\r\nCache-Control: no-store\r\n"),
                            HasSubstr("\r\nContent-Security-Policy: default-src 'none'\r\n"),
                            HasSubstr("\r\nContent-Type: text/plain; charset=utf-8\r\n"),
                            HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"),
                            HasSubstr("\r\nReferrer-Policy: no-referrer\r\n"), HasSubstr("\r\nConnection: close\r\n")));
  EXPECT_EQ(Canaries::search(forged), "") << "the page repeats nothing of the request";
  EXPECT_TRUE(silent.isOpen()) << "a request does not wait for silent connections";
  EXPECT_THAT(signIn.get("/favicon.ico"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Visitor(signIn.port()).ask("POST /callback HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(Visitor(signIn.port()).ask("\x16\x03\x01\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Visitor(signIn.port()).ask("GET / HTTP/1.1\r\nA: " + std::string(9000, 'x')),
              StartsWith("HTTP/1.1 431 "));
  expectNoTokens();

  const std::string page = signIn.get("/callback" + signIn.query(Canaries::make("the code")));
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(Canaries::search(page), "");
  expectSignedIn(signIn.process());
}

TEST_F(CliLogin, HoldsBothAddressesOfLocalhost) {
  std::uint16_t port = 0;
  asio::io_context context;
  tcp::acceptor other(context);
  const tcp::endpoint there(asio::ip::address_v6::loopback(), 0);
  boost::system::error_code error;
  other.open(tcp::v6(), error);
  if (!error) other.bind(there, error);
  if (error) GTEST_SKIP() << "this machine has no address ::1";
  other.listen();
  port = other.local_endpoint().port();
  const std::string url = "http://localhost:" + std::to_string(port) + "/back";
  const Result taken = run(start({"--redirect-url", url}));
  EXPECT_EQ(taken.status, 3);
  EXPECT_THAT(taken.error, HasSubstr("cannot listen on ::1 port " + std::to_string(port)));
  EXPECT_THAT(taken.output, IsEmpty()) << "the browser is not sent to another program";

  other.close();
  SignIn signIn(start({"--redirect-url", url}));
  ASSERT_TRUE(signIn.shown()) << signIn.process().error();
  const std::string request = "GET /back" + signIn.query("c") + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  EXPECT_THAT(Visitor(port, asio::ip::address_v6::loopback()).ask(request), StartsWith("HTTP/1.1 200 "));
  expectSignedIn(signIn.process());
}

TEST_F(CliLogin, IsNeitherEndedNorDelayedByManyConnections) {
  SignIn signIn(start());
  ASSERT_TRUE(signIn.shown()) << signIn.process().error();
  for (int i = 0; i < 1500; ++i) Visitor(signIn.port()).isOpen();
  std::list<Visitor> silent;
  for (int i = 0; i < 200; ++i) silent.emplace_back(signIn.port());
  // If the listener waited for the silent connections, each group of them would take 5 s, and the visitor would give up
  // after 30 s.
  EXPECT_THAT(signIn.get("/callback" + signIn.query("c")), StartsWith("HTTP/1.1 200 "));
  expectSignedIn(signIn.process());
}

TEST_F(CliLogin, IsOverWhereThePersonRefuses) {
  SignIn signIn(start());
  ASSERT_TRUE(signIn.shown()) << signIn.process().error();
  const std::string page = signIn.get("/callback?error=access_denied&state=" + signIn.state());
  EXPECT_THAT(page, AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("You are not signed in.")));
  EXPECT_EQ(signIn.process().wait(), 1);
  EXPECT_THAT(signIn.process().error(), HasSubstr("access_denied"));
  expectNoTokens();
}

TEST_F(CliLogin, DoesNotWaitForEver) {
  SignIn signIn(start({"--wait", "200ms"}));
  EXPECT_EQ(signIn.process().wait(), 2);
  EXPECT_THAT(signIn.process().error(), HasSubstr("--wait"));
  expectNoTokens();
}

TEST_F(CliLogin, TellsTheRemedyForAWrongSecret) {
  Start wrong = start();
  wrong.environment = {"BOX_CLIENT_SECRET=" + Canaries::make("the wrong secret")};
  SignIn signIn(std::move(wrong));
  ASSERT_TRUE(signIn.shown()) << signIn.process().error();
  signIn.get("/callback" + signIn.query(Canaries::make("the code")));
  EXPECT_EQ(signIn.process().wait(), 1);
  EXPECT_THAT(signIn.process().error(), HasSubstr("check client id and client secret"));
  EXPECT_EQ(Canaries::search(signIn.process().output() + signIn.process().error()), "");
  expectNoTokens();
}

TEST_F(CliLogin, ListensWhereTheConsoleSaysSo) {
  std::string port;
  {
    SignIn first(start());
    ASSERT_TRUE(first.shown()) << first.process().error();
    port = std::to_string(first.port());
    const Result second = run(start({"--port", port}));
    EXPECT_EQ(second.status, 3);
    EXPECT_THAT(second.error, AllOf(HasSubstr("cannot listen on 127.0.0.1 port " + port), HasSubstr("--port")));
    EXPECT_THAT(second.output, IsEmpty());
  }
  SignIn again(start({"--redirect-url", "http://127.0.0.1:" + port + "/box/back"}));
  ASSERT_TRUE(again.shown()) << again.process().error();
  EXPECT_THAT(again.address(), HasSubstr("redirect_uri=http%3A%2F%2F127.0.0.1%3A" + port + "%2Fbox%2Fback"));
  EXPECT_THAT(again.get("/callback" + again.query("c")), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(again.get("/box/back" + again.query("c")), StartsWith("HTTP/1.1 200 "));
  expectSignedIn(again.process());
}

TEST_F(CliLogin, TakesTheSecretFromStandardInput) {
  Start piped = start({"--client-secret-file", "-"});
  piped.environment.clear();
  piped.input = secret_ + "\n";
  SignIn signIn(std::move(piped));
  ASSERT_TRUE(signIn.shown()) << signIn.process().error();
  signIn.get("/callback" + signIn.query("c"));
  expectSignedIn(signIn.process());
}

TEST_F(CliLogin, AsksForTheSecretAtATerminal) {
  Start asked = start();
  asked.environment.clear();
  asked.terminal = true;
  Process process(std::move(asked));
  ASSERT_TRUE(process.waitForError("Client secret (not shown): "));
  EXPECT_FALSE(process.echoes());
  process.type(secret_ + "\n");
  ASSERT_TRUE(process.waitForOutput("\n"));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait(), 130);
  EXPECT_EQ(Canaries::search(process.output() + process.error()), "");
}

TEST_F(CliLogin, TakesAPastedAddress) {
  Start pasted = start({"--paste", "--redirect-url", "https://app.example/back"});
  pasted.terminal = true;
  SignIn signIn(std::move(pasted));
  ASSERT_TRUE(signIn.shown()) << signIn.process().error();
  EXPECT_THAT(signIn.address(), HasSubstr("redirect_uri=https%3A%2F%2Fapp.example%2Fback"));
  ASSERT_TRUE(signIn.process().waitForError("Paste the address"));
  signIn.process().type("https://app.example/back?code=c&state=another\n");
  ASSERT_TRUE(signIn.process().waitForError("That is not the address of this sign-in"));
  signIn.process().type(" https://app.example/back" + signIn.query("c") + " \n");
  expectSignedIn(signIn.process());
}

TEST_F(CliLogin, EndsWhereNothingIsPasted) {
  const Result result = run(start({"--paste"}));  // standard input is empty
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.error, HasSubstr("no address of this sign-in"));
  expectNoTokens();
}

TEST_F(CliLogin, LetsNobodySignInForTokensThatCannotBeKept) {
  const std::string list = folder_.file("list.csv", "user_id\n1\n");
  for (const std::string& file : {list, folder_.path("nowhere/tokens")}) {
    Start out = start();
    out.arguments[2] = file;
    const Result result = run(std::move(out));
    EXPECT_EQ(result.status, 3) << result.error;
    EXPECT_THAT(result.error, testing::AnyOf(HasSubstr(file), HasSubstr(folder_.path("nowhere"))));
    EXPECT_THAT(result.output, IsEmpty()) << "no address is shown";
  }
  EXPECT_EQ(contentOf(list), "user_id\n1\n");
}

}  // namespace
}  // namespace box::cli::test
