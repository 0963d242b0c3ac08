#!/usr/bin/env bash
# Runs clang-tidy with the checks of .clang-tidy over the sources of library, program and emulator.
#
#   bash test/lint/tidy.sh [BUILD-DIRECTORY] [FILE-OR-FOLDER...]
#
# BUILD-DIRECTORY: where the compile commands are; build-tidy by default, which is configured and not built.
# FILE-OR-FOLDER: from the project's root; src by default. One file for each processor is checked at a time. Needs clang
# 14's clang-tidy; all of src takes about a quarter of an hour on two processors. The gate does not run it. Exit status:
# 0 when nothing was found.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build=build-tidy
if [[ -n ${1-} ]]; then
  build=$1
  shift
fi
if ! command -v clang-tidy >/dev/null; then
  echo "clang-tidy is not installed (Debian: apt-get install clang-tidy)" >&2
  exit 2
fi
if [[ $build == build-tidy || ! -f $build/compile_commands.json ]]; then
  cmake -S . -B "$build" -G Ninja -DCMAKE_EXPORT_COMPILE_COMMANDS=ON -DCMAKE_CXX_COMPILER=clang++ \
    -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DBOX_SESSIONS_BUILD_TESTS=OFF >/dev/null
fi

places=("$@")
if ((${#places[@]} == 0)); then places=(src); fi
mapfile -d '' -t files < <(find "${places[@]}" -name '*.cpp' -print0 | sort -z)
if ((${#files[@]} == 0)); then
  echo "no sources in: ${places[*]}" >&2
  exit 2
fi
jobs=$(nproc 2>/dev/null || echo 2)
echo "-- clang-tidy: ${#files[@]} files, $jobs at a time"
if printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$jobs" clang-tidy -p "$build" --quiet 2>/dev/null; then
  echo "nothing found"
else
  echo "something was found" >&2
  exit 1
fi
