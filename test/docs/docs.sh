#!/usr/bin/env bash
# Makes the API reference and checks that everything public has a comment and that every link in it leads to an existing
# place.
#
#   bash docs.sh DOXYFILE OUTPUT
#
# Versions of Doxygen differ in what they understand and report. Without the version of Debian 12 the test is skipped
# (exit status 77).
set -euo pipefail
doxyfile=$1 output=$2

if [[ $(doxygen --version 2>/dev/null) != 1.9.4* ]]; then
  echo "Doxygen 1.9.4 is not installed" >&2
  exit 77
fi

status=0
rm -rf -- "$output/html" "$output/xml"
mkdir -p -- "$output"
# Doxygen reports the same fault for each page on which it appears.
doxygen "$doxyfile" 2>"$output/messages" || status=1
if [[ -s $output/messages ]]; then
  sort -u "$output/messages" >&2
  status=1
fi

# Doxygen 1.9.4 does not report an enumerator without a comment.
awk '
  /<memberdef / { private = /prot="private"/ }
  /<enumvalue / && !private { inside = 1; comment = 0 }
  inside && /<name>/ { name = $0; gsub(/ *<[^>]*>/, "", name) }
  inside && /<para>/ { comment = 1 }
  /<\/enumvalue>/ { if (inside && !comment) missing[name] = 1; inside = 0 }
  inside == 0 && /<location .*file=/ {
    for (name in missing) {
      file = $0
      sub(/.*<location file="/, "", file)
      sub(/".*/, "", file)
      print file ": the enumerator " name " is not documented"
      delete missing[name]
    }
  }' "$output"/xml/*.xml | sort -u >"$output/messages"
if [[ -s $output/messages ]]; then
  cat "$output/messages" >&2
  status=1
fi

cd "$output/html"
# Collects the names on each page, and then the target of each link. Doxygen 1.9.4 also links to the nested classes of a
# class where all of them are private.
grep -oE '(id|name)="[^"]*"' -- *.html | sed -E 's/^([^:]*):[a-z]*="([^"]*)"/\1#\2/' | sort -u >../names
ls >>../names
grep -oE 'href="([^":]*[.]html)?(#[^"]*)?"' -- *.html |
  sed -E 's/^([^:]*):href="(.*)"/\1 \2/; s/^([^ ]*) #/\1 \1#/; /#(nested-classes)?$/d' | sort -u |
  awk 'NR == FNR { known[$0] = 1; next } !($2 in known) { print $1 ": there is no " $2 }' ../names - >../messages
if [[ -s ../messages ]]; then
  head -n 50 ../messages >&2
  status=1
fi
exit "$status"
