#include "cli/gathered_list.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/csv.hpp"
#include "cli/files.hpp"
#include "cli/interruption.hpp"
#include "cli/left_out.hpp"
#include "cli/list/exclusions.hpp"
#include "cli/system/terminal.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::size_t mostBytes = 256 * 1024 * 1024;

class Gatherer final : public ListSink {
 public:
  Gatherer(Target target, const ListOptions& options) : target_(target), options_(options) {
    list_.text = target == Target::users ? "user_id,login,line,problem\n" : "group_id,line,problem\n";
  }

  void addArgument(std::size_t number, std::string_view argument) {
    const std::string_view entry = trimmedEntry(argument);
    const std::string place = "argument " + std::to_string(number);
    if (const auto fault = faultOf(kindOf(target_), entry)) {
      const std::string path(argument);
      addFault(place,
               fault->text + (isRegularFile(path)         ? ". Is it a list? Then: --file " + shownPath(path)
                              : target_ == Target::groups ? ". For a group by its name: box-sessions users "
                                                            "--group-members NAME"
                                                          : ""),
               entry.empty() ? std::string() : inQuotes(entry));
      return;
    }
    const bool isAddress = isLogin(entry);
    const auto answer = options_.exclude ? options_.exclude->ask(isAddress ? std::string_view() : entry,
                                                                 isAddress ? entry : std::string_view())
                                         : Exclusions::Answer::mayGo;
    if (answer == Exclusions::Answer::unknown) {
      addFault(place, unknownExclusion(!isAddress), inQuotes(entry));
    } else if (answer == Exclusions::Answer::mayGo) {
      onEntry(std::string(entry), 0);
    }
  }
  /// `isOnly`: there is no other input, so that a line says where an entry is.
  void addFile(Input& input, bool isOnly) {
    name_ = input.name();
    hasLines_ = isOnly;
    ListParser parser(target_, *this, options_);
    std::array<char, 64 * 1024> buffer{};
    bool more = true;
    while (more) {
      const std::size_t count = input.read(buffer);
      if (count == 0) break;
      more = parser.feed(std::string_view(buffer.data(), count));
    }
    parser.finish();
    for (const std::string& note : parser.notes()) list_.reading.notes.push_back(name_ + ": " + note);
    columns_.emplace_back(name_, parser.columns());
  }
  /// Adds a user whom Box has listed and who is not left out.
  void addUser(const UserFull& user) {
    const bool hasLogin = !checkEntry(EntryKind::userLogin, user.login);
    addRow(user.id, hasLogin ? guardedEntry(user.login) : "");
  }
  void addUndecided(const UserFull& user) {
    addFault("user " + user.id, unknownExclusion(user.login.empty()), inQuotes(user.id));
  }
  void addNotes(const std::vector<std::string>& notes) {
    list_.reading.notes.insert(list_.reading.notes.end(), notes.begin(), notes.end());
  }
  bool isHalted() const noexcept { return !list_.reading.halt.empty(); }
  /// `all`: name everybody who is left out.
  GatheredList take(bool all) {
    list_.reading.columns = columnsText();
    if (options_.exclude) {
      const Exclusions& exclude = *options_.exclude;
      list_.reading.excludeColumns = exclude.columns();
      addNotes(exclude.notes());
      list_.reading.unmatched = exclude.unmatched();
      list_.reading.leftOut = exclude.leftOutNotes(all);
      for (const auto& [name, option] : exclude.leftOut())
        addEntry(name, 0, std::string(leftOutBecauseOf).append(option));
    }
    return std::move(list_);
  }

 private:
  std::string columnsText() const {
    constexpr std::size_t shown = 3;
    if (columns_.empty()) return {};
    const std::string& first = columns_.front().second;
    if (std::all_of(columns_.begin(), columns_.end(), [&first](const auto& file) { return file.second == first; }))
      return first;
    std::string out;
    for (std::size_t i = 0; i < std::min(shown, columns_.size()); ++i) {
      const auto& [name, columns] = columns_[i];
      out.append(i == 0 ? "'" : ", '")
          .append(name)
          .append("' ")
          .append(columns.empty() ? "line by line" : "by " + columns);
    }
    return columns_.size() > shown ? out + " and " + std::to_string(columns_.size() - shown) + " more" : out;
  }
  void onBoxId(std::string_view id) override { boxId_ = id; }
  void onEntry(std::string entry, std::size_t line) override {
    const std::string id = std::exchange(boxId_, {});
    if (id.empty()) return addEntry(entry, line, {});
    addRow(id, guardedEntry(entry), line);
  }
  void addEntry(const std::string& entry, std::size_t line, const std::string& problem) {
    const bool isAddress = isLogin(entry);
    addRow(isAddress ? "" : entry, isAddress ? guardedEntry(entry) : "", line, problem);
  }
  void onFault(const ListFault& fault) override {
    const std::string place = placeIn(name_, fault.line, fault.column);
    if (fault.last) list_.reading.halt = place + ": " + fault.text;
    addFault(place, fault.text, fault.entry, fault.line);
  }
  /// `entry`: in quotes, so that it is not a valid one when the list is read again.
  void addFault(const std::string& place, const std::string& text, const std::string& entry, std::size_t line = 0) {
    list_.reading.faults.add(place, text);
    const std::string cell = csvField(entry);
    addRow(target_ == Target::users ? "" : cell, cell, line, csvField("invalid at " + place + ": " + text));
  }
  /// `login`: not used for groups.
  void addRow(const std::string& id, const std::string& login, std::size_t line = 0, const std::string& problem = {}) {
    std::string row = target_ == Target::users ? id + "," + login : id;
    row.append(",").append(line == 0 || !hasLines_ ? "" : std::to_string(line)).append(",").append(problem);
    if (list_.text.size() + row.size() >= mostBytes)
      throw FileError("the list is longer than " + std::to_string(mostBytes / 1024 / 1024) +
                      " MiB, the limit unless it is one regular --file without --exclude and --exclude-me: split it");
    list_.text.append(row).append("\n");
  }

