#include "http/response_reader.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace box {
namespace {

using namespace std::chrono_literals;
using State = ResponseReader::State;

/// How the peer ends the connection after its bytes.
enum class End { open, orderly, cut };

/// All that a reader says about some bytes.
struct Outcome {
  State state = State::header;
  bool headerComplete = false, keepAlive = false, bodyIntact = false;
  int status = 0;
  std::string headers, body, leftover;
  error_code error{};
  std::optional<std::chrono::seconds> keepAliveTimeout{};

  bool operator==(const Outcome&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Outcome& o) {
  return out << "state " << static_cast<int>(o.state) << ", headerComplete " << o.headerComplete << ", keepAlive "
             << o.keepAlive << ", bodyIntact " << o.bodyIntact << ", status " << o.status << ", " << o.error.message()
             << ", headers {" << o.headers << "}, body {" << o.body.substr(0, 100) << "}, leftover {" << o.leftover
             << "}";
}

/// Gives the pieces to a reader as a connection does: bytes that it has not used are given again, followed by new ones.
Outcome read(const std::vector<std::string_view>& pieces, const ResponseLimits& limits, End end,
             ResponseReader::Expect expect = ResponseReader::Expect::response) {
  ResponseReader reader;
  reader.start(limits, expect);
  std::string buffer;
  for (const std::string_view piece : pieces) {
    buffer.append(piece);
    const std::size_t used = reader.feed(buffer);
    EXPECT_LE(used, buffer.size());
    buffer.erase(0, used);
  }
  if (end != End::open) reader.finish(end == End::orderly);

  Outcome outcome;
  outcome.state = reader.state();
  outcome.headerComplete = reader.headerComplete();
  outcome.keepAlive = reader.keepAlive();
  outcome.bodyIntact = reader.bodyIntact();
  outcome.error = reader.error();
  if (outcome.headerComplete) {
    outcome.status = reader.statusCode();
    outcome.keepAliveTimeout = reader.keepAliveTimeout();
    for (HeaderView h : reader.headers()) outcome.headers.append(h.name).append("=").append(h.value).append(";");
  }
  // For a failed response, neither the rest of the bytes nor the length of the body is compared.
  if (outcome.state == State::complete) {
    if (outcome.bodyIntact) outcome.body = reader.takeBody();
    outcome.leftover = buffer;
  }
  return outcome;
}

Outcome read(std::string_view bytes, End end = End::open, const ResponseLimits& limits = {}) {
  return read(std::vector<std::string_view>{bytes}, limits, end);
}

/// The result must not depend on how the network splits the bytes.
void expectSameForEverySplit(std::string_view bytes, const ResponseLimits& limits, End end) {
  const Outcome whole = read({bytes}, limits, end);
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
  EXPECT_EQ(read(single, limits, end), whole) << "byte by byte";
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    EXPECT_EQ(read({bytes.substr(0, i), bytes.substr(i)}, limits, end), whole) << "split at " << i;
    if (testing::Test::HasFailure()) return;
  }
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t next = std::min(bytes.find('\n', at), bytes.size() - 1) + 1;
    lines.push_back(bytes.substr(at, next - at));
    at = next;
  }
  EXPECT_EQ(read(lines, limits, end), whole) << "line by line";
}

const std::string accepted = "HTTP/1.1 202 Accepted\r\n";
const std::string message = R"({"message":"ok"})";

