#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include "box/auth/jwt.hpp"
#include "box/error.hpp"
#include "box/support/private_file.hpp"
#include "support/operation_error.hpp"
#include "support/text_encoding.hpp"
#include "support/wipe.hpp"
#include "system/owned_file.hpp"

namespace box::inline v0_1 {
namespace {

namespace json = boost::json;

constexpr std::size_t largestFile = 64 * 1024;
constexpr std::size_t deepest = 16;

/// Wipes the stack below this frame, because the parser unescapes strings in a buffer there. It is compiled without the
/// address sanitizer, which could place the array elsewhere.
[[gnu::noinline, gnu::no_sanitize_address]] void wipeStack() noexcept {
  unsigned char below[4 * BOOST_JSON_STACK_BUFFER_SIZE];
  wipe(below, sizeof below);
}

/// The content of the file; errors have the operation.
Secret contentOf(const std::string& path, std::string_view operation) {
  try {
    return readPrivateFile(path, largestFile, Links::follow);
  } catch (const BoxSdkError& error) {
    ErrorDetails details = error.details();
    details.operation = operation;
    throw BoxSdkError(error.code(), std::move(details));
  }
}

/// Reads a document. Its errors have the operation, and name the document by `source` if that is not empty, and the
/// place of the error in it.
class ConfigParser {
 public:
  explicit ConfigParser(std::string_view operation, std::string source = {})
      : operation_(operation), source_(std::move(source)) {}

  [[noreturn]] void refuse(std::string_view reason) const {
    throw operationError(Errc::invalidConfiguration, operation_,
                         (source_.empty() ? "" : source_ + ": ") + std::string(reason));
  }

  JwtConfig read(std::string_view text) const {
    WipingResource memory;
    const json::value document = parse(text, memory);
    if (!document.is_object()) refuse("it is JSON, but not an object as Box's console makes it");
    const json::object& top = document.get_object();
    const json::object& settings = object(top, "boxAppSettings", "");
    const json::object& appAuth = object(settings, "appAuth", "boxAppSettings.");

    JwtConfig config;
    config.clientId = required(settings, "clientID", "boxAppSettings.");
    config.clientSecret = required(settings, "clientSecret", "boxAppSettings.");
    config.publicKeyId = required(appAuth, "publicKeyID", "boxAppSettings.appAuth.");
    config.privateKey = required(appAuth, "privateKey", "boxAppSettings.appAuth.");
    config.privateKeyPassphrase = optional(appAuth, "passphrase", "boxAppSettings.appAuth.");
    config.enterpriseId = optional(top, "enterpriseID", "");
    config.userId = optional(top, "userID", "");
    return config;
  }

 private:
  json::value parse(std::string_view text, WipingResource& memory) const {
    if (isUtf16(text)) refuse("it is UTF-16; save it as UTF-8");
    if (text.starts_with(byteOrderMark)) text.remove_prefix(byteOrderMark.size());
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) refuse("it is empty");
    json::parse_options options;
    options.max_depth = deepest;
    boost::system::error_code ec;
    std::size_t read = 0;
    json::value document(&memory);  // with another resource, the assignment would copy the secrets
    {
      json::parser parser(&memory, options);
      parser.reset(&memory);
      read = parser.write(text.data(), text.size(), ec);
      if (!ec) document = parser.release();
    }
    wipeStack();
    if (ec == json::error::too_deep) refuse("it is nested more than " + std::to_string(deepest) + " levels deep");
    if (ec) refuse("it is not valid JSON (" + ec.message() + ") " + placeOf(text.substr(0, read)));
    return document;
  }

  /// "in line 3, at character 7": the place of the text after `before`.
  static std::string placeOf(std::string_view before) {
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t start = before.rfind('\n');
    const std::size_t character = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
    return "in line " + std::to_string(line) + ", at character " + std::to_string(character);
  }

  [[noreturn]] void refuse(std::string_view parents, std::string_view key, std::string_view reason) const {
    refuse("\"" + std::string(parents) + std::string(key) + "\" " + std::string(reason));
  }

  const json::object& object(const json::object& in, std::string_view key, std::string_view parents) const {
    const json::value* value = in.if_contains(key);
    if (value == nullptr) refuse(parents, key, "is missing");
    if (!value->is_object()) refuse(parents, key, "is not an object");
    return value->get_object();
  }

  std::string_view required(const json::object& in, std::string_view key, std::string_view parents) const {
    const json::value* value = in.if_contains(key);
    if (value == nullptr) refuse(parents, key, "is missing");
    const std::string_view text = string(*value, key, parents);
    // In the console's file, the text is empty as long as the app has no key pair.
    if (text.empty())
      refuse(parents, key, "is empty; generate a key pair in Box's developer console, which makes a complete file");
    return text;
  }

  /// The text of an optional key; empty: it is missing or null.
  std::string_view optional(const json::object& in, std::string_view key, std::string_view parents) const {
    const json::value* value = in.if_contains(key);
    return value == nullptr || value->is_null() ? std::string_view() : string(*value, key, parents);
  }

  std::string_view string(const json::value& value, std::string_view key, std::string_view parents) const {
    if (value.is_number()) refuse(parents, key, "is a number; it must be a string, in quotes");
    const json::string* text = value.if_string();
    if (text == nullptr) refuse(parents, key, "is not a string");
    return *text;
  }

  std::string_view operation_;
  std::string source_;
};

}  // namespace

JwtConfig JwtConfig::fromFile(const std::string& path) {
  constexpr std::string_view operation = "JwtConfig::fromFile";
  return ConfigParser(operation, quotedPath(path)).read(contentOf(path, operation).reveal());
}

JwtConfig JwtConfig::fromJson(std::string_view text) { return ConfigParser("JwtConfig::fromJson").read(text); }

}  // namespace box::inline v0_1
