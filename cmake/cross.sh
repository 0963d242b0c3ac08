#!/usr/bin/env bash
# Builds box-sessions for another system or processor, and runs the tests there.
#
#   bash cmake/cross.sh windows [-R REGEX]
#   bash cmake/cross.sh arm64    for this processor: the tests of unit, integration and fault
#   bash cmake/cross.sh s390x    for this one, which is big-endian: the tests of unit
#
# windows: library, emulator, program and tests are compiled by MinGW-w64 and run by Wine, in a folder of Wine's own. OpenSSL
# is built from Debian's source, and so are the compiled parts of Boost and GoogleTest. -R runs only the tests of GoogleTest
# whose names match a filter of GoogleTest, such as 'Journal*'. Installs what is missing on Debian (as root or with sudo).
# Builds in build-cross-windows and keeps what it has built there. Tests of what the system does not have are not built, or
# say that they are skipped. The last line is "N passed, N failed". Exit status: 0 when tests ran and none failed.
#
# arm64, s390x: library and tests are compiled by Debian's cross compiler, with the libraries of that architecture, which are
# unpacked into a folder, and run by qemu-user. Builds in build-cross-ARCHITECTURE.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=cmake/functions.sh
source "$here/functions.sh"

usage() {
  sed -n '2,16p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

case ${1-} in
  windows) ;;
  arm64 | s390x) exec bash "$here/cross/processor.sh" "$@" ;;
  *) usage ;;
esac
shift
filter='*'
while (($# > 0)); do
  case $1 in
    -R)
      filter=${2?-R needs a filter}
      shift
      ;;
    *) usage ;;
  esac
  shift
done

bash "$here/setup-debian.sh" cross-windows

build=$root/build-cross-windows
parts=$build/parts
prefix=$parts/installed
log=$build/log
jobs=$(nproc 2>/dev/null || echo 2)
mkdir -p "$parts"
trap stop_jobs EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
fi

# ------------------------------------------------------------------------------------------------------- OpenSSL and Boost

# The source packages of where the machine's own packages come from.
sources() {
  mkdir -p lists/partial cache/archives/partial
  apt-get indextargets --format 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(SITE) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' | sort -u >sources.list
  apt=(-o "Dir::Etc::SourceList=$PWD/sources.list" -o Dir::Etc::SourceParts=- -o "Dir::State::Lists=$PWD/lists"
    -o "Dir::Cache=$PWD/cache" -o Acquire::Retries=3 -o APT::Sandbox::User=root)
  apt-get "${apt[@]}" update
}

# fetch PACKAGE FOLDER: the newest version that can be had
fetch() {
  local version
  for version in $(apt-cache "${apt[@]}" showsrc "$1" | sed -n 's/^Version: //p' | sort -rV); do
    rm -rf -- "$2"
    apt-get "${apt[@]}" source --only-source --download-only "$1=$version" || continue
    dpkg-source --extract "$1_$version.dsc" "$2" && return
  done
  return 1
}

build_openssl() {
  cd "$parts"
  sources
  fetch openssl openssl
  cd openssl
  ./Configure mingw64 --cross-compile-prefix=x86_64-w64-mingw32- no-tests no-shared --prefix="$prefix" --libdir=lib
  # Where OpenSSL looks for its configuration, and for engines and providers that it loads. Otherwise it would be below the
  # prefix, which Windows takes for a folder of drive C that any user may make. --openssldir does not help: for Configure,
  # which runs here, such a path is relative.
  local -r places=(OPENSSLDIR="C:/Program Files/Common Files/SSL"
    ENGINESDIR="C:/Program Files/OpenSSL/lib/engines-3" MODULESDIR="C:/Program Files/OpenSSL/lib/ossl-modules")
  make -j "$jobs" build_libs "${places[@]}"
  make install_dev "${places[@]}"
}

