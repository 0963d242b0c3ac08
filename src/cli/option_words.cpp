#include "cli/option_words.hpp"

#include <charconv>
#include <cstddef>
#include <utility>

#include <boost/asio/error.hpp>

#include <box/support/asio.hpp>

#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::pair<std::string_view, std::string_view> optionsOfNames[] = {
    {"TlsOptions::caPem", "--ca"},
    {"TlsOptions::caFile", "--ca"},
    {"BaseUrls::baseUrl", "--base-url"},
    {"BaseUrls::oauth2Url", "--oauth2-url"},
    {"TimeoutOptions::call", "--timeout"},
    {"ProxyOptions::url", "--proxy"},
    {"ProxyOptions::fromUrl", "--proxy"},
    {"ProxyOptions::fromEnvironment", "--proxy env"},
    {"ProxyOptions::username", "--proxy-user"},
    {"ProxyOptions::password", "--proxy-password-file"},
    {"JwtConfig::fromFile", "--jwt-config"},
    {"JwtConfig::fromJson", "--jwt-config"},
    {"JwtConfig::clientId", "\"clientID\""},
    {"JwtConfig::clientSecret", "\"clientSecret\""},
    {"JwtConfig::publicKeyId", "\"publicKeyID\""},
    {"JwtConfig::privateKey", "\"privateKey\""},
    {"JwtConfig::privateKeyPassphrase", "\"passphrase\""},
    {"JwtConfig::enterpriseId", "\"enterpriseID\""},
    {"JwtConfig::userId", "\"userID\""},
    {"CcgConfig::clientId", "--client-id"},
    {"CcgConfig::clientSecret", "--client-secret-file"},
    {"CcgConfig::enterpriseId", "--enterprise-id"},
    {"CcgConfig::userId", "--user-id"},
    {"OAuthConfig::clientId", "--client-id"},
    {"OAuthConfig::clientSecret", "--client-secret-file"},
    {"BulkOptions::batchSize", "--batch"},
    {"BulkOptions::concurrency", "--concurrency"},
    {"BulkOptions::callTimeout", "--timeout"},
    {"RateOptions::cap", "--rate"},
};

bool isWordCharacter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view wordAt(std::string_view text) noexcept {
  std::size_t size = 0;
  while (size < text.size() && isWordCharacter(text[size])) ++size;
  return text.substr(0, size);
}

/// "Class::member", if the text begins so; otherwise empty.
std::string_view nameAt(std::string_view text) noexcept {
  const std::string_view scope = wordAt(text);
  if (scope.empty() || scope.front() < 'A' || scope.front() > 'Z' || !text.substr(scope.size()).starts_with("::"))
    return {};
  const std::string_view member = wordAt(text.substr(scope.size() + 2));
  if (member.empty() || member.front() < 'a' || member.front() > 'z') return {};
  return text.substr(0, scope.size() + 2 + member.size());
}

/// The number of a code of the library, if the text begins with one, as in "[box:3003]"; otherwise empty.
constexpr std::string_view codeStart = "[box:";
std::string_view codeAt(std::string_view text) noexcept {
  if (!text.starts_with(codeStart)) return {};
  const std::string_view number = wordAt(text.substr(codeStart.size()));
  return text.substr(codeStart.size() + number.size()).starts_with(']') ? number : std::string_view();
}

/// "hostNotFound" for "3003": operators find the name in the handbook and in JSON.
std::string_view nameOfCode(std::string_view number) noexcept {
  int value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  return toString(static_cast<Errc>(value));
}

/// The system's words for a cancellation, which operators may not know.
const std::string& cancellation() {
  static const std::string text = [] {
    const error_code code = asio::error::operation_aborted;
    return code.message() + " [" + code.category().name() + ":" + std::to_string(code.value()) + "]";
  }();
  return text;
}

}  // namespace

std::string inOptionWords(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (const std::string_view name = nameAt(text); !name.empty()) {
      std::string_view words = name.substr(name.find("::") + 2);
      for (const auto& [cpp, option] : optionsOfNames) {
        if (name == cpp) words = option;
      }
      out += words;
      text.remove_prefix(name.size());
      continue;
    }
    if (const std::string_view number = codeAt(text); !number.empty()) {
      out.append("[").append(nameOfCode(number)).append("]");
      text.remove_prefix(codeStart.size() + number.size() + 1);
      continue;
    }
    if (text == cancellation()) return out + "stopped at your request";
    const std::string_view word = wordAt(text);
    const std::size_t size = word.empty() ? 1 : word.size();
    out += text.substr(0, size);
    text.remove_prefix(size);
  }
  return out;
}

std::string inOptionWords(const BoxSdkError& error) { return printable(inOptionWords(error.reason())); }

std::string reasonOf(const BoxSdkError& error) {
  const std::string& context = error.details().context;
  const bool isSetting = error.code() == Errc::invalidConfiguration && !context.empty();
  return isSetting ? inOptionWords(printable(context)) : inOptionWords(error);
}

std::string reasonOf(std::string_view option, const BoxSdkError& error) {
  std::string reason = reasonOf(error);
  const std::string_view name = option.substr(0, option.find(' '));
  if (reason.starts_with(std::string(name) + ":")) return std::string(option) + reason.substr(name.size());
  return reason.starts_with("--") ? reason : std::string(option) + ": " + reason;
}

}  // namespace box::cli
