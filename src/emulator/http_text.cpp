#include "http_text.hpp"

#include <openssl/evp.h>

#include <cstdint>
#include <system_error>
#include <charconv>
#include <algorithm>
#include <array>
#include <utility>

namespace box::inline v0_1::emulator {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

int hexValue(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool formDecode(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%') {
      if (i + 2 >= text.size()) return false;
      const int high = hexValue(text[i + 1]);
      const int low = hexValue(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return true;
}

}  // namespace

std::string digestOf(std::string_view secret) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  if (EVP_Digest(secret.data(), secret.size(), hash.data(), &size, EVP_sha256(), nullptr) != 1) return "????????";
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 4; ++i) {
    text += digits[hash[i] >> 4U];
    text += digits[hash[i] & 15U];
  }
  return text;
}

std::string withoutCredential(std::string_view name, const std::string& value) {
  if (equalNoCase(name, "Authorization") || equalNoCase(name, "Proxy-Authorization")) {
    const std::size_t space = value.find(' ');
    if (space == std::string::npos) return "sha256:" + digestOf(value);
    // The same text as in AcceptedTermination::tokenDigest, so that records can be matched.
    return value.substr(0, space) + " sha256:" + digestOf(trimmed(std::string_view(value).substr(space)));
  }
  if (equalNoCase(name, "Cookie")) return "sha256:" + digestOf(value);
  return value;
}

bool equalNoCase(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string findHeader(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& header : headers) {
    if (equalNoCase(header.first, name)) return header.second;
  }
  return {};
}

std::string RequestInfo::header(const std::string& name) const { return findHeader(headers, name); }
std::string RequestRecord::header(const std::string& name) const { return findHeader(headers, name); }

std::optional<std::string> bearerToken(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  if (authorization.size() <= scheme.size() || !equalNoCase(authorization.substr(0, scheme.size()), scheme)) {
    return std::nullopt;
  }
  const std::string_view token = trimmed(authorization.substr(scheme.size()));
  const std::string_view core = token.substr(0, token.find_last_not_of('=') + 1);
  if (core.empty()) return std::nullopt;
  for (const char c : core) {
    const bool letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letterOrDigit && std::string_view("-._~+/").find(c) == std::string_view::npos) return std::nullopt;
  }
  return std::string(token);
}

std::string_view usualCode(int status) {
  switch (status) {
    case 400: return "bad_request";
    case 401: return "unauthorized";
    case 403: return "access_denied_insufficient_permissions";
    case 404: return "not_found";
    case 405: return "method_not_allowed";
    case 409: return "conflict";
    case 412: return "precondition_failed";
    case 429: return "rate_limit_exceeded";
    case 503: return "unavailable";
    default: return status >= 500 ? "internal_server_error" : "bad_request";
  }
}

std::string_view reasonPhrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 102: return "Processing";
    case 103: return "Early Hints";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

std::string_view mediaType(std::string_view contentType) {
  return trimmed(contentType.substr(0, contentType.find(';')));
}

std::string_view pathOf(std::string_view target) { return target.substr(0, target.find('?')); }

bool isOAuth(std::string_view target) {
  const std::string_view path = pathOf(target);
  return path.starts_with("/oauth2/") || path.starts_with("/api/oauth2/");
}

bool isTokenRequest(std::string_view target) { return pathOf(target) == "/oauth2/token"; }

std::string_view queryOf(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

std::optional<FormFields> parseForm(std::string_view body) {
  FormFields fields;
  std::string name;
  std::string value;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view right = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    if (!formDecode(pair.substr(0, equals), name) || !formDecode(right, value)) return std::nullopt;
    if (!fields.emplace(name, value).second) return std::nullopt;
  }
  return fields;
}

const std::string& fieldOf(const FormFields& form, std::string_view name) {
  static const std::string none;
  const auto field = form.find(name);
  return field == form.end() ? none : field->second;
}

std::optional<std::uint64_t> parseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string> commaParts(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    parts.emplace_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

std::string percentEncoded(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letterOrDigit || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!word.empty()) found.emplace_back(word);
  }
  return found;
}

std::optional<std::string> decodeBase64Url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<std::uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<std::uint32_t>(c - 'a') + 26;
    } else if (c >= '0' && c <= '9') {
      value = static_cast<std::uint32_t>(c - '0') + 52;
    } else if (c == '-') {
      value = 62;
    } else if (c == '_') {
      value = 63;
    } else {
      return std::nullopt;
    }
    bits = ((bits << 6U) | value) & 0xFFFFU;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(static_cast<unsigned char>((bits >> count) & 0xFFU));
    }
  }
  // The bits after the last byte must be zero; otherwise several texts would mean the same bytes.
  if ((bits & ((1U << count) - 1U)) != 0) return std::nullopt;
  return out;
}

}  // namespace box::inline v0_1::emulator
