# Sourced by the scripts beside it.
# shellcheck shell=bash

# Ends what still runs in the background: a script's background jobs do not hear of Ctrl-C.
stop_jobs() {
  local pid
  for pid in $(jobs -p); do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}

# Makes a folder, `scratch`, that goes away with the script. Ctrl-C and SIGTERM end the script and what it runs.
make_scratch() {
  scratch=$(mktemp -d)
  trap 'stop_jobs; rm -rf -- "$scratch"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "Neither root nor sudo: please have this run: $*" >&2
    return 1
  fi
}

# Where the machine's own packages come from.
mirror() {
  apt-get indextargets --format '$(SITE)|$(COMPONENT)' 'Created-By: Packages' | awk -F'|' '$2 == "main" {print $1; exit}'
}

# What makes g++ a fifth faster where it does not optimise, for some more memory: it collects its garbage when there is 1 GiB of it.
# shellcheck disable=SC2034
quick_gcc="--param ggc-min-heapsize=1048576"

# count ATTRIBUTE FILE: of the first element of ctest's JUnit report that has it
count() {
  grep -o "\\b$1=\"[0-9]*\"" "$2" | head -n 1 | grep -o '[0-9]\+' || echo 0
}

# add_tests LOG STATUS: adds what a GoogleTest program said, which ended with STATUS, to `passed`, `failed` and `skipped`. A test
# that ends the program counts as one that fails.
add_tests() {
  local ran bad left_out
  ran=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$1" | tail -n 1)
  bad=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$1" | tail -n 1)
  left_out=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$1" | tail -n 1)
  if [[ -z $ran ]]; then
    ran=$(grep -c '^\[       OK \]' "$1" || true)
    bad=$(($(grep -c '^\[  FAILED  \]' "$1" || true) + 1))
    echo "   $(basename "$1" .log) did not end by itself in: $(grep '^\[ RUN' "$1" | tail -n 1)" >&2
  elif (($2 != 0)) && [[ -z $bad ]]; then
    bad=1
  fi
  passed=$((passed + ran))
  failed=$((failed + ${bad:-0}))
  skipped=$((skipped + ${left_out:-0}))
  grep '^\[  FAILED  \] .*[^)]$' "$1" | sort -u | sed 's/^/   /' >&2 || true
}

# with_progress WHAT LOG COMMAND...
#
# Runs a command with its output in LOG, says what it does and, every so often, how far it is. Where the command fails the
# end of the log is shown, and its status returned.
with_progress() {
  local what=$1 log=$2 started=$SECONDS waited=0 status=0 pid
  shift 2
  echo "-- $what"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    waited=$((waited + 1))
    if ((waited % 100 == 0)); then
      printf '   %3d s: %s\n' $((SECONDS - started)) "$(tail -n 1 "$log" | tr -d '\r' | cut -c 1-100)"
    fi
  done
  wait "$pid" || status=$?
  if ((status != 0)); then
    echo "   failed after $((SECONDS - started)) s, status $status; the end of what it said:" >&2
    tail -n 60 "$log" >&2
    return "$status"
  fi
  echo "   done in $((SECONDS - started)) s"
}
