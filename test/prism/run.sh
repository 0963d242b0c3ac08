#!/usr/bin/env bash
# Runs every call that reads against Prism, which answers from Box's own OpenAPI document and refuses a request that the
# document does not allow.
#
#   bash test/prism/run.sh CLIENT
#
# CLIENT: the program box_prism_client. BOX_SESSIONS_OPENAPI: the path of the document (box/box-openapi, openapi.json);
# the project has no copy of it. BOX_SESSIONS_PRISM: the program prism; by default npm installs it in the working
# folder. Exit status: 0 when all calls did as they should; 77 where something is missing, which a line then names.
set -euo pipefail
client=${1:?usage: run.sh CLIENT}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $1"
  exit 77
}
[[ -n ${BOX_SESSIONS_OPENAPI-} ]] || skip "BOX_SESSIONS_OPENAPI does not name Box's OpenAPI document"
[[ -f $BOX_SESSIONS_OPENAPI ]] || skip "BOX_SESSIONS_OPENAPI names no file"
for program in node openssl; do
  command -v "$program" >/dev/null || skip "$program is not installed"
done

prism=${BOX_SESSIONS_PRISM-}
if [[ -z $prism ]]; then
  command -v npm >/dev/null || skip "npm is not installed, and BOX_SESSIONS_PRISM names no prism"
  [[ -x prism/node_modules/.bin/prism ]] ||
    npm install --prefix prism --no-save --no-audit --no-fund @stoplight/prism-cli@5 >prism-npm.log 2>&1 ||
    skip "npm cannot install @stoplight/prism-cli; see prism-npm.log"
  prism=prism/node_modules/.bin/prism
fi

scratch=$(mktemp -d)
trap 'kill "${jobs[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf -- "$scratch"' EXIT
jobs=()
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
openssl req -x509 "${key[@]}" -keyout "$scratch/key.pem" -out "$scratch/ca.pem" -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost 2>/dev/null

# Prism speaks plain HTTP, and the library TLS only, so that a relay connects them. It prints the two ports that it has
# chosen.
node "$here/relay.cjs" "$scratch" >"$scratch/ports" &
jobs+=($!)
for _ in $(seq 100); do
  [[ $(wc -l <"$scratch/ports") -ge 2 ]] && break
  sleep 0.1
done
read -r tls plain < <(paste -s -d ' ' "$scratch/ports")
"$prism" mock --errors --host 127.0.0.1 --port "$plain" "$BOX_SESSIONS_OPENAPI" >"$scratch/prism.log" 2>&1 &
jobs+=($!)
for _ in $(seq 300); do
  grep -q "Prism is listening" "$scratch/prism.log" && break
  sleep 0.2
done
grep -q "Prism is listening" "$scratch/prism.log" || {
  cat "$scratch/prism.log"
  exit 1
}
"$client" "https://localhost:$tls" "$scratch/ca.pem" || {
  tail -40 "$scratch/prism.log"
  exit 1
}
