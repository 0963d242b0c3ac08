#include "cli/list/exclusions.hpp"

#include "cli/text.hpp"

namespace box::cli {

namespace {

/// Box's ids do not begin with zeros, but the forms of other programs do.
std::string bareId(std::string_view id) {
  const std::size_t first = id.find_first_not_of('0');
  return std::string(first == std::string_view::npos ? id : id.substr(first));
}

}  // namespace

void Exclusions::add(std::string_view id, std::string_view login, std::string_view file) {
  if (id.empty() && login.empty()) return;
  if (files_.empty() || files_.back() != file) files_.emplace_back(file);
  const auto keep = [](Names& names, std::string name) {
    return name.empty() ? nullptr : &*names.emplace(std::move(name), false).first;
  };
  entries_.push_back({keep(ids_, bareId(id)), keep(logins_, lowerCase(login)), files_.size() - 1});
  hasIdOnly_ = hasIdOnly_ || login.empty();
  hasLoginOnly_ = hasLoginOnly_ || id.empty();
}

Exclusions::Answer Exclusions::ask(std::string_view id, std::string_view login) {
  const auto find = [](Names& names, const std::string& name) {
    const auto found = names.find(name);
    if (found == names.end()) return false;
    return found->second = true;
  };
  const bool knowsId = find(ids_, bareId(id)), knowsLogin = find(logins_, lowerCase(login));
  if (knowsId || knowsLogin) return Answer::mustStay;
  return (login.empty() && hasLoginOnly_) || (id.empty() && hasIdOnly_) ? Answer::unknown : Answer::mayGo;
}

std::string Exclusions::option() const {
  std::string out;
  for (const std::string_view option : {"--exclude", "--exclude-me"}) {
    const bool isFile = option == "--exclude";
    bool isGiven = false;
    for (const std::string& file : files_) isGiven = isGiven || file.empty() != isFile;
    if (isGiven) out.append(out.empty() ? "" : " or ").append(option);
  }
  return out;
}

std::vector<std::string> Exclusions::notes() const {
  constexpr std::size_t shown = 3;
  std::vector<std::string> out = columnNotes_;
  for (std::size_t file = 0; file < files_.size(); ++file) {
    std::size_t all = 0, missing = 0;
    std::string names;
    for (const Entry& entry : entries_) {
      if (entry.file != file) continue;
      ++all;
      if ((entry.id != nullptr && entry.id->second) || (entry.login != nullptr && entry.login->second)) continue;
      if (++missing > shown) continue;
      names.append(missing == 1 ? "" : ", ")
          .append(printable((entry.login != nullptr ? entry.login : entry.id)->first, 100));
    }
    if (missing == 0 || files_[file].empty()) continue;
    out.push_back(std::to_string(missing) + " of " + counted(all, "entry") + " of " + files_[file] +
                  (missing == 1 ? " is" : " are") + " not in the list: " + names +
                  (missing > shown ? " and others" : ""));
  }
  return out;
}

}  // namespace box::cli
