#include <string>
#include <vector>

#include "cli/program.hpp"
#include "cli/system/process.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> words = box::cli::commandLine(argc, argv);
  std::vector<const char*> arguments;
  arguments.reserve(words.size());
  for (const std::string& word : words) arguments.push_back(word.c_str());
  return box::cli::runProgram(arguments);
}
