#include "cli/entries.hpp"

#include <utility>

#include "cli/text.hpp"

namespace box::cli {

std::string_view nounsOf(Target target) noexcept { return target == Target::users ? "users" : "groups"; }

std::string_view nounOf(Target target) noexcept { return nounsOf(target).substr(0, nounsOf(target).size() - 1); }

std::optional<EntryFault> faultOf(EntryKind kind, std::string_view entry) {
  std::optional<EntryFault> fault = checkEntry(kind, entry);
  if (fault) fault->text = entry.empty() ? "the entry " + fault->text : inQuotes(entry) + " " + fault->text;
  return fault;
}

void InputFaults::add(const std::string& where, const std::string& text) {
  if (total_++ < shown) lines_.push_back(where + ": " + text);
}

}  // namespace box::cli
