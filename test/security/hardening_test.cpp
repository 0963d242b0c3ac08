// The hardening options of compiler and linker have had their effect on the files that they made.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <regex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace box {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// The output of readelf for a file.
std::string readelf(const std::string& options, const std::string& file) {
  const std::string command = "LC_ALL=C '" BOX_READELF "' -W " + options + " '" + file + "' 2>&1";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
  if (!pipe) return "popen failed";
  std::string text;
  char buffer[4096];
  while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, pipe.get())) text.append(buffer, count);
  return text;
}

std::size_t occurrences(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  return static_cast<std::size_t>(std::distance(std::sregex_iterator(text.begin(), text.end(), expression), {}));
}

const std::string program = BOX_SESSIONS_PROGRAM;

TEST(Hardening, TheProgramMayBeLoadedAnywhere) { EXPECT_THAT(readelf("-h", program), ContainsRegex("Type: +DYN")); }

TEST(Hardening, TheProgramsAddressesOfFunctionsAreReadOnlyBeforeItBegins) {
  EXPECT_THAT(readelf("-l", program), HasSubstr("GNU_RELRO"));
  EXPECT_THAT(readelf("-d", program), HasSubstr("BIND_NOW"));
}

TEST(Hardening, TheProgramsStackHoldsNoCode) {
  const std::string segments = readelf("-l", program);
  EXPECT_THAT(segments, ContainsRegex("GNU_STACK .* RW "));
  EXPECT_EQ(occurrences(segments, " RWE "), 0U) << segments;
}

TEST(Hardening, TheProgramHasNoRelocationsInItsCode) { EXPECT_THAT(readelf("-d", program), Not(HasSubstr("TEXTREL"))); }

TEST(Hardening, ProgramAndLibraryGuardTheirStacksAndBuffers) {
  for (const std::string& file : {program, std::string(BOX_SESSIONS_LIBRARY)}) {
    const std::string symbols = readelf("-s", file);
    EXPECT_THAT(symbols, HasSubstr("__stack_chk_fail")) << file;
    EXPECT_THAT(symbols, ContainsRegex("UND __[a-z_]+_chk")) << file;
  }
}

#if defined(__x86_64__)
TEST(Hardening, EveryObjectOfTheLibraryMarksWhereJumpsMayLand) {
  const std::string notes = readelf("-n", BOX_SESSIONS_LIBRARY);
  const std::size_t objects = occurrences(notes, "File: .*\\.o\\)");
  EXPECT_GT(objects, 15U);  // some twenty where the sources are compiled in pieces
  EXPECT_EQ(occurrences(notes, "x86 feature: IBT, SHSTK"), objects);
}
#endif

}  // namespace
}  // namespace box
