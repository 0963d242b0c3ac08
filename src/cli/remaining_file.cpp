#include "cli/remaining_file.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "cli/files.hpp"
#include "cli/system/descriptors.hpp"

namespace box::cli {

namespace {

struct Part {
  BulkState state;
  std::string_view heading;
};
constexpr std::array<Part, 3> parts = {{{BulkState::rejected, "# rejected by Box\n"},
                                        {BulkState::inDoubt, "# in doubt\n"},
                                        {BulkState::notSent, "# not sent\n"}}};

}  // namespace

RemainingFile::RemainingFile(std::string path, const std::vector<std::string>& inputs) : path_(std::move(path)) {
  for (const std::string& input : inputs) {
    if (isSameFile(path_, input))
      throw FileError("--remaining: the run needs " + shownPath(path_) + ", and it would be lost; choose another name");
  }
  std::array<std::string_view, parts.size()> headings;
  for (std::size_t i = 0; i < parts.size(); ++i) headings[i] = parts[i].heading;
  requireReplaceable(path_, headings);
}

void RemainingFile::write(const BulkList& list, const std::vector<BulkState>& states) const {
  std::array<std::string, parts.size()> texts;
  list.forEach(nullptr, [&](const BulkRow& row) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (row.index >= states.size() || states[row.index] != parts[i].state) continue;
      if (texts[i].empty()) texts[i] = parts[i].heading;
      texts[i].append(row.value).append("\n");
    }
  });
  std::string out;
  for (std::string& text : texts) {
    out += text;
    text = {};
  }
  writeFile(path_, out, Readers::owner);
}

}  // namespace box::cli
