#!/usr/bin/env bash
# Makes the Debian packages, and tries them: lintian finds nothing, they can be installed, the minimal example builds and runs
# with them, the program has its man page and completions, and removing them leaves nothing.
#
#   bash cmake/package.sh [--only-make]
#
# --only-make installs nothing but what building needs. The packages are left in build-package. Installs what is missing on
# Debian; packages are installed as root or with sudo. Exit status: 0 when all of it holds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=cmake/functions.sh
source "$here/functions.sh"
case ${1-} in
  '' | --only-make) ;;
  *)
    sed -n '2,9p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac

bash "$here/setup-debian.sh" package
make_scratch
log=$scratch/log
build=$root/build-package

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

with_progress "configuring" "$log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr \
  -DCMAKE_INSTALL_LIBDIR="lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)" -DBOX_SESSIONS_BUILD_TESTS=OFF \
  -DBOX_SESSIONS_BUILD_PROGRAM=ON -DBOX_SESSIONS_BUILD_EMULATOR=ON
with_progress "building" "$log" ninja -C "$build" -j "$(nproc)"
rm -f -- "$build"/*.deb
(cd "$build" && with_progress "packing" "$log" cpack -G DEB)
mapfile -t packages < <(find "$build" -maxdepth 1 -name '*.deb' | sort)
((${#packages[@]} == 3)) || fail "three packages were to be made: ${packages[*]}"
printf '   %s\n' "${packages[@]##*/}"
[[ ${1-} == --only-make ]] && exit 0

with_progress "lintian" "$log" lintian --fail-on error,warning "${packages[@]}"

# list_files: what the packages own, and what a removal must take away.
list_files() {
  for package in "${packages[@]}"; do dpkg-deb -c "$package" | awk '$1 !~ /^d/ {sub(/^\./, "", $6); print $6}'; done
}
with_progress "installing" "$log" as_root apt-get -q -y --no-install-recommends install "${packages[@]}"

mkdir "$scratch/example"
cp "$root"/test/package/examples/minimal.cpp "$scratch/example"
cat >"$scratch/example/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.22)
project(example CXX)
find_package(box-sessions REQUIRED COMPONENTS emulator)
add_executable(minimal minimal.cpp)
target_link_libraries(minimal PRIVATE box::sessions)
CMAKE
with_progress "building the minimal example with CMake" "$log" \
  bash -c 'cmake -S "$1" -B "$1/build" -G Ninja -DCMAKE_BUILD_TYPE=Release && cmake --build "$1/build"' _ "$scratch/example"
with_progress "building it with pkg-config" "$log" bash -c 'cd "$1" && c++ -std=c++20 -O1 minimal.cpp -o by-hand \
  $(pkg-config --cflags --libs box-sessions)' _ "$scratch/example"

box-sessions emulator --ca-out "$scratch/ca.pem" >"$scratch/emulator" 2>&1 &
emulator=$!
for ((i = 0; i < 100; ++i)); do
  url=$(grep -o 'https://localhost:[0-9]*' "$scratch/emulator" | head -n 1 || true)
  [[ -n $url ]] && break
  sleep 0.1
done
[[ -n $url ]] || fail "the installed emulator does not start: $(cat "$scratch/emulator")"
for program in "$scratch/example/build/minimal" "$scratch/example/by-hand"; do
  env SSL_CERT_FILE="$scratch/ca.pem" BOX_BASE_URL="$url" BOX_TOKEN=any USER_ID=12345 USER_LOGIN=ann@example.com GROUP_ID=67890 \
    "$program" || fail "$program"
done
kill "$emulator"
wait "$emulator" 2>/dev/null || true
box-sessions --version
man_page=/usr/share/man/man1/box-sessions.1.gz
gzip -t "$man_page" || fail "no man page"
bash -c 'source /usr/share/bash-completion/completions/box-sessions && complete -p box-sessions' || fail "no completion for bash"

mapfile -t files < <(list_files)
((${#files[@]} > 30)) || fail "the packages have ${#files[@]} files"
with_progress "removing" "$log" as_root apt-get -q -y purge box-sessions libbox-emulator-dev libbox-sessions-dev
for file in "${files[@]}"; do
  [[ ! -e $file ]] || fail "$file was left"
done
for folder in /usr/include/box /usr/share/doc/libbox-sessions-dev; do
  [[ ! -e $folder ]] || fail "$folder was left"
done
echo "3 packages made, installed, used and removed"
