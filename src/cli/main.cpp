#include <cstddef>
#include <span>

#include "cli/program.hpp"

int main(int argc, char** argv) {
  const std::span<const char* const> all(argv, static_cast<std::size_t>(argc));
  return box::cli::runProgram(all.subspan(argc > 0 ? 1 : 0));
}
