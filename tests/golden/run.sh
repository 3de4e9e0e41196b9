#!/bin/bash
#
# Runs the golden examples beside a throwaway server, or beside the one that is there already.
#
#   tests/golden/run.sh [CASE...]      a case by its name or a part of it; without: all
#   TIERCLOSE=path/to/tierclose        the program; else build/job/tierclose
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/golden/run.py "$@"
