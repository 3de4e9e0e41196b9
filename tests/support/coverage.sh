#!/bin/bash
#
# How much of job/ the tests run: every line and branch of the pure core by the unit tests alone,
# and of the rest more than 85 % by all suites (tests/support/coverage.py).
#
#   tests/support/coverage.sh [core]      core: the unit tests and the pure core only
#
# Needs build-coverage (-Db_coverage=true -Dbuildtype=debug).
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

folder=build-coverage
failed=0

measure() {
    gcovr --root . --filter job/ --json "$folder/$1.json" "$folder" &&
        tests/support/coverage.py "$1" "$folder/$1.json"
}

# A suite whose tests fail would give a wrong figure.
run_suite() {
    echo "$*"
    "$@" >"$folder/coverage-suite.log" 2>&1 && return
    tail -n 40 "$folder/coverage-suite.log"
    failed=1
}

find "$folder" -name '*.gcda' -delete
# The manual is written by a program of the build.
find "$folder/job/manual" -maxdepth 1 -type f ! -name manual -delete
run_suite ninja -C "$folder"
run_suite tests/support/meson_suite.sh "$folder" quick
measure core || failed=1
if [[ "${1:-}" != core ]]; then
    with_build=(tests/support/with_build.sh "$folder")
    run_suite "${with_build[@]}" tests/support/cluster.sh run tests/ledger/run.sh
    for suite in golden close progress metrics report borders fault docs; do
        run_suite "${with_build[@]}" "tests/$suite/run.sh"
    done
    measure rest || failed=1
fi
exit "$failed"
