#include "cli/file_source.hpp"

#include <array>
#include <utility>

#include <sys/stat.h>

#include <boost/unordered/unordered_flat_map.hpp>

#include "cli/text.hpp"

namespace box::cli {

namespace {

const std::string& regular(const std::string& path) {
  struct stat status {};
  const bool found = ::stat(path.c_str(), &status) == 0;
  if (path == "-" || isInherited(path) || (found && !S_ISREG(status.st_mode))) {
    throw FileError((path == "-" ? std::string("standard input") : "'" + printable(path) + "'") +
                    " can be read once only, and a run with a journal reads its list again: give a regular file");
  }
  return path;
}

class ListSource final : public BulkSource {
 public:
  ListSource(Target target, const std::string& path, const ListSurvey& survey)
      : name_(printable(path)), file_(target, path), digest_(survey.digest), size_(survey.entries) {}

  asio::awaitable<bool> read(std::vector<BulkEntry>& into, std::size_t most) override {
    for (; most > 0; --most) {
      std::optional<BulkEntry> entry = file_.next();
      if (!entry) {
        if (file_.digest() != digest_)
          throw FileError(name_ + " was changed while it was worked on: start anew, with a new journal");
        co_return false;
      }
      into.push_back(std::move(*entry));
    }
    co_return true;
  }
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  std::string name_;
  ListFile file_;
  std::string digest_;
  std::uint64_t size_;
};

}  // namespace

ListFile::ListFile(Target target, const std::string& path) : input_(regular(path)), reader_(target, *this) {}

std::optional<BulkEntry> ListFile::next() {
  std::array<char, 32 * 1024> buffer;
  while (ready_.empty() && !ended_) {
    const std::size_t count = input_.read(buffer);
    const std::string_view bytes(buffer.data(), count);
    running_.add(bytes);
    if (count > 0) {
      if (halt_.empty()) reader_.feed(bytes);
      continue;  // to its end, for the digest
    }
    ended_ = true;
    if (halt_.empty()) reader_.finish();
    digest_ = running_.hex();
  }
  if (ready_.empty()) return std::nullopt;
  BulkEntry entry = std::move(ready_.front());
  ready_.pop_front();
  return entry;
}

void ListFile::onEntry(std::string entry, std::size_t line) {
  BulkEntry out;
  out.value = std::move(entry);
  out.line = line;
  ready_.push_back(std::move(out));
}

void ListFile::onFault(std::size_t line, std::size_t column, const std::string& text, bool last) {
  if (last) halt_ = input_.name() + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + text;
  BulkEntry out;
  out.line = line;
  out.fault = text;
  ready_.push_back(std::move(out));
}

struct SeenEntries::Map {
  struct Hash {
    using is_avalanching = void;
    std::size_t operator()(const std::array<std::uint64_t, 2>& print) const noexcept { return print[0]; }
  };
  boost::unordered_flat_map<std::array<std::uint64_t, 2>, std::uint64_t, Hash> first;
};

SeenEntries::SeenEntries() : map_(std::make_unique<Map>()) {}
SeenEntries::~SeenEntries() = default;

std::optional<std::uint64_t> SeenEntries::add(const std::string& entry, std::uint64_t index) {
  const auto [place, isNew] = map_->first.emplace(fingerprintOf(entry), index);
  if (isNew) return std::nullopt;
  return place->second;
}

ListSurvey surveyList(Target target, const std::string& path, const JournalContents* journal,
                      const SurveyedEntry& onEntry) {
  ListSurvey survey;
  ListFile file(target, path);
  SeenEntries seen;
  const std::string name = printable(path);
  while (const std::optional<BulkEntry> entry = file.next()) {
    const std::uint64_t index = survey.entries++;
    std::optional<BulkPast> past;
    std::optional<std::uint64_t> original;
    if (!entry->fault.empty()) {
      ++survey.invalid;
      survey.faults.add(name + ":" + std::to_string(entry->line), entry->fault);
    } else if ((original = seen.add(entry->value, index))) {
      ++survey.duplicates;
    } else if (journal != nullptr && (past = journal->past(index))) {
      switch (past->state) {
        case BulkPast::State::accepted: ++survey.accepted; break;
        case BulkPast::State::rejected: ++survey.rejected; break;
        case BulkPast::State::inDoubt: ++survey.inDoubt; break;
      }
    }
    if (onEntry) onEntry(index, *entry, past, original);
  }
  survey.digest = file.digest();
  survey.halt = file.halt();
  return survey;
}

std::shared_ptr<BulkSource> listSource(Target target, const std::string& path, const ListSurvey& survey) {
  return std::make_shared<ListSource>(target, path, survey);
}

}  // namespace box::cli
