// The input is the values of Keep-Alive in a response, one a line.
#include <regex>
#include <string>

#include "fuzz/fuzz.hpp"
#include "http/response_reader.hpp"

namespace {

using namespace box;
using namespace box::fuzz;
using std::chrono::seconds;

/// The first timeout in this list of parameters.
std::optional<seconds> reference(std::string list) {
  static const std::regex timeout("[ \t]*timeout=0*([0-9]{1,10})[ \t]*", std::regex::icase);
  for (list += ','; !list.empty(); list.erase(0, list.find(',') + 1)) {
    const std::string item = list.substr(0, list.find(','));
    std::smatch match;
    if (!std::regex_match(item, match, timeout)) continue;
    const std::int64_t value = std::stoll(match[1]);
    if (value <= UINT32_MAX) return seconds(value);
  }
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1000) return 0;  // std::regex recurses for each character
  std::string_view text = textOf(data, size);
  std::string response = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n", all;
  while (!text.empty()) {
    const std::string line(takeLine(text));
    response += "keep-alive: " + line + "\r\n";
    all += line + ',';
  }
  response += "\r\n";
  const ResponseLimits limits;
  ResponseReader reader;
  reader.start(limits);
  reader.feed(response);
  if (reader.state() != ResponseReader::State::complete) return 0;
  require(reader.keepAliveTimeout() == reference(all), "the time limit is the first valid one of the list");
  return 0;
}
