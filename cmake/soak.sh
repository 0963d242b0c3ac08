#!/usr/bin/env bash
# Runs the client for a long time against an emulator, through a network and a server that fail, and compares what its
# callers are told with what the server has seen.
#
#   bash cmake/soak.sh [--address | --thread] [SECONDS] [ARGUMENT...]
#
# SECONDS: 120 by default. ARGUMENT: of the program box_soak (--help shows them). --address, --thread: under clang's
# AddressSanitizer with UndefinedBehaviorSanitizer, or ThreadSanitizer. Builds in build-soak*, or below what
# BOX_SESSIONS_SOAK_BUILD says. Exit status: 0 where no promise was broken.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
build=${BOX_SESSIONS_SOAK_BUILD:-$root/build-soak}
# shellcheck source=cmake/functions.sh
source "$here/functions.sh"

options=()
if [[ -n ${CXX-} ]]; then options+=(-DCMAKE_CXX_COMPILER="$CXX"); fi
fixed_addresses=()
case ${1-} in
  --address | --thread)
    build+=-${1#--}
    options=(-DCMAKE_CXX_COMPILER=clang++ -DBOX_SESSIONS_SANITIZE="${1#--}" -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1")
    # The runtime of clang 14 cannot start where the kernel spreads addresses as far as newer ones do.
    if setarch "$(uname -m)" -R true 2>/dev/null; then fixed_addresses=(setarch "$(uname -m)" -R); fi
    shift
    ;;
esac
arguments=("$@")
if [[ ${1-} =~ ^[0-9]+$ ]]; then
  arguments=(--seconds "$@")
elif (($# == 0)); then
  arguments=(--seconds 120)
fi
# What test.sh has built there includes the program, and stays so.
[[ -f $build/CMakeCache.txt ]] || options+=(-DBOX_SESSIONS_BUILD_PROGRAM=OFF)
if command -v ccache >/dev/null; then options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi

make_scratch

with_progress "configuring" "$scratch/log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DBOX_SESSIONS_BUILD_TESTS=ON "${options[@]}"
with_progress "building" "$scratch/log" ninja -C "$build" box_soak

export UBSAN_OPTIONS="print_stacktrace=1"
export TSAN_OPTIONS="halt_on_error=1:second_deadlock_stack=1"
"${fixed_addresses[@]}" "$build/test/soak/box_soak" "${arguments[@]}" </dev/null
