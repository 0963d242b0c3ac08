#include "cli/list/exclusions.hpp"

#include <algorithm>
#include <utility>

#include "cli/entries.hpp"
#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::size_t shownNames = 3;       // names in a note
constexpr std::size_t shownUnmatched = 10;  // more, because each of them has to be corrected

/// Box's ids do not begin with zeros, but the forms of other programs do.
std::string bareId(std::string_view id) {
  const std::size_t first = id.find_first_not_of('0');
  return std::string(first == std::string_view::npos ? id : id.substr(first));
}

}  // namespace

void Exclusions::add(std::string_view id, std::string_view login, std::string_view file,
                     std::span<const std::string_view> others) {
  if (id.empty() && login.empty()) return;
  if (files_.empty() || files_.back() != file) files_.emplace_back(file);
  Entry entry{{}, files_.size() - 1, std::string(login.empty() ? id : login)};
  const auto keep = [&](Names& names, std::string name) {
    if (name.empty()) return;
    auto& kept = *names.try_emplace(std::move(name)).first;
    kept.second.isOfFile = kept.second.isOfFile || !file.empty();
    entry.names.push_back(&kept);
  };
  keep(logins_, lowerCase(login));
  keep(ids_, bareId(id));
  for (const std::string_view name : others) {
    if (isLogin(name)) {
      keep(logins_, lowerCase(name));
    } else {
      keep(ids_, bareId(name));
    }
  }
  entries_.push_back(std::move(entry));
  hasIdOnly_ = hasIdOnly_ || login.empty();
  hasLoginOnly_ = hasLoginOnly_ || id.empty();
}

Exclusions::Answer Exclusions::ask(std::string_view id, std::string_view login) {
  bool isKnown = false, wasAsked = false, isOfFile = false;
  const auto find = [&](Names& names, const std::string& name) {
    const auto found = names.find(name);
    if (found == names.end()) return;
    isKnown = true;
    isOfFile = isOfFile || found->second.isOfFile;
    wasAsked = std::exchange(found->second.isAsked, true) || wasAsked;
  };
  find(ids_, bareId(id));
  find(logins_, lowerCase(login));
  if (!isKnown) return (login.empty() && hasLoginOnly_) || (id.empty() && hasIdOnly_) ? Answer::unknown : Answer::mayGo;
  if (!wasAsked) leftOut_.push_back({std::string(login.empty() ? id : login), isOfFile ? "--exclude" : "--exclude-me"});
  return Answer::mustStay;
}

std::vector<std::string> Exclusions::leftOutNotes(bool all) const {
  std::vector<std::string> out;
  for (const std::string_view option : {"--exclude", "--exclude-me"}) {
    std::size_t count = 0;
    std::string names;
    for (const LeftOut& user : leftOut_) {
      if (user.option != option || (++count > shownNames && !all)) continue;
      names.append(names.empty() ? ": " : ", ").append(printable(user.name, 100));
    }
    if (count > shownNames && !all) names.append(" and ").append(grouped(count - shownNames)).append(" more");
    if (count > 0) out.push_back(grouped(count).append(" ").append(leftOutBecauseOf).append(option).append(names));
  }
  return out;
}

std::vector<std::string> Exclusions::notes() const {
  std::vector<std::string> out = columnNotes_;
  for (std::string& each : unmatched()) out.push_back(std::move(each));
  return out;
}

std::vector<std::string> Exclusions::unmatched() const {
  std::vector<std::string> out;
  for (std::size_t file = 0; file < files_.size(); ++file) {
    std::size_t all = 0, missing = 0;
    std::string names;
    for (const Entry& entry : entries_) {
      if (entry.file != file) continue;
      ++all;
      if (std::any_of(entry.names.begin(), entry.names.end(),
                      [](const Names::value_type* name) { return name->second.isAsked; }))
        continue;
      if (++missing > shownUnmatched) continue;
      names.append(missing == 1 ? "" : ", ").append(printable(entry.given, 100));
    }
    if (missing == 0 || files_[file].empty()) continue;
    std::string note = "--exclude " + files_[file] + ": ";
    note.append(all == 1 ? "its only entry" : grouped(missing) + " of its " + counted(all, "entry"));
    note.append(missing == 1 ? " names" : " name").append(" nobody in the list: ").append(names);
    note.append(missing > shownUnmatched ? " and others" : "");
    out.push_back(std::move(note));
  }
  return out;
}

}  // namespace box::cli
