#!/usr/bin/env bash
# Fuzzes the parsers with libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer.
#
#   bash cmake/fuzz.sh [SECONDS] [TARGET...]
#
# SECONDS: for each target, 60 by default. TARGET: a file of test/fuzz without .cpp; all by default. Needs clang.
# Builds in build-fuzz, or where BOX_SESSIONS_FUZZ_BUILD says. New inputs are kept there in found/TARGET, those that fail
# in failed. Exit status: 0 when no target failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
build=${BOX_SESSIONS_FUZZ_BUILD:-$root/build-fuzz}
# shellcheck source=cmake/progress.sh
source "$here/progress.sh"

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

scratch=$(mktemp -d)
trap 'stop_jobs; rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
# The runtime of clang 14 cannot start where the kernel spreads addresses as far as newer ones do.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_addresses=(setarch "$(uname -m)" -R); fi

with_progress "configuring" "$scratch/log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" -DCMAKE_CXX_COMPILER=clang++ -DBOX_SESSIONS_BUILD_TESTS=ON \
  -DBOX_SESSIONS_FUZZ=ON -DBOX_SESSIONS_SANITIZE=address "${launcher[@]}"
with_progress "building" "$scratch/log" ninja -C "$build" "${targets[@]/#/fuzz_}"

mkdir -p "$build/failed"
export UBSAN_OPTIONS="print_stacktrace=1"
failed=()
for target in "${targets[@]}"; do
  mkdir -p "$build/found/$target"
  # Slower than 10 s for one input is a finding, too.
  if ! with_progress "$target, $seconds s" "$build/failed/$target.log" "${fixed_addresses[@]}" \
    "$build/test/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$build/failed/$target-" "$build/found/$target" \
    "$root/test/fuzz/corpus/$target"; then
    failed+=("$target")
    continue
  fi
  printf '   %s runs\n' "$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/failed/$target.log")"
  rm -f -- "$build/failed/$target.log"
done

echo
if ((${#failed[@]} > 0)); then
  echo "${#failed[@]} of ${#targets[@]} targets failed (${failed[*]}): see $build/failed"
  exit 1
fi
echo "${#targets[@]} targets, nothing found"
