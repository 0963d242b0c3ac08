// The input is a WWW-Authenticate header, which has the reason of a 401.
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "http/challenge.hpp"
#include "pipeline/api_error.hpp"
#include "pipeline/judge.hpp"

namespace {

using namespace box;
using namespace box::fuzz;

/// The text split as RFC 9110 5.6 and 11.2 say, before its pieces are interpreted.
struct Piece {
  enum class Kind { word, quoted, mark } kind;
  std::string text;
};

std::vector<Piece> cut(std::string_view text) {
  using Kind = Piece::Kind;
  static constexpr std::string_view marksInWords = "!#$%&'*+-.^_`|~";
  std::vector<Piece> pieces;
  bool quoted = false, inWord = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      quoted = c != '"';
      if (c == '\\' && ++i == text.size()) break;
      if (quoted) pieces.back().text += text[i];
      continue;
    }
    const bool continued = inWord;
    inWord = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             marksInWords.find(c) != std::string_view::npos;
    if (inWord && continued) {
      pieces.back().text += c;
    } else if (inWord) {
      pieces.push_back({Kind::word, std::string(1, c)});
    } else if (c == '"') {
      quoted = true;
      pieces.push_back({Kind::quoted, ""});
    } else if (c != ' ' && c != '\t') {
      pieces.push_back({Kind::mark, std::string(1, c)});
    }
  }
  if (quoted) pieces.pop_back();  // a string without its closing quote does not count
  return pieces;
}

/// The value of the first `name=value` with this name and a value.
std::string reference(std::string_view text, std::string_view name) {
  using Kind = Piece::Kind;
  const std::vector<Piece> pieces = cut(text);
  for (std::size_t i = 0; i + 2 < pieces.size(); ++i) {
    const Piece &key = pieces[i], &mark = pieces[i + 1], &value = pieces[i + 2];
    if (key.kind != Kind::word || mark.kind != Kind::mark || mark.text != "=" || value.kind == Kind::mark) continue;
    if (lowerCase(key.text) == name && !value.text.empty()) return value.text;
    i += 2;
  }
  return "";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(textOf(data, size));
  const std::string error = challengeParameter(text, "error"),
                    description = challengeParameter(text, "error_description");
  require(error == reference(text, "error"), "the error is the parameter of that name");
  require(description == reference(text, "error_description"), "the description is the parameter of that name");

  FetchResponse response;
  response.statusCode = 401;
  response.headers.append("WWW-Authenticate", text);
  static const auto sanitizer = defaultDataSanitizer();
  const ApiErrorInfo info = describeApiError(response, std::chrono::system_clock::time_point());
  const std::string line = summarize(info, response.body, *sanitizer);
  std::string expected = "401 Unauthorized";
  if (!error.empty()) expected += ", code " + sanitizer->sanitize(error);
  expected += description.empty() ? ", without a body" : ": " + sanitizer->sanitize(description);
  require(line == expected, "an answer without a body is explained by its challenge");
  require(isVisibleLine(line) && line.size() < 1000, "a summary is one short line");
  return 0;
}
