// After the client is destroyed, no token, client secret, refresh token or authorization code is left in the memory of
// its process.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "box/emulator/emulator.hpp"
#include "support/sanitizers.hpp"

namespace box::test {
namespace {

/// The secret in the form that box_memory_scan expects.
std::string disguised(std::string_view secret) {
  std::string hex;
  for (const char c : secret) {
    std::array<char, 3> digits{};
    std::snprintf(digits.data(), digits.size(), "%02x", static_cast<unsigned char>(c) ^ 0x5aU);
    hex += digits.data();
  }
  return hex;
}

/// This process has the secrets, including the emulator's; the calls and the search are in another process.
class Memory : public testing::Test {
 protected:
  Memory() {
    emulator::EmulatorOptions options;
    options.clientId = "app";
    options.clientSecret = secret_;
    options.accessTokens = {token_};
    options.refreshTokens = {refresh_};
    options.authorizationCodes = {code_};
    options.maxRequestsPerConnection = 3;
    box_.emplace(options);
    // An answer in pieces makes buffers grow, and copies of its beginning could remain.
    box_->scriptOAuth({emulator::Reply::asBox().chunked(16), emulator::Reply::asBox().chunked(16)});
    std::ofstream(caFile_) << box_->caPem();
  }
  ~Memory() override { std::remove(caFile_.c_str()); }

  /// The exit status of the scan. Its standard error becomes part of the test's output.
  int scan(const std::string& environment = "") {
    const std::string command = environment + " '" BOX_MEMORY_SCAN "' " + box_->baseUrl() + " " + caFile_ + " " +
                                disguised(token_) + " " + disguised(secret_) + " " + disguised(refresh_) + " " +
                                disguised(code_);
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  const std::string token_ = "developer-token-" + std::string(40, 't'),
                    secret_ = "client-secret-" + std::string(40, 's'),
                    refresh_ = "refresh-token-" + std::string(40, 'r'),
                    code_ = "authorization-code-" + std::string(40, 'c');
  const std::string caFile_ = testing::TempDir() + "box_memory_" + std::to_string(::getpid()) + ".pem";
  std::optional<emulator::Emulator> box_;
};

TEST_F(Memory, HoldsNoSecretAfterTheClientHasGone) {
  if (underAddressSanitizer || underThreadSanitizer)
    GTEST_SKIP() << "a sanitizer's memory is too large to look through";
  EXPECT_EQ(scan(), 0);
}

TEST_F(Memory, IsSearchedSoThatASecretIsFound) {
  if (underAddressSanitizer || underThreadSanitizer)
    GTEST_SKIP() << "a sanitizer's memory is too large to look through";
  EXPECT_EQ(scan("BOX_TEST_LEAVE_ONE=1"), 1);
}

}  // namespace
}  // namespace box::test
