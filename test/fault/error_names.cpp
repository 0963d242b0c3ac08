#include "fault/error_names.hpp"

#include <regex>

#include <boost/asio/error.hpp>

#include "support/sources.hpp"

namespace box::test {

const std::vector<std::string>& errcNames() {
  static const std::vector<std::string> names = [] {
    const std::string header = sourceFile("include/box/error.hpp");
    const std::size_t begin = header.find("enum class Errc");
    const std::string body = header.substr(begin, header.find("};", begin) - begin);
    static const std::regex enumerator(R"(^\s+([a-zA-Z0-9]+)( = 1)?,)", std::regex::multiline);
    std::vector<std::string> found;
    for (std::sregex_iterator i(body.begin(), body.end(), enumerator), end; i != end; ++i) found.push_back((*i)[1]);
    return found;
  }();
  return names;
}

std::string nameOf(const error_code& code) {
  if (code == boost::asio::error::operation_aborted) return "operation_aborted";
  const auto value = static_cast<std::size_t>(code.value());
  if (code.category() != errorCategory() || value == 0 || value > errcNames().size()) return code.message();
  return errcNames()[value - 1];
}

}  // namespace box::test
