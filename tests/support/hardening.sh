#!/bin/bash
#
# Looks at the built program: is it hardened as meson.build says? Each missing piece is a failure.
#
#   tests/support/hardening.sh [PROGRAM]      default: build/job/tierclose, built by gcc
#
# Of CET the flag of each file is checked, not the mark of the whole program (.note.gnu.property):
# the linker leaves that out where the C library's own start files have none, as Debian 12's.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export LC_ALL=C

program="${1:-build/job/tierclose}"
passed=0
failed=0

# check WHAT COMMAND...: counts whether the command succeeds
check() {
    local what="$1"
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$program: $what" >&2
    fi
}

contains() {
    grep -qE -- "$2" <<<"$1"
}

lacks() {
    ! contains "$1" "$2"
}

segments="$(readelf --program-headers --wide "$program")" || exit 1
dynamic="$(readelf --dynamic --wide "$program")"
imported="$(readelf --dyn-syms --wide "$program" | awk '$7 == "UND" {print $8}')"
# What each file was compiled with: gcc writes it beside the names of variables.
flags="$(readelf --debug-dump=info --wide "$program" 2>/dev/null |
    sed -n 's/.*DW_AT_producer.*: \(GNU C.*\)/\1/p')"

check "it lies at the same address in each run: no PIE" contains "$dynamic" 'FLAGS_1.*PIE'
check "no part of it becomes read-only: no RELRO" contains "$segments" 'GNU_RELRO'
check "functions are looked up late, so their table stays writable" \
    contains "$dynamic" 'FLAGS_1.*NOW'
check "the stack may be run" contains "$segments" 'GNU_STACK .* RW +0x'
check "memory can be written and run" lacks "$segments" ' RWE '
check "libraries are looked for in other folders than the system's" \
    lacks "$dynamic" '\((RPATH|RUNPATH)\)'
check "no function guards its stack" contains "$imported" '^__stack_chk_fail(@|$)'
for name in memcpy snprintf vsnprintf fprintf; do
    check "$name is never the checked one: no _FORTIFY_SOURCE" \
        contains "$imported" "^__${name}_chk(@|\$)"
done
check "it has no debug information, so nothing tells how it was compiled" test -n "$flags"
wanted=(-O2 -fstack-protector-strong -fstack-clash-protection)
if [[ "$(uname -m)" == x86_64 ]]; then
    wanted+=(-fcf-protection=full)
fi
for flag in "${wanted[@]}"; do
    lacking="$(grep -cvE -- "$flag( |\$)" <<<"$flags")"
    check "$lacking files are compiled without ${flag}" test "$lacking" -eq 0
done
echo "hardening: $passed passed, $failed failed"
[[ "$failed" -eq 0 ]]
