#!/bin/bash
#
# The report's page in headless Chromium: accessible (axe-core), readable on a desktop and a phone,
# light and dark, on paper, and by itself; of ordinary reports, and of those that are hard to show.
#
#   tests/look/run.sh [PART OF A NAME...]     without: all cases
#   TIERCLOSE_JOB=path/to/tierclose           the program; else build/job/tierclose
#   TIERCLOSE_PICTURES=folder                 keep PNGs and PDFs of the pages there, to be looked at
#
# Beside the server that is there already, else beside one of its own. Ends with
# "look: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/look/run.py "$@"
