#include "box/auth/jwt.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include "auth/private_key.hpp"
#include "box/error.hpp"
#include "support/keys.hpp"
#include "box/support/private_file.hpp"
#include "support/posix.hpp"
#include "support/sanitizers.hpp"

namespace box {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace box::test;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A configuration file as Box's console makes it.
json::object consoleFile(
    const std::string& key = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n") {
  json::object appAuth;
  appAuth["publicKeyID"] = "kid12345";
  appAuth["privateKey"] = key;
  appAuth["passphrase"] = "the passphrase";
  json::object settings;
  settings["clientID"] = "the client id";
  settings["clientSecret"] = "the client secret";
  settings["appAuth"] = std::move(appAuth);
  json::object top;
  top["boxAppSettings"] = std::move(settings);
  top["enterpriseID"] = "123456";
  return top;
}

/// For a path such as "boxAppSettings.appAuth.privateKey": the object that has its last key, and that key.
std::pair<json::object*, std::string> find(json::object& top, std::string_view path) {
  json::object* at = &top;
  for (std::size_t dot = 0; (dot = path.find('.')) != std::string_view::npos; path.remove_prefix(dot + 1)) {
    at = &at->at(path.substr(0, dot)).as_object();
  }
  return {at, std::string(path)};
}

std::string with(std::string_view path, json::value value) {
  json::object top = consoleFile();
  const auto [object, key] = find(top, path);
  (*object)[key] = std::move(value);
  return json::serialize(top);
}

std::string without(std::string_view path) {
  json::object top = consoleFile();
  const auto [object, key] = find(top, path);
  object->erase(key);
  return json::serialize(top);
}

/// The text of the refusal, without values; empty: the file was accepted.
std::string refusal(std::string_view text) {
  try {
    JwtConfig::fromJson(text);
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.code(), Errc::invalidConfiguration);
    const std::string what = error.what();
    EXPECT_THAT(what, StartsWith("JwtConfig::fromJson: "));
    for (const char* value : {"the client", "the passphrase", "BEGIN", "123456", "kid12345"}) {
      EXPECT_THAT(what, Not(HasSubstr(value)));
    }
    return what;
  }
  return {};
}

TEST(JwtConfig, TakesTheFileOfBoxsConsole) {
  const KeyPair pair = rsaKey();
  const std::string key = pkcs8Pem(pair, "the passphrase");
  const JwtConfig config = JwtConfig::fromJson(json::serialize(consoleFile(key)));
  EXPECT_EQ(config.clientId, "the client id");
  EXPECT_EQ(config.clientSecret.reveal(), "the client secret");
  EXPECT_EQ(config.publicKeyId, "kid12345");
  EXPECT_EQ(config.privateKey.reveal(), key);
  EXPECT_EQ(config.privateKeyPassphrase.reveal(), "the passphrase");
  EXPECT_EQ(config.enterpriseId, "123456");
  EXPECT_EQ(config.userId, "");
  EXPECT_EQ(config.algorithm, JwtAlgorithm::RS256);
  EXPECT_EQ(config.tokenStorage, nullptr);
  EXPECT_EQ(config.refreshMargin, RefreshingAuthentication::defaultRefreshMargin);
  const PrivateKey usable = PrivateKey::fromPem(config.privateKey, config.privateKeyPassphrase);
  EXPECT_TRUE(verifies(pair, "SHA256", "data", usable.sign("data", JwtAlgorithm::RS256)));
}

TEST(JwtConfig, TakesAFileWrittenByHand) {
  const JwtConfig config = JwtConfig::fromJson(
      "\xef\xbb\xbf\r\n"
      R"( {
    "enterpriseID" : null, "userID": "42", "webhooks": {"a": [1, 2.5, true, null, {}]}, "more": "\u00e9",
    "boxAppSettings": {"clientID": "a\u0062c", "clientSecret": "\u0000\"\\\/", "extra": {"x": 1},
      "appAuth": {"publicKeyID": "k", "privateKey": "line\nline\n", "keyPassphrase": "no"}}
  } )"
      "\n\n");
  EXPECT_EQ(config.clientId, "abc");
  EXPECT_EQ(config.clientSecret.reveal(), std::string_view("\0\"\\/", 4));
  EXPECT_EQ(config.privateKey.reveal(), "line\nline\n");
  EXPECT_TRUE(config.privateKeyPassphrase.empty());
  EXPECT_EQ(config.enterpriseId, "");
  EXPECT_EQ(config.userId, "42");
}

