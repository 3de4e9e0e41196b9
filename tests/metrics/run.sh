#!/bin/bash
#
# What monitoring sees: the file of --metrics after runs that went well, failed or were killed, the
# alert rules, the log as JSON.
#
#   tests/metrics/run.sh [PART OF A NAME...]     without: all cases
#   TIERCLOSE_JOB=path/to/tierclose              the program; else build/job/tierclose
#
# Beside the server that is there already, else beside one of its own. Ends with
# "metrics: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/metrics/run.py "$@"
