// The first byte says how the list is read, the rest is the file: g means groups, i users by id, x users with an
// exclusion, c users by the column that the first line names, and any other byte users.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <box/entry.hpp>

#include "cli/entries.hpp"
#include "cli/list/exclusions.hpp"
#include "cli/list_parser.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace box::cli;
using namespace box::fuzz;

class Keeper : public ListSink {
 public:
  struct Line {
    std::string entry, fault;
    std::size_t line = 0;
    bool operator==(const Line&) const = default;
  };

  explicit Keeper(Target target) : target_(target) {}

  void onEntry(std::string entry, std::size_t line) override {
    require(!halted_, "nothing comes after the last fault");
    require(!box::checkEntry(kindOf(target_), entry), "each entry is valid");
    require(line >= last_, "lines come in order");
    last_ = line;
    lines.push_back({std::move(entry), {}, line});
  }
  void onFault(const ListFault& fault) override {
    require(!halted_, "nothing comes after the last fault");
    require(fault.line >= 1, "lines count from 1");
    for (const std::string& text : {fault.text, fault.entry}) {
      require(text.size() < 1500 && text.find_first_of("\n\r\x1b") == std::string::npos, "a fault is one short line");
    }
    require(checkEntry(kindOf(target_), fault.entry).has_value(), "nobody takes a wrong entry for a valid one");
    halted_ = fault.last;
    lines.push_back({fault.entry, fault.text, fault.line});
  }

  std::vector<Line> lines;

 private:
  Target target_;
  std::size_t last_ = 0;
  bool halted_ = false;
};

std::vector<Keeper::Line> read(Target target, const ListOptions& options, std::string_view text, std::size_t piece) {
  Keeper keeper(target);
  ListParser parser(target, keeper, options);
  bool more = true;
  for (std::size_t at = 0; more && at < text.size(); at += piece) more = parser.feed(text.substr(at, piece));
  if (more) parser.finish();
  for (const std::string& note : parser.notes()) {
    require(note.size() < 300 && note.find_first_of("\n\r\x1b") == std::string::npos, "a note is one short line");
    keeper.lines.push_back({note, {}, 0});
  }
  return keeper.lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = textOf(data, size);
  if (text.empty()) return 0;
  const char how = text.front();
  text.remove_prefix(1);
  const Target target = how == 'g' ? Target::groups : Target::users;
  ListOptions options;
  options.columns.preferId = how == 'i';
  if (how == 'c') {
    options.columns.column = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), options.columns.column.size() + 1));
  }
  if (how == 'x') {
    const auto stay = std::make_shared<Exclusions>();
    stay->add("12", "ann@x.org");
    options.exclude = stay;
  }
  const auto whole = read(target, options, text, text.size() + 1);
  require(whole == read(target, options, text, 1) && whole == read(target, options, text, 5),
          "the result does not depend on the pieces");
  for (const Keeper::Line& line : whole) {
    require(how != 'x' || (line.entry != "12" && line.entry != "ann@x.org"), "a user who must stay is left out");
  }
  return 0;
}
