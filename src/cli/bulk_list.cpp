#include "cli/bulk_list.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cli/files.hpp"
#include "cli/list/exclusions.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

/// "U+0430".
std::string codeOf(char32_t letter) {
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), "U+%04X", static_cast<unsigned>(letter));
  return out.data();
}

/// The id of Box in a row whose entry is a login.
struct Identified {
  std::string id;
  std::uint64_t line = 0;
};

std::string contradictionText(const std::string& login, const Identified& one, const Identified& other) {
  const auto [first, second] = std::minmax(one.line, other.line);
  return (first == 0 ? "two rows have"
                     : "lines " + std::to_string(first) + " and " + std::to_string(second) + " have") +
         " the login " + inQuotes(login) + " with different ids, " + printable(one.id) + " and " + printable(other.id) +
         ", so these may be two users, of whom the login names only one: correct the rows, or send the ids with "
         "--prefer id. If they are not ids of Box, pick the column of the logins with --column NAME";
}

/// Gives the entries of a file one by one, without storing them. An entry that cannot be sent has its `fault` set.
class Entries : private ListSink {
 public:
  Entries(Target target, std::shared_ptr<FixedFile> file, const ListOptions& options)
      : file_(std::move(file)), parser_(target, *this, options), buffer_(FixedFile::blockSize) {}

  /// The next entry; no value at the end. *Errors*: FileError.
  std::optional<BulkEntry> next() {
    while (ready_.empty() && !ended_) {
      const std::size_t count = file_->read(block_++, buffer_);
      if (count > 0) {
        if (halt_.empty()) parser_.feed(std::string_view(buffer_.data(), count));
        continue;  // reads on after a halt, because the digest is of the whole file
      }
      ended_ = true;
      if (halt_.empty()) parser_.finish();
    }
    if (ready_.empty()) return std::nullopt;
    BulkEntry entry = std::move(ready_.front().entry);
    boxId_ = std::move(ready_.front().boxId);
    ready_.pop_front();
    return entry;
  }
  const std::string& halt() const noexcept { return halt_; }
  const ListParser& parser() const noexcept { return parser_; }
  /// See ListSink::onBoxId(). It belongs to the last entry that next() has given; empty: its row has none.
  const std::string& boxId() const noexcept { return boxId_; }

 private:
  struct Ready {
    BulkEntry entry;
    std::string boxId;
  };

  void onBoxId(std::string_view id) override { comingId_ = id; }
  void onEntry(std::string entry, std::size_t line) override {
    Ready& ready = ready_.emplace_back();
    ready.boxId = std::exchange(comingId_, {});
    BulkEntry& out = ready.entry;
    out.value = std::move(entry);
    out.line = parser_.originalLine(line);
  }
  void onLeftOut(std::string entry, std::size_t line) override {
    onEntry(std::move(entry), line);
    ready_.back().entry.skip = leftOutByExclude;
  }
  void onFault(const ListFault& fault) override {
    if (fault.last) halt_ = placeIn(file_->name(), fault.line, fault.column) + ": " + fault.text;
    BulkEntry& out = ready_.emplace_back().entry;
    out.value = fault.entry;
    out.line = parser_.originalLine(fault.line);
    out.fault = fault.column == 0 ? fault.text : "character " + std::to_string(fault.column) + ": " + fault.text;
  }

  std::shared_ptr<FixedFile> file_;
  ListParser parser_;
  std::vector<char> buffer_;
  std::size_t block_ = 0;
  std::deque<Ready> ready_;
  std::string boxId_, comingId_;
  bool ended_ = false;
  std::string halt_;
};

class ListSource final : public BulkSource {
 public:
  ListSource(Target target, std::shared_ptr<FixedFile> file, const ListOptions& options, std::uint64_t size)
      : entries_(target, std::move(file), options), size_(size) {}

  asio::awaitable<bool> read(std::vector<BulkEntry>& into, std::size_t most) override {
    for (; most > 0; --most) {
      std::optional<BulkEntry> entry = entries_.next();
      if (!entry) co_return false;
      into.push_back(std::move(*entry));
    }
    co_return true;
  }
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  Entries entries_;
  std::uint64_t size_;
};

}  // namespace

BulkTarget bulkTargetOf(Target target) noexcept {
  return target == Target::users ? BulkTarget::users : BulkTarget::groups;
}

BulkList::BulkList(Target target, const std::string& path, ListOptions options)
    : target_(target), options_(std::move(options)), name_(printable(path)), file_(std::make_shared<FixedFile>(path)) {}

BulkList::BulkList(Target target, std::string source, GatheredList gathered)
    : target_(target),
      name_(std::move(source)),
      file_(std::make_shared<FixedFile>(name_, std::move(gathered.text))),
      gathered_(std::move(gathered)) {}

