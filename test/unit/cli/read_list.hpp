#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/list_parser.hpp"

namespace box::cli::test {

using Texts = std::vector<std::string>;

/// What the parser makes of a list.
struct Outcome {
  Texts entries, faults, notes;
  std::string columns;
};

inline Outcome read(Target target, std::string_view text, const ListOptions& options = {}) {
  EntryList entries;
  InputFaults faults;
  ListCollector collector("list", entries, faults);
  ListParser parser(target, collector, options);
  parser.feed(text);
  parser.finish();
  Outcome out{{}, faults.lines(), parser.notes(), parser.columns()};
  for (std::size_t i = 0; i < entries.size(); ++i) out.entries.push_back(entries[i]);
  return out;
}

inline ListOptions pick(std::string column) {
  ListOptions options;
  options.columns.column = std::move(column);
  return options;
}

}  // namespace box::cli::test
