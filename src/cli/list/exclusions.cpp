#include "cli/list/exclusions.hpp"

#include "cli/text.hpp"

namespace box::cli {

void Exclusions::add(std::string_view id, std::string_view login) {
  if (id.empty() && login.empty()) return;
  ++size_;
  if (!id.empty()) ids_.emplace(id);
  if (!login.empty()) logins_.insert(lowerCase(login));
  hasIdOnly_ = hasIdOnly_ || login.empty();
  hasLoginOnly_ = hasLoginOnly_ || id.empty();
}

Exclusions::Answer Exclusions::ask(std::string_view id, std::string_view login) const {
  if (!id.empty() && ids_.contains(std::string(id))) return Answer::mustStay;
  if (!login.empty() && logins_.contains(lowerCase(login))) return Answer::mustStay;
  return (login.empty() && hasLoginOnly_) || (id.empty() && hasIdOnly_) ? Answer::unknown : Answer::mayGo;
}

}  // namespace box::cli
