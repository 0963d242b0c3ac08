#include <box/emulator/emulator.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace box::inline v0_1::emulator::test {
namespace {

/// An independent client. The tests are skipped where it is not installed.
class EmulatorCurl : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v curl >/dev/null 2>&1") != 0) GTEST_SKIP() << "curl is not installed";
    caFile_ = ::testing::TempDir() + "box_emulator_curl_test_" + std::to_string(emulator_.port()) + ".pem";
    std::ofstream(caFile_) << emulator_.caPem();
  }

  void TearDown() override {
    if (!caFile_.empty()) std::remove(caFile_.c_str());
  }

  std::string run(const std::string& arguments) {
    const std::string command =
        "curl -q -sS --noproxy '*' --max-time 60 --http1.1 --cacert '" + caFile_ + "' " + arguments + " 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string output;
    std::array<char, 4096> block{};
    std::size_t got = 0;
    while (pipe != nullptr && (got = std::fread(block.data(), 1, block.size(), pipe)) > 0) {
      output.append(block.data(), got);
    }
    if (pipe != nullptr) ::pclose(pipe);
    return output;
  }

  [[nodiscard]] std::string users() const { return emulator_.baseUrl() + "/2.0/users/terminate_sessions"; }

  Emulator emulator_;
  std::string caFile_;
};

TEST_F(EmulatorCurl, TerminatesTwiceOverOneConnection) {
  const std::string call =
      "-H 'Authorization: Bearer t' -H 'Content-Type: application/json' "
      "-d '{\"user_ids\":[\"1\"],\"user_logins\":[]}' -w ' %{http_code}\\n' " +
      users();
  const std::string output = run(call + " --next --http1.1 --cacert '" + caFile_ + "' " + call);
  EXPECT_EQ(output,
            "{\"message\": \"Request is successful, please check the admin events for the status of the job\"} 202\n"
            "{\"message\": \"Request is successful, please check the admin events for the status of the job\"} 202\n");
  EXPECT_EQ(emulator_.accepted().size(), 2U);
  EXPECT_EQ(emulator_.counts().connectionsAccepted, 1U);
}

TEST_F(EmulatorCurl, SendsChunkedWithExpectation) {
  const std::string output =
      run("-H 'Authorization: Bearer t' -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' "
          "-H 'Expect: 100-continue' -d '{\"group_ids\":[\"1\"]}' -o /dev/null -w '%{http_code}' " +
          emulator_.baseUrl() + "/2.0/groups/terminate_sessions");
  EXPECT_EQ(output, "202");
}

TEST_F(EmulatorCurl, SeesTheEmpty401) {
  const std::string output = run("-X POST -D - " + users());
  EXPECT_NE(output.find("401 Unauthorized"), std::string::npos) << output;
  EXPECT_NE(output.find("WWW-Authenticate: Bearer realm=\"Service\""), std::string::npos) << output;
}

TEST_F(EmulatorCurl, GetsATokenAndRevokesIt) {
  const std::string token =
      run("-d grant_type=client_credentials -d client_id=a -d client_secret=b "
          "-d box_subject_type=user -d box_subject_id=1 " +
          emulator_.baseUrl() + "/oauth2/token");
  EXPECT_NE(token.find("\"token_type\":\"bearer\""), std::string::npos) << token;
  const std::string revoked =
      run("-d client_id=a -d client_secret=b -d token=x -w '%{http_code}' " + emulator_.baseUrl() + "/oauth2/revoke");
  EXPECT_EQ(revoked, "200");
}

TEST_F(EmulatorCurl, AnswersHead) {
  const std::string output = run("-I " + users());
  EXPECT_NE(output.find("405 Method Not Allowed"), std::string::npos) << output;
}

}  // namespace
}  // namespace box::inline v0_1::emulator::test
