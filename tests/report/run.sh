#!/bin/bash
#
# The report: its numbers against the views, on the sample and on a real shop's year; its bytes; its
# folder, whatever stands in the way; and what proves it.
#
#   tests/report/run.sh [PART OF A NAME...]     without: all cases
#   TIERCLOSE_JOB=path/to/tierclose             the program; else build/job/tierclose
#   TIERCLOSE_DATA=folder                       the real data; else ../shared/data/online-retail
#
# Beside the server that is there already, else beside one of its own. Ends with
# "report: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/report/run.py "$@"
