#!/usr/bin/env bash
# Installs what building box-sessions needs, on Debian 12 or later and on what descends from it.
#
#   bash cmake/setup-debian.sh program    compiler, CMake, OpenSSL, Boost
#   bash cmake/setup-debian.sh tests      and what the tests need: GoogleTest, clang with its sanitizers, ...
#   bash cmake/setup-debian.sh gate       the second, and what only the gate uses: clang-tidy, and Chromium for the page of a report
#   bash cmake/setup-debian.sh package    the first, and what making and checking Debian packages needs
#   bash cmake/setup-debian.sh cross-windows  the first, and what cross.sh needs for Windows: MinGW-w64, Wine, GoogleTest's sources
#   bash cmake/setup-debian.sh cross-processor TRIPLET   the first, a compiler for it (as aarch64-linux-gnu), and qemu-user
#   bash cmake/setup-debian.sh matrix     the first, and what trying compilers and versions needs
#   bash cmake/setup-debian.sh bench      the first, and what the benchmarks need: nginx, Google Benchmark, libcurl, valgrind, ...
#
# What is there already is left alone, and nothing is ever removed. A server that the tests use is installed without being
# left to run. As root, or with sudo. Elsewhere it only says what is needed. Exit status: 0 when all of it is there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=cmake/functions.sh
source "$here/functions.sh"

what=${1-program}
case $what in
  program | tests | gate | package | cross-windows | cross-processor | matrix | bench) ;;
  *)
    sed -n '2,14p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  echo "-- not a Debian: please see to it that these are there: a C++20 compiler (g++ 12 or clang 14 at least)," \
    "CMake 3.22, Ninja, OpenSSL 3 and Boost 1.81 (headers, JSON, Program_options)$(case $what in
      tests) echo ', pkg-config, GoogleTest with GoogleMock, clang with compiler-rt and llvm-symbolizer' ;;
      bench) echo ', nginx, Google Benchmark, libcurl, Python 3' ;;
    esac)"
  for tool in cmake ninja c++; do
    command -v "$tool" >/dev/null || { echo "   $tool is not there" >&2; exit 1; }
  done
  exit 0
fi

make_scratch
log=$scratch/log

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

apt() {
  # The lock is waited for: a fresh machine's own first update may hold it. Nothing is removed: Boost's versions exclude
  # each other, and the one that is there is somebody's.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 \
    --no-remove --no-install-recommends "$@"
}

# Networks and mirrors have bad moments.
apt_again() {
  local try
  for try in 1 2 3; do
    apt "$@" && return
    ((try == 3)) || sleep $((try * 5))
  done
  return 1
}

# The newest Boost from 1.81 on: of those installed, else of those on offer.
newest_boost() {
  sed -n 's/^libboost-json\(1\.[0-9]*\)-dev$/\1/p' | awk -F. '$2 >= 81' | sort -t. -k2,2n | tail -n 1
}
boost=$(dpkg-query -W -f '${Package}\n' 'libboost-json1.*-dev' 2>/dev/null | newest_boost || true)
updated=
if [[ -z $boost ]] || ! is_installed "libboost-json$boost-dev"; then
  boost=$(apt-cache pkgnames libboost-json | newest_boost)
  if [[ -z $boost ]]; then
    with_progress "updating the package lists" "$log" apt_again update
    updated=yes
    boost=$(apt-cache pkgnames libboost-json | newest_boost)
  fi
fi
if [[ -z $boost ]]; then
  echo "This release has no Boost from 1.81 on; Debian 12 and Ubuntu 23.10 were the first" >&2
  exit 1
fi

packages=(g++ cmake ninja-build libssl-dev "libboost$boost-dev" "libboost-json$boost-dev"
  "libboost-program-options$boost-dev")
optional=(ccache)
# What a package brings with it: a program and a service of that name.
declare -A servers=([nginx-light]=nginx [squid]=squid)
if [[ $what == tests || $what == gate ]]; then
  # llvm: what gives the sanitizers the names that their suppressions go by.
  packages+=(pkg-config libgtest-dev libgmock-dev clang clang-format libclang-rt-dev lld llvm openssl curl ca-certificates)
  # Tests against other people's servers and proxies are skipped without them, a count of instructions without valgrind, the
  # completions of zsh and fish without these shells, and the check of the API reference without doxygen; without Google
  # Benchmark one benchmark is not compiled.
  optional+=(nginx-light squid tinyproxy-bin valgrind doxygen libbenchmark-dev zsh fish)
fi
if [[ $what == gate ]]; then
  packages+=(clang-tidy)
  optional+=(chromium)
fi
if [[ $what == package ]]; then
  packages+=(dpkg-dev file lintian pkg-config)
fi
if [[ $what == cross-windows ]]; then
  packages+=(g++-mingw-w64-x86-64-posix wine64 googletest dpkg-dev debian-archive-keyring make perl)
fi
if [[ $what == cross-processor ]]; then
  packages+=("g++-${2?names the compiler, as aarch64-linux-gnu}" mmdebstrap qemu-user)
fi
if [[ $what == matrix ]]; then
  packages+=(g++-12 clang-14 libc++-14-dev libc++abi-14-dev googletest libgtest-dev libgmock-dev mmdebstrap pkg-config openssl)
fi
if [[ $what == bench ]]; then
  packages+=(libbenchmark-dev libcurl4-openssl-dev curl python3 openssl binutils util-linux ca-certificates)
  # Instructions are not counted without valgrind, and Box's SDK for Node is left out without npm.
  optional+=(nginx-light valgrind)
  command -v npm >/dev/null || optional+=(nodejs npm)
fi

missing=()
for package in "${packages[@]}"; do
  # pkg-config is another package's other name since Debian 12.
  if ! is_installed "$package" && ! { [[ $package == pkg-config ]] && command -v pkg-config >/dev/null; }; then
    missing+=("$package")
  fi
done
if ((${#missing[@]} > 0)); then
  if [[ -z $updated ]]; then with_progress "updating the package lists" "$log" apt_again update; fi
  updated=yes
  with_progress "installing ${missing[*]}" "$log" apt_again install "${missing[@]}"
fi

# A package starts its service at once, and whenever the machine starts. The tests start their own, and nobody asked for
# another one. Where a policy forbids to stop it (as in most containers), it forbade to start it, too.
switch_off() {
  as_root update-rc.d "$1" disable && as_root invoke-rc.d "$1" stop
}

for package in "${optional[@]}"; do
  server=${servers[$package]-}
  is_installed "$package" && continue
  # From another package it does as well, and may serve somebody.
  [[ -n $server ]] && PATH=$PATH:/usr/sbin command -v "$server" >/dev/null && continue
  missing=("$package")
  if [[ -z $updated ]]; then with_progress "updating the package lists" "$log" apt_again update || true; fi
  updated=yes
  if ! with_progress "installing $package" "$log" apt_again install "$package"; then
    echo "   goes on without $package: what needs it is skipped"
  elif [[ -n $server ]]; then
    with_progress "switching its service off" "$log" switch_off "$server" ||
      echo "   the service $server may run: nothing here needs it"
  fi
done
