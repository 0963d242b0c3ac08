# Writes the source that tells the program which commit is built; empty where the sources are no git checkout, as in a release's
# archive. Only where it has changed, so that nothing is compiled for it otherwise.
# cmake -DSOURCE_DIR=... -DOUTPUT=... -P commit.cmake
set(commit "")
find_program(GIT git)
if(GIT AND EXISTS "${SOURCE_DIR}/.git")
  execute_process(COMMAND "${GIT}" -C "${SOURCE_DIR}" describe --always --dirty --abbrev=12 "--exclude=*"
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT commit MATCHES "^[0-9a-f]+(-dirty)?$")
  set(commit "")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[
#include "cli/version_text.hpp"

namespace box::cli {
std::string_view builtCommit() noexcept { return "@commit@"; }
}  // namespace box::cli
]] @ONLY)
