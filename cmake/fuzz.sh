#!/usr/bin/env bash
# Fuzzes the parsers with libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer.
#
#   bash cmake/fuzz.sh [SECONDS] [TARGET...]
#
# SECONDS: for each target, 60 by default. TARGET: a file of test/fuzz without .cpp; all by default. As many run at a time as
# there are processors. Needs clang. Builds in build-fuzz, or where BOX_SESSIONS_FUZZ_BUILD says. New inputs are kept there in
# found/TARGET, those that fail in failed. The last line counts targets: "N passed, N failed". Exit status: 0 when none failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
build=${BOX_SESSIONS_FUZZ_BUILD:-$root/build-fuzz}
# shellcheck source=cmake/functions.sh
source "$here/functions.sh"

seconds=60
if [[ ${1-} =~ ^[0-9]+$ ]]; then
  seconds=$1
  shift
fi
if ((seconds < 1)) || [[ ${1-} == -* ]]; then
  sed -n '2,8p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
targets=("$@")
if ((${#targets[@]} == 0)); then
  for folder in "$root"/test/fuzz/corpus/*/; do targets+=("$(basename "$folder")"); done
fi
for target in "${targets[@]}"; do
  if [[ ! -f $root/test/fuzz/$target.cpp || ! -d $root/test/fuzz/corpus/$target ]]; then
    echo "There is no target $target in test/fuzz" >&2
    exit 2
  fi
done

make_scratch

jobs=$(nproc 2>/dev/null || echo 2)
launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # So that a clone in another place finds what this one has compiled.
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
fi
# The runtime of clang 14 cannot start where the kernel spreads addresses as far as newer ones do.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_addresses=(setarch "$(uname -m)" -R); fi

# What test.sh has built keeps its flags.
if [[ ! -f $build/CMakeCache.txt ]]; then
  with_progress "configuring" "$scratch/log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" -DCMAKE_CXX_COMPILER=clang++ -DBOX_SESSIONS_BUILD_TESTS=ON \
    -DBOX_SESSIONS_FUZZ=ON -DBOX_SESSIONS_SANITIZE=address "${launcher[@]}"
fi
with_progress "building" "$scratch/log" ninja -C "$build" -j "$jobs" "${targets[@]/#/fuzz_}"

mkdir -p "$build/failed"
export UBSAN_OPTIONS="print_stacktrace=1"

# fuzz TARGET: becomes the fuzzer
fuzz() {
  local words=()
  case $1 in
    client_error | config | http_date | keep_alive | response | retry_after | token_response | two_responses | www_authenticate)
      words=(-dict="$root/test/fuzz/http.dict")
      ;;
  esac
  mkdir -p "$build/found/$1"
  # Slower than 10 s for one input is a finding, too.
  exec "${fixed_addresses[@]}" "$build/test/fuzz/fuzz_$1" -max_total_time="$seconds" -max_len=16384 -timeout=10 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$build/failed/$1-" "${words[@]}" "$build/found/$1" \
    "$root/test/fuzz/corpus/$1"
}

declare -A running=()
passed=0 waited=0
failed=()
waiting=("${targets[@]}")
echo "-- fuzzing, $seconds s each, $jobs at a time"
while ((${#waiting[@]} + ${#running[@]} > 0)); do
  while ((${#waiting[@]} > 0 && ${#running[@]} < jobs)); do
    fuzz "${waiting[0]}" >"$build/failed/${waiting[0]}.log" 2>&1 </dev/null &
    running[${waiting[0]}]=$!
    waiting=("${waiting[@]:1}")
  done
  sleep 0.2
  waited=$((waited + 1))
  for target in "${!running[@]}"; do
    kill -0 "${running[$target]}" 2>/dev/null && continue
    log=$build/failed/$target.log
    if wait "${running[$target]}"; then
      passed=$((passed + 1))
      echo "   $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs"
      rm -f -- "$log"
    else
      failed+=("$target")
      echo "   $target: FAILED"
    fi
    unset "running[$target]"
  done
  if ((waited % 150 == 0)); then echo "   ... ${!running[*]}, and ${#waiting[@]} to come"; fi
done

for target in "${failed[@]}"; do
  printf '\nThe end of %s:\n' "$build/failed/$target.log"
  tail -n 40 "$build/failed/$target.log"
done
echo
echo "$passed passed, ${#failed[@]} failed"
((${#failed[@]} == 0))
