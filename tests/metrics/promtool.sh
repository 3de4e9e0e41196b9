#!/bin/bash
#
# Prints where promtool is, and fetches it first where it is not installed.
#
# It is part of Debian's package prometheus, which would start a server on port 9090 that nobody
# asked for. So the package is not installed: it is fetched, and the one program taken out of it.
# Where that cannot be done, exit status 77.
set -euo pipefail
cd "$(dirname "$0")/../.."

# shellcheck source=job/support/packages.sh
source job/support/packages.sh

folder="$PWD/build/promtool"
program="$folder/promtool"

fetch() {
    local work="$folder/work.$$" prefix
    mkdir -p "$work"
    cd "$work"
    if ! apt-get -q download prometheus; then
        # The lists of an old image name files that are gone, or there are none.
        prefix="$(packages_root_prefix)" || return 1
        # shellcheck disable=SC2086
        $prefix apt-get -q -o DPkg::Lock::Timeout=300 update
        apt-get -q download prometheus
    fi
    dpkg-deb --fsys-tarfile prometheus_*.deb | tar -xf - ./usr/bin/promtool
    mv usr/bin/promtool "$program"
    rm -rf "$work"
}

if command -v promtool; then
    exit 0
fi
if [[ ! -x "$program" ]] && ! (fetch >&2); then
    echo "promtool is not installed, and Debian's package prometheus cannot be fetched" >&2
    exit 77
fi
echo "$program"
