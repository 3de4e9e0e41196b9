#!/bin/bash
#
# Tests of job/ledger's reading half against a real server.
#
# Takes a superuser's connection from the environment (PGHOST, PGPORT, PGUSER) and the test program
# from $TIERCLOSE_LEDGER_TEST (else build/tests/ledger_test). Works in a database of its own and
# drops it. Ends with "ledger: N passed, N failed".

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=${TIERCLOSE_LEDGER_TEST:-$root/build/tests/ledger_test}
database=tierclose_ledger_$$

sql() {
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname postgres "$@"
}

# The roles are the cluster's, so a run that was killed may have left them behind.
clean_up() {
    sql -c "drop database if exists $database with (force)" \
        -c 'drop role if exists ledger_test_user, ledger_test_job, ledger_test_reader' \
        -c 'drop role if exists "Ledger""Test"' >/dev/null 2>&1 || true
}
trap clean_up EXIT

if [[ ! -x $program ]]; then
    echo "error: there is no test program $program: build first" >&2
    exit 1
fi
clean_up
sql -c "create database $database template template0 encoding 'UTF8'"
PGDATABASE=$database "$program"
