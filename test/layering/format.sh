#!/usr/bin/env bash
# Checks that every source is formatted as by clang-format 14, and that no comment is longer than the limit for lines,
# which clang-format does not apply to comments. Other versions format some lines differently, so that the test is
# skipped without that version (exit status 77).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for tool in clang-format-14 clang-format ''; do
  [[ -n $tool ]] || { echo "clang-format 14 is not installed" >&2; exit 77; }
  command -v "$tool" >/dev/null && [[ $("$tool" --version) == *'version 14.'* ]] && break
done
find include src test bench -name '*.[ch]pp' -print0 | xargs -0 "$tool" --dry-run -Werror
# The longest line that .clang-format allows.
limit=$(sed -n 's/^ColumnLimit: //p' .clang-format)
if find include src test bench -name '*.[ch]pp' -print0 | LC_ALL=C.UTF-8 xargs -0 grep -nE "^.{$((limit + 1)),}" | grep -E ':[0-9]+: *//'; then
  echo "These comments are longer than $limit characters." >&2
  exit 1
fi