build_parts() {
  local version
  cd "$parts"
  # The headers of Boost alone: those of the system beside them are not for Windows.
  mkdir -p headers
  ln -sfn /usr/include/boost headers/boost
  version=$(sed -n 's/^#define BOOST_LIB_VERSION "\([0-9_]*\)"$/\1/p' headers/boost/version.hpp)
  sources
  fetch "boost${version//_/.}" boost
  cmake -S "$here/cross/parts" -B other -G Ninja -DCMAKE_TOOLCHAIN_FILE="$here/cross/windows.cmake" \
    -DBOX_CROSS_PREFIX="$prefix" -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_BUILD_TYPE=Release \
    -DBOOST_VERSION="${version//_/.}.0" -DBOOST_HEADERS="$parts/headers" -DPROGRAM_OPTIONS="$parts/boost/libs/program_options/src" \
    -DGOOGLETEST=/usr/src/googletest
  ninja -C other -j "$jobs" install
}

# once NAME WHAT COMMAND: unless it was done before
once() {
  if [[ ! -e $parts/$1.done ]]; then
    with_progress "$2" "$log" "$3"
    touch "$parts/$1.done"
  fi
}

once openssl "building OpenSSL from Debian's source" build_openssl
once parts "building parts of Boost, and GoogleTest" build_parts

# ------------------------------------------------------------------------------------------------------------- box-sessions

# -O0, because compiling takes most of the time.
with_progress "configuring" "$log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_UNITY_BUILD=ON \
  -DCMAKE_TOOLCHAIN_FILE="$here/cross/windows.cmake" -DBOX_CROSS_PREFIX="$prefix" -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O0 $quick_gcc" \
  -DBOX_SESSIONS_HARDENING=OFF -DBOX_SESSIONS_BUILD_TESTS=ON -DBOX_SESSIONS_BUILD_PROGRAM=ON \
  -DBOX_SESSIONS_WARNINGS_AS_ERRORS=ON "${launcher[@]}"
if ! with_progress "building" "$log" ninja -C "$build" -j "$jobs"; then
  echo "0 passed, 1 failed"
  exit 1
fi

# ---------------------------------------------------------------------------------------------------------------- the tests

# Without a locale of UTF-8 Wine cannot give a file a Unicode name.
export WINEPREFIX=$build/wine WINEDEBUG=-all LC_ALL=C.UTF-8
wine=
for candidate in /usr/lib/wine/wine64 wine64 wine; do
  if command -v "$candidate" >/dev/null; then
    wine=$candidate
    break
  fi
done
server=
for candidate in /usr/lib/wine/wineserver64 /usr/lib/wine/wineserver wineserver; do
  if command -v "$candidate" >/dev/null; then
    server=$candidate
    break
  fi
done
# Wine's own server stays for a while after the last program.
trap '"$server" -k 2>/dev/null || true; stop_jobs' EXIT
with_progress "making a folder for Wine" "$log" "$wine" wineboot --init

passed=0 failed=0 skipped=0

echo
echo "== tests under Wine"
while read -r program; do
  name=$(basename "$program" .exe)
  status=0
  with_progress "$name" "$log" timeout --kill-after=10 900 "$wine" "$program" --gtest_filter="$filter" --gtest_color=no || status=$?
  tr -d '\r' <"$log" >"$build/$name.log"
  add_tests "$build/$name.log" "$status"
done < <(find "$build/test" -name 'box_*_test*.exe' | sort)

if [[ $filter == '*' ]]; then
  with_progress "the program and its emulator" "$log" \
    bash "$root/test/windows/program.sh" "$wine" "$build/src/cli/box-sessions.exe" || true
  sed -n '/^ok /p; /^not ok /p' "$log"
  passed=$((passed + $(grep -c '^ok ' "$log" || true)))
  failed=$((failed + $(grep -c '^not ok ' "$log" || true)))
fi

echo
((skipped == 0)) || echo "$skipped tests say that they are skipped here"
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
