#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "cli/box_list.hpp"
#include "cli/commands.hpp"
#include "cli/csv.hpp"
#include "cli/error_text.hpp"
#include "cli/exclude_files.hpp"
#include "cli/interruption.hpp"
#include "cli/left_out.hpp"
#include "cli/run_client.hpp"
#include "cli/system/descriptors.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace json = boost::json;

namespace {

constexpr std::string_view head = "id,login,name,status,role,type\n";
constexpr std::size_t mostListBytes = 1024 * 1024 * 1024;  // as much as --file accepts

std::string_view typeOf(const UserFull& user) { return user.type.empty() ? std::string_view("user") : user.type; }

std::string csvLine(const UserFull& user) {
  std::string out = csvField(user.id);
  for (const std::string_view cell : {std::string_view(user.login), std::string_view(user.name),
                                      std::string_view(user.status), std::string_view(user.role), typeOf(user)}) {
    out.append(",").append(csvField(cell));
  }
  return out + "\n";
}

std::string jsonLine(const ListedUser& listed) {
  const UserFull& user = listed.user;
  json::object out;
  out["event"] = "user";
  out["id"] = validUtf8(user.id);
  out["login"] = validUtf8(user.login);
  out["name"] = validUtf8(user.name);
  out["status"] = validUtf8(user.status);
  out["role"] = validUtf8(user.role);
  out["type"] = validUtf8(typeOf(user));
  if (listed.mark != UserMark::none) out["mark"] = toString(listed.mark);
  out["leftOut"] = listed.leftOut;
  return json::serialize(out) + "\n";
}

/// Collects all lines before any is shown, because a part of a list must not look like a whole one.
class Lines {
 public:
  Lines(const ListArguments& arguments, std::shared_ptr<Exclusions> exclude, const Console& console)
      : isJson_(arguments.json), exclude_(std::move(exclude)), console_(console), csv_(head) {}

  void add(ListedUser user) {
    if (exclude_) leaveOutWhoMustStay(user);
    count_.add(user);
    if (isJson_) events_ += jsonLine(user);
    if (!user.leftOut) csv_ += csvLine(user.user);
    if (csv_.size() > mostListBytes) throw FileError("the list is longer than 1 GiB: choose fewer users");
    if (Console::showsStatus()) console_.status("listing users: " + grouped(count_.listed() + count_.leftOut()));
  }
  const std::string& csv() const noexcept { return csv_; }
  const std::string& events() const noexcept { return events_; }
  const LeftOut& count() const noexcept { return count_; }
  /// What the operator should know about those who are left out, one line each.
  std::vector<std::string> notes() const {
    std::vector<std::string> out = count_.notes();
    if (!exclude_) return out;
    for (const std::vector<std::string>& notes :
         {exclude_->columns(), exclude_->leftOutNotes(false), exclude_->notes()})
      out.insert(out.end(), notes.begin(), notes.end());
    return out;
  }

 private:
  void leaveOutWhoMustStay(ListedUser& user) {
    const Exclusions::Answer answer = exclude_->ask(user.user.id, user.user.login);
    if (answer == Exclusions::Answer::mayGo || user.leftOut) return;
    user.leftOut = true;
    user.mark = UserMark::excepted;
    if (answer == Exclusions::Answer::unknown) {
      console_.complain("user " + printable(user.user.id, 30) +
                        " is left out: Box tells no login, and "
                        "--exclude names somebody by login only");
    }
  }

  const bool isJson_;
  std::shared_ptr<Exclusions> exclude_;
  const Console& console_;
  std::string csv_, events_;
  LeftOut count_;
};

Exit tellFailure(const ListArguments& arguments, const BoxListError& error, const Console& console) {
  const Exit exit = exitFor(error.failure());
  console.complain(std::string("nothing was listed: ") + error.what());
  if (exit != Exit::usage) console.tell(failureLines(error.failure()));
  if (!error.remedy().empty()) console.complain(error.remedy());
  if (arguments.json || Console::keepsLog()) {
    json::object out;
    out["event"] = "failed";
    out["message"] = validUtf8(error.what());
    if (!error.remedy().empty()) out["advice"] = validUtf8(error.remedy());
    addFailure(out["failure"].emplace_object(), error.failure());
    out["exitStatus"] = static_cast<int>(exit);
    console.event(out, arguments.json);
  }
  return exit;
}

void checkOutput(const ListArguments& arguments) {
  if (!arguments.outputFile) return;
  const std::string& path = *arguments.outputFile;
  for (const std::string& file : arguments.excludeFiles) {
    if (isSameFile(path, file))
      throw FileError("--output: " + shownPath(path) + " is also the list of --exclude, and it would be lost");
  }
  requireReplaceable(path, std::array{head});
  requireWritable(path);
}

void tellResult(const ListArguments& arguments, const Lines& lines, const std::string& words, const Console& console) {
  const LeftOut& count = lines.count();
  if (arguments.outputFile) writeFile(*arguments.outputFile, lines.csv(), Readers::owner);
  if (!arguments.json && !arguments.outputFile) console.result(lines.csv());
  if (arguments.json) console.result(lines.events());
  if (arguments.json || Console::keepsLog()) {
    json::object out;
    out["event"] = "summary";
    out["selection"] = validUtf8(words);
    out["listed"] = count.listed();
    out["leftOut"] = count.leftOut();
    out["marks"] = count.json();
    if (arguments.outputFile) out["output"] = validUtf8(*arguments.outputFile);
    out["exitStatus"] = static_cast<int>(Exit::accepted);
    console.event(out, arguments.json);
  }
  console.complain((count.listed() == 0 ? "nobody" : counted(count.listed(), "user")) + " listed: " + words +
                   (arguments.outputFile ? ", in " + shownPath(*arguments.outputFile) : ""));
  for (const std::string& note : lines.notes()) console.complain(note);
}

}  // namespace

Exit runList(const ListArguments& arguments, const Environment& environment, const Console& console) {
  if (arguments.log) Console::keepLog(*arguments.log);
  checkOutput(arguments);
  Lines lines(arguments, readExclusions(Target::users, arguments.excludeFiles), console);
  RunClient caller(arguments, environment, console);
  BoxList list(caller.owner(), arguments.selection, "--group");
  const auto onUser = [&lines](ListedUser user) { lines.add(std::move(user)); };
  try {
    if (runInterruptibly(caller.context(), list.read(onUser), console)) {
      console.status({});
      console.complain("nothing was listed");
      return Exit::interrupted;
    }
  } catch (const BoxListError& error) {
    return tellFailure(arguments, error, console);
  }
  tellResult(arguments, lines, list.words(), console);
  return Exit::accepted;
}

}  // namespace box::cli
