#!/usr/bin/env bash
# Builds everything and runs the tests.
#
#   bash cmake/test.sh [--sanitizers | --no-sanitizers] [--fuzz] [--soak] [--gate] [-R REGEX]
#
# --sanitizers also runs them under clang's AddressSanitizer with UndefinedBehaviorSanitizer, and those about threads under
# ThreadSanitizer; that is the default where the environment has CI=true. --fuzz also fuzzes each parser for 6 s, --soak
# makes calls for one minute while everything fails; each target and the soak count as a test. --gate is all of these, and
# clang-tidy, which counts as a test, and Chromium, in which the page of a report is looked at; without --gate that test is
# skipped where Chromium is not installed. -R runs only the tests whose names match. Installs what is missing on Debian (as
# root or with sudo). Builds in build-test*. The last line counts over all runs: "N passed, N failed, N skipped". Exit
# status: 0 when tests ran and none failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=cmake/functions.sh
source "$here/functions.sh"

sanitizers='' fuzz='' soak='' gate=''
[[ ${CI-} == true ]] && sanitizers=yes
select=()
while (($# > 0)); do
  case $1 in
    --sanitizers) sanitizers=yes ;;
    --no-sanitizers) sanitizers='' ;;
    --fuzz) fuzz=yes ;;
    --soak) soak=yes ;;
    --gate) gate=yes sanitizers=yes fuzz=yes soak=yes ;;
    -R)
      select=(-R "${2?-R needs a regular expression}")
      shift
      ;;
    *)
      sed -n '2,13p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
  shift
done

if [[ -n $gate ]]; then bash "$here/setup-debian.sh" gate; else bash "$here/setup-debian.sh" tests; fi

jobs=$(nproc 2>/dev/null || echo 2)
make_scratch

launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # So that a clone in another place finds what this one has compiled.
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
  # Without these it compiles anew whatever uses a precompiled header.
  export CCACHE_SLOPPINESS=pch_defines,time_macros
fi

# The runtime of clang 14 cannot start where the kernel spreads addresses as far as newer ones do.
fixed_addresses=()
if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_addresses=(setarch "$(uname -m)" -R); fi

passed=0 failed=0 skipped=0
summary=()
# A command that `run` starts beside the first tests, which wait more than they compute; its process and when it started.
beside=() beside_pid='' beside_started=0

# in_groups OK|SKIPPED BUILD-DIRECTORY: how many tests ended so in the processes that run many tests.
in_groups() {
  awk -v end="^[[] +$1 []] .*[(][0-9]+ ms[)]\$" '
    /^[0-9]+\/[0-9]+ Testing: / {together = $3 ~ /^Together[.]/}
    together && $0 ~ end {++n}
    END {print n + 0}' "$2/Testing/Temporary/LastTest.log"
}

