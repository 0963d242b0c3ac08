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
# --dry-run also reports the comment at the end of `namespace box::inline v0_1`, which clang-format leaves as it is.
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
find include src test bench -name '*.[ch]pp' -print0 | tar -cf - --null -T - .clang-format | tar -xf - -C "$scratch"
(cd "$scratch" && find . -name '*.[ch]pp' -print0 | xargs -0 "$tool" -i)
status=0
while read -r file; do
  diff -u "$file" "$scratch/$file" || status=1
done < <(cd "$scratch" && find . -name '*.[ch]pp' -print0 | xargs -0 sha1sum | (cd "$OLDPWD" && sha1sum --quiet -c 2>/dev/null) | sed 's/: FAILED$//')
((status == 0)) || exit 1
# The longest line that .clang-format allows.
limit=$(sed -n 's/^ColumnLimit: //p' .clang-format)
if find include src test bench -name '*.[ch]pp' -print0 | LC_ALL=C.UTF-8 xargs -0 grep -nE "^.{$((limit + 1)),}" | grep -E ':[0-9]+: *//'; then
  echo "These comments are longer than $limit characters." >&2
  exit 1
fi
