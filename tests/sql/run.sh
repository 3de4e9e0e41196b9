#!/bin/bash
# Tests of sql/: the sqitch project deploys, verifies and reverts, and pgTAP finds what it should.
#
# Takes a superuser's connection from the environment (PGHOST, PGPORT, PGUSER, PGPASSWORD). Works in
# two databases of its own: one is deployed by the superuser, the other by an ordinary user who may
# create roles, and both are on one server, as the roles are. Ends with "sql: N passed, N failed".

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../../sql" && pwd)
database_admin=tierclose_sql_admin_$$
database_user=tierclose_sql_user_$$
deployer=tierclose_sql_deployer_$$
scratch=$(mktemp -d)
passed=0
failed=0

# Nobody's own settings: root in a container has neither a name nor a mail address.
export SQITCH_FULLNAME=tierclose SQITCH_EMAIL=tierclose@example.org
export SQITCH_USER_CONFIG=/dev/null SQITCH_SYSTEM_CONFIG=/dev/null
export PGOPTIONS="--client-min-messages=warning"

sql() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"
}

clean_up() {
    sql -d postgres -c "drop database if exists $database_admin with (force)" \
        -c "drop database if exists $database_user with (force)" || true
    sql -d postgres -c "drop role if exists $deployer" || true
    rm -rf "$scratch"
}
trap clean_up EXIT