ListSurvey BulkList::survey(const BulkOptions& options, const JournalContents* journal, std::size_t shown) {
  ListSurvey survey;
  Entries entries(target_, file_, options_);
  BulkChecker checker(bulkTargetOf(target_));
  const auto now = std::chrono::system_clock::now();
  std::uint64_t lookAlikes = 0, bareDomains = 0, acceptedBefore = 0;
  std::string tooLate;
  std::string firstLookAlike, firstBareDomain;
  std::unordered_map<std::uint64_t, Identified> repeated;  // of a login that is repeated: by the index of its first row
  const auto compare = [&survey](const std::string& login, const Identified& one, const Identified& other) {
    if (survey.contradiction.empty() && one.id != other.id) survey.contradiction = contradictionText(login, one, other);
  };
  while (const std::optional<BulkEntry> entry = entries.next()) {
    const BulkChecker::Finding finding = checker.check(*entry);
    std::optional<BulkPast> past;
    if (finding.canBeSent() && journal != nullptr) past = journal->past(finding.index);
    if (const std::string& why = finding.invalid; !why.empty()) {
      // Where the list is the operator's own, `why` begins with the character in the line.
      const std::size_t at = why.starts_with("character ") ? why.find(": ") : std::string::npos;
      if (at == std::string::npos) {
        survey.faults.add(name_, why);
      } else {
        survey.faults.add(name_ + ", line " + std::to_string(entry->line) + ", " + why.substr(0, at),
                          why.substr(at + 2));
      }
    }
    const bool isSent = finding.canBeSent() && entry->skip == nullptr && (!past || isSentAgain(options, *past, now));
    if (finding.canBeSent() && entry->skip != nullptr) {
      if (past && past->state == BulkState::accepted) {
        constexpr std::uint64_t mostNamed = 10;
        if (++acceptedBefore <= mostNamed) tooLate.append(tooLate.empty() ? "" : ", ").append(printable(entry->value));
        if (acceptedBefore == mostNamed + 1) tooLate += " and more";
      }
    } else if (isSent) {
      if (++survey.toSend <= shown) survey.first.push_back(entry->value);
      if (isLogin(entry->value)) ++survey.logins;
      const std::optional<char32_t> letter = lookAlikeIn(entry->value);
      if (letter && ++lookAlikes == 1) firstLookAlike = inQuotes(entry->value) + " with " + codeOf(*letter);
      if (isDomainBare(entry->value) && ++bareDomains == 1) firstBareDomain = inQuotes(entry->value);
    }
    if (finding.original && !entries.boxId().empty()) {
      const Identified here{entries.boxId(), entry->line};
      compare(entry->value, repeated.try_emplace(*finding.original, here).first->second, here);
    }
    const BulkState state = rowOf(finding, *entry, past).state;
    survey.counts.add(state);
    survey.expected.add(isSent ? BulkState::accepted : state);
  }
  entries_ = survey.counts.total();
  survey.digest = file_->digest();
  // Only repeated logins have to be looked up, so that the memory does not grow with the list.
  if (!repeated.empty()) {
    Entries firsts(target_, file_, options_);
    for (std::uint64_t index = 0; const std::optional<BulkEntry> entry = firsts.next(); ++index) {
      const auto place = firsts.boxId().empty() ? repeated.end() : repeated.find(index);
      if (place != repeated.end()) compare(entry->value, {firsts.boxId(), entry->line}, place->second);
    }
  }
  if (gathered_) {
    static_cast<ListReading&>(survey) = gathered_->reading;
  } else {
    survey.halt = entries.halt();
    for (const std::string& note : entries.parser().notes()) survey.notes.push_back(name_ + ": " + note);
    survey.columns = entries.parser().columns();
    if (options_.exclude) {
      survey.excludeColumns = options_.exclude->columns();
      survey.leftOut = options_.exclude->leftOutNotes(false);
      survey.unmatched = options_.exclude->unmatched();
      if (acceptedBefore > 0)
        survey.leftOut.push_back("Careful: --exclude comes too late for " + counted(acceptedBefore, "entry") +
                                 ", which Box has accepted before: " + tooLate);
    }
  }
  const auto warn = [&survey](std::uint64_t count, const std::string& what, const std::string& first) {
    if (count == 0) return;
    survey.notes.push_back("Careful: " + counted(count, "login") + (count == 1 ? " has " : " have ") + what +
                           (count == 1 ? ": " : ". The first: ") + first);
  };
  warn(lookAlikes, "letters of another alphabet or full-width letters among Latin ones, which may look the same",
       firstLookAlike);
  warn(bareDomains, "a domain without a dot, which is probably not whole", firstBareDomain);
  return survey;
}

void BulkList::forEach(const JournalContents* journal, const std::function<void(const BulkRow&)>& onRow) const {
  Entries entries(target_, file_, options_);
  BulkChecker checker(bulkTargetOf(target_));
  while (const std::optional<BulkEntry> entry = entries.next()) {
    const BulkChecker::Finding finding = checker.check(*entry);
    std::optional<BulkPast> past;
    if (finding.canBeSent() && journal != nullptr) {
      past = journal->past(finding.index);
      if (!past && entry->skip == nullptr) past = journal->refusal(finding.index);
    }
    onRow(rowOf(finding, *entry, past));
  }
}

void BulkList::keep(const std::string& path) const {
  requireReplaceable(path, {});
  writeFile(path, file_->content(), Readers::owner);
  if (gathered_) return;
  try {
    // The journal may become about as long as the list.
    if (!hasRoom(path, 2 * file_->size())) throw FileError("the disk has no room for it beside the journal");
    std::vector<char> buffer(FixedFile::blockSize);
    std::size_t count = 0;
    for (std::size_t block = 0; (count = file_->read(block, buffer)) > 0; ++block)
      appendToFile(path, std::string_view(buffer.data(), count));
  } catch (const FileError&) {
    removeFile(path);  // a part of the list is of no use, and takes the room of the journal
    throw;
  }
}

std::shared_ptr<BulkSource> BulkList::source() const {
  return std::make_shared<ListSource>(target_, file_, options_, entries_);
}

}  // namespace box::cli
