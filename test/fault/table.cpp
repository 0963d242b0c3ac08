#include "fault/table.hpp"

#include <array>
#include <optional>

#include "fault/fault.hpp"

namespace box::test {
namespace {

std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string number(const std::optional<Count>& count) { return count ? count->text() : "–"; }

std::string row(const Fault& fault) {
  std::string requests = number(fault.requests());
  if (fault.tokenRequests().most() != 0) requests += " + " + fault.tokenRequests().text() + " for tokens";
  std::string line = "|";
  for (const std::string& text :
       {fault.id(), fault.what(), fault.provokedBy(), fault.seenText(), number(fault.attempts()),
        number(fault.connections()), requests, fault.verdictText()}) {
    line += " " + cell(text) + " |";
  }
  return line + "\n";
}

}  // namespace

std::string faultTable() {
  std::array<std::size_t, 4> standings{};
  std::string groups;
  for (const FaultGroup& group : allFaults()) {
    groups += "\n## " + group.letter() + ". " + group.title() + "\n\n" +
              "| id | fault | provoked by | the caller sees | attempts | connections | requests | verdict |\n" +
              "|---|---|---|---|---|---|---|---|\n";
    for (const Fault& fault : group.faults()) {
      groups += row(fault);
      ++standings[static_cast<std::size_t>(fault.standing())];
    }
  }
  const auto count = [&](Fault::Standing standing) {
    return std::to_string(standings[static_cast<std::size_t>(standing)]);
  };
  return "# What goes wrong, and what a caller sees\n\n"
         "Written by `box_fault_test --write-table test/fault/faults.md` from the rows that the same program runs; a "
         "test\n"
         "compares the two. Every row that runs also asserts that descriptors and threads are the same before and "
         "behind it,\n"
         "that no token, secret or login stands in an error or an event, and that the call ends in time.\n\n"
         "The calls are about users, with the default policy of five attempts. *Attempts*, *connections* and "
         "*requests* are\n"
         "what that one call cost, as the library and the server count them. The fate is the call's: `notSent`, "
         "`inDoubt`,\n"
         "`rejected`, or accepted.\n\n" +
         count(Fault::Standing::run) + " rows run, " + count(Fault::Standing::elsewhere) +
         " are shown by another test, " + count(Fault::Standing::notRun) + " cannot be run here, " +
         count(Fault::Standing::pending) + " are pending.\n" + groups;
}

}  // namespace box::test