TEST(JwtConfig, TakesWhateverSubjectsThereAre) {
  const JwtConfig both = JwtConfig::fromJson(with("userID", "42"));
  EXPECT_EQ(both.enterpriseId, "123456");
  EXPECT_EQ(both.userId, "42");
  EXPECT_EQ(refusal(with("userID", nullptr)), "");
  for (const std::string& text : {without("enterpriseID"), with("enterpriseID", nullptr), with("enterpriseID", "")}) {
    EXPECT_EQ(JwtConfig::fromJson(text).enterpriseId, "") << "the caller names the user";
  }
}

TEST(JwtConfig, NeedsOneSubjectToBeUsed) {
  const auto refusalOf = [](JwtConfig config) -> std::string {
    config.clientId = "id";
    config.clientSecret = Secret("hidden");
    try {
      BoxJwtAuth{config};
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration);
      return error.what();
    }
    return {};
  };
  EXPECT_THAT(refusalOf(JwtConfig::fromJson(without("enterpriseID"))), HasSubstr("both empty"));
  EXPECT_THAT(refusalOf(JwtConfig::fromJson(with("userID", "42"))), HasSubstr("both given"));
  JwtConfig user = JwtConfig::fromJson(without("enterpriseID"));
  user.userId = "42";
  EXPECT_THAT(refusalOf(user), testing::Not(HasSubstr("both"))) << "its key is no key";
}

TEST(JwtConfig, SaysWhereItIsNoJson) {
  EXPECT_THAT(refusal("{\n  \"boxAppSettings\": {\n    \"clientID\" \"secret\"\n  }\n}"),
              AllOf(HasSubstr("in line 3, at character 16"), testing::Not(HasSubstr("secret"))));
  EXPECT_THAT(refusal("x"), HasSubstr("in line 1, at character 1"));
}

TEST(JwtConfig, TakesAKeyWithoutAPassphrase) {
  for (const std::string& text :
       {without("boxAppSettings.appAuth.passphrase"), with("boxAppSettings.appAuth.passphrase", nullptr),
        with("boxAppSettings.appAuth.passphrase", "")}) {
    EXPECT_TRUE(JwtConfig::fromJson(text).privateKeyPassphrase.empty());
  }
}

TEST(JwtConfig, NamesTheKeyAtFault) {
  for (const char* path :
       {"boxAppSettings", "boxAppSettings.appAuth", "boxAppSettings.clientID", "boxAppSettings.clientSecret",
        "boxAppSettings.appAuth.publicKeyID", "boxAppSettings.appAuth.privateKey"}) {
    const std::string quoted = "\"" + std::string(path) + "\" ";
    EXPECT_THAT(refusal(without(path)), HasSubstr(quoted + "is missing"));
    EXPECT_THAT(refusal(with(path, nullptr)), HasSubstr(quoted + "is not a"));
    EXPECT_THAT(refusal(with(path, json::array{"the client secret"})), HasSubstr(quoted + "is not a"));
  }
  for (const char* path :
       {"boxAppSettings.clientID", "boxAppSettings.clientSecret", "boxAppSettings.appAuth.publicKeyID",
        "boxAppSettings.appAuth.privateKey", "boxAppSettings.appAuth.passphrase", "enterpriseID", "userID"}) {
    const std::string quoted = "\"" + std::string(path) + "\" ";
    EXPECT_THAT(refusal(with(path, true)), HasSubstr(quoted + "is not a string"));
    EXPECT_THAT(refusal(with(path, json::object())), HasSubstr(quoted + "is not a string"));
    for (const json::value& number :
         {json::value(123456), json::value(-1), json::value(1.5), json::value(UINT64_MAX)}) {
      EXPECT_THAT(refusal(with(path, number)), HasSubstr(quoted + "is a number; it must be a string, in quotes"));
    }
  }
  for (const char* path : {"boxAppSettings", "boxAppSettings.appAuth"}) {
    EXPECT_THAT(refusal(with(path, "the client secret")), HasSubstr("\"" + std::string(path) + "\" is not an object"));
  }
}

