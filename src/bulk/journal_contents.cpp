#include "box/bulk/journal_contents.hpp"

#include "bulk/journal_file.hpp"
#include "bulk/journal_text.hpp"
#include "system/owned_file.hpp"

namespace box::inline v0_1 {

JournalContents contentsOf(const JournalFile& file) {
  JournalParser parser("journal " + quotedPath(file.path()));
  file.read([&parser](std::string_view bytes) { parser.feed(bytes); });
  return parser.finish();
}

JournalContents JournalContents::read(const std::string& path) { return contentsOf(*JournalFile::look(path)); }
JournalContents JournalContents::readCopy(const std::string& path) {
  return contentsOf(*JournalFile::lookAtCopy(path));
}

const JournalHeader& JournalContents::header() const noexcept { return facts_->header; }
std::optional<BulkPast> JournalContents::past(std::uint64_t index) const { return facts_->past(index); }
std::optional<BulkPast> JournalContents::refusal(std::uint64_t index) const { return facts_->refusal(index); }
std::uint64_t JournalContents::lastCall() const noexcept { return facts_->lastCall; }
const std::vector<JournalCall>& JournalContents::calls() const noexcept { return facts_->calls; }
const std::vector<JournalContinuation>& JournalContents::continuations() const noexcept {
  return facts_->continuations;
}
const std::vector<JournalEnd>& JournalContents::ends() const noexcept { return facts_->ends; }
bool JournalContents::finished() const noexcept { return facts_->finished; }
std::uint64_t JournalContents::size() const noexcept { return facts_->size; }
std::uint64_t JournalContents::truncatedBytes() const noexcept { return facts_->truncated; }

std::string JournalContents::note(std::string_view name) const {
  for (const auto& [key, value] : facts_->header.notes) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace box::inline v0_1
