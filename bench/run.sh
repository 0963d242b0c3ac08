#!/usr/bin/env bash
# Builds the benchmarks, runs them, and writes bench/results.json, bench/charts/*.svg and the tables in bench/README.md.
#
#   bash bench/run.sh [--quick]
#
# Installs missing packages on Debian (as root or with sudo). Builds in build-bench. --quick: fewer rounds, to check
# that everything works; its results go to build-bench instead. Exit status: 0 when everything that can be measured was
# measured.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
build=$root/build-bench
# shellcheck source=../cmake/functions.sh
source "$root/cmake/functions.sh"
if (($# > 1)) || { (($# == 1)) && [[ $1 != --quick ]]; }; then
  sed -n '2,8p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi

bash "$root/cmake/setup-debian.sh" bench

log=$(mktemp)
trap 'stop_jobs; rm -f -- "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# -g1: callgrind needs names; they cost nothing at run time.
with_progress "configuring" "$log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_CXX_FLAGS_RELEASE="-O2 -DNDEBUG -g1" -DBOX_SESSIONS_BUILD_BENCH=ON -DBOX_SESSIONS_BUILD_TESTS=OFF \
  -DBOX_SESSIONS_BUILD_PROGRAM=ON
with_progress "building" "$log" ninja -C "$build"
if command -v npm >/dev/null; then
  # The lock file fixes each package by its hash, and install scripts of packages do not run.
  mkdir -p "$build/node"
  cp "$here"/clients/node/package*.json "$build/node"
  with_progress "installing Box's SDK for Node" "$log" \
    npm ci --prefix "$build/node" --ignore-scripts --no-audit --no-fund ||
    echo "   continues without it: that comparison is left out"
fi
python3 "$here/run.py" --build "$build" "$@"
