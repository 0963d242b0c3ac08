#include "cli/remaining_file.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "cli/files.hpp"
#include "cli/system/descriptors.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

struct Part {
  BulkState state;
  std::string_view heading;
};
constexpr std::array<Part, 4> parts = {
    {{BulkState::rejected, "# rejected by Box\n"},
     {BulkState::inDoubt, "# in doubt\n"},
     {BulkState::notSent, "# not sent, or in a call that Box refused\n"},
     {BulkState::invalid, "# invalid, and not sent: write these entries again, correct and without #\n"}}};

/// An invalid entry as a comment, which has the entry and what is wrong with it.
std::string commentOn(const BulkRow& row) {
  const bool hasPlace = row.line == 0 || row.message.starts_with("invalid at ");
  return "# " + (hasPlace ? std::string() : "line " + std::to_string(row.line) + ", ") + printable(row.message) + "\n";
}

/// The entries of each part.
std::array<std::string, parts.size()> textsOf(const BulkList& list, const std::vector<BulkState>& states) {
  std::array<std::string, parts.size()> out;
  list.forEach(nullptr, [&](const BulkRow& row) {
    if (row.state == BulkState::leftOut) return;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (row.index >= states.size() || states[row.index] != parts[i].state) continue;
      if (row.state == BulkState::invalid) {
        out[i] += commentOn(row);
      } else {
        out[i].append(row.value).append("\n");
      }
    }
  });
  return out;
}

}  // namespace

RemainingFile::RemainingFile(std::string path, const std::vector<std::string>& inputs) : path_(std::move(path)) {
  for (const std::string& input : inputs) {
    if (isSameFile(path_, input))
      throw FileError("--remaining: the run needs " + shownPath(path_) + ", and it would be lost; choose another name");
  }
  std::array<std::string_view, parts.size() + 1> headings;
  for (std::size_t i = 0; i < parts.size(); ++i) headings[i] = parts[i].heading;
  headings.back() = unendedRemaining;
  requireReplaceable(path_, headings);
}

void RemainingFile::begin(const BulkList& list, const std::vector<BulkState>& states,
                          const std::string& command) const {
  std::string out(unendedRemaining);
  out += ": these are the entries that were open when the run began. ";
  out += command.empty() ? "It is not known which of them were reached\n"
                         : "The journal knows which of them were reached. To continue: " + command + "\n";
  for (const std::string& text : textsOf(list, states)) out += text;
  writeFile(path_, out, Readers::owner);
}

void RemainingFile::write(const BulkList& list, const std::vector<BulkState>& states) const {
  const auto texts = textsOf(list, states);
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!texts[i].empty()) out.append(parts[i].heading).append(texts[i]);
  }
  writeFile(path_, out, Readers::owner);
}

}  // namespace box::cli
