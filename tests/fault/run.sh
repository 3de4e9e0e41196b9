#!/bin/bash
#
# Faults: the job or its connections are ended at each step of a close, a settle, a restate and a
# backfill. Afterwards readers see the period as before the run or as after it, nothing is in the
# way (of a job that was killed, at most tables that nobody sees and the next run drops), and the
# next run gives what an undisturbed one gives.
#
#   tests/fault/run.sh [PART OF A NAME...]      without: all cases
#   TIERCLOSE_JOB=path/to/tierclose             the program; else build/job/tierclose
#
# Beside the server that is there already, else beside one of its own. Ends with
# "fault: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/fault/run.py "$@"
