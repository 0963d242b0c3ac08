#!/usr/bin/env bash
# Runs clang-tidy with the checks of .clang-tidy over the sources of library, program and emulator.
#
#   bash test/lint/tidy.sh [FILE-OR-FOLDER...]
#
# FILE-OR-FOLDER: from the project's root; src by default. Needs clang 14's clang-tidy. As many run at a time as there are
# processors; all of src takes two or three minutes on two. Exit status: 0 when nothing was found.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."

tidy=$(command -v clang-tidy-14 || command -v clang-tidy || true)
if [[ -z $tidy ]]; then
  echo "clang-tidy is not installed (Debian: apt-get install clang-tidy)" >&2
  exit 2
fi
places=("$@")
if ((${#places[@]} == 0)); then places=(src); fi
# Windows' own headers are not here.
mapfile -t files < <(find "${places[@]}" -name '*.cpp' -not -path '*/windows/*' | sort)
if ((${#files[@]} == 0)); then
  echo "no sources in: ${places[*]}" >&2
  exit 2
fi

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cp .clang-tidy "$scratch"

# Of the ten seconds that a source takes, nine go to the headers that it includes. So those sources are looked at in one piece
# that belong to one part and give no name of their own twice.
awk -f "$here/tidy_groups.awk" "${files[@]}" >"$scratch/groups"
number=0
while read -r -a group; do
  number=$((number + 1))
  for file in "${group[@]}"; do echo "#include \"$PWD/$file\""; done >"$scratch/$number.cpp"
done <"$scratch/groups"

# look SOURCE: one piece, or one file
look() {
  # A piece includes sources.
  "$tidy" --quiet --checks=-bugprone-suspicious-include "$1" -- -std=c++20 -Iinclude -Isrc -DBOX_SESSIONS_STATIC \
    -DBOX_EMULATOR_STATIC -DBOX_SESSIONS_VERSION='""' -DBOX_SESSIONS_OPENSSL_FLOOR=0 2>/dev/null
}

# look_at NUMBER: a piece. What does not compile as one, since a name was overlooked, is looked at file by file.
look_at() {
  local out status=0 file
  out=$(look "$scratch/$1.cpp") || status=$?
  if [[ $out == *clang-diagnostic-error* ]]; then
    out='' status=0
    while read -r file; do
      out+=$(look "$file") || status=1
    done < <(sed -n "$1"p "$scratch/groups" | tr ' ' '\n')
  fi
  if ((status != 0)); then printf '%s\n' "$out"; fi
  return "$status"
}
export -f look look_at
export scratch tidy

jobs=$(nproc 2>/dev/null || echo 2)
echo "-- clang-tidy: ${#files[@]} files in $number pieces, $jobs at a time"
if seq "$number" | xargs -n 1 -P "$jobs" bash -c 'look_at "$1"' look_at; then
  echo "nothing found"
else
  echo "something was found" >&2
  exit 1
fi