std::string withLength(std::string_view body, std::string_view more = "") {
  return accepted + std::string(more) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

std::string chunked(std::string_view chunks, std::string_view more = "") {
  return accepted + std::string(more) + "Transfer-Encoding: chunked\r\n\r\n" + std::string(chunks);
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out.append(text);
  return out;
}

struct Case {
  const char* name;
  std::string bytes;
  State state = State::complete;
  Errc error = Errc::protocolError;  // if the state is failed
  bool headerComplete = true;        // if the state is failed
  std::string body = "";
  bool keepAlive = true;  // if the state is complete
  End end = End::orderly;
  std::string leftover = "";
  int status = 202;
};

Case good(const char* name, std::string bytes, std::string body = message, bool keepAlive = true) {
  return {name, std::move(bytes), State::complete, Errc::protocolError, true, std::move(body), keepAlive};
}

/// Without an acceptable header nothing is known about the request's fate.
Case bad(const char* name, std::string bytes, Errc error = Errc::protocolError) {
  return {name, std::move(bytes), State::failed, error, false};
}

/// A complete header with 202 and a damaged body: the request is accepted.
Case brokenBody(const char* name, std::string bytes, Errc error = Errc::protocolError, End end = End::orderly) {
  return {name, std::move(bytes), State::failed, error, true, "", false, end};
}

std::vector<Case> cases() {
  const std::string blank = "\r\n";
  std::vector<Case> all = {
      good("length", withLength(message)),
      good("chunked", chunked("10\r\n" + message + "\r\n0\r\n\r\n")),
      good("chunked in pieces", chunked("1\r\n{\r\nF\r\n" + message.substr(1) + "\r\n0\r\n\r\n")),
      good("chunked, extensions and leading zeros", chunked("0010;a=b;c=\"d e\"\r\n" + message + "\r\n00;x\r\n\r\n")),
      good("chunked and empty", chunked("0\r\n\r\n"), ""),
      good("Chunked in another case", accepted + "transfer-encoding:  Chunked \r\n\r\n0\r\n\r\n", ""),
      good("no reason phrase, but its blank", "HTTP/1.1 202 \r\nContent-Length: 0\r\n\r\n", ""),
      good("E07 no reason and no blank", "HTTP/1.1 202\r\nContent-Length: 16\r\n\r\n" + message),
      good("E07 no reason and no blank, HTTP/1.0", "HTTP/1.0 202\r\nContent-Length: 16\r\n\r\n" + message, message,
           false),
      good("E07 no reason and no blank, no fields", "HTTP/1.1 202\r\n\r\n", "", false),
      good("E07 no reason and no blank, interim", "HTTP/1.1 100\r\n\r\n" + withLength(message)),
      good("E07 no reason and no blank, after an interim response that has both",
           "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202\r\nContent-Length: 16\r\n\r\n" + message),
      good("E30 Content-Encoding: UTF-8", withLength(message, "Content-Encoding: UTF-8\r\n")),
      good("E30 Content-Encoding: none", withLength(message, "Content-Encoding: none\r\n")),
      good("E30 Content-Encoding: nothing", withLength(message, "Content-Encoding:\r\n")),
      good("E30 Content-Encoding: identity, twice",
           withLength(message, "Content-Encoding: identity, \r\nContent-Encoding: None\r\n")),
      good("E05 no body", accepted + "Content-Length: 0\r\n\r\n", ""),
      good("E09 interim responses",
           "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + withLength(message)),
      good("E14 the same length twice", accepted + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", "{}"),
      good("E14 the same length as a list", accepted + "Content-Length: 2, 2\r\n\r\n{}", "{}"),
      good("E25 a folded value", withLength(message, "X-Fold: a\r\n  b\r\n")),
      good("Content-Encoding: identity", withLength(message, "Content-Encoding: Identity\r\n")),
      good("an empty value", withLength(message, "X-Empty:\r\nX-Blank:  \r\n")),
      good("bytes above 127 in a value", withLength(message, "X-Note: gr\xc3\xbc\xc3\x9f\r\n")),
      good("E03 until the end", accepted + "\r\n" + message, message, false),
      good("until the end, nothing there", accepted + "\r\n", "", false),
      good("D11 Connection: close", withLength(message, "Connection: close\r\n"), message, false),
      good("Connection: x, CLOSE", withLength(message, "Connection: x, CLOSE\r\n"), message, false),
      good("HTTP/1.0", "HTTP/1.0 202 Accepted\r\nContent-Length: 2\r\n\r\n{}", "{}", false),
      good("HTTP/1.0 kept alive", "HTTP/1.0 202 Accepted\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
           "{}"),
      good("HTTP/1.0 kept alive and closed",
           "HTTP/1.0 202 Accepted\r\nConnection: keep-alive\r\nContent-Length: 2\r\nConnection: x,\tClose ,\r\n\r\n{}",
           "{}", false),
      good("HTTP/1.0 kept alive and closer",
           "HTTP/1.0 202 Accepted\r\nConnection: keep-alive, closer\r\nContent-Length: 2\r\n\r\n{}", "{}"),

      bad("nothing but its end", "", Errc::connectionLost),
      bad("E02 a header cut short", accepted + "Content-Len", Errc::connectionLost),
      bad("cut within an interim response", "HTTP/1.1 100 Continue\r\n", Errc::connectionLost),
      bad("cut behind an interim response", "HTTP/1.1 100 Continue\r\n\r\n", Errc::connectionLost),
      bad("E06 HTTP/2.0", "HTTP/2.0 202 Accepted\r\nContent-Length: 0\r\n\r\n"),
      bad("E06 HTTP/1.2", "HTTP/1.2 202 Accepted\r\nContent-Length: 0\r\n\r\n"),
      bad("E06 HTTP/0.9", "HTTP/0.9 202 Accepted\r\nContent-Length: 0\r\n\r\n"),
      bad("E06 http in lower case", "http/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"),
      bad("E06 a garbage line", "garbage in the first line\r\nContent-Length: 0\r\n\r\n"),
      bad("a blank line first", "\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"),
      bad("E07 status 9999", "HTTP/1.1 9999 X\r\nContent-Length: 0\r\n\r\n"),
      bad("E07 status 20", "HTTP/1.1 20 X\r\nContent-Length: 0\r\n\r\n"),
      bad("E07 status 2x2", "HTTP/1.1 2x2 X\r\nContent-Length: 0\r\n\r\n"),
      bad("E07 a bare line feed", "HTTP/1.1 202 Accepted\nContent-Length: 0\r\n\r\n"),
      bad("E08 status 099", "HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n"),
      bad("E08 status 600", "HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n"),
      bad("E08 status 999", "HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n"),
      bad("E08 status 000", "HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n"),
      bad("a control character in the reason", "HTTP/1.1 202 A\x01\r\nContent-Length: 0\r\n\r\n"),
      bad("E24 NUL in a value", accepted + "X-A: a" + std::string(1, '\0') + "b\r\n\r\n"),
      bad("E24 NUL in a name", accepted + "X" + std::string(1, '\0') + "A: b\r\n\r\n"),
      bad("E24 a blank before the colon", accepted + "X-A : b\r\n\r\n"),
      bad("a name without a colon", accepted + "Content-Length\r\n\r\n"),
      bad("no name", accepted + ": b\r\n\r\n"),
      bad("a bare CR in a value", accepted + "X-A: a\rb\r\n\r\n"),
      bad("E07 status 20 and no blank", "HTTP/1.1 20\r\nContent-Length: 0\r\n\r\n"),
      bad("E07 status 2x2 and no blank", "HTTP/1.1 2x2\r\nContent-Length: 0\r\n\r\n"),
      bad("E07 status 2023 and no blank", "HTTP/1.1 2023\r\nContent-Length: 0\r\n\r\n"),
      bad("E13 a malformed line besides", accepted + "Content-Length: -1\r\nX-A : b\r\n\r\n"),
      bad("E13 cut behind it", accepted + "Content-Length: -1\r\nX-A: b\r\n", Errc::connectionLost),
      bad("E32 101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),

      // A wrong length or an unknown transfer coding concerns only the body: the header is complete.
      brokenBody("E13 length -1", accepted + "Content-Length: -1\r\n\r\n"),
      brokenBody("E13 length +2", accepted + "Content-Length: +2\r\n\r\n{}"),
      brokenBody("E13 length 2^64", accepted + "Content-Length: 18446744073709551616\r\n\r\n"),
      brokenBody("E13 length 0x2", accepted + "Content-Length: 0x2\r\n\r\n{}"),
      brokenBody("E13 no length at all", accepted + "Content-Length:\r\n\r\n"),
      brokenBody("E14 two lengths", accepted + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"),
      brokenBody("E14 two lengths in a list", accepted + "Content-Length: 2, 3\r\n\r\n{}x"),
      brokenBody("E15 length, then chunked",
                 accepted + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      brokenBody("E15 chunked, then length",
                 accepted + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
      brokenBody("E16 gzip, and a length", accepted + "Transfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
      brokenBody("E16 gzip, and a length beyond the limit",
                 accepted + "Transfer-Encoding: gzip\r\nContent-Length: 9000000\r\n\r\n{}"),
      brokenBody("E16 chunked, then gzip",
                 accepted + "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n"),
      brokenBody("E16 xchunked", accepted + "Transfer-Encoding: xchunked\r\n\r\n{}"),
      brokenBody("E16 chunked, identity", accepted + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
      brokenBody("E16 gzip, chunked", accepted + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
      brokenBody("E16 chunked twice",
                 accepted + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      brokenBody("E16 identity, then chunked",
                 accepted + "Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      brokenBody("E16 an empty coding", accepted + "Transfer-Encoding:\r\n\r\n{}"),
      brokenBody("E23 HTTP/1.0, chunked", "HTTP/1.0 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
      brokenBody("E16 gzip, in HTTP/1.0", "HTTP/1.0 202 Accepted\r\nTransfer-Encoding: gzip\r\n\r\n{}"),
      brokenBody("E13 length -1, folded", accepted + "X-A: b\r\nContent-Length: \r\n -1\r\nX-C: d\r\n\r\n{}"),
      brokenBody("E13 length -1, behind an interim response",
                 "HTTP/1.1 100 Continue\r\n\r\n" + accepted + "Content-Length: -1\r\n\r\n"),

      brokenBody("E01 cut, orderly", withLength(message).substr(0, withLength(message).size() - 1),
                 Errc::connectionLost),
      brokenBody("E01 cut", withLength(message).substr(0, withLength(message).size() - 1), Errc::connectionLost,
                 End::cut),
      brokenBody("E01 nothing of the body", accepted + "Content-Length: 5\r\n\r\n", Errc::connectionLost),
      brokenBody("E04 until a cut", accepted + "\r\n" + message, Errc::connectionLost, End::cut),
      brokenBody("chunked and cut", chunked("10\r\n" + message), Errc::connectionLost),
      brokenBody("chunked and cut in its last line", chunked("10\r\n" + message + "\r\n0\r\n"), Errc::connectionLost),
      brokenBody("E17 a length beyond the limit", accepted + "Content-Length: 9000000\r\n\r\nx",
                 Errc::responseTooLarge),
      brokenBody("E17 that length alone", accepted + "Content-Length: 9000000\r\n\r\n", Errc::responseTooLarge),
      brokenBody("E18 chunk ffffffffffffffff", chunked("ffffffffffffffff\r\nxxxxx"), Errc::responseTooLarge),
      brokenBody("E18 chunk beyond 64 bits", chunked("10000000000000000\r\nxxxxx")),
      brokenBody("E18 chunk -1", chunked("-1\r\nxxxxx")),
      brokenBody("E18 chunk ZZ", chunked("ZZ\r\nxxxxx")),
      brokenBody("E22 a length in the trailer", chunked("0\r\nContent-Length: 5\r\n\r\n")),
  };
  // E21: malformed chunk lines.
  for (const char* line :
       {"", " ", " 5", "0x5", "5 x", "5\t", "+5", "5.", ";a", "5;", "5;=", "5;a=", "5;a=\"", "g", "\x01"}) {
    Case c = brokenBody("E21 a malformed chunk line", chunked(std::string(line) + "\r\nhello\r\n0\r\n\r\n"));
    // Beast searches for the closing quote beyond the end of the line, as long as bytes arrive.
    if (std::string_view(line) == "5;a=\"") c.error = Errc::connectionLost;
    all.push_back(std::move(c));
  }
  all.push_back(brokenBody("E21 more than the chunk's size", chunked("4\r\nhello\r\n0\r\n\r\n")));
  all.push_back(brokenBody("E21 less than the chunk's size", chunked("6\r\nhello\r\n0\r\n\r\n")));
  all.push_back(brokenBody("E21 a bare line feed", chunked("5\nhello\r\n0\r\n\r\n")));
  all.push_back(brokenBody("E21 a bare CR", chunked("5\rx\r\nhello\r\n0\r\n\r\n")));
  all.push_back(brokenBody("E21 no line break behind a chunk", chunked("5\r\nhello0\r\n\r\n")));

  Case second = good("D10 a second response behind it", withLength(message) + "HTTP/1.1 200 OK\r\n\r\nEVIL!");
  second.leftover = "HTTP/1.1 200 OK\r\n\r\nEVIL!";
  all.push_back(second);
  Case behindChunks = good("bytes behind the last chunk", chunked("2\r\n{}\r\n0\r\n\r\nmore"), "{}");
  behindChunks.leftover = "more";
  all.push_back(behindChunks);
  Case none = good("E26 204 with bytes", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", "");
  none.status = 204;
  none.leftover = "hello";
  all.push_back(none);
  Case early = good("E29 413", "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
                    "{}", false);
  early.status = 413;
  all.push_back(early);
  for (const int status : {200, 301, 304, 400, 401, 429, 500, 599}) {
    Case c = good("a status is a status", "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 0\r\n\r\n", "");
    c.status = status;
    all.push_back(std::move(c));
  }
  return all;
}

TEST(ResponseReader, JudgesEveryKindOfFraming) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(testing::Message() << c.name << ": " << testing::PrintToString(c.bytes));
    const Outcome outcome = read(c.bytes, c.end);
    EXPECT_EQ(outcome.state, c.state);
    EXPECT_EQ(outcome.headerComplete, c.headerComplete);
    if (c.headerComplete) {
      EXPECT_EQ(outcome.status, c.status);
    }
    if (c.state == State::failed) {
      EXPECT_EQ(outcome.error, make_error_code(c.error));
      EXPECT_FALSE(outcome.keepAlive);
    } else {
      EXPECT_FALSE(outcome.error);
      EXPECT_EQ(outcome.body, c.body);
      EXPECT_EQ(outcome.keepAlive, c.keepAlive);
      EXPECT_EQ(outcome.leftover, c.leftover);
    }
  }
}

TEST(ResponseReader, JudgesAlikeHoweverTheBytesAreSplit) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(testing::Message() << c.name << ": " << testing::PrintToString(c.bytes));
    expectSameForEverySplit(c.bytes, ResponseLimits(), c.end);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(ResponseReader, RefusesWhatIsNoHttpAtOnce) {
  using namespace std::string_view_literals;
  for (const std::string_view bytes :
       {"SSH-2.0-OpenSSH_9.2p1\r\n"sv, "220 mail.example ESMTP\r\n"sv, "<html><body>hello</body></html>"sv,
        "\x15\x03\x01\x00\x02\x02\x16 alert"sv, "{\"message\":\"ok\"}"sv}) {
    const Outcome outcome = read(bytes);
    EXPECT_EQ(outcome.state, State::failed) << bytes;
    EXPECT_EQ(outcome.error, make_error_code(Errc::protocolError)) << bytes;
    EXPECT_FALSE(outcome.headerComplete) << bytes;
    expectSameForEverySplit(bytes, ResponseLimits(), End::open);
  }
}

TEST(ResponseReader, SaysInWordsWhatItRefusedItself) {
  struct {
    std::string bytes;
    const char* part;
  } const complaints[] = {
      {"HTTP/1.1 600 X\r\n\r\n", "status"},
      {"HTTP/1.1 101 X\r\n\r\n", "switches protocols"},
      {accepted + "Transfer-Encoding: gzip\r\n\r\n", "Transfer-Encoding"},
      {accepted + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding"},
      {"HTTP/1.0 202 X\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.0"},
      {accepted + "Content-Length: -1\r\n\r\n", "Content-Length"},
      {accepted + "X-A : b\r\n\r\n", "header is not valid"},
      {chunked("ZZ\r\nhello"), "body is not valid"},
      {accepted + "Content-Length: 9000000\r\n\r\n", "bodyBytes"},
      {accepted + "X-A: " + std::string(ResponseLimits().headerBytes - 10, 'a'), "headerBytes"},
      {chunked("2;" + std::string(20'000, 'a')), "one of its lines"},
  };
  for (const auto& c : complaints) {
    ResponseReader reader;
    const ResponseLimits limits;
    reader.start(limits);
    reader.feed(c.bytes);
    EXPECT_NE(std::string_view(reader.complaint()).find(c.part), std::string_view::npos) << reader.complaint();
  }
}

TEST(ResponseReader, GivesTheParsersErrorAsTheCause) {
  const ResponseLimits limits;
  for (const std::string& bytes : {accepted + "X-A : b\r\n\r\n", chunked("ZZ\r\nhello")}) {
    ResponseReader reader;
    reader.start(limits);
    reader.feed(bytes);
    EXPECT_TRUE(reader.cause()) << bytes;
  }
}

TEST(ResponseReader, HasEachFieldOfABrokenBodysHeaderOnce) {
  EXPECT_EQ(read(accepted + "X-A: b\r\nContent-Length: -1\r\nX-C: d\r\n\r\n").headers, "X-A=b;X-C=d;");
}

TEST(ResponseReader, DropsABodyInACodingThatNobodyAskedFor) {  // E30
  for (const char* coding : {"gzip", "br", "identity, gzip", "gzip\r\nContent-Encoding: identity", "utf-16"}) {
    const std::string bytes = withLength(message, "Content-Encoding: " + std::string(coding) + "\r\n");
    const Outcome outcome = read(bytes);
    EXPECT_EQ(outcome.state, State::complete) << coding;
    EXPECT_FALSE(outcome.bodyIntact) << coding;
    EXPECT_TRUE(outcome.keepAlive) << coding << ": its end is known";
    EXPECT_EQ(outcome.leftover, "") << coding;
    expectSameForEverySplit(bytes, ResponseLimits(), End::open);
  }
  EXPECT_TRUE(read(withLength(message)).bodyIntact);
  EXPECT_FALSE(read(accepted + "Content-Encoding: gzip\r\n\r\nx", End::orderly).bodyIntact) << "its only field";
}

TEST(ResponseReader, DropsNoBodyWhereThereIsNone) {
  const std::string coded = "Content-Encoding: gzip\r\n";
  EXPECT_TRUE(read("HTTP/1.1 204 No Content\r\n" + coded + "\r\n").bodyIntact);
  EXPECT_TRUE(read(withLength("", coded)).bodyIntact);
  EXPECT_TRUE(
      read({accepted + coded + "\r\n"}, ResponseLimits(), End::open, ResponseReader::Expect::header).bodyIntact);
}

TEST(ResponseReader, KnowsThatAnAnswerToHeadHasNoBody) {
  const struct {
    std::string fields, kept;
  } rows[] = {{"Content-Length: 5\r\n", "Content-Length=5;"},
              {"transfer-encoding:\tchunked \r\n", "transfer-encoding=chunked;"},
              {"Content-Length: 9000000\r\n", "Content-Length=9000000;"},
              {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length=5;Transfer-Encoding=chunked;"},
              {"Content-Length: -1\r\n", "Content-Length=-1;"},
              {"Content-Length: 5\x01\r\n", ""},
              {"Transfer-Encoding: gzip,\r\n chunked\r\n", ""},
              {"", ""}};
  for (const auto& [fields, kept] : rows) {
    for (const std::string line : {"HTTP/1.1 200 OK\r\n", "HTTP/1.1 200\r\n"}) {
      const std::string bytes = line + "X-A: b\r\n" + fields + "\r\n";
      const Outcome outcome = read({bytes}, ResponseLimits(), End::open, ResponseReader::Expect::header);
      EXPECT_EQ(outcome.state, State::complete) << bytes;
      EXPECT_TRUE(outcome.keepAlive) << bytes;
      EXPECT_TRUE(outcome.bodyIntact) << bytes;
      EXPECT_EQ(outcome.headers, kept + "X-A=b;") << bytes;
    }
  }
}

TEST(ResponseReader, KeepsNoMoreFieldsOfAnAnswerToHeadThanItMay) {
  ResponseLimits limits;
  limits.headerFields = 2;
  const std::string_view bytes =
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n";
  const Outcome outcome = read({bytes}, limits, End::open, ResponseReader::Expect::header);
  EXPECT_EQ(outcome.state, State::complete);
  EXPECT_EQ(outcome.headers, "Content-Length=5;Content-Length=5;");
}

TEST(ResponseReader, TakesNoFoldedLineForTheFirstField) {
  for (const auto expect : {ResponseReader::Expect::response, ResponseReader::Expect::header}) {
    for (const std::string fields : {" X-A: b\r\n", "\tX-A: b\r\nContent-Length: -1\r\n"}) {
      const Outcome outcome =
          read({std::string_view("HTTP/1.1 200 OK\r\n"), fields, "\r\n"}, ResponseLimits(), End::orderly, expect);
      EXPECT_EQ(outcome.state, State::failed) << fields;
      EXPECT_EQ(outcome.error, Errc::protocolError) << fields;
    }
  }
}

TEST(ResponseReader, GivesTheFinalHeadersAlone) {
  const Outcome outcome = read("HTTP/1.1 103 Early Hints\r\nLink: </early>\r\nRetry-After: 9\r\n\r\n" +
                               withLength("{}", "box-request-id: 0abc\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n"));
  EXPECT_EQ(outcome.headers, "box-request-id=0abc;Set-Cookie=a;Set-Cookie=b;Content-Length=2;");
}

TEST(ResponseReader, DropsTrailers) {
  // A trailer must not count as a header, such as the content type or the request id.
  const std::string bytes = chunked("2\r\n{}\r\n0\r\nContent-Type: text/html\r\nRetry-After: 9\r\n\r\n");
  const Outcome outcome = read(bytes);
  EXPECT_EQ(outcome.state, State::complete);
  EXPECT_EQ(outcome.headers, "Transfer-Encoding=chunked;");
  expectSameForEverySplit(bytes, ResponseLimits(), End::open);
}

ResponseLimits limited(std::size_t ResponseLimits::*which, std::size_t value) {
  ResponseLimits limits;
  limits.*which = value;
  return limits;
}

/// The reader accepts `bytes` with this limit, and refuses them with a limit that is smaller by one, however they are
/// split.
void expectLimit(std::string_view bytes, std::size_t ResponseLimits::*which, std::size_t value,
                 bool acceptedAllTheSame) {
  const Outcome within = read(bytes, End::open, limited(which, value));
  EXPECT_EQ(within.state, State::complete) << within;
  const Outcome beyond = read(bytes, End::open, limited(which, value - 1));
  EXPECT_EQ(beyond.state, State::failed) << beyond;
  EXPECT_EQ(beyond.error, make_error_code(Errc::responseTooLarge)) << beyond;
  EXPECT_EQ(beyond.headerComplete, acceptedAllTheSame) << beyond;
  expectSameForEverySplit(bytes, limited(which, value), End::open);
  expectSameForEverySplit(bytes, limited(which, value - 1), End::open);
}

TEST(ResponseReader, NamesTheLimitThatAResponseExceeds) {
  struct {
    std::size_t ResponseLimits::*limit;
    const char* name;
  } const limits[] = {{&ResponseLimits::headerFields, "headerFields"},
                      {&ResponseLimits::bodyBytes, "bodyBytes"},
                      {&ResponseLimits::wireBytes, "wireBytes"}};
  for (const auto& l : limits) {
    const ResponseLimits smallest = limited(l.limit, 1);
    ResponseReader reader;
    reader.start(smallest);
    reader.feed(accepted + "A: b\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_NE(std::string_view(reader.complaint()).find(l.name), std::string_view::npos) << reader.complaint();
  }
}

TEST(ResponseReader, LimitsTheHeadersBytes) {
  const std::string header =
      accepted + "X-A: " + std::string(100, 'a') + "\r\nX-B: b\r\nX-C: c\r\nContent-Length: 2\r\n\r\n";
  expectLimit(header + "{}", &ResponseLimits::headerBytes, header.size(), false);
}

TEST(ResponseReader, TakesHeadersUpToTheUsualLimit) {
  const std::size_t most = ResponseLimits().headerBytes;
  for (const std::string& field : {std::string(most - 200, 'a'), repeated("a\r\nX-A: ", (most - 200) / 8)}) {
    EXPECT_EQ(
        read(withLength("{}", "X-A: " + field + "\r\n"), End::open, limited(&ResponseLimits::headerFields, 5000)).state,
        State::complete);
  }
  EXPECT_EQ(read(withLength("{}", "X-A: " + std::string(most, 'a') + "\r\n")).error, Errc::responseTooLarge);
}

TEST(ResponseReader, LimitsTheHeadersBytesAlsoWhereTheLengthIsInvalid) {
  const std::string header = accepted + "X-A: " + std::string(100, 'a') + "\r\nContent-Length: -1\r\nX-B: b\r\n\r\n";
  const ResponseLimits limits = limited(&ResponseLimits::headerBytes, header.size() - 1);
  const Outcome beyond = read(header, End::open, limits);
  EXPECT_EQ(beyond.error, make_error_code(Errc::responseTooLarge)) << beyond;
  EXPECT_FALSE(beyond.headerComplete) << beyond;
  expectSameForEverySplit(header, limits, End::open);
}

TEST(ResponseReader, LimitsTheHeadersBytesAlsoWhereTheyAreBlanks) {
  const std::string header = accepted + "X-A: " + std::string(300, ' ') + "a\r\nContent-Length: 0\r\n\r\n";
  expectLimit(header, &ResponseLimits::headerBytes, header.size(), false);
}

TEST(ResponseReader, CountsInterimResponsesTowardsTheHeadersBytes) {
  const std::string header =
      "HTTP/1.1 103 X\r\nLink: </aaaaaaaaaaaaaaaaaaaaaaaaaaa>\r\n\r\n" + accepted + "Content-Length: 2\r\n\r\n";
  expectLimit(header + "{}", &ResponseLimits::headerBytes, header.size(), false);
}

TEST(ResponseReader, LimitsTheNumberOfFields) {
  expectLimit(accepted + repeated("A: b\r\n", 9) + "Content-Length: 0\r\n\r\n", &ResponseLimits::headerFields, 10,
              false);
}

TEST(ResponseReader, CountsTheFieldsOfEachResponseAlone) {
  const std::string fields = repeated("A: b\r\n", 3);
  EXPECT_EQ(read("HTTP/1.1 103 X\r\n" + fields + "\r\n" + accepted + fields + "Content-Length: 0\r\n\r\n", End::open,
                 limited(&ResponseLimits::headerFields, 4))
                .state,
            State::complete);
}

TEST(ResponseReader, KeepsNoMoreFieldsThanItMay) {
  const ResponseLimits limits = limited(&ResponseLimits::headerFields, 2);
  ResponseReader reader;
  reader.start(limits);
  reader.feed(accepted + repeated("A: b\r\n", 3) + "\r\n");
  EXPECT_EQ(reader.error(), make_error_code(Errc::responseTooLarge));
  EXPECT_EQ(reader.headers().size(), 2U);
}

TEST(ResponseReader, CountsTrailersTowardsTheNumberOfFields) {
  expectLimit(chunked("0\r\nA: b\r\nA: b\r\n\r\n"), &ResponseLimits::headerFields, 3, true);
}

TEST(ResponseReader, LimitsTheNumberOfInterimResponses) {
  expectLimit(repeated("HTTP/1.1 100 X\r\n\r\n", 3) + withLength("{}"), &ResponseLimits::interimResponses, 3, false);
}

TEST(ResponseReader, AllowsNoInterimResponseWhereTheLimitIsZero) {
  const Outcome outcome = read("HTTP/1.1 100 X\r\n\r\n", End::open, limited(&ResponseLimits::interimResponses, 0));
  EXPECT_EQ(outcome.error, make_error_code(Errc::responseTooLarge));
}

TEST(ResponseReader, LimitsTheBody) {
  expectLimit(withLength(message), &ResponseLimits::bodyBytes, message.size(), true);
  expectLimit(chunked("8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n"), &ResponseLimits::bodyBytes, 16, true);
}

TEST(ResponseReader, LimitsABodyWithoutALength) {
  const std::string bytes = accepted + "\r\n0123456789";
  EXPECT_EQ(read(bytes, End::orderly, limited(&ResponseLimits::bodyBytes, 10)).state, State::complete);
  const Outcome beyond = read(bytes, End::orderly, limited(&ResponseLimits::bodyBytes, 9));
  EXPECT_EQ(beyond.error, make_error_code(Errc::responseTooLarge));
  EXPECT_TRUE(beyond.headerComplete);
  expectSameForEverySplit(bytes, limited(&ResponseLimits::bodyBytes, 9), End::orderly);
}

TEST(ResponseReader, AStatusFrom200To599IsFinal) {
  for (int status = 200; status < 600; ++status) {
    if (status == 204 || status == 304) continue;  // without a body
    const std::string bytes = "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 2\r\n\r\n{}";
    const Outcome outcome = read(bytes, End::open, ResponseLimits());
    EXPECT_EQ(outcome.status, status);
    EXPECT_TRUE(outcome.headerComplete) << status;
    EXPECT_EQ(outcome.state, State::complete) << status;
  }
  for (const int status : {100, 102, 103, 199}) {
    const Outcome outcome = read("HTTP/1.1 " + std::to_string(status) + " X\r\n\r\n", End::open, ResponseLimits());
    EXPECT_FALSE(outcome.headerComplete) << status;
    EXPECT_EQ(outcome.state, State::header) << status;
  }
}

TEST(ResponseReader, NeedsMemoryForWhatArrivesNotForWhatIsAnnounced) {
  ResponseLimits none;
  none.bodyBytes = none.wireBytes = std::numeric_limits<decltype(none.bodyBytes)>::max();
  for (const char* const length : {"18446744073709551615", "9223372036854775807", "1099511627776"}) {
    const Outcome outcome = read(accepted + "Content-Length: " + length + "\r\n\r\nx", End::open, none);
    EXPECT_EQ(outcome.state, State::body) << length;
  }
}

TEST(ResponseReader, RefusesAChunkBeyondTheLimitBeforeItsBytesCome) {
  const std::string first = chunked("6\r\n123456\r\n");
  EXPECT_EQ(read(first + "4\r\n", End::open, limited(&ResponseLimits::bodyBytes, 10)).state, State::body);
  const Outcome beyond = read(first + "5\r\n", End::open, limited(&ResponseLimits::bodyBytes, 10));
  EXPECT_EQ(beyond.state, State::failed);
  EXPECT_EQ(beyond.error, Errc::responseTooLarge);
}

TEST(ResponseReader, AChunkMayBeLargerThanTheHeader) {
  ResponseLimits limits;
  limits.headerBytes = 200;
  const std::string body(3'000, 'x'), head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string bytes = head + repeated("1\r\n-\r\n", 100) + "bb8\r\n" + body + "\r\n5\r\nhello\r\n0\r\n\r\n";
  for (const std::size_t piece : {std::size_t(1), std::size_t(150), std::size_t(1'000), bytes.size()}) {
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      pieces.push_back(std::string_view(bytes).substr(at, piece));
    }
    const Outcome outcome = read(pieces, limits, End::open);
    EXPECT_TRUE(outcome.bodyIntact) << piece << ": " << outcome;
    EXPECT_EQ(outcome.body, std::string(100, '-') + body + "hello") << piece;
  }
}

TEST(ResponseReader, LimitsTheBytesOnTheWire) {
  const std::string plain = withLength(message);
  expectLimit(plain, &ResponseLimits::wireBytes, plain.size(), true);
  const std::string extended = chunked("1;aaaaaaaaaaaaaaaa=b\r\n{\r\n1;c=d\r\n}\r\n0\r\n\r\n");
  expectLimit(extended, &ResponseLimits::wireBytes, extended.size(), true);
}

TEST(ResponseReader, LimitsTheLinesOfChunks) {
  const std::string line = "2;" + std::string(200, 'a') + "\r\n";
  expectLimit(chunked(line + "{}\r\n0\r\n\r\n"), &ResponseLimits::headerBytes, line.size(), true);
  EXPECT_EQ(read(chunked("2;" + std::string(98, 'a')), End::open, limited(&ResponseLimits::headerBytes, 100)).state,
            State::body)
      << "a line that may end at once";
  const std::string trailers = "\r\n0\r\nX-A: " + std::string(200, 'a') + "\r\nX-B: b\r\n\r\n";
  expectLimit(chunked("2\r\n{}" + trailers), &ResponseLimits::headerBytes, trailers.size(), true);
}

/// Gives the same piece again and again until the reader refuses it.
std::size_t fedUntilRefused(std::string_view head, std::string_view piece, std::size_t most, const Errc expected) {
  ResponseReader reader;
  const ResponseLimits limits;
  reader.start(limits);
  std::string buffer(head);
  std::size_t fed = head.size();
  for (;;) {
    buffer.erase(0, reader.feed(buffer));
    if (reader.state() == State::failed || fed > most) break;
    buffer.append(piece);
    fed += piece.size();
  }
  EXPECT_EQ(reader.state(), State::failed) << piece.substr(0, 20);
  EXPECT_EQ(reader.error(), make_error_code(expected)) << piece.substr(0, 20);
  return fed;
}

TEST(ResponseReader, EndsEveryEndlessResponse) {
  constexpr std::size_t header = 16 * 1024, wire = 2 * 1024 * 1024, slack = 8 * 1024;
  const Errc tooLarge = Errc::responseTooLarge;
  EXPECT_LE(fedUntilRefused(accepted + "X-A: ", std::string(1000, 'a'), header + slack, tooLarge), header + slack);
  EXPECT_LE(fedUntilRefused(accepted, "X-A: b\r\n", header + slack, tooLarge), header + slack);
  EXPECT_LE(fedUntilRefused(accepted, "X-" + std::string(500, 'a') + ": b\r\n", header + slack, tooLarge),
            header + slack);
  EXPECT_LE(fedUntilRefused("HTTP/1.1 202 ", "Accepted ", header + slack, tooLarge), header + slack);
  EXPECT_LE(fedUntilRefused("", "HTTP/1.1 102 Processing\r\n\r\n", header + slack, tooLarge), header + slack);
  // E20: none of Beast's limits counts chunk extensions.
  EXPECT_LE(fedUntilRefused(chunked(""), "1;" + std::string(8000, 'a') + "\r\nx\r\n", wire + 2 * slack, tooLarge),
            wire + 2 * slack);
  EXPECT_LE(fedUntilRefused(chunked("1;"), std::string(1000, 'a'), header + slack, tooLarge), header + slack);
  EXPECT_LE(fedUntilRefused(chunked("0\r\n"), "A: b\r\n", header + slack, tooLarge), header + slack);
  EXPECT_LE(fedUntilRefused(accepted + "\r\n", std::string(4096, 'x'), wire, tooLarge), wire);
  EXPECT_LE(fedUntilRefused(chunked(""), "5\r\nhello\r\n", 2 * wire, tooLarge), wire + slack);
}

TEST(ResponseReader, ReadsALargeBodyInSmallPieces) {  // E31
  const std::string body(1024 * 1024, 'x');
  const ResponseLimits limits;
  for (const bool inChunks : {false, true}) {
    ResponseReader reader;
    reader.start(limits);
    std::string bytes;
    if (inChunks) {
      const std::string piece = "64\r\n" + body.substr(0, 100) + "\r\n";
      bytes = chunked(repeated(piece, 10'000) + "0\r\n\r\n");
    } else {
      bytes = withLength(body);
    }
    std::size_t at = 0;
    while (at < bytes.size() && reader.state() != State::failed) {
      // The caller gives unused bytes again, followed by new ones.
      const std::size_t used = reader.feed(std::string_view(bytes).substr(at, 113));
      at += used;
      ASSERT_NE(used, 0U);
    }
    EXPECT_EQ(reader.state(), State::complete) << inChunks;
    EXPECT_TRUE(reader.keepAlive());
    EXPECT_EQ(reader.takeBody().size(), inChunks ? 1'000'000U : body.size());
  }
}

TEST(ResponseReader, HasBegunWithTheFirstByte) {
  ResponseReader reader;
  const ResponseLimits limits;
  reader.start(limits);
  EXPECT_FALSE(reader.begun());
  EXPECT_EQ(reader.feed(""), 0U);
  EXPECT_FALSE(reader.begun()) << "an empty piece is not a byte";
  reader.feed("H");
  EXPECT_TRUE(reader.begun()) << "although no byte can be used yet";
  reader.start(limits);
  EXPECT_FALSE(reader.begun());
}

TEST(ResponseReader, SaysWhetherAnythingCameWhereTheConnectionEnds) {
  const ResponseLimits limits;
  for (const bool orderly : {false, true}) {
    ResponseReader silent;
    silent.start(limits);
    silent.finish(orderly);
    EXPECT_EQ(silent.error(), make_error_code(Errc::connectionLost));
    EXPECT_STREQ(silent.complaint(), "");
    EXPECT_FALSE(silent.begun());

    ResponseReader cut;
    cut.start(limits);
    cut.feed("HTTP/1.1 2");
    cut.finish(orderly);
    EXPECT_EQ(cut.error(), make_error_code(Errc::connectionLost));
    EXPECT_STREQ(cut.complaint(), "it was cut short");
  }
}

TEST(ResponseReader, KeepsItsVerdictWhateverComesAfterIt) {
  const ResponseLimits limits;
  ResponseReader reader;
  reader.start(limits);
  const std::string bytes = withLength(message);
  ASSERT_EQ(reader.feed(bytes), bytes.size());
  for (const bool orderly : {false, true}) {
    reader.finish(orderly);
    EXPECT_EQ(reader.state(), State::complete);
    EXPECT_TRUE(reader.keepAlive());
    EXPECT_EQ(reader.feed("more"), 0U);
    EXPECT_EQ(reader.state(), State::complete);
  }

  reader.start(limits);
  reader.feed("HTTP/1.1 999 X\r\n\r\n");
  ASSERT_EQ(reader.error(), make_error_code(Errc::protocolError));
  reader.finish(true);
  EXPECT_EQ(reader.feed(bytes), 0U);
  EXPECT_EQ(reader.error(), make_error_code(Errc::protocolError));
}

TEST(ResponseReader, StartsAnewWithNothingOfTheLastResponse) {
  const ResponseLimits limits;
  ResponseReader reader;
  for (const std::string& before : {withLength(message, "X-A: b\r\n"), chunked("5\r\nhel"), std::string("HTTP/1.1 10"),
                                    std::string("nonsense at once"), accepted + "\r\nbody",
                                    chunked("0\r\nA: b\r\n\r\n"), accepted + "Content-Length: -1\r\n\r\n"}) {
    reader.start(limits);
    reader.feed(before);
    reader.start(limits);
    EXPECT_EQ(reader.state(), State::header);
    EXPECT_EQ(reader.statusCode(), 0);
    EXPECT_FALSE(reader.headerComplete());
    EXPECT_FALSE(reader.keepAlive());
    EXPECT_FALSE(reader.error());
    EXPECT_FALSE(reader.cause());
    EXPECT_STREQ(reader.complaint(), "");
    EXPECT_TRUE(reader.headers().empty());
    const std::string bytes = withLength("{}");
    EXPECT_EQ(reader.feed(bytes), bytes.size()) << before;
    EXPECT_EQ(reader.state(), State::complete);
    EXPECT_EQ(reader.headers().size(), 1U);
    EXPECT_EQ(reader.takeBody(), "{}");
  }
}

TEST(ResponseReader, GivesEachResponseAllOfItsLimits) {
  const std::string bytes = "HTTP/1.1 100 X\r\n\r\n" + chunked("2\r\n{}\r\n0\r\nX-A: b\r\n\r\n");
  ResponseLimits limits;
  limits.wireBytes = bytes.size();
  limits.headerBytes = bytes.find("2\r\n{}");
  limits.interimResponses = 1;
  ResponseReader reader;
  for (int i = 0; i < 3; ++i) {
    reader.start(limits);
    reader.feed(bytes);
    EXPECT_EQ(reader.state(), State::complete) << reader.complaint();
  }
}

TEST(ResponseReader, ReadsTheKeepAliveHeader) {
  struct {
    const char* value;
    std::optional<std::chrono::seconds> timeout;
  } const values[] = {
      {"timeout=5", 5s},
      {"timeout=5, max=100", 5s},
      {"max=100, timeout=60", 60s},
      {"max=100,timeout=7", 7s},
      {"Timeout=5", 5s},
      {" timeout=5 ", 5s},
      {"timeout=0", 0s},
      {"timeout=4294967295", 4294967295s},
      {"timeout=4294967296", {}},
      {"timeout=-1", {}},
      {"timeout=+5", {}},
      {"timeout=5s", {}},
      {"timeout=1.5", {}},
      {"timeout=", {}},
      {"timeout", {}},
      {"timeouts=5", {}},
      {"timeout = 5", {}},
      {"timeout=\"5\"", {}},
      {"", {}},
      {",", {}},
      {",,timeout=5,", 5s},
      {"5", {}},
      {"timeout=x, timeout=5", 5s},
      {"max=timeout=5", {}},
      {"max=100\r\nkeep-alive: timeout=5", 5s},
      {"timeout=x\r\nKeep-Alive: timeout=5\r\nKeep-Alive: timeout=6", 5s},
  };
  for (const auto& v : values) {
    const Outcome outcome = read(withLength("", "Keep-Alive: " + std::string(v.value) + "\r\n"));
    EXPECT_EQ(outcome.state, State::complete) << v.value;
    EXPECT_EQ(outcome.keepAliveTimeout, v.timeout) << v.value;
  }
  EXPECT_EQ(read(withLength("")).keepAliveTimeout, std::nullopt);
  EXPECT_EQ(read("HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=5\r\n\r\n").keepAliveTimeout, 5s) << "its only field";
}

// ------------------------------------------------------------------------------------------------------------- tunnels

/// The result of a proxy's answer to CONNECT, given byte by byte or at once; leftover: the unused bytes.
struct Tunnel {
  State state;
  int status;
  Errc error;
  std::string leftover;
  bool operator==(const Tunnel&) const = default;
};

Tunnel tunnel(std::string_view bytes, bool atOnce) {
  const ResponseLimits limits;
  ResponseReader reader;
  reader.start(limits, ResponseReader::Expect::tunnel);
  std::string buffer;
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t n = atOnce ? bytes.size() : 1;
    buffer.append(bytes.substr(i, n));
    buffer.erase(0, reader.feed(buffer));
    i += n;
  }
  return {reader.state(), reader.statusCode(), static_cast<Errc>(reader.error().value()), buffer};
}

TEST(ResponseReaderTunnel, IsOpenBehindTheHeaderWhateverThatSaysOfABody) {
  for (const bool atOnce : {false, true}) {
    for (const std::string header :
         {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n",
          "Content-Encoding: gzip\r\n", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
          "A: b\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\nC: d\r\n", "Content-Length: -1\r\n",
          "Content-Length: 1\r\n , 2\r\n"}) {
      EXPECT_EQ(tunnel("HTTP/1.1 200 Connection established\r\n" + header + "\r\n", atOnce),
                (Tunnel{State::complete, 200, Errc{}, ""}))
          << header;
    }
    EXPECT_EQ(tunnel("HTTP/1.1 200\r\n\r\n", atOnce), (Tunnel{State::complete, 200, Errc{}, ""}));
    EXPECT_EQ(tunnel("HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n", atOnce).error, Errc::protocolError);
    EXPECT_EQ(tunnel("HTTP/1.0 200 OK\r\n\r\nsurplus", atOnce), (Tunnel{State::complete, 200, Errc{}, "surplus"}));
    EXPECT_EQ(tunnel("HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", atOnce),
              (Tunnel{State::complete, 200, Errc{}, ""}));
    EXPECT_EQ(tunnel("HTTP/1.1 407 No\r\nContent-Length: 3\r\n\r\n", atOnce),
              (Tunnel{State::complete, 407, Errc{}, ""}));
  }
}

TEST(ResponseReaderTunnel, IsBoundedAndMustBeHttp) {
  for (const bool atOnce : {false, true}) {
    EXPECT_EQ(tunnel("SSH-2.0-x\r\n", atOnce).error, Errc::protocolError);
    EXPECT_EQ(tunnel("HTTP/1.1 200 OK\r\nA: " + std::string(20'000, 'a'), atOnce).error, Errc::responseTooLarge);
    std::string fields;
    for (int i = 0; i < 101; ++i) fields += "A: b\r\n";
    EXPECT_EQ(tunnel("HTTP/1.1 200 OK\r\n" + fields + "\r\n", atOnce).error, Errc::responseTooLarge);
    std::string interim;
    for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
    EXPECT_EQ(tunnel(interim, atOnce).error, Errc::responseTooLarge);
    EXPECT_EQ(tunnel("HTTP/1.1 101 Switching\r\n\r\n", atOnce).error, Errc::protocolError);
  }
}

}  // namespace
}  // namespace box