  Target target_;
  const ListOptions& options_;
  std::string name_, boxId_;
  std::vector<std::pair<std::string, std::string>> columns_;  // of each file, after its name
  bool hasLines_ = false;
  GatheredList list_;
};

}  // namespace

bool isOneFile(const TerminateArguments& arguments) {
  if (!arguments.entries.empty() || arguments.files.size() != 1 || !arguments.excludeFiles.empty() ||
      arguments.asksBoxForTheList())
    return false;
  const std::string& path = arguments.files.front();
  std::error_code unknown;
  const std::filesystem::file_status status = std::filesystem::status(filePath(path), unknown);
  // A file that does not exist is treated as a regular one, so that opening it gives the error message.
  return path != "-" && !isInherited(path) &&
         (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status));
}

GatheredList gather(const TerminateArguments& arguments, const ListOptions& options, const Console& console) {
  Gatherer gatherer(arguments.target, options);
  for (std::size_t i = 0; i < arguments.entries.size(); ++i) gatherer.addArgument(i + 1, arguments.entries[i]);
  for (const std::string& file : arguments.files) {
    if (gatherer.isHalted()) break;
    Input input(file, Pipes::read);
    if (input.isTerminal())
      console.complain("reading the list from the terminal: one entry a line; " + std::string(endOfTyping()) +
                       " ends it");
    gatherer.addFile(input, arguments.entries.empty() && arguments.files.size() == 1);
  }
  return gatherer.take(arguments.verbose);
}

std::optional<GatheredList> gatherFromBox(const TerminateArguments& arguments, const ListOptions& options, BoxList& box,
                                          asio::io_context& context, const std::optional<Identity>& identity,
                                          const Console& console) {
  Gatherer gatherer(arguments.target, options);
  LeftOut count;
  const bool showsStatus = Console::showsStatus() && !arguments.quiet && !arguments.json;
  const auto onUser = [&](ListedUser listed) {
    // With --as-user, Box's listing treats the user of --as-user as oneself, and not the owner of the credentials, who
    // is left out here.
    if (!listed.leftOut && !arguments.selection.me && identity && listed.user.id == identity->id) {
      listed.mark = UserMark::oneself;
      listed.leftOut = true;
    }
    auto answer = Exclusions::Answer::mayGo;
    if (options.exclude) answer = options.exclude->ask(listed.user.id, listed.user.login);
    if (listed.leftOut) answer = Exclusions::Answer::mayGo;
    if (answer == Exclusions::Answer::mustStay) {
      listed.mark = UserMark::excepted;
      listed.leftOut = true;
    }
    count.add(listed);
    if (showsStatus) console.status("listing users: " + grouped(count.listed() + count.leftOut()));
    if (answer == Exclusions::Answer::unknown) return gatherer.addUndecided(listed.user);
    if (!listed.leftOut) gatherer.addUser(listed.user);
  };
  const bool interrupted = runInterruptibly(context, box.read(onUser), console);
  console.status({});
  if (interrupted) return std::nullopt;
  gatherer.addNotes(count.notes());
  return gatherer.take(arguments.verbose);
}

std::string sourceOf(const TerminateArguments& arguments) {
  const std::size_t files = arguments.files.size(), entries = arguments.entries.size();
  std::string out = entries == 0 ? std::string() : counted(entries, "argument");
  if (files == 0) return out;
  if (!out.empty()) out += " and ";
  if (files > 1) return out + counted(files, "file");
  return out + (arguments.files.front() == "-" ? std::string("standard input") : shownPath(arguments.files.front()));
}

}  // namespace box::cli
