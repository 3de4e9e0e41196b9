#!/bin/bash
#
# What one lookup in tierclose.member_center costs. Makes members by arithmetic, straight into the
# tables, in a database of its own: the two newest periods hold all of them, each older one the first
# thousand, since what an older period costs is that the planner looks at it.
#
#   tests/bench/member_center.sh [MEMBERS [PERIODS [LOOKUPS]]]
#
# Prints the median, the 99th of a hundred and the longest time of LOOKUPS lookups of random members,
# as the client sees them. Before the newest period is in effect a lookup also looks for the change
# to come. "prepared": the statement is planned once a session, as a shop's connection pool does.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/cluster.sh
source tests/support/cluster.sh

members="${1:-10000000}"
periods="${2:-60}"
lookups="${3:-1000}"
database="tierclose_member_center_$$"
scratch="$(mktemp -d)"

clean_up() {
    psql -qX -d postgres -c "drop database if exists $database" || true
    rm -rf "$scratch"
    cluster_stop
}

fill() {
    psql -qX -v ON_ERROR_STOP=1 -d "$database" \
        -v members="$members" -v periods="$periods" <<'SQL'
set synchronous_commit = off;
set maintenance_work_mem = '512MB';
insert into tierclose.program (name, timezone, currency, effective_day)
values ('bench', 'America/Los_Angeles', 'USD', 8);
insert into tierclose.run (
    run_id, period, action, mode, status, finished_at, result_checksum, effective_on
)
overriding system value
select
    n, to_char(timestamp '2025-12-01' - make_interval(months => :periods - n), 'YYYY-MM'), 'close',
    'full', 'published', now(), '0',
    date '2026-01-08' - make_interval(months => :periods - n)
from generate_series(1, :periods) n;
insert into tierclose.published (period, run_id, checked_run_id)
select r.period, r.run_id, r.run_id from tierclose.run r;
insert into tierclose.run_level (run_id, rank, name, min_points, benefits)
select r.run_id, l.rank, l.name, l.min_points, jsonb_build_object('top_weekly_brands_percent', l.top)
from tierclose.run r
cross join (
    values (0, 'Silver', 0, 5), (1, 'Gold', 101, 8), (2, 'Platinum', 501, 10), (3, 'Diamond', 1501, 15)
) l (rank, name, min_points, top);

-- Of twenty members one rose in the newest period, and of a hundred one in each older one.
select
    format('create table tierclose.standing_run_%s (like tierclose.standing including defaults)', n),
    format(
        'insert into tierclose.standing_run_%1$s (run_id, member_id, points, expiring_points, '
        'level_rank, month_points) select %1$s, m, m %% 2000, m %% 100, '
        'case when m %% 20 = 0 then %2$s else 0 end, ''\x0102030405060708090a0b0c'' '
        'from generate_series(1, %3$s) m',
        n, (n = :periods)::int, case when n >= :periods - 1 then :members else 1000 end
    ),
    format(
        'alter table tierclose.standing_run_%1$s add primary key (member_id), '
        'add check (run_id = %1$s)', n
    ),
    format(
        'alter table tierclose.standing attach partition tierclose.standing_run_%1$s '
        'for values in (%1$s)', n
    )
from generate_series(1, :periods) n
order by n
\gexec
insert into tierclose.level_change (
    member_id, period, from_level, to_level, direction, points, effective_on, run_id
)
select m, r.period, 'Silver', 'Gold', 'up', 101, r.effective_on, r.run_id
from tierclose.run r
cross join lateral generate_series(
    case when r.run_id = :periods then 20 else r.run_id end, :members,
    case when r.run_id = :periods then 20 else 100 end
) m;
insert into tierclose.coupon_grant (
    grant_id, member_id, period, level, coupon, value_cents, min_spend_cents, issue_from,
    issue_until, expires_on, run_id
)
select
    row_number() over (), c.member_id, c.period, 'Gold', 'LEVEL-GOLD', 300, 2000, c.effective_on,
    c.effective_on + 6, c.effective_on + 13, c.run_id
from tierclose.level_change c;
vacuum analyze;
SQL
}

# measure WHAT TODAY MODE
measure() {
    local log
    rm -f "$scratch"/log.*
    PGOPTIONS="-c tierclose.today=$2" pgbench --no-vacuum --client 1 --protocol "$3" \
        --transactions "$lookups" --define members="$members" --file "$scratch/lookup.sql" \
        --log --log-prefix "$scratch/log" "$database" >"$scratch/out" 2>&1 || {
        cat "$scratch/out" >&2
        return 1
    }
    log="$(echo "$scratch"/log.*)"
    cut -d ' ' -f 3 "$log" | sort -n | awk -v what="$1" -v mode="$3" '
        { sorted[NR] = $1 / 1000 }
        END {
            printf "%-24s %-9s median %6.2f ms   99th %6.2f ms   longest %6.2f ms\n", what, mode,
                sorted[int((NR + 1) / 2)], sorted[int(NR * 0.99 + 0.5)], sorted[NR]
        }'
}

trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
cluster_start
PATH="$POSTGRES_BIN:$PATH"
support_new_database "$database"
cat >"$scratch/lookup.sql" <<'PGBENCH'
\set member random(1, :members)
select * from tierclose.member_center where member_id = :member;
PGBENCH
fill >"$scratch/fill"
echo "$members members, $periods periods, $lookups lookups each"
for mode in simple prepared; do
    measure 'a change to come' 2026-01-07 "$mode"
    measure 'all in effect' 2026-01-08 "$mode"
done
