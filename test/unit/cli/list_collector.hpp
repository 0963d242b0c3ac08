#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "cli/list_parser.hpp"
#include "cli/text.hpp"

namespace box::cli::test {

/// Stores the entries of a list without duplicates, and its faults.
class ListCollector final : public ListSink {
 public:
  /// `name`: the file's name for messages.
  explicit ListCollector(const std::string& name = "list") : name_(printable(name)) {}

  void onEntry(std::string entry, std::size_t) override {
    if (std::find(entries.begin(), entries.end(), entry) == entries.end()) {
      entries.push_back(std::move(entry));
    } else {
      ++duplicates;
    }
  }
  void onFault(const ListFault& fault) override { faults.add(placeIn(name_, fault.line, fault.column), fault.text); }

  std::vector<std::string> entries;
  std::size_t duplicates = 0;
  InputFaults faults;

 private:
  std::string name_;
};

}  // namespace box::cli::test
