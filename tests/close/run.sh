#!/bin/bash
#
# Closing while others write: late and overlapping transactions, sources of other shapes, what may
# change between two runs, repetition, rights, readers.
#
#   tests/close/run.sh [PART OF A NAME...]      without: all cases
#   TIERCLOSE_JOB=path/to/tierclose             the program; else build/job/tierclose
#
# Beside the server that is there already, else beside one of its own. Ends with
# "close: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/close/run.py "$@"
