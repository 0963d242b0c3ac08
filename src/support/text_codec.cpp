#include "support/text_codec.hpp"

#include <cstddef>

#include <openssl/evp.h>

#include "support/ascii.hpp"
#include "support/wipe.hpp"

namespace box::inline v0_1 {

int hexValue(char c) noexcept {
  if (isDigit(c)) return c - '0';
  const char lower = toLower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool isUnreserved(char c) noexcept {
  static constexpr std::string_view marks = "-._~";
  return isLetter(c) || isDigit(c) || marks.find(c) != std::string_view::npos;
}

void appendPercentEncoded(std::string& out, std::string_view text, bool (*plain)(char) noexcept) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    if (plain(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', digits[byte >> 4U], digits[byte & 15U]});
    }
  }
}

void appendParam(std::string& query, std::string_view name, std::string_view value) {
  if (!query.empty()) query += '&';
  appendPercentEncoded(query, name);
  query += '=';
  appendPercentEncoded(query, value);
}

std::string toHex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::optional<std::string> percentDecoded(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());  // decoded text is not longer
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == Plus::blank) c = ' ';
    if (c == '%') {
      const int high = i + 2 < text.size() ? hexValue(text[i + 1]) : -1, low = high < 0 ? -1 : hexValue(text[i + 2]);
      if (low < 0) {
        wipe(out);
        return std::nullopt;
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    out += c;
  }
  return out;
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // one more for the NUL that OpenSSL writes at the end
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string base64Url(std::string_view bytes) {
  std::string text = base64(bytes);
  text.resize(text.find_last_not_of('=') + 1);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

}  // namespace box::inline v0_1
