#!/usr/bin/env bash
# Builds the benchmarks, runs them, and writes bench/results.json, bench/charts/*.svg and the tables in bench/README.md.
#
#   bash bench/run.sh [--quick] [--beside COMMIT]
#
# Installs missing packages on Debian (as root or with sudo). Builds in build-bench. --quick: fewer rounds, to check
# that everything works; its results go to build-bench instead. --beside: also builds that commit of this repository in
# build-bench/beside, runs both in turns, and writes a table of both. Exit status: 0 when everything that can be
# measured was measured.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
build=$root/build-bench
# shellcheck source=../cmake/functions.sh
source "$root/cmake/functions.sh"

quick=() beside=()
while (($# > 0)); do
  case $1 in
    --quick) quick=(--quick) ;;
    --beside)
      commit=$(git -C "$root" rev-parse --short --verify "${2?--beside needs a commit}^{commit}")
      beside=(--beside "$commit")
      shift
      ;;
    *)
      sed -n '2,9p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
  shift
done

bash "$root/cmake/setup-debian.sh" bench

log=$(mktemp)
trap 'stop_jobs; rm -f -- "$log"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
fi
# -g1: callgrind needs names; they cost nothing at run time.
options="-O2 -DNDEBUG -g1"

# configure SOURCE BUILD CMAKE-ARGUMENT...
configure() {
  local source=$1 build=$2
  shift 2
  with_progress "configuring" "$log" cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_CXX_FLAGS_RELEASE="$options" -DBOX_SESSIONS_BUILD_BENCH=ON -DBOX_SESSIONS_BUILD_TESTS=OFF \
    -DBOX_SESSIONS_BUILD_PROGRAM=ON "${launcher[@]}" "$@"
}

# Builds another commit's library and program, and the benchmarks that are also run with it: where they compile with its
# headers, today's, so that both commits are measured by the same code.
build_other() {
  local commit=$1 other=$build/beside/$1 file name=withCustomBaseUrls
  local targets=(box_bench_ours box_bench_memory box_bench_bulk box_bench_counters box-sessions)
  echo "-- $commit, to be measured beside this commit"
  mkdir -p "$other/source"
  git -C "$root" archive "$commit" | tar -x -C "$other/source"
  # It was another name once.
  grep -qs $name "$other/source/include/box/network/session.hpp" || name=withBaseUrls
  for file in bench/memory.cpp bench/clients/ours.cpp bench/support/load.{c,h}pp test/support/cost_counters.cpp; do
    mkdir -p "$other/source/$(dirname "$file")"
    sed "s/withCustomBaseUrls/$name/" "$root/$file" >"$other/source/$file"
  done
  configure "$other/source" "$other/build"
  with_progress "building" "$log" ninja -C "$other/build" "${targets[@]}" && return
  echo "   today's benchmarks do not compile with that commit's headers: its own are used"
  git -C "$root" archive "$commit" bench test/support | tar -x -m -C "$other/source"
  with_progress "building" "$log" ninja -C "$other/build" "${targets[@]}"
}

configure "$root" "$build"
with_progress "building" "$log" ninja -C "$build"
if ((${#beside[@]} > 0)); then build_other "$commit"; fi
if command -v npm >/dev/null; then
  # The lock file fixes each package by its hash, and install scripts of packages do not run.
  mkdir -p "$build/node"
  cp "$here"/clients/node/package*.json "$build/node"
  with_progress "installing Box's SDK for Node" "$log" \
    npm ci --prefix "$build/node" --ignore-scripts --no-audit --no-fund ||
    echo "   continues without it: that comparison is left out"
fi
python3 "$here/run.py" --build "$build" --compiler-options="$options" "${quick[@]}" "${beside[@]}"