TEST(JwtConfig, SaysSoWhereTheConsoleHasMadeNoKeyYet) {
  for (const char* path : {"boxAppSettings.clientID", "boxAppSettings.clientSecret",
                           "boxAppSettings.appAuth.publicKeyID", "boxAppSettings.appAuth.privateKey"}) {
    EXPECT_THAT(refusal(with(path, "")), HasSubstr("\"" + std::string(path) + "\" is empty; generate a key pair"));
  }
}

TEST(JwtConfig, RefusesWhatIsNoSuchJson) {
  const std::string good = json::serialize(consoleFile());
  EXPECT_EQ(refusal(good), "");
  for (const char* text : {"", " \r\n\t", "\xef\xbb\xbf", "\xef\xbb\xbf \n"})
    EXPECT_THAT(refusal(text), HasSubstr("it is empty"));
  for (const std::string& text :
       {good.substr(0, good.size() - 1), good + "}", good + good, "the client secret" + good, std::string("{'a': 1}"),
        std::string("{\"the client secret\": \"\xff\"}"), std::string("{,}"), good + std::string(1, '\0'),
        std::string("-----BEGIN PRIVATE KEY-----\n")}) {
    EXPECT_THAT(refusal(text), AllOf(HasSubstr("it is not valid JSON"), HasSubstr("in line "))) << text;
  }
  for (const char* text : {"[]", "null", "1", "\"the client secret\""})
    EXPECT_THAT(refusal(text), HasSubstr("not an object")) << text;
  for (const std::string_view text : {std::string_view("\xff\xfe{\0}\0", 6), std::string_view("\xfe\xff\0{\0}", 6)}) {
    EXPECT_THAT(refusal(text), HasSubstr("it is UTF-16"));
  }
}

TEST(JwtConfig, LimitsTheDepth) {
  const auto nested = [](std::size_t levels) {  // the document itself is one of the levels
    std::string text = json::serialize(consoleFile());
    text.pop_back();
    return text + ",\"x\":" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
  };
  EXPECT_EQ(refusal(nested(16)), "");
  EXPECT_THAT(refusal(nested(17)), HasSubstr("it is nested more than 16 levels deep"));
  EXPECT_THAT(refusal(std::string(10'000'000, '[')), HasSubstr("levels deep"));
}

#ifndef _WIN32
/// Whether any writable memory of this process contains a text. The text is given masked, so that the search does not
/// find its own argument.
bool memoryHas(const std::string& masked, char mask) {
  std::ifstream maps("/proc/self/maps");
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  EXPECT_GE(memory, 0);
  bool found = false;
  static std::array<char, 1 << 16> piece;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    std::uintptr_t begin = 0, end = 0;
    char dash = 0;
    std::string access;
    fields >> std::hex >> begin >> dash >> end >> access;
    if (!access.starts_with("rw")) continue;
    for (std::uintptr_t at = begin; at < end;) {
      const ssize_t n =
          ::pread(memory, piece.data(), std::min<std::size_t>(piece.size(), end - at), static_cast<off_t>(at));
      if (n <= 0) break;
      const auto last = piece.begin() + n;
      const auto hit = std::search(piece.begin(), last, masked.begin(), masked.end(), [mask](char plain, char hidden) {
        return static_cast<char>(plain ^ mask) == hidden;
      });
      found = found || hit != last;
      if (static_cast<std::size_t>(n) <= masked.size()) break;
      at += static_cast<std::size_t>(n) - (at + static_cast<std::size_t>(n) == end ? 0 : masked.size());
    }
  }
  ::close(memory);
  OPENSSL_cleanse(piece.data(), piece.size());
  return found;
}

/// A text that is nowhere else in memory. Escapes in it make the parser use another path.
std::string maskedSecret(char mask) {
  std::string text = "Zq7";
  for (int i = 0; i < 30; ++i) text += static_cast<char>('a' + (i * 11 + 5) % 26);
  for (char& c : text) c = static_cast<char>(c ^ mask);
  return text;
}

