#include "cli/list/decoder.hpp"

#include <cstddef>

#include "cli/byte_order.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::size_t longestSign = 8;

struct Sign {
  std::string_view bytes;
  std::string_view problem;
};

using namespace std::string_view_literals;

constexpr Sign signs[] = {
    {"PK\x03\x04"sv, "the file is an Excel workbook (.xlsx) or another zip archive: save the list as CSV UTF-8"},
    {"PK\x05\x06"sv, "the file is an empty zip archive: save the list as CSV UTF-8"},
    {"\xd0\xcf\x11\xe0"sv,
     "the file is an Excel workbook (.xls) or another Office document: save the list as CSV UTF-8"},
    {"%PDF"sv, "the file is a PDF: export the list as CSV UTF-8"},
    {"\x1f\x8b"sv, "the file is compressed (gzip): unpack it first"},
    {"\xff\xfe\x00\x00"sv, "the file is UTF-32: save the list as CSV UTF-8"},
    {"\x00\x00\xfe\xff"sv, "the file is UTF-32: save the list as CSV UTF-8"},
    {"SQLite"sv, "the file is a database (SQLite): export the list as CSV UTF-8"},
};

void appendUtf8(std::string& out, char32_t c) {
  const auto byte = [&out](char32_t value) { out += static_cast<char>(value); };
  if (c < 0x80) return byte(c);
  if (c < 0x800) {
    byte(0xc0 | (c >> 6));
  } else if (c < 0x10000) {
    byte(0xe0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3f));
  } else {
    byte(0xf0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3f));
    byte(0x80 | ((c >> 6) & 0x3f));
  }
  byte(0x80 | (c & 0x3f));
}

constexpr char32_t lostCharacter = 0xfffd;

}  // namespace

std::string_view TextDecoder::decode(std::string_view bytes) {
  text_.clear();
  if (!problem_.empty()) return {};
  if (encoding_ == Encoding::unknown) {
    const std::size_t missing = longestSign - start_.size();
    start_ += bytes.substr(0, missing);
    if (start_.size() < longestSign) return {};
    bytes.remove_prefix(missing < bytes.size() ? missing : bytes.size());
    decide();
    if (!problem_.empty()) return {};
    if (encoding_ == Encoding::utf8) {
      // This copy is made once for a file.
      text_ = start_;
      text_ += bytes;
      return text_;
    }
    takeUtf16(start_);
  }
  if (encoding_ == Encoding::utf8) return bytes;
  takeUtf16(bytes);
  return text_;
}

std::string_view TextDecoder::finish() {
  text_.clear();
  if (!problem_.empty()) return {};
  if (encoding_ == Encoding::unknown) {
    decide();
    if (!problem_.empty()) return {};
    if (encoding_ == Encoding::utf8) return text_ = start_;
    takeUtf16(start_);
  }
  if (half_ || high_ != 0) appendUtf8(text_, lostCharacter);
  half_.reset();
  high_ = 0;
  return text_;
}

void TextDecoder::decide() {
  for (const Sign& sign : signs) {
    if (start_.starts_with(sign.bytes)) {
      problem_ = sign.problem;
      return;
    }
  }
  encoding_ = Encoding::utf8;
  if (start_.starts_with(utf16LittleMark)) encoding_ = Encoding::utf16Little;
  if (start_.starts_with(utf16BigMark)) encoding_ = Encoding::utf16Big;
  if (encoding_ != Encoding::utf8) {
    start_.erase(0, utf16LittleMark.size());
  } else if (start_.starts_with(byteOrderMark)) {
    start_.erase(0, byteOrderMark.size());
  }
}

void TextDecoder::takeUtf16(std::string_view bytes) {
  for (const char byte : bytes) {
    if (!half_) {
      half_ = byte;
      continue;
    }
    const auto first = static_cast<unsigned char>(*half_), second = static_cast<unsigned char>(byte);
    half_.reset();
    const unsigned unit = encoding_ == Encoding::utf16Little ? second * 256U + first : first * 256U + second;
    takeUnit(static_cast<char16_t>(unit));
  }
}

void TextDecoder::takeUnit(char16_t unit) {
  const bool isHigh = unit >= 0xd800 && unit < 0xdc00, isLow = unit >= 0xdc00 && unit < 0xe000;
  const char16_t high = high_;
  high_ = 0;
  if (high != 0 && isLow) {
    return appendUtf8(text_, 0x10000U + ((static_cast<char32_t>(high) - 0xd800U) << 10U) + (unit - 0xdc00U));
  }
  if (high != 0) appendUtf8(text_, lostCharacter);
  if (isHigh) {
    high_ = unit;
  } else {
    appendUtf8(text_, isLow ? lostCharacter : static_cast<char32_t>(unit));
  }
}

std::string_view otherFormat(std::string_view firstLine) {
  const std::string line = lowerCase(trimmed(firstLine));
  const auto begins = [&line](std::string_view start) { return line.starts_with(start); };
  if (begins("<!doctype") || begins("<html") || begins("<head") || begins("<table") || begins("<!--")) {
    return "the file is a web page (HTML): export the list as CSV";
  }
  if (begins("<?xml")) return "the file is XML: export the list as CSV";
  if (begins("{\\rtf")) return "the file is a document (RTF): save the list as plain text";
  if (begins("-----begin ")) return "the file has a key or a certificate in it and not a list";
  if (begins("begin:vcard")) return "the file has contacts (vCard): export them as CSV";
  if (line.empty() || (line.front() != '{' && line.front() != '[')) return {};
  const std::string_view rest = trimmed(std::string_view(line).substr(1));
  const bool isJson = rest.empty() || std::string_view("{[\"]}").find(rest.front()) != std::string_view::npos ||
                      (line.front() == '[' && (rest.front() == '-' || (rest.front() >= '0' && rest.front() <= '9')));
  return isJson ? "the file is JSON: give CSV, or one entry on each line" : std::string_view();
}

}  // namespace box::cli
