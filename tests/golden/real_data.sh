#!/bin/bash
#
# Closes a year of a real shop, month by month and by one backfill, and compares with the figures
# that came with the data. Where the data is not there it says so and counts as skipped.
#
#   tests/golden/real_data.sh
#   TIERCLOSE=path/to/tierclose        the program; else build/job/tierclose
#   TIERCLOSE_DATA=folder              the data; else ../shared/data/online-retail
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/golden/real_data.py
