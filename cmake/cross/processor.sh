#!/usr/bin/env bash
# What cross.sh does for another processor: see there.
#
#   bash cmake/cross/processor.sh arm64 | s390x
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=cmake/functions.sh
source "$root/cmake/functions.sh"

architecture=${1-}
case $architecture in
  arm64) triplet=aarch64-linux-gnu processor=aarch64 folders=(unit unit/emulator integration fault) ;;
  s390x) triplet=s390x-linux-gnu processor=s390x folders=(unit unit/emulator) ;;
  *)
    sed -n '2,4p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac

bash "$root/cmake/setup-debian.sh" cross-processor "$triplet"

build=$root/build-cross-$architecture
libraries=$build/libraries
jobs=$(nproc)
# This one reads half a million journals, which takes many minutes under an emulator. That checksums are right here, and that
# damaged journals are refused, other tests say.
leave_out=(JournalText.WithAnyByteChangedIsRefusedOrSaysLess)
# This one starts threads in a forked process. If the parent had several threads, qemu-user 7.2 fails there in its assertion
# "qemu_plugin_vcpu_init_hook".
leave_out+=(Blocking.AForkedProcessStartsThreadsAnew)
# Here the calls of parent and child run at the same time, and qemu-user 7.2 then fails in its assertion "cpu == current_cpu".
leave_out+=(Fork.WhatParentAndChildAreToldAsAcceptedWasAccepted)
# These wait until half of a body has arrived, which they ask the kernel for by TCP_INFO; qemu-user does not translate that.
leave_out+=('*/Cancellation.*/Body' '*/Lifetime.*/Body')
# These start a program that was compiled for the other processor. Only where the kernel has been told of qemu can it do that.
leave_out+=(EmulatorCertificatesOfAProcess.SayThatOpenSslIsConfiguredWithoutWhatTheyNeed
  TokenStorageTest.TheLockOfAKilledProcessIsFree TokenStorageTest.OfFourProcessesNoneLosesWhatAnotherStored
  TokenStorageTest.FourProcessesShareASingleUseRefreshTokenThroughTwoHundredRefreshes)
make_scratch
log=$scratch/log
mkdir -p "$build"

# Unpacks the libraries of the other architecture, of this machine's release and from where its own packages come. Nothing of
# them is run or installed here.
unpack_libraries() {
  local release
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  as_root rm -rf -- "$libraries.part"
  as_root mmdebstrap --variant=extract --mode=root --architectures="$architecture" \
    --include="libc6-dev,libssl-dev,libboost$boost-dev,libboost-json$boost-dev,libgtest-dev,libgmock-dev" \
    "$release" "$libraries.part" "$(mirror)"
  as_root chown -R "$(id -u):$(id -g)" "$libraries.part"
  rm -rf -- "$libraries"
  mv -- "$libraries.part" "$libraries"
}
boost=$(dpkg-query -W -f '${Package}\n' 'libboost-json1.*-dev' | sed -n 's/^libboost-json\(1\.[0-9]*\)-dev$/\1/p' | sort -V | tail -n 1)
[[ -d $libraries ]] || with_progress "unpacking the libraries of $architecture" "$log" unpack_libraries

launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
fi
# The program is left out: its tests start it as a process.
with_progress "configuring" "$log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_UNITY_BUILD=ON \
  -DCMAKE_CXX_FLAGS_DEBUG="-O0 $quick_gcc" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$processor" \
  -DCMAKE_CXX_COMPILER="$triplet-g++" -DCMAKE_SYSROOT="$libraries" -DCMAKE_LIBRARY_ARCHITECTURE="$triplet" \
  -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY \
  -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_PACKAGE=ONLY \
  "-DCMAKE_CROSSCOMPILING_EMULATOR=qemu-$processor;-L;$libraries" \
  -DBOX_SESSIONS_BUILD_TESTS=ON -DBOX_SESSIONS_BUILD_PROGRAM=OFF -DBOX_SESSIONS_WARNINGS_AS_ERRORS=ON "${launcher[@]}"
targets=()
for folder in "${folders[@]}"; do targets+=("test/$folder/all"); done
with_progress "building" "$log" ninja -C "$build" -j "$jobs" "${targets[@]}"

# run_shards PROGRAM LOG: the tests of a program in as many processes as there are jobs, not a process for each test as ctest
# does it: under an emulator it takes long to start one, and to make the keys that many tests share. The first status that is
# not 0 is returned; each process has the log LOG.I.log.
run_shards() {
  local shard pids=() pid status=0
  # `timeout` is the head of a process group, so that Ctrl-C does not reach it.
  trap 'kill "${pids[@]}" 2>/dev/null || true; exit 143' TERM
  for ((shard = 0; shard < jobs; ++shard)); do
    env GTEST_TOTAL_SHARDS="$jobs" GTEST_SHARD_INDEX="$shard" timeout --kill-after=10 1800 \
      "qemu-$processor" -L "$libraries" "$1" --gtest_color=no --gtest_filter="-$(IFS=: && echo "${leave_out[*]}")" \
      >"$2.$shard.log" 2>&1 </dev/null &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || status=$?; done
  return "$status"
}

passed=0 failed=0 skipped=0
for folder in "${folders[@]}"; do
  while read -r program; do
    name=$(basename "$program") status=0
    rm -f -- "$build/$name".*.log
    # add_tests gets the status 0, because `status` is that of all processes together; the end of each log shows its failures.
    with_progress "testing: $name" "$log" run_shards "$program" "$build/$name" || status=$?
    for part in "$build/$name".*.log; do add_tests "$part" 0; done
    ((status == 0 || failed > 0)) || failed=1
    sed -n 's/^\[  SKIPPED \] \([A-Z].*[^)]\)$/   skipped: \1/p' "$build/$name".*.log | sort -u
  done < <(find "$build/test/$folder" -maxdepth 1 -type f -executable -name 'box_*_test*' | sort)
done
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0))
