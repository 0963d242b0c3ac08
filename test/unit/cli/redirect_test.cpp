#include "cli/redirect.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace box::cli {
namespace {

constexpr std::string_view state = "0123456789abcdef";

RequestHead::State stateOf(std::string_view bytes) { return RequestHead().feed(bytes); }

RedirectAnswer answerTo(std::string_view bytes) {
  RequestHead head;
  head.feed(bytes);
  return judgeRedirect(head, "/callback", state);
}

TEST(CliRequestHead, IsCompleteWithItsEmptyLineHoweverItIsCut) {
  const std::string request = "GET /callback?a=b HTTP/1.1\r\nHost: x\r\n\r\n";
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    RequestHead head;
    ASSERT_EQ(head.feed(std::string_view(request).substr(0, cut)), RequestHead::State::incomplete) << cut;
    ASSERT_EQ(head.feed(std::string_view(request).substr(cut)), RequestHead::State::complete) << cut;
    EXPECT_EQ(head.method(), "GET");
    EXPECT_EQ(head.target(), "/callback?a=b");
  }
  RequestHead head;
  EXPECT_TRUE(head.empty());
  for (const char byte : request) head.feed(std::string_view(&byte, 1));
  EXPECT_EQ(head.state(), RequestHead::State::complete);
  EXPECT_EQ(head.feed("GET /other HTTP/1.1\r\n\r\n"), RequestHead::State::complete) << "what follows is not looked at";
  EXPECT_EQ(head.target(), "/callback?a=b");
}

TEST(CliRequestHead, IsMalformedWhereItsFirstLineIs) {
  for (const std::string_view line :
       {"", " ", "GET", "GET /", " / HTTP/1.1", "GET  HTTP/1.1", "GET / HTTP/2", "GET / HTTP/1.1 ", "GET / x HTTP/1.1",
        "GET http://127.0.0.1/ HTTP/1.1", "GET * HTTP/1.1", "GET /\x01 HTTP/1.1", "GET /\xc3\xa4 HTTP/1.1",
        "\x16\x03\x01\x02"}) {
    EXPECT_EQ(stateOf(std::string(line) + "\r\n\r\n"), RequestHead::State::malformed) << line;
  }
  EXPECT_EQ(stateOf("GET / HTTP/1.0\r\n\r\n"), RequestHead::State::complete);
}

TEST(CliRequestHead, IsBounded) {
  const std::string line = "GET / HTTP/1.1\r\n";
  const std::string fits = line + "A: " + std::string(RequestHead::limit - line.size() - 7, 'x') + "\r\n\r\n";
  ASSERT_EQ(fits.size(), RequestHead::limit);
  EXPECT_EQ(stateOf(fits), RequestHead::State::complete);
  EXPECT_EQ(stateOf(line + std::string(RequestHead::limit, 'x')), RequestHead::State::tooLarge);
  EXPECT_EQ(stateOf(std::string(10 * RequestHead::limit, 'x')), RequestHead::State::tooLarge);
}

TEST(CliRedirect, BringsTheCode) {
  const RedirectAnswer answer = answerTo("GET /callback?code=c%2Bde&state=" + std::string(state) + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.settles());
  EXPECT_EQ(answer.code.reveal(), "c+de");
  EXPECT_EQ(answer.text.find("c+de"), std::string::npos);
}

TEST(CliRedirect, BringsARefusal) {
  const RedirectAnswer answer =
      answerTo("GET /callback?error=access_denied&state=" + std::string(state) + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  ASSERT_TRUE(answer.settles());
  ASSERT_TRUE(answer.failure);
  EXPECT_EQ(answer.failure->code(), Errc::tokenUnavailable);
  EXPECT_TRUE(answer.code.empty());
}

TEST(CliRedirect, IsNotSettledByStrangers) {
  const struct {
    std::string_view request;
    int status;
  } cases[] = {
      {"GET /callback?code=stolen&state=another HTTP/1.1\r\n\r\n", 400},
      {"GET /callback?code=stolen HTTP/1.1\r\n\r\n", 400},
      {"GET /callback?code=stolen&state= HTTP/1.1\r\n\r\n", 400},
      {"GET /callback?error=access_denied HTTP/1.1\r\n\r\n", 400},
      {"GET /callback HTTP/1.1\r\n\r\n", 400},
      {"GET /favicon.ico HTTP/1.1\r\n\r\n", 404},
      {"GET /callbacks?code=stolen&state=0123456789abcdef HTTP/1.1\r\n\r\n", 404},
      {"GET / HTTP/1.1\r\n\r\n", 404},
      {"POST /callback?code=stolen&state=0123456789abcdef HTTP/1.1\r\n\r\n", 405},
      {"HEAD /callback?code=stolen&state=0123456789abcdef HTTP/1.1\r\n\r\n", 405},
      {"GET /callback?code=stolen&state=0123456789abcdef HTTP/1.1\r\n", 400},  // cut off
      {"\x16\x03\x01\r\n", 400},
  };
  for (const auto& [request, status] : cases) {
    const RedirectAnswer answer = answerTo(request);
    EXPECT_EQ(answer.status, status) << request;
    EXPECT_FALSE(answer.settles()) << request;
    EXPECT_EQ(answer.text.find("stolen"), std::string::npos) << request;
  }
  EXPECT_EQ(answerTo(std::string(RequestHead::limit, 'x')).status, 431);
}

TEST(CliRedirect, IsAnsweredByAPageThatIsNotKept) {
  for (const int status : {200, 400, 404, 405, 431}) {
    const std::string page = httpPage(status, "Some text.");
    EXPECT_TRUE(page.starts_with("HTTP/1.1 " + std::to_string(status) + " "));
    for (const char* const field :
         {"\r\nCache-Control: no-store\r\n", "\r\nContent-Security-Policy: default-src 'none'\r\n",
          "\r\nContent-Type: text/plain; charset=utf-8\r\n", "\r\nX-Content-Type-Options: nosniff\r\n",
          "\r\nReferrer-Policy: no-referrer\r\n", "\r\nConnection: close\r\n", "\r\nContent-Length: 11\r\n"}) {
      EXPECT_NE(page.find(field), std::string::npos) << status << field;
    }
    EXPECT_TRUE(page.ends_with("\r\n\r\nSome text.\n"));
  }
}

}  // namespace
}  // namespace box::cli
