#!/bin/bash
#
# What people see of a run while it goes on: on terminals of several widths, in a log, after Ctrl-C.
#
#   tests/progress/run.sh [PART OF A NAME...]      without: all cases
#   TIERCLOSE_JOB=path/to/tierclose                the program; else build/job/tierclose
#
# Beside the server that is there already, else beside one of its own. Ends with
# "progress: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/progress/run.py "$@"
