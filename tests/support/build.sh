#!/bin/bash
#
# Compiles the project in a folder and counts that as one test.
#
#   tests/support/build.sh FOLDER COMPILER [meson's options]
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=job/support/build.sh
source job/support/build.sh

folder="$1"
export CC="$2"
shift 2
if build_compile "$folder" "$@"; then
    echo "$folder: 1 passed, 0 failed"
else
    echo "$folder: 0 passed, 1 failed"
    exit 1
fi