# check NAME COMMAND...: one test; shows what the command said only if it fails.
check() {
    local name=$1 status
    shift
    # Not as a condition of "if": there bash would go on after a failed step of a function.
    set +e
    (
        set -e
        "$@"
    ) >"$scratch/output" 2>&1
    status=$?
    set -e
    if [ "$status" -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok - $name"
    else
        failed=$((failed + 1))
        echo "not ok - $name"
        sed 's/^/    /' "$scratch/output"
    fi
}

sqitch_in() {
    local database=$1
    shift
    (cd "$project" && sqitch "$@" "db:pg:$database")
}

# The same in the ordinary user's database. "role" spares a login of its own, which the server's
# pg_hba.conf may not allow.
sqitch_as_user() {
    (export PGOPTIONS="$PGOPTIONS -c role=$deployer" && sqitch_in "$database_user" "$@")
}

nothing_left() {
    [ "$(sql -d "$1" -c "select count(*) from pg_namespace
                         where nspname in ('loyalty', 'tierclose')")" = 0 ]
}

role_count() {
    sql -d postgres -c "select count(*) from pg_roles where rolname in
        ('tierclose_job', 'tierclose_auditor', 'tierclose_service')"
}

# verify_sees CHANGE SQL: the damage can be done, and then the verify script of the change fails.
# Nothing of it is committed.
verify_sees() {
    sql -d "$database_admin" -c begin -c "$2" -c rollback
    ! sql -d "$database_admin" -c begin -c "$2" -f "$project/verify/$1.sql"
}

# Each of these must make the verify script of its change fail.
check_damages() {
    local change damage
    while IFS='|' read -r change damage; do
        check "verify of $change sees: $damage" verify_sees "$change" "$damage"
    done <<'DAMAGES'
loyalty|drop table loyalty.member
loyalty|alter table loyalty.point_event drop column shipping_cents
loyalty|alter table loyalty.point_event alter kind drop not null
loyalty|drop index loyalty.point_event_recorded_xid_range
loyalty|delete from loyalty.event_kind where kind = 9
event_months|drop function loyalty.ensure_event_months(date, date)
event_months|grant execute on function loyalty.ensure_event_months(date, date) to public
event_months|alter function loyalty.ensure_event_months(date, date) security definer
results|alter table tierclose.run drop column snapshot cascade
results|drop index tierclose.coupon_grant_standing
results|alter table tierclose.run drop constraint run_events_accounted
results|alter domain tierclose.period_text drop constraint period_text_check
results|drop function tierclose.today()
results|create index on tierclose.standing (member_id)
views|drop view tierclose.level_changes
views|alter view tierclose.runs rename column members to users
views|comment on column tierclose.standings.points is null
member_center|drop view tierclose.member_center
member_center|alter view tierclose.member_center rename column coupons to vouchers
roles|grant insert on loyalty.point_event to tierclose_job
roles|grant update (points) on loyalty.point_event to tierclose_job
roles|grant delete on tierclose.run to tierclose_job
roles|revoke insert on tierclose.anomaly from tierclose_job
roles|grant update on tierclose.run to tierclose_auditor
roles|revoke select on tierclose.config from tierclose_auditor
roles|grant select on tierclose.standings to tierclose_service
roles|revoke select on tierclose.member_center from tierclose_service
roles|alter table tierclose.standing owner to current_user
roles|grant create on schema tierclose to tierclose_service
ended_runs|drop trigger keep_ended_run on tierclose.run
ended_runs|alter table tierclose.run disable trigger keep_ended_run
ended_runs|alter function tierclose.keep_ended_run() reset search_path
member_center_lookup|create or replace view tierclose.run_in_effect as select date '2000-01-01' today, 1::bigint newest_run_id, null::date next_effective_on, 1::bigint run_id, null::text[] periods_to_come
member_center_lookup|create or replace view tierclose.member_center as select member_id, ''::text as level, ''::text as next_change_to, null::date as next_change_on, points, ''::text as next_level, points as points_to_next, expiring_points, '[]'::jsonb as coupons, '{}'::jsonb as benefits from tierclose.standing union all table tierclose.member_center
run_details|alter table tierclose.run drop column run_by cascade
run_details|alter table tierclose.run alter run_by drop default
run_details|drop table tierclose.run_fate
run_details|alter table tierclose.run_source drop constraint run_source_pkey
run_details|revoke insert on tierclose.run_month from tierclose_job
run_details|revoke select on tierclose.run_source from tierclose_auditor
run_details|grant update (points) on tierclose.run_source to tierclose_job
DAMAGES
}

# Everything that is to be seen of member_center: definitions, comments, rights, in their order.
member_center_seen() {
    sql -d "$database_admin" -c "select c.relname, pg_get_viewdef(c.oid), c.relacl,
        (select string_agg(d.objsubid || d.description, ', ' order by d.objsubid)
         from pg_description d where d.objoid = c.oid)
        from pg_class c
        where c.relnamespace = 'tierclose'::regnamespace
            and c.relname in ('member_center', 'run_in_effect')
        order by 1"
}

# The change to the views, and back: what a revert makes of them is what was there.
member_center_comes_back() {
    sqitch_in "$database_admin" revert -y
    sqitch_in "$database_admin" deploy --to ended_runs
    member_center_seen >"$scratch/before"
    sqitch_in "$database_admin" deploy --verify
    member_center_seen >"$scratch/changed"
    if cmp "$scratch/before" "$scratch/changed"; then
        return 1
    fi
    sqitch_in "$database_admin" revert --to ended_runs -y
    member_center_seen >"$scratch/after"
    diff "$scratch/before" "$scratch/after"
    sqitch_in "$database_admin" deploy --verify
}

# prove DATABASE: the pgTAP files, each assertion a test.
prove() {
    local database=$1 log=$scratch/prove ok not_ok
    sql -d "$database" -c "create extension pgtap"
    if pg_prove --verbose --dbname "$database" "$here"/*.sql >"$log" 2>&1; then
        :
    elif ! grep -q '^not ok [0-9]' "$log"; then
        echo "not ok - a file of pgTAP tests broke off or ran another number of tests than planned"
        failed=$((failed + 1))
    fi
    ok=$(grep -c '^ok [0-9]' "$log" || true)
    not_ok=$(grep -c '^not ok [0-9]' "$log" || true)
    passed=$((passed + ok))
    failed=$((failed + not_ok))
    echo "pgTAP in $database: $ok ok, $not_ok not ok"
    if [ "$(tail -n 1 "$log")" != "Result: PASS" ]; then
        grep -v '^ok' "$log" | sed 's/^/    /'
    fi
}

# Two loaders at once, while a reader holds the table: the first makes the partitions, the second
# waits for it and finds them there, and neither waits for the reader.
months_at_once() {
    local reader first second
    sql -d "$database_admin" -c begin -c "select count(*) from loyalty.point_event" \
        -c "select pg_sleep(5)" -c commit >/dev/null &
    reader=$!
    sleep 1
    sql -d "$database_admin" -c "set lock_timeout = '3s'" -c begin \
        -c "select loyalty.ensure_event_months('1400-01-10', '1400-06-10')" \
        -c "do 'begin perform pg_sleep(1); end'" -c commit >"$scratch/first" &
    first=$!
    sleep 0.3
    sql -d "$database_admin" -c "set lock_timeout = '3s'" \
        -c "select loyalty.ensure_event_months('1400-01-10', '1400-07-10')" >"$scratch/second" &
    second=$!
    wait "$first"
    wait "$second"
    kill -0 "$reader" # still reading
    echo "first $(cat "$scratch/first"), second $(cat "$scratch/second")"
    [ "$(cat "$scratch/first" "$scratch/second" | tr '\n' ' ')" = "6 1 " ]
    wait "$reader"
}

roles_before=$(role_count)
sql -d postgres -c "create database $database_admin" -c "create role $deployer createrole" \
    -c "create database $database_user owner $deployer"

check "deploy and verify each change" sqitch_in "$database_admin" deploy --verify
check "verify" sqitch_in "$database_admin" verify
check "revert" sqitch_in "$database_admin" revert -y
check "revert leaves no schema" nothing_left "$database_admin"
check "revert drops roles that nobody else needs" [ "$(role_count)" -le "$roles_before" ]
check "deploy again" sqitch_in "$database_admin" deploy --verify
check "an ordinary user deploys in another database" sqitch_as_user deploy --verify
check "an ordinary user verifies" sqitch_as_user verify
check "revert while another database needs the roles" sqitch_in "$database_admin" revert -y
check "the roles stay" [ "$(role_count)" = 3 ]
check "the other database still verifies" sqitch_as_user verify
check "deploy where the roles are there already" sqitch_in "$database_admin" deploy --verify
check "member_center goes back to what it was" member_center_comes_back
check_damages
check "after all of that it still verifies" sqitch_in "$database_admin" verify
check "two loaders and a reader at once" months_at_once
prove "$database_admin"
prove "$database_user"
check "revert with partitions made since" sqitch_in "$database_admin" revert -y
check "an ordinary user reverts" sqitch_as_user revert -y
check "revert leaves no schema of the ordinary user" nothing_left "$database_user"
check "the last revert drops the roles" [ "$(role_count)" -le "$roles_before" ]

echo "sql: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
