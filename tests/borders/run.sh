#!/bin/bash
#
# Bad input at the borders: the ends of the calendar and of the types, views that give what no table
# could, databases, roles and servers that are not as usual. Each gets a right result, or a clear
# error with the right exit code.
#
#   tests/borders/run.sh [PART OF A NAME...]    without: all cases
#   TIERCLOSE_JOB=path/to/tierclose             the program; else build/job/tierclose
#
# Beside the server that is there already, else beside one of its own. Ends with
# "borders: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/borders/run.py "$@"
