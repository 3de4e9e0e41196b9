#!/bin/bash
#
# Closes 2 million events of 100,000 members in full, and verifies them: the job's memory must stay
# below its limit, and every event must be accounted for.
#
#   tests/bench/memory.sh [EVENTS MEMBERS LIMIT_MB]
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/cluster.sh
source tests/support/cluster.sh

events="${1:-2000000}"
members="${2:-100000}"
limit_mb="${3:-100}"
job="${TIERCLOSE_JOB:-build/job/tierclose}"
database="tierclose_memory_$$"
passed=0
failed=0

# check WHAT TEST...: counts whether the test holds
check() {
    local what="$1"
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $what" >&2
    fi
}

# Runs the job and prints the most memory it held, in megabytes.
measure() {
    /usr/bin/python3 - "$job" "$@" <<'PYTHON'
import resource
import subprocess
import sys

done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(done.returncode)
PYTHON
}

cluster_start
support_new_database "$database"
# Random only by arithmetic: the same rows on every machine. 48 % purchases and refunds, the rest fans.
psql -qX -v ON_ERROR_STOP=1 -d "$database" -v events="$events" -v members="$members" >/dev/null <<'SQL'
select loyalty.ensure_event_months('2024-01-01', '2024-12-31');
insert into loyalty.member (member_id, registered_on)
select n, date '2023-01-01' + (n % 365)::integer from generate_series(1, :members::bigint) n;
insert into loyalty.point_event
    (event_id, member_id, kind, occurred_at, order_id, item_cents, discount_cents, category_ids)
select n, 1 + n * 7919 % :members, kind,
    timestamptz '2024-01-01 08:00+00' + n * 104729 % 31622400 * interval '1 s',
    case when kind = 1 then n when kind = 2 then (n - 45) / 2 end,
    case when kind <= 4 then n * 31 % 8000 end,
    case when kind = 1 then n % 3 * 50 end,
    case when kind = 1 then array[n % 11, n % 7]::integer[] end
from (
    select n, (case when n % 100 < 45 then 1 when n % 100 < 48 then 2 when n % 100 < 80 then 5
        when n % 100 < 90 then 4 when n % 100 < 95 then 6 else 7 end)::smallint as kind
    from generate_series(1, :events::bigint) n
) e;
SQL

common=(--config config/aliexpress.yaml --dsn "dbname=$database" --period 2024-12 --quiet)
close_mb="$(measure close "${common[@]}" --today 2024-12-31 --full)" || close_mb=failed
echo "close: $close_mb MB"
check "the close takes at most $limit_mb MB: $close_mb" test "$close_mb" -le "$limit_mb"
closed="$(psql -XAt -d "$database" -c "select events from tierclose.runs where status = 'published'")"
check "all $events events are accounted for: $closed" test "$closed" = "$events"
verify_mb="$(measure verify "${common[@]}")" || verify_mb=failed
echo "verify: $verify_mb MB"
check "verify agrees, with at most $limit_mb MB: $verify_mb" test "$verify_mb" -le "$limit_mb"
psql -qX -d postgres -c "drop database $database"
echo "memory: $passed passed, $failed failed"
[[ "$failed" -eq 0 ]]
