#!/bin/bash
#
# Runs a suite with the programs of another build folder: with sanitizers, or counting coverage.
#
#   tests/support/with_build.sh FOLDER COMMAND...
#
# What a sanitizer reports goes into files, so that it is seen also where a test expects the job to
# fail, or the job was killed; each of these is printed, and the suite has failed.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

folder="$PWD/$1"
shift
reports="$(mktemp -d "$folder/reports.XXXXXX")" || exit 1
trap 'rm -rf "$reports"' EXIT

export TIERCLOSE_JOB="$folder/job/tierclose" TIERCLOSE="$folder/job/tierclose"
export TIERCLOSE_LEDGER_TEST="$folder/tests/ledger_test"
# Under a sanitizer a job that works is many times slower, and so is not taken for one that hangs.
export TIERCLOSE_JOB_SECONDS_MAX="${TIERCLOSE_JOB_SECONDS_MAX:-300}"
# No exit code of the job's own; and the tests run as more than one user.
chmod 1777 "$reports"
common="exitcode=99:log_path=$reports/report"
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:$common"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-}:$common"
export TSAN_OPTIONS="${TSAN_OPTIONS:-}:halt_on_error=1:second_deadlock_stack=1:$common"

status=0
"$@" || status=$?
shopt -s nullglob
for report in "$reports"/*; do
    echo "$folder: a sanitizer reports:" >&2
    head -n 60 "$report" >&2
    status=1
done
exit "$status"
