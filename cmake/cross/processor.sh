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
  arm64) triplet=aarch64-linux-gnu processor=aarch64 folders=(unit integration fault) ;;
  s390x) triplet=s390x-linux-gnu processor=s390x folders=(unit) ;;
  *)
    sed -n '2,4p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac

bash "$root/cmake/setup-debian.sh" cross-processor "$triplet"

build=$root/build-cross-$architecture
libraries=$build/libraries
jobs=$(nproc)
leave_out=()
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
with_progress "configuring" "$log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_FLAGS_DEBUG="-O0 $quick_gcc" -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR="$processor" \
  -DCMAKE_CXX_COMPILER="$triplet-g++" -DCMAKE_SYSROOT="$libraries" -DCMAKE_LIBRARY_ARCHITECTURE="$triplet" \
  -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY \
  -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_PACKAGE=ONLY \
  "-DCMAKE_CROSSCOMPILING_EMULATOR=qemu-$processor;-L;$libraries" \
  -DBOX_SESSIONS_BUILD_TESTS=ON -DBOX_SESSIONS_BUILD_PROGRAM=OFF -DBOX_SESSIONS_WARNINGS_AS_ERRORS=ON "${launcher[@]}"
targets=()
for folder in "${folders[@]}"; do targets+=("test/$folder/all"); done
with_progress "building" "$log" ninja -C "$build" -j "$jobs" "${targets[@]}"

passed=0 failed=0 skipped=0
for folder in "${folders[@]}"; do
  report=$build/$folder.xml status=0
  rm -f -- "$report"
  # Programs that a test starts need the libraries, too.
  with_progress "testing: $folder" "$log" env QEMU_LD_PREFIX="$libraries" ctest --test-dir "$build/test/$folder" \
    --parallel $((jobs + 1)) --no-tests=error --output-on-failure --output-junit "$report" "${leave_out[@]}" || status=$?
  grep -E '\*\*\*Skipped|\*\*\*Not Run' "$log" | sed 's/^/   /' || true
  if [[ ! -s $report ]]; then
    failed=$((failed + 1))
    continue
  fi
  not_passed=$(count failures "$report")
  ((status == 0 || not_passed > 0)) || not_passed=1
  left_out=$(($(count skipped "$report") + $(count disabled "$report")))
  passed=$((passed + $(count tests "$report") - not_passed - left_out))
  failed=$((failed + not_passed))
  skipped=$((skipped + left_out))
done
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0))
