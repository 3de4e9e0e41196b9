#!/bin/bash
#
# Years of nights against a real server, each compared with the slow model; see year.py.
#
#   tests/year/run.sh --seeds 1-100            a hundred times 24 months
#   tests/year/run.sh --seeds 7 --until DAY    one seed, up to that night
#   TIERCLOSE_JOB=path/to/tierclose            the program; else build/job/tierclose
#
# Beside the server that is there already, else beside one of its own. Ends with
# "year: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export PYTHONDONTWRITEBYTECODE=1
exec tests/support/cluster.sh run tests/year/year.py "$@"
