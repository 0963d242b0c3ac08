#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/list_parser.hpp"

#include "list_collector.hpp"

namespace box::cli::test {

using Texts = std::vector<std::string>;

/// What the parser makes of a list.
struct Outcome {
  Texts entries, faults, notes;
  std::string columns;
};

inline Outcome read(Target target, std::string_view text, const ListOptions& options = {}) {
  ListCollector collector;
  ListParser parser(target, collector, options);
  parser.feed(text);
  parser.finish();
  return {std::move(collector.entries), collector.faults.lines(), parser.notes(), parser.columns()};
}

inline ListOptions pick(std::string column) {
  ListOptions options;
  options.columns.column = std::move(column);
  return options;
}

}  // namespace box::cli::test
