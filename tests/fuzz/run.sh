#!/bin/bash
#
# Fuzzes the programme loader and the COPY decoder with libFuzzer, ASan and UBSan.
#
#   tests/fuzz/run.sh [SECONDS]      each target for so long; default 15
#
# The committed corpora are run first. What is found new stays in build-fuzz/, not in the project.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

seconds="${1:-15}"
work=build-fuzz
passed=0
failed=0

# name, then the sources it is made of
fuzz() {
    local name="$1"
    shift
    local program="$work/fuzz_$name"
    local found="$work/found-$name"
    local -a options=(-max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10
        -artifact_prefix="$work/" -print_final_stats=1)
    local dictionary
    mkdir -p "$found"
    for dictionary in "tests/fuzz/$name"/*.dict; do
        [[ ! -e "$dictionary" ]] || options+=(-dict="$dictionary")
    done
    if clang -std=gnu17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=all -Ijob "$@" -o "$program" -lyaml -ljansson -lcrypto &&
        "$program" "${options[@]}" "$found" "tests/fuzz/$name/corpus"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "fuzz $name: failed; the input stands in $work/" >&2
    fi
}

fuzz config tests/fuzz/config/fuzz_config.c job/config/*.c \
    job/base/{arena,character,error,memory_end}.c job/programme/{period,rules}.c
fuzz copy_decode tests/fuzz/copy_decode/fuzz_copy_decode.c job/ledger/copy_{decode,row,wire}.c \
    job/base/{arena,character,error,memory_end}.c
echo "fuzz: $passed passed, $failed failed"
[[ "$failed" -eq 0 ]]
