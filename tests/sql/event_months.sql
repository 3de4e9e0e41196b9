-- loyalty.ensure_event_months: the UTC months from the day before first to the day after last
-- (contract 7.1). Years around 1500 are free of anybody's partitions.

begin;
select plan(33);

select is(loyalty.ensure_event_months('1500-03-02', '1500-03-30'), 1, 'inside one month: one');
select has_table('loyalty', 'point_event_1500_03', 'named by its UTC month');
select is(
    loyalty.ensure_event_months('1500-03-02', '1500-03-31'), 1,
    'the day after the last day of March is in April'
);
select has_table('loyalty', 'point_event_1500_04', 'April is there');
select hasnt_table('loyalty', 'point_event_1500_02', 'February is not');
select is(
    loyalty.ensure_event_months('1500-03-01', '1500-03-31'), 1,
    'the day before the first of March is in February'
);
select has_table('loyalty', 'point_event_1500_02', 'February is there');
select is(loyalty.ensure_event_months('1500-03-01', '1500-03-31'), 0, 'again: none');
select is(
    loyalty.ensure_event_months('1500-12-31', '1501-01-01'), 2,
    'across a year: December and January'
);
select is(
    loyalty.ensure_event_months('1500-01-15', '1501-01-15'), 8,
    'only the missing ones of thirteen months'
);

-- The first and the last instant of local March in the outermost zones: UTC+14 and UTC-12.
prepare add_event (bigint, timestamptz) as
    insert into loyalty.point_event (event_id, member_id, kind, occurred_at) values ($1, 1, 5, $2);
select lives_ok(
    $$ execute add_event(1, timestamp '1500-03-01 00:00:00' at time zone interval '14 hours') $$,
    'the first instant of 1 March in UTC+14 is covered'
);
select lives_ok(
    $$ execute add_event(
        2, timestamp '1500-03-31 23:59:59.999999' at time zone interval '-12 hours'
    ) $$,
    'the last instant of 31 March in UTC-12 is covered'
);
select results_eq(
    'select event_id, tableoid::regclass::text from loyalty.point_event
     where event_id in (1, 2) order by event_id',
    $$ values (1::bigint, 'loyalty.point_event_1500_02'), (2, 'loyalty.point_event_1500_04') $$,
    'and they are in the neighbouring months'
);
select is(loyalty.ensure_event_months('1600-03-02', '1600-03-30'), 1, 'March 1600 alone');
select throws_ok(
    $$ execute add_event(3, '1600-02-29 23:59:59.999999+00') $$, '23514', null,
    'an event before every partition is refused'
);
select throws_ok(
    $$ execute add_event(4, '1600-04-01 00:00:00+00') $$, '23514', null,
    'an event after every partition is refused'
);
select lives_ok($$ execute add_event(5, '1600-03-01 00:00:00+00') $$, 'the lower bound is inside');
select lives_ok(
    $$ execute add_event(6, '1600-03-31 23:59:59.999999+00') $$, 'the last microsecond is inside'
);

-- The bounds do not depend on the session's settings.
set local timezone = 'Asia/Tokyo';
set local datestyle = 'SQL, DMY';
select is(
    loyalty.ensure_event_months('1600-07-02', '1600-07-30'), 1, 'made from a session in Tokyo'
);
set local timezone = 'UTC';
set local datestyle = 'ISO, YMD';
select is(
    pg_get_expr(relpartbound, oid),
    'FOR VALUES FROM (''1600-07-01 00:00:00+00'') TO (''1600-08-01 00:00:00+00'')',
    'the bounds are midnights in UTC all the same'
)
from pg_class
where oid = 'loyalty.point_event_1600_07'::regclass;

-- What a partition has.
select is(
    (
        select count(*)
        from pg_inherits i
        join pg_index x on x.indexrelid = i.inhrelid
        where x.indrelid = 'loyalty.point_event_1600_07'::regclass
    ),
    4::bigint,
    'a partition has the four indexes of its parent'
);
select is(
    (
        select array_agg(c.reloptions::text)
        from pg_index x
        join pg_class c on c.oid = x.indexrelid
        where x.indrelid = 'loyalty.point_event_1600_07'::regclass
            and c.relam = (select oid from pg_am where amname = 'brin')
    ),
    array['{autosummarize=on}', '{autosummarize=on}'],
    'its block range indexes keep themselves up to date'
);
select is(
    (select relowner from pg_class where oid = 'loyalty.point_event_1600_07'::regclass),
    (select relowner from pg_class where oid = 'loyalty.point_event'::regclass),
    'it belongs to the owner of the table, whoever called'
);
select table_privs_are(
    'loyalty', 'point_event_1600_07', role, array['SELECT'], role || ' may read a new partition'
)
from unnest(array['tierclose_job', 'tierclose_auditor']::name[]) role;
select table_privs_are(
    'loyalty', 'point_event_1600_07', 'tierclose_service', '{}',
    'tierclose_service may not'
);
-- recorded_xid is written by default, and the expression by which late rows are found is indexed.
select results_eq(
    'select distinct recorded_xid, recorded_at from loyalty.point_event where event_id in (5, 6)',
    'select pg_current_xact_id(), now()',
    'an event knows when and by which transaction it was recorded'
);
create function pg_temp.plan_of(query text) returns setof text
language plpgsql
as $$
begin
    return query execute 'explain (costs off) ' || query;
end
$$;
set local enable_seqscan = off;
set local enable_indexscan = off;
select isnt_empty(
    $$ select * from pg_temp.plan_of(
        'select * from loyalty.point_event_1600_07 where (recorded_xid::text)::bigint >= 5'
    ) p where p ~ 'Index Cond: .*recorded_xid' $$,
    'late rows can be found by the index on recorded_xid'
);

-- Bad arguments and strange surroundings.
select throws_ok(
    $$ select loyalty.ensure_event_months(null, '1700-01-01') $$, '22023', null, 'null is refused'
);
select throws_ok(
    $$ select loyalty.ensure_event_months('1700-01-01', 'infinity') $$, '22023', null,
    'infinity is refused'
);
select throws_ok(
    $$ select loyalty.ensure_event_months('1700-01-02', '1700-01-01') $$, '22023', null,
    'a reversed range is refused'
);
select throws_ok(
    $$ select loyalty.ensure_event_months('1700-01-02', '1720-01-02') $$, '22023', null,
    'more months than the lock table bears are refused'
);
create table loyalty.point_event_1700_01 (member_id bigint);
select throws_ok(
    $$ select loyalty.ensure_event_months('1700-01-10', '1700-01-10') $$, '42P07', null,
    'a table in the way that is no partition is an error'
);

select * from finish();
rollback;
