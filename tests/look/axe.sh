#!/bin/bash
#
# Prints where axe-core is, the rules by which a page is accessible; fetches it first.
#
# It is in npm's registry and in no package of Debian's. Where it cannot be fetched, exit status 77.
set -euo pipefail
cd "$(dirname "$0")/../.."

VERSION=4.14.1
SHA512=1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5

folder="$PWD/build/axe-core"
script="$folder/axe-$VERSION.min.js"

# Its own status: 1 cannot be fetched, 2 is another file.
fetch() {
    local work="$folder/work.$$" archive status=0
    mkdir -p "$work"
    archive="$(cd "$work" && npm pack --silent "axe-core@$VERSION")" || status=1
    if [[ "$status" -eq 0 ]] &&
        ! echo "$SHA512  $work/$archive" | sha512sum --check --quiet >&2; then
        status=2
    fi
    if [[ "$status" -eq 0 ]]; then
        tar -xzf "$work/$archive" -C "$work" package/axe.min.js
        mv "$work/package/axe.min.js" "$script"
    fi
    rm -rf "$work"
    return "$status"
}

if [[ ! -f "$script" ]]; then
    status=0
    fetch || status=$?
    if [[ "$status" -eq 2 ]]; then
        echo "error: axe-core $VERSION is not what it was when this test was written" >&2
        exit 1
    elif [[ "$status" -ne 0 ]]; then
        echo "axe-core $VERSION cannot be fetched by npm" >&2
        exit 77
    fi
fi
echo "$script"