# run NAME BUILD-DIRECTORY CMAKE-ARGUMENT...
run() {
  local name=$1 build="$root/$2" started=$SECONDS report="$scratch/report.xml" log="$scratch/log" status=0
  local ran not_passed left_out together left_together
  shift 2
  echo
  echo "== $name"
  if ! with_progress "configuring" "$log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DBOX_SESSIONS_BUILD_TESTS=ON -DBOX_SESSIONS_BUILD_PROGRAM=ON -DBOX_SESSIONS_WARNINGS_AS_ERRORS=ON \
    -DCMAKE_UNITY_BUILD=ON "${launcher[@]}" "$@" ||
    ! with_progress "building" "$log" ninja -C "$build" -j "$jobs"; then
    failed=$((failed + 1))
    summary+=("$name: does not build")
    return 0
  fi
  if ((${#beside[@]} > 0)) && [[ -z $beside_pid ]]; then
    beside_started=$SECONDS
    nice -n 19 "${beside[@]}" >"$scratch/beside" 2>&1 </dev/null &
    beside_pid=$!
  fi
  rm -f -- "$report"
  with_progress "testing" "$log" "${fixed_addresses[@]}" ctest --test-dir "$build" --parallel $((jobs + 2)) --no-tests=error \
    --output-on-failure --output-junit "$report" "${select[@]}" 2>"$scratch/end" || status=$?
  if [[ ! -s $report ]]; then
    cat "$scratch/end" >&2
    failed=$((failed + 1))
    summary+=("$name: no test ran")
    return 0
  fi
  ran=$(count tests "$report")
  not_passed=$(count failures "$report")
  left_out=$(($(count skipped "$report") + $(count disabled "$report")))
  # The tests that ran in one process are counted in its place, but a process that failed counts as one failed test.
  together=$(grep -c ' Together\..* Passed ' "$log" || true)
  left_together=$(in_groups SKIPPED "$build")
  ran=$((ran - together + $(in_groups OK "$build") + left_together))
  left_out=$((left_out + left_together))
  if ((status != 0)); then
    # All that failed, not only the end of it.
    sed -E '/^ *Start +[0-9]+:/d; / Passed +[0-9.]+ sec$/d' "$log" >&2
    ((not_passed > 0)) || not_passed=1
  fi
  # The tests' secrets begin alike (test/support/canaries.hpp): none of them may be in what any test printed.
  if grep -qaE 'CnrY7q|Q25yWTdx|436e72593771' "$build"/Testing/Temporary/LastTest.log; then
    echo "a secret of a test is in its output: see $build/Testing/Temporary/LastTest.log" >&2
    failed=$((failed + 1))
  fi
  grep -E '\*\*\*Skipped|\*\*\*Not Run' "$log" | sed 's/^/   /' || true
  passed=$((passed + ran - not_passed - left_out))
  failed=$((failed + not_passed))
  skipped=$((skipped + left_out))
  summary+=("$name: $((ran - not_passed - left_out)) passed, $not_passed failed, $left_out skipped in $((SECONDS - started)) s")
}

[[ -z $gate ]] || beside=(bash "$root/test/lint/tidy.sh")
# -O1 without NDEBUG: assertions hold in tests, and a build takes half the time.
run "g++" build-test -DCMAKE_CXX_COMPILER="${CXX:-g++}" -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1 $quick_gcc"

if [[ -n $gate ]]; then
  echo
  echo "== clang-tidy, which has begun beside the tests"
  if [[ -n $beside_pid ]] && with_progress "looking at every source" "$scratch/log" tail --pid="$beside_pid" -n 0 -F "$scratch/beside" &&
    wait "$beside_pid"; then
    passed=$((passed + 1))
    summary+=("clang-tidy: 1 passed, 0 failed in $((SECONDS - beside_started)) s")
  else
    [[ -z $beside_pid ]] || tail -n 60 "$scratch/beside" >&2
    failed=$((failed + 1))
    summary+=("clang-tidy: 0 passed, 1 failed in $((SECONDS - beside_started)) s")
  fi
fi

# -O0: clang 14 takes three times as long to compile instrumented code at -O1, and the tests wait more than they compute.
if [[ -n $sanitizers ]]; then
  export ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1"
  export UBSAN_OPTIONS="print_stacktrace=1"
  # lld links an instrumented program in a quarter of the time.
  linker=()
  if command -v ld.lld >/dev/null; then linker=(-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld); fi
  export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1"
  # Two for each that runs at a time, so that none runs alone for long at the end. A selection by name is one of single tests.
  groups=$((2 * (jobs + 2)))
  if ((${#select[@]} > 0)); then groups=''; fi
  # What is fuzzed afterwards is built at once: the same instrumented library runs the tests.
  run "clang, AddressSanitizer and UndefinedBehaviorSanitizer" build-test-address -DCMAKE_CXX_COMPILER=clang++ \
    -DBOX_SESSIONS_SANITIZE=address -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O0 -g1" -DBOX_SESSIONS_FUZZ="${fuzz:-OFF}" \
    -DBOX_SESSIONS_TEST_GROUPS="$groups" "${linker[@]}"
  run "clang, ThreadSanitizer" build-test-thread -DCMAKE_CXX_COMPILER=clang++ \
    -DBOX_SESSIONS_SANITIZE=thread -DBOX_SESSIONS_BUILD_PROGRAM=OFF -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O0 -g1" \
    -DBOX_SESSIONS_TEST_GROUPS="$groups" "${linker[@]}"
fi

if [[ -n $fuzz ]]; then
  started=$SECONDS
  echo
  echo "== fuzzing"
  with_progress "building, and 6 s for each parser" "$scratch/log" \
    env BOX_SESSIONS_FUZZ_BUILD="$root/build-test-address" bash "$here/fuzz.sh" 6 || true
  grep ' runs$' "$scratch/log" || true
  if [[ $(tail -n 1 "$scratch/log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    summary+=("fuzzing: ${BASH_REMATCH[0]} in $((SECONDS - started)) s")
  else
    failed=$((failed + 1))
    summary+=("fuzzing: did not run")
  fi
fi

if [[ -n $soak ]]; then
  started=$SECONDS
  echo
  echo "== soak"
  # In what the first run has built.
  if with_progress "one minute of faults" "$scratch/log" \
    env BOX_SESSIONS_SOAK_BUILD="$root/build-test" bash "$here/soak.sh" 60; then
    sed -n '/ calls in /p; /^connections:/,$p' "$scratch/log"
    passed=$((passed + 1))
    summary+=("soak: 1 passed, 0 failed in $((SECONDS - started)) s")
  else
    failed=$((failed + 1))
    summary+=("soak: 0 passed, 1 failed in $((SECONDS - started)) s")
  fi
fi

echo
printf '%s\n' "${summary[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0))
