// The input is a response with an error of Box: a line with the status, lines of headers, an empty line, the body.
#include "pipeline/api_error.hpp"
#include "pipeline/judge.hpp"

#include <charconv>
#include <chrono>

#include "fuzz/fuzz.hpp"
#include "network/http_date.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace box;
  using namespace box::fuzz;
  static const auto sanitizer = defaultDataSanitizer();
  const std::chrono::system_clock::time_point now(std::chrono::seconds(1'750'000'000));
  std::string_view text = textOf(data, size);
  FetchResponse response;
  const std::string_view status = takeLine(text);
  std::from_chars(status.data(), status.data() + status.size(), response.statusCode);
  while (!text.empty()) {
    const std::string_view line = takeLine(text);
    if (line.empty()) break;
    const std::size_t colon = std::min(line.find(':'), line.size());
    response.headers.append(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
  }
  response.body = text;

  const ApiErrorInfo info = describeApiError(response, now);
  require(info.statusCode == response.statusCode, "the status is the response's");
  for (const auto* kept : {&info.clientError.type, &info.clientError.code, &info.clientError.message,
                           &info.clientError.helpUrl, &info.clientError.requestId}) {
    require(!*kept || (*kept)->size() <= 4096, "texts of the server are cut at a limit");
  }
  if (info.date) {
    const auto second = std::chrono::floor<std::chrono::seconds>(now);
    require(parseHttpDate(response.headers.get("Date").value_or(""), second) ==
                std::chrono::floor<std::chrono::seconds>(*info.date),
            "the date is the header's");
  }
  const std::string line = summarize(info, response.body, *sanitizer);
  require(isVisibleLine(line), "a summary is one line");
  require(line.size() < 1000, "a summary is short");
  const Verdict verdict = judgeResponse(response, 202, "POST");
  require(!verdict.success || response.statusCode == 202, "only the expected status is success");
  return 0;
}
