#!/bin/bash
#
# What is installed: the Debian package, `meson install`, the manual pages, the completions.
#
#   tests/package/run.sh [PART OF A NAME...]      without: all cases
#
# Nothing is installed on the machine: everything goes below folders that are removed afterwards.
# The package is built by job/support/package.sh in build/package. Beside the server that is there
# already, else beside one of its own. Ends with "package: N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
exec tests/support/cluster.sh run tests/package/run.py "$@"
