#!/bin/bash
#
# Fuzzes with libFuzzer, ASan and UBSan what reads bytes from outside: the programme loader, the
# COPY decoder, the options, periods, days and amounts, and the packing of events.
#
#   tests/fuzz/run.sh [SECONDS [TARGET...]]      each target for so long; default 15, all
#   tests/fuzz/run.sh --minimise                 puts what was found that is worth keeping into
#                                                the committed corpora
#
# A target is a folder here: its source, its corpus, a dictionary. The committed corpora are run
# first. What is found new stays in build-fuzz/, not in the project, and is gone on from next time.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

WORK=build-fuzz
# Few and small files: a corpus is read by people too.
CORPUS_FILE_BYTES_MAX=512

base="job/base/arena.c job/base/character.c job/base/civil_date.c job/base/error.c job/base/log.c
    job/base/memory_end.c"
declare -A sources=(
    [config]="job/config/*.c $base job/programme/period.c
        job/programme/rules.c -lyaml -ljansson -lcrypto"
    [copy_decode]="job/ledger/copy_decode.c job/ledger/copy_event.c job/ledger/copy_row.c
        job/ledger/copy_wire.c $base"
    [options]="job/command/options.c job/command/suggest.c job/ledger/dsn.c $base
        job/base/format.c job/programme/period.c -I$(pg_config --includedir) -lpq"
    [scalars]="job/config/scalar.c job/config/characters.c job/config/reader.c
        job/config/yaml_tree.c job/programme/period.c $base -lyaml"
    [event_record]="$base"
)
targets=(config copy_decode options scalars event_record)

build() {
    local name="$1"
    mkdir -p "$WORK/found-$name"
    # Unquoted: a list of files, patterns among them.
    # shellcheck disable=SC2086
    clang -std=gnu17 -D_GNU_SOURCE -DTIERCLOSE_DEFAULT_CONFIG='"programme.yaml"' -g -O1 \
        -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Ijob \
        "tests/fuzz/$name/fuzz_$name.c" ${sources[$name]} -o "$WORK/fuzz_$name"
}

fuzz() {
    local name="$1" seconds="$2" dictionary executions
    local log="$WORK/$name.log"
    local -a options=(-max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10
        -artifact_prefix="$WORK/" -print_final_stats=1)
    for dictionary in "tests/fuzz/$name"/*.dict; do
        [[ ! -e "$dictionary" ]] || options+=(-dict="$dictionary")
    done
    if ! "$WORK/fuzz_$name" "${options[@]}" "$WORK/found-$name" "tests/fuzz/$name/corpus" \
        >"$log" 2>&1; then
        tail -n 60 "$log"
        echo "fuzz $name: failed; the input stands in $WORK/" >&2
        return 1
    fi
    executions="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    echo "fuzz $name: $executions executions in $seconds seconds"
}

# libFuzzer merges what covers more than the corpus does.
minimise() {
    local name="$1" small="$WORK/small-$1"
    rm -rf "$small"
    mkdir "$small"
    find "$WORK/found-$name" -type f -size "-${CORPUS_FILE_BYTES_MAX}c" \
        -exec cp -t "$small" {} +
    "$WORK/fuzz_$name" -merge=1 -set_cover_merge=1 -use_counters=0 "tests/fuzz/$name/corpus" "$small"
}

if [[ "${1:-}" == --minimise ]]; then
    for name in "${targets[@]}"; do
        build "$name" && minimise "$name" || exit
    done
    exit
fi

seconds="${1:-15}"
[[ $# -lt 2 ]] || targets=("${@:2}")
passed=0
failed=0
for name in "${targets[@]}"; do
    if build "$name" && fuzz "$name" "$seconds"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
echo "fuzz: $passed passed, $failed failed"
[[ "$failed" -eq 0 ]]
