#include "session_termination/request_body.hpp"

#include <cstddef>
#include <optional>

#include "box/error.hpp"

namespace box::inline v0_1 {

std::string encodeBody(std::initializer_list<BodyList> lists) {
  // Room for all of it at once: nothing that JSON would escape is in an entry without fault.
  std::size_t size = 1;
  for (const BodyList& list : lists) {
    size += list.key.size() + 6;  // {"":[]
    list.items.forEach([&](std::string_view item) { size += item.size() + 3; });
  }
  std::string out;
  out.reserve(size);
  std::size_t total = 0;
  for (const BodyList& list : lists) {
    out.append(out.empty() ? "{\"" : ",\"").append(list.key).append("\":[");
    std::size_t position = 0;
    list.items.forEach([&](std::string_view item) {
      if (const std::optional<EntryFault> fault = checkEntry(list.kind, item)) {
        throw BoxSdkError(Errc::invalidRequest,
                          std::string(list.name) + "[" + std::to_string(position) + "] " + fault->text);
      }
      if (position != 0) out.append(1, ',');
      out.append(1, '"').append(item).append(1, '"');
      ++position;
    });
    out.append(1, ']');
    total += position;
  }
  if (total == 0) {
    std::string names;
    for (const BodyList& list : lists) names += (names.empty() ? "" : " and ") + std::string(list.name);
    throw BoxSdkError(Errc::invalidRequest, "nothing to do: " + names + (lists.size() > 1 ? " are both" : " is") +
                                                " empty; name at least one");
  }
  out.append(1, '}');
  return out;
}

}  // namespace box::inline v0_1
