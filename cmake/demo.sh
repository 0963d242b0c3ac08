#!/usr/bin/env bash
# A first look: builds the program and has it end the sessions of a dozen people, at a Box of one's own on this machine.
# Nothing leaves the machine, and nobody's sessions are ended.
#
#   bash cmake/demo.sh [users.csv]
#
# Installs what is missing on Debian (as root or with sudo). Builds in build-demo; ends with the program's exit status.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
# shellcheck source=cmake/functions.sh
source "$here/functions.sh"
users=$(realpath -- "${1-$here/demo/users.csv}")

bash "$here/setup-debian.sh" program

make_scratch

build="$root/build-demo"
launcher=()
if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
with_progress "configuring" "$scratch/log" cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON \
  -DBOX_SESSIONS_BUILD_PROGRAM=ON -DBOX_SESSIONS_BUILD_TESTS=OFF -DBOX_SESSIONS_BUILD_EMULATOR=OFF "${launcher[@]}"
with_progress "building the program" "$scratch/log" ninja -C "$build"
cmake --install "$build" --prefix "$scratch/installed" --component program >/dev/null
PATH="$scratch/installed/bin:$PATH"

# Shows a command as it could be typed, then runs it.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

cd "$scratch"
cp -- "$users" users.csv
# Any text is a good token here. Box's come from its developer console.
(umask 077 && echo "a-token-for-a-look-around" >token)

printf '\n$ %s\n' "box-sessions emulator --port 0 --ca-out ca.pem --ready-file ready --token-file token &"
box-sessions emulator --port 0 --ca-out ca.pem --ready-file ready --token-file token >emulator.log 2>&1 </dev/null &
emulator=$!
for ((i = 0; i < 100; ++i)); do
  [[ -s ready ]] && break
  kill -0 "$emulator" 2>/dev/null || break
  sleep 0.1
done
if [[ ! -s ready ]]; then
  echo "The emulator did not start:" >&2
  cat emulator.log >&2
  exit 1
fi
url=$(<ready)
echo "A Box of your own listens on $url"

status=0
show box-sessions users --file users.csv --token-file token --base-url "$url" --ca ca.pem --yes || status=$?
echo "exit status $status"

# It writes what it accepts to its output; give the last line the moment that it needs.
stop_jobs
printf '\nWhat that Box has on its record:\n'
cat emulator.log
exit "$status"
