#!/usr/bin/env bash
# Runs the program for Windows against its own emulator, as operators do. Called by cmake/cross.sh:
#
#   program.sh WINE PROGRAM
#
# Each check is a line "ok WHAT" or "not ok WHAT". Exit status: 0 when all are ok.
set -uo pipefail
wine=$1 program=$2
folder=$(mktemp -d)
emulator=
common="$WINEPREFIX/drive_c/Program Files/Common Files/SSL"
trap '[[ -z $emulator ]] || kill "$emulator" 2>/dev/null; rm -rf -- "$folder" "$common/openssl.cnf"' EXIT
cd "$folder" || exit 1
status=0

# check WHAT EXIT-STATUS TEXT COMMAND...: the command ends with this status and shows this text
check() {
  local what=$1 expected=$2 text=$3 got=0
  shift 3
  timeout 120 "$@" >out 2>&1 </dev/null || got=$?
  tr -d '\r' <out >shown
  if ((got == expected)) && grep -qF -- "$text" shown; then
    echo "ok $what"
  else
    echo "not ok $what: exit status $got instead of $expected, or no '$text' in:"
    sed 's/^/    /' shown
    status=1
  fi
}

check "shows its version" 0 "box-sessions" "$wine" "$program" --version
check "refuses an unknown option" 3 "unknown" "$wine" "$program" users --unknown 1

# A configuration with which OpenSSL has no providers, so that it is seen whether it was read.
printf '%s\n' 'openssl_conf = all' '[all]' 'providers = some' '[some]' 'null = on' '[on]' 'activate = 1' >openssl.cnf
check "reads the configuration of OpenSSL that OPENSSL_CONF names" 3 "OPENSSL_CONF" \
  env OPENSSL_CONF=openssl.cnf BOX_DEVELOPER_TOKEN=a-token-of-the-tests "$wine" "$program" users 1 --yes
# The one in OpenSSL's own folder is not read: with it none of the following would work.
mkdir -p "$common"
cp openssl.cnf "$common/"

# Each answer takes a while, so that a run can be killed in the middle.
"$wine" "$program" emulator --latency 100 --ca-out ca.pem --ready-file ready --json >emulator.log 2>&1 </dev/null &
emulator=$!
for ((i = 0; i < 300; i++)); do
  [[ -s ready ]] && break
  sleep 0.1
done
url=$(tr -d '\r\n' <ready)
export BOX_DEVELOPER_TOKEN=a-token-of-the-tests
where=(--base-url "$url" --ca ca.pem)

check "ends sessions over TLS" 0 "accepted" "$wine" "$program" users 12345 "${where[@]}" --yes
check "trusts nobody without the certificate" 2 "certificate" "$wine" "$program" users 12345 --base-url "$url" --yes
printf '%s\n' 101 102 103 >'Lïste.txt'
check "reads a list with a Unicode name and keeps a journal" 0 "accepted" \
  "$wine" "$program" users --file 'Lïste.txt' --journal 'Jöurnal' "${where[@]}" --yes
check "does not use a journal twice" 4 "exists already" \
  "$wine" "$program" users --file 'Lïste.txt' --journal 'Jöurnal' "${where[@]}" --yes
check "resumes a finished journal" 0 "accepted" "$wine" "$program" resume 'Jöurnal' "${where[@]}" --yes
check "reports on a journal, whose list has the Unicode name" 0 "3 users: 3 accepted" "$wine" "$program" report 'Jöurnal'

# A run that is killed leaves its journal unlocked; after resume Box has accepted each entry, and the journal says so.
for ((i = 1; i <= 60; i++)); do echo "$((7000 + i))"; done >many.txt
"$wine" "$program" users --file many.txt --journal killed --batch 1 --concurrency 2 "${where[@]}" --yes >killed.log 2>&1 </dev/null &
victim=$!
for ((i = 0; i < 300; i++)); do
  (($(grep -c '"event":"accepted"' emulator.log) >= 15)) && break
  sleep 0.1
done
kill -9 "$victim" && wait "$victim" 2>/dev/null
check "resumes a run that was killed" 0 "60" "$wine" "$program" resume killed "${where[@]}" --yes
missing=0
for ((i = 1; i <= 60; i++)); do grep -q "\"$((7000 + i))\"" emulator.log || missing=$((missing + 1)); done
if ((missing == 0)); then
  echo "ok loses no entry when it is killed"
else
  echo "not ok loses no entry when it is killed: $missing are missing"
  status=1
fi
exit $status
