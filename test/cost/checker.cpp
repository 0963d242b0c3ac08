// Searches a list of different ids for duplicates.
//
//   box_cost_checker <ids>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "box/bulk/bulk_entry.hpp"

int main(int argc, char** argv) {
  const std::uint64_t ids = argc == 2 ? std::strtoull(argv[1], nullptr, 10) : 0;
  box::BulkChecker checker(box::BulkTarget::users);
  box::BulkEntry entry;
  for (std::uint64_t id = 0; id < ids; ++id) {
    entry.value = std::to_string(10'000'000'000 + id);
    if (!checker.check(entry).canBeSent()) return EXIT_FAILURE;
  }
}
