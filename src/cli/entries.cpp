#include "cli/entries.hpp"

#include <algorithm>
#include <utility>

#include "cli/text.hpp"

namespace box::cli {

namespace {

constexpr std::size_t maxIdDigits = 20;
constexpr std::size_t maxLoginBytes = 320;

std::optional<EntryFault> faultyCharacter(std::string_view entry) {
  for (std::size_t at = 0; at < entry.size();) {
    const Utf8Character character = firstCharacter(entry.substr(at));
    if (!character.valid) return EntryFault{at, "not valid UTF-8: save the list as UTF-8"};
    if (isControl(character.value)) {
      return EntryFault{at, "has the control character " + printable(entry.substr(at, character.size)) + ": remove it"};
    }
    at += character.size;
  }
  return std::nullopt;
}

std::optional<EntryFault> faultOfLogin(std::string_view login) {
  if (login.size() > maxLoginBytes) {
    return EntryFault{0, "the login is longer than " + std::to_string(maxLoginBytes) + " bytes: " + inQuotes(login)};
  }
  const std::size_t at = login.rfind('@');
  if (at == 0 || at + 1 == login.size()) {
    return EntryFault{0, inQuotes(login) + " is no login: a login has a name before the @ and a domain behind it"};
  }
  // Such a character is a sign of several values in one place, "a@x.org, b@x.org" or "A Name <a@x.org>".
  const std::size_t odd = login.find_first_of(" ,;\"<>|()[]");
  if (odd != std::string_view::npos) {
    return EntryFault{odd, inQuotes(login) + " has '" + login[odd] + "' in it: give one plain login for each entry"};
  }
  return std::nullopt;
}

}  // namespace

std::string_view nounOf(Target target) noexcept { return target == Target::users ? "user" : "group"; }

std::optional<EntryFault> faultOf(Target target, std::string_view entry) {
  if (entry.empty())
    return EntryFault{0, "empty: give an id" + std::string(target == Target::users ? " or a login" : "")};
  if (auto fault = faultyCharacter(entry)) return fault;
  if (target == Target::users && isLogin(entry)) return faultOfLogin(entry);

  const auto isNoDigit = [](char c) { return c < '0' || c > '9'; };
  const auto odd = std::find_if(entry.begin(), entry.end(), isNoDigit);
  if (odd != entry.end()) {
    const auto offset = static_cast<std::size_t>(odd - entry.begin());
    if (target == Target::users) {
      return EntryFault{offset, inQuotes(entry) + " is neither an id (digits only) nor a login (an address with an @)"};
    }
    return EntryFault{offset, inQuotes(entry) + " is no group id: give digits only (groups have no login)"};
  }
  if (entry.size() > maxIdDigits) {
    return EntryFault{0, inQuotes(entry) + " is no id: an id has at most " + std::to_string(maxIdDigits) + " digits"};
  }
  return std::nullopt;
}

void EntryList::add(std::string entry) {
  const auto [position, isNew] = entries_.insert(std::move(entry));
  if (isNew) {
    order_.push_back(&*position);
  } else {
    ++duplicates_;
  }
}

void InputFaults::add(const std::string& where, const std::string& text) {
  if (total_++ < shown) lines_.push_back(where + ": " + text);
}

std::size_t Plan::begin(std::size_t call) const noexcept { return std::min(call * batch_, entries_->size()); }

CallEntries Plan::call(std::size_t call) const {
  CallEntries out;
  for (std::size_t i = begin(call); i < begin(call + 1); ++i) {
    const std::string& entry = (*entries_)[i];
    (isLogin(entry) ? out.logins : out.ids).push_back(entry);
  }
  return out;
}

}  // namespace box::cli
