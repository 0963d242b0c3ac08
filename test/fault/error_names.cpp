#include "fault/error_names.hpp"

#include <string_view>

#include <boost/asio/error.hpp>

namespace box::test {

const std::vector<std::string>& errcNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> found;
    for (int value = 1; value < 10'000; ++value) {
      const std::string_view name = toString(static_cast<Errc>(value));
      if (name != "unknown") found.emplace_back(name);
    }
    return found;
  }();
  return names;
}

std::string nameOf(const error_code& code) {
  if (code == boost::asio::error::operation_aborted) return "operation_aborted";
  return code.category() == errorCategory() ? std::string(toString(static_cast<Errc>(code.value()))) : code.message();
}

}  // namespace box::test
