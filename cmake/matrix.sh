#!/usr/bin/env bash
# Tries compilers, standard libraries, versions of C++, of Boost and of OpenSSL: each row at the end of this file is built
# without warnings, and its unit and integration tests are run. The gate tries g++ 12 and clang 14 with libstdc++ and C++20, and
# the shared library.
#
#   bash cmake/matrix.sh [REGEX]
#
# REGEX picks rows by their names. Needs Debian 12 and root or sudo: what the release does not have comes from Debian 13, which
# is unpacked into a folder. Builds in build-matrix, and keeps that for the next time. The last line counts the tests of all
# rows: "N passed, N failed, N skipped". Exit status: 0 when tests ran and none failed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=cmake/functions.sh
source "$here/functions.sh"
if [[ ${1-} == -* ]]; then
  sed -n '2,11p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
pick=${1-.}
if [[ $(. /etc/os-release && echo "${VERSION_CODENAME-}") != bookworm ]]; then
  echo "This needs Debian 12" >&2
  exit 2
fi

bash "$here/setup-debian.sh" matrix
folder=$root/build-matrix
trixie=$folder/debian-13
jobs=$(nproc)
make_scratch
log=$scratch/log
mkdir -p "$folder"

unpack_trixie() {
  as_root rm -rf -- "$trixie"
  as_root mmdebstrap --variant=apt --mode=root --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --include="g++-13,g++-14,clang-19,libc++-19-dev,libc++abi-19-dev,cmake,ninja-build,\
libssl-dev,libboost1.83-dev,libboost-json1.83-dev,libgtest-dev,libgmock-dev,pkg-config,openssl,ca-certificates" \
    trixie "$trixie" "$(mirror)"
  # Otherwise the name localhost is asked for in the network.
  printf '127.0.0.1 localhost\n::1 localhost\n' | as_root tee "$trixie/etc/hosts" >/dev/null
  as_root touch "$trixie/.complete"
}

# Only one version of Boost can be installed; of this one the headers are enough.
unpack_boost_188() {
  mkdir -p "$folder/boost-1.88"
  in_release trixie bash -c 'cd /tmp && apt-get -q update && apt-get -q download libboost1.88-dev &&
    dpkg-deb -x libboost1.88-dev_*.deb "$1"' _ "$folder/boost-1.88"
}

# in_release RELEASE COMMAND...: in this system, or in the folder of the other one, which sees the project at the same path.
in_release() {
  local release=$1
  shift
  if [[ $release == bookworm ]]; then
    "$@"
    return
  fi
  # In a chroot whose root is no mount point, unshare cannot make its mounts private. There the caller's namespace is private.
  local alone=(--propagation private)
  as_root unshare --mount true 2>/dev/null || alone=(--propagation unchanged)
  as_root unshare --mount "${alone[@]}" --pid --fork --kill-child bash -c '
    folder=$1 root=$2
    shift 2
    mkdir -p "$folder$root"
    mount -t proc proc "$folder/proc"
    mount --rbind /dev "$folder/dev"
    mount --bind "$root" "$folder$root"
    exec chroot "$folder" env -C "$root" "$@"' _ "$trixie" "$root" "$@"
}

passed=0 failed=0 skipped=0
summary=()

