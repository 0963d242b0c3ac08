#include "transport/connect_answer.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace box {
namespace {

using testing::HasSubstr;
using testing::Not;

Failure failureOf(const std::string& bytes, bool authorized = false) {
  ConnectAnswer answer;
  answer.receive(bytes);
  EXPECT_TRUE(answer.ended()) << bytes;
  return answer.meaning(authorized).error();
}

Failure failureOf407(const std::string& fields, bool authorized = false) {
  return failureOf("HTTP/1.1 407 No\r\n" + fields + "Content-Length: 0\r\n\r\n", authorized);
}

TEST(ConnectAnswer, OpensTheTunnelWithAny2xx) {
  for (const char* line : {"200 OK", "204 X", "299 ", "200"}) {
    EXPECT_FALSE(failureOf("HTTP/1.1 " + std::string(line) + "\r\n\r\n")) << line;
  }
}

TEST(ConnectAnswer, MayComeInAnyPieces) {
  const std::string bytes = "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    ConnectAnswer answer;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      ASSERT_FALSE(answer.ended()) << piece;
      answer.receive(std::string_view(bytes).substr(at, piece));
    }
    EXPECT_TRUE(answer.ended()) << piece;
    EXPECT_TRUE(answer.meaning(false)) << piece;
  }
}

TEST(ConnectAnswer, EndsWhereItIsTooLong) {
  ConnectAnswer answer;
  const std::string line = "X: " + std::string(1000, 'a') + "\r\n";
  answer.receive("HTTP/1.1 200 OK\r\n");
  for (int i = 0; i < 1000 && !answer.ended(); ++i) answer.receive(line);
  ASSERT_TRUE(answer.ended());
  EXPECT_EQ(answer.meaning(false).error().code, Errc::proxyFailed);
}

TEST(ConnectAnswer, RefusesBytesAfterIt) {
  const Failure failure = failureOf("HTTP/1.1 200 OK\r\n\r\nE");
  EXPECT_EQ(failure.code, Errc::proxyFailed);
  EXPECT_THAT(failure.context, HasSubstr("after its answer"));
}

TEST(ConnectAnswer, TellsPassingRefusalsFromFinalOnes) {
  const auto codeOf = [](int status) { return failureOf("HTTP/1.1 " + std::to_string(status) + " X\r\n\r\n").code; };
  for (const int status : {502, 503, 504}) EXPECT_EQ(codeOf(status), Errc::proxyFailed) << status;
  for (const int status : {302, 400, 403, 404, 429, 500, 501, 505}) {
    EXPECT_EQ(codeOf(status), Errc::proxyRefused) << status;
  }
  EXPECT_EQ(codeOf(401), Errc::proxyAuthenticationFailed);
  EXPECT_EQ(failureOf("HTTP/1.1 502 X\r\n\r\n").context, "it answered 502 to CONNECT");
}

TEST(ConnectAnswer, SaysWhatIsWrongWithItInWords) {
  EXPECT_THAT(failureOf("HTTP/1.1 200 OK\r\nX : y\r\n\r\n").context, HasSubstr("not valid HTTP"));
  EXPECT_THAT(failureOf("SSH-2.0-x\r\n").context, HasSubstr("does not begin with HTTP"));
}

TEST(ConnectAnswer, FindsBasicAmongSeveralChallenges) {
  for (const char* value : {"Basic realm=\"p\"", "Negotiate, Basic realm=\"p\"", "Negotiate, BASIC", "basic",
                            "Digest realm=\"a, b\", nonce=\"x\\\", y\", Basic realm=\"p\"", "NTLM,,\tBasic\trealm=p"}) {
    const std::string field = "Proxy-Authenticate: " + std::string(value) + "\r\n";
    const Failure none = failureOf407(field);
    EXPECT_EQ(none.code, Errc::proxyAuthenticationRequired) << value;
    EXPECT_THAT(none.context, HasSubstr("it requires a user name and a password")) << value;
    const Failure other = failureOf407("Proxy-Authenticate: Negotiate\r\n" + field, true);
    EXPECT_EQ(other.code, Errc::proxyAuthenticationFailed) << value;
    EXPECT_THAT(other.context, HasSubstr("it did not accept this user name and password")) << value;
  }
}

TEST(ConnectAnswer, TakesNothingElseForBasic) {
  for (const char* value :
       {"Negotiate", "Basically realm=\"p\"", "Digest realm=\"x, Basic y\"", "Bearer basic=1", ""}) {
    const Failure failure = failureOf407("Proxy-Authenticate: " + std::string(value) + "\r\n");
    EXPECT_EQ(failure.code, Errc::proxyAuthenticationUnsupported) << value;
    EXPECT_THAT(failure.context, HasSubstr("does not offer Basic")) << value;
  }
  EXPECT_EQ(failureOf407("").code, Errc::proxyAuthenticationUnsupported);
  EXPECT_EQ(failureOf407("", true).code, Errc::proxyAuthenticationUnsupported);
  EXPECT_THAT(failureOf407("WWW-Authenticate: Basic\r\n").context, HasSubstr("does not offer Basic"));
}

}  // namespace
}  // namespace box
