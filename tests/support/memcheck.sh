#!/bin/bash
#
# valgrind's memcheck over every command, on the sample of job/quickstart: reads beyond an end, use
# of what was never set, and memory that nobody freed, also where the sanitizers cannot look (libpq).
#
#   tests/support/memcheck.sh        TIERCLOSE_JOB: the program, without sanitizers
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/cluster.sh
source tests/support/cluster.sh

job="${TIERCLOSE_JOB:-build/job/tierclose}"
database="tierclose_memcheck_$$"
work="$(mktemp -d)" || exit 1
export TIERCLOSE_CONFIG=config/aliexpress.yaml
passed=0
failed=0

load_sample() {
    job/sample --out "$work" --members 300 >/dev/null || return
    chmod 755 "$work"
    support_new_database "$database" >/dev/null || return
    psql -qX -v ON_ERROR_STOP=1 -d "$database" >/dev/null <<SQL
select loyalty.ensure_event_months('2024-01-01', '2026-03-31');
\copy loyalty.member from '$work/members.csv' csv header
\copy loyalty.point_event (event_id, member_id, kind, occurred_at, order_id, item_cents, discount_cents, shipping_cents, category_ids, points) from '$work/events.csv' csv header
SQL
}

# Two late events: a refund, which opens an older month, and a purchase.
add_late_events() {
    psql -qX -v ON_ERROR_STOP=1 -d "$database" <<'SQL'
insert into loyalty.point_event (event_id, member_id, kind, occurred_at, order_id, item_cents)
values (9000001, 2, 1, '2025-12-20 12:00-08', 9000001, 70000),
    (9000002, 2, 2, '2025-12-21 12:00-08', 102, 500);
SQL
}

# memcheck CODE COMMAND OPTION...: the job must end with this exit code, and valgrind find nothing.
memcheck() {
    local wanted="$1" code=0
    shift
    # Valgrind knows no leak where a pointer is still there: all that is lost counts.
    valgrind --quiet --leak-check=full --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible --error-exitcode=99 \
        "$job" "$@" --dsn "dbname=$database" >"$work/out" 2>"$work/err" </dev/null || code=$?
    if [[ "$code" -eq "$wanted" ]] && ! grep -q '^==[0-9]*==' "$work/err"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "tierclose $*: exit code $code, wanted $wanted"
        head -n 60 "$work/err"
    fi
}

cluster_start || exit
trap 'psql -qX -d postgres -c "drop database if exists $database with (force)"; rm -rf "$work"
    cluster_stop' EXIT
load_sample || exit

memcheck 0 check --db
memcheck 0 backfill --from 2025-09 --to 2025-11 --today 2026-01-02
memcheck 0 close --today 2026-01-02
add_late_events || exit
memcheck 1 verify --period 2025-12
memcheck 0 close --today 2026-01-03
memcheck 0 close --today 2026-01-03 --full --workers 4 --memory 1M
memcheck 0 restate --period 2025-12 --today 2026-01-10
memcheck 0 restate --period 2025-11 --today 2026-01-10 --dry-run
memcheck 0 explain --member 2 --period 2025-12
memcheck 0 explain --member 2 --period 2025-12 --format json
memcheck 0 status
memcheck 0 status --format json
memcheck 65 close --period 2026-05 --today 2026-01-10
memcheck 64 close --perid 2025-12
TIERCLOSE_CONFIG=config/nothing.yaml memcheck 78 close
echo "memcheck: $passed passed, $failed failed"
[[ "$failed" -eq 0 ]]
