#!/bin/bash
#
# Faults: the job, its connections or the calls that it makes are ended at each step of a close, a
# settle, a restate and a backfill. Afterwards readers see the period as before the run or as after
# it, nothing is in the way (of a job that was killed, at most tables that nobody sees and the next
# run drops), and the next run gives what an undisturbed one gives.
#
#   tests/fault/run.sh [PART OF A NAME...]        all cases; of the calls a sample fails
#   tests/fault/run.sh --all [PART OF A NAME...]  each call fails once: a few hours
#   INJECT_PART=K/N                               of those the K-th, and each N-th after it
#   INJECT_ROWS=N                                 of the rows of a COPY each N-th: half an hour
#   INJECT_SEED=N                                 another sample
#   TIERCLOSE_JOB=path/to/tierclose               the program; else build/job/tierclose
#
# Beside the server that is there already, else beside one of its own. Ends with
# "fault: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/fault/run.py "$@"
