#!/bin/bash
#
# Runs one of meson's suites in a build folder and counts the tests inside its programs.
#
#   tests/support/meson_suite.sh FOLDER SUITE
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

folder="$1"
suite="$2"
# A name of its own: two runs in one folder would write into one log.
log="tests-run-$$"
trap 'rm -f "$folder/meson-logs/$log".*' EXIT

status=0
meson test -C "$folder" --no-rebuild --suite "$suite" --print-errorlogs --logbase "$log" ||
    status=$?
tests/support/count_meson_tests.py "$folder/meson-logs/$log.json" "$suite" || status=1
exit "$status"
