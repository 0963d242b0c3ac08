// The first byte says whose list it is, the rest is the list's file.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <box/entry.hpp>

#include "cli/entries.hpp"
#include "cli/list_reader.hpp"
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
    require(!box::checkEntry(kindOf(target_), entry), "what is given as an entry is one");
    require(line >= last_, "lines come in order");
    last_ = line;
    lines.push_back({std::move(entry), {}, line});
  }
  void onFault(std::size_t line, std::size_t column, const std::string& text, bool last) override {
    require(!halted_, "nothing comes after the last fault");
    require(line >= 1 && column >= 1, "places count from 1");
    require(text.size() < 300 && text.find_first_of("\n\r\x1b") == std::string::npos, "a fault is one short line");
    halted_ = last;
    lines.push_back({{}, text, line});
  }

  std::vector<Line> lines;

 private:
  Target target_;
  std::size_t last_ = 0;
  bool halted_ = false;
};

std::vector<Keeper::Line> read(Target target, std::string_view text, std::size_t piece) {
  Keeper keeper(target);
  ListReader reader(target, keeper);
  bool more = true;
  for (std::size_t at = 0; more && at < text.size(); at += piece) more = reader.feed(text.substr(at, piece));
  if (more) reader.finish();
  return keeper.lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = textOf(data, size);
  if (text.empty()) return 0;
  const Target target = text.front() == 'g' ? Target::groups : Target::users;
  text.remove_prefix(1);
  const auto whole = read(target, text, text.size() + 1);
  require(whole == read(target, text, 1) && whole == read(target, text, 5), "where pieces end does not matter");
  return 0;
}