TEST(JwtConfig, LeavesNoCopyOfASecretInMemory) {
  // AddressSanitizer keeps freed memory, and has terabytes of shadow memory to search.
  if (box::test::underAddressSanitizer) return;
  constexpr char mask = 0x55;
  const std::string secret = maskedSecret(mask);
  const auto unmasked = [&] {
    std::string text = secret;
    for (char& c : text) c = static_cast<char>(c ^ mask);
    return text;
  };
  for (const char* const escape : {"", "\\n", "\\u0041"}) {
    // The secret replaces the key's text, in the middle of other text.
    constexpr std::string_view before =
        R"({"enterpriseID":"1","boxAppSettings":{"clientID":"i","clientSecret":"s","appAuth":{"publicKeyID":"k","privateKey":"the allocator overwrites the beginning of freed memory)";
    std::string text(before.size() + 200, ' ');
    text.assign(before);
    text.append(escape);
    {
      std::string plain = unmasked();
      text.append(plain);
      OPENSSL_cleanse(plain.data(), plain.size());
    }
    text.append(escape).append("\"}}}");
    {
      const JwtConfig config = JwtConfig::fromJson(text);
      EXPECT_TRUE(memoryHas(secret, mask)) << "it is in the configuration: the search itself works";
    }
    OPENSSL_cleanse(text.data(), text.size());
    EXPECT_FALSE(memoryHas(secret, mask)) << "with '" << escape << "' around it";
  }
}
#endif

class JwtConfigFile : public testing::Test {
 protected:
  JwtConfigFile() {
    std::string pattern = (fs::temp_directory_path() / "box-jwt-config-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
    folder_ = pattern;
    path_ = (folder_ / "config.json").string();
  }
  ~JwtConfigFile() override { fs::remove_all(folder_); }

  void write(std::string_view content, mode_t mode = 0600) const {
#ifdef _WIN32
    replaceFile(path_, content, mode == 0600 ? Readers::owner : Readers::everybody);
#else
    std::ofstream(path_, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
    EXPECT_EQ(::chmod(path_.c_str(), mode), 0);
#endif
  }

  /// The text of the refusal; empty: the file was accepted.
  static std::string refusal(const std::string& path) {
    try {
      JwtConfig::fromFile(path);
    } catch (const BoxSdkError& error) {
      EXPECT_EQ(error.code(), Errc::invalidConfiguration);
      EXPECT_THAT(error.what(), HasSubstr("'" + path + "'"));
      return error.what();
    }
    return {};
  }

  fs::path folder_;
  std::string path_;
};

TEST_F(JwtConfigFile, IsReadAsItIs) {
  write(json::serialize(consoleFile()));
  EXPECT_EQ(JwtConfig::fromFile(path_).clientSecret.reveal(), "the client secret");
#ifndef _WIN32  // where links need a right that users do not have
  fs::create_symlink(path_, folder_ / "link");
  EXPECT_EQ(JwtConfig::fromFile((folder_ / "link").string()).clientId, "the client id")
      << "as secrets are mounted in containers";
#endif
}

TEST_F(JwtConfigFile, IsNamedBesideTheKeyAtFault) {
  write(without("boxAppSettings.appAuth.privateKey"));
  EXPECT_THAT(refusal(path_),
              StartsWith("JwtConfig::fromFile: '" + path_ + "': \"boxAppSettings.appAuth.privateKey\" is missing"));
}

TEST_F(JwtConfigFile, IsRefusedWhereOthersMayReadIt) {
  write(json::serialize(consoleFile()), 0644);
#ifdef _WIN32
  EXPECT_THAT(refusal(path_), HasSubstr("others than its owner may use it; let only its owner use it: icacls"));
#else
  EXPECT_THAT(refusal(path_), HasSubstr("run chmod 600"));
#endif
}

TEST_F(JwtConfigFile, HasAtMost64KiB) {
  std::string content = json::serialize(consoleFile());
  content.append(64 * 1024 - content.size(), ' ');
  write(content);
  EXPECT_EQ(refusal(path_), "");
  write(content + " ");
  EXPECT_THAT(refusal(path_), HasSubstr("larger than 65536 bytes"));
}

TEST_F(JwtConfigFile, TellsWhatTheSystemSays) {
  const std::string missing = path_ + ".not";
  EXPECT_THAT(refusal(missing),
              StartsWith("JwtConfig::fromFile: '" + missing + "': it cannot be opened: No such file or directory"));
  try {
    JwtConfig::fromFile(missing);
    FAIL();
  } catch (const BoxSdkError& error) {
    EXPECT_EQ(error.cause(), boost::system::errc::no_such_file_or_directory);
  }
#ifndef _WIN32  // which does not open a folder
  EXPECT_THAT(refusal(folder_.string()), HasSubstr("not a regular file"));
#endif
}

}  // namespace
}  // namespace box