# row NAME RELEASE COMPILER STANDARD CMAKE-ARGUMENT...
row() {
  local name=$1 release=$2 compiler=$3 standard=$4 build report tests flags=-O0 status=0 started=$SECONDS
  local ran=0 not_passed=0 left_out=0 without_report=0
  shift 4
  [[ $name =~ $pick ]] || return 0
  [[ $compiler != g++* ]] || flags="$flags $quick_gcc"
  build=$folder/$(tr -cs 'a-z0-9.' '-' <<<"${name,,}" | sed 's/-*$//')
  echo
  echo "== $name"
  if ! with_progress "configuring" "$log" in_release "$release" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_UNITY_BUILD=ON \
    -DCMAKE_CXX_FLAGS_DEBUG="$flags" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_STANDARD="$standard" -DBOX_SESSIONS_BUILD_TESTS=ON \
    -DBOX_SESSIONS_BUILD_PROGRAM=OFF -DBOX_SESSIONS_INSTALL=OFF -DBOX_SESSIONS_WARNINGS_AS_ERRORS=ON "$@" ||
    ! with_progress "building" "$log" in_release "$release" ninja -C "$build" -j "$jobs" test/{unit,unit/emulator,integration}/all; then
    failed=$((failed + 1))
    summary+=("$name|does not build")
    return 0
  fi
  for tests in unit unit/emulator integration; do
    report=$build/${tests##*/}.xml
    rm -f -- "$report"
    with_progress "testing: $tests" "$log" in_release "$release" ctest --test-dir "$build/test/$tests" --parallel $((jobs + 2)) \
      --no-tests=error --output-on-failure --output-junit "$report" || status=$?
    if [[ ! -s $report ]]; then
      without_report=$((without_report + 1))
      continue
    fi
    ran=$((ran + $(count tests "$report")))
    not_passed=$((not_passed + $(count failures "$report")))
    left_out=$((left_out + $(count skipped "$report") + $(count disabled "$report")))
  done
  ((status == 0 || not_passed > 0 || without_report > 0)) || not_passed=1
  ran=$((ran - not_passed - left_out))
  not_passed=$((not_passed + without_report))
  passed=$((passed + ran))
  failed=$((failed + not_passed))
  skipped=$((skipped + left_out))
  summary+=("$name|$ran passed, $not_passed failed, $left_out skipped in $((SECONDS - started)) s")
}

# row_with_parts NAME RELEASE COMPILER STANDARD FLAGS HEADERS: a row for which this script compiles Boost.JSON and GoogleTest,
# because no package has them for its standard library or its version of Boost. HEADERS: a folder that contains only the folder boost.
row_with_parts() {
  local name=$1 release=$2 compiler=$3 standard=$4 flags=$5 headers=$6 place version of_c
  [[ $name =~ $pick ]] || return 0
  place=$folder/parts-$compiler$flags
  version=$(in_release "$release" sed -n 's/^#define BOOST_LIB_VERSION "\([0-9_]*\)"$/\1/p' "$headers/boost/version.hpp")
  case $compiler in
    clang*) of_c=${compiler/clang++/clang} ;;
    *) of_c=${compiler/g++/gcc} ;;
  esac
  echo
  if [[ ! -e $place/.complete ]] && ! with_progress "Boost.JSON ${version//_/.} and GoogleTest by $compiler $flags" "$log" \
    in_release "$release" bash -c 'set -e
    place=$1 compiler=$2 flags=$3 headers=$4 version=$5 of_c=$6
    cmake -S cmake/cross/parts -B "$place" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER="$compiler" \
      -DCMAKE_C_COMPILER="$of_c" -DCMAKE_CXX_FLAGS="$flags" -DCMAKE_INSTALL_PREFIX="$place/installed" -DCMAKE_INSTALL_LIBDIR=lib -DBOOST_VERSION="$version.0" \
      -DBOOST_HEADERS="$headers" -DGOOGLETEST=/usr/src/googletest
    ninja -C "$place" install
    touch "$place/.complete"' _ "$place" "$compiler" "$flags" "$headers" "${version//_/.}" "$of_c"; then
    failed=$((failed + 1))
    summary+=("$name|its Boost.JSON or GoogleTest does not build")
    return 0
  fi
  row "$name" "$release" "$compiler" "$standard" -DCMAKE_PREFIX_PATH="$place/installed" \
    -DBoost_DIR="$place/installed/lib/cmake/Boost" "-DCMAKE_CXX_FLAGS=$flags"
}

[[ -e $trixie/.complete ]] || with_progress "unpacking Debian 13" "$log" unpack_trixie
[[ -d $folder/boost-1.88/usr ]] || with_progress "unpacking the headers of Boost 1.88" "$log" unpack_boost_188

# The headers of Boost alone: those of the system beside them belong to another release or library.
mkdir -p "$folder/boost-of-release"
ln -sfn /usr/include/boost "$folder/boost-of-release/boost"

row "g++ 12, Boost 1.81, OpenSSL 3.0, C++23, -fno-rtti" bookworm g++-12 23 -DCMAKE_CXX_FLAGS=-fno-rtti
row_with_parts "clang 14 with libc++, Boost 1.81, OpenSSL 3.0, C++20" bookworm clang++-14 20 -stdlib=libc++ "$folder/boost-of-release"
# This script compiles the parts here too, because the packages are linked with the library of g++ 14.
row_with_parts "g++ 13, Boost 1.83, OpenSSL 3.5, C++23" trixie g++-13 23 "" "$folder/boost-of-release"
row_with_parts "g++ 14, Boost 1.88, OpenSSL 3.5, C++20" trixie g++-14 20 "" "$folder/boost-1.88/usr/include"
row_with_parts "clang 19 with libc++, Boost 1.88, OpenSSL 3.5, C++23" trixie clang++-19 23 -stdlib=libc++ \
  "$folder/boost-1.88/usr/include"

echo
((${#summary[@]} > 0)) || summary=("no row has a name like $pick")
printf '%s\n' "${summary[@]}" | sed 's/|/: /'
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0))
