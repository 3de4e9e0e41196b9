-- What the tables refuse, and what they must accept.

begin;
select plan(72);

-- Input: bad events must be loadable (contract 6), incomplete ones not.
do $$ begin perform loyalty.ensure_event_months('1500-01-10', '1500-01-10'); end $$;
select lives_ok(
    $$ insert into loyalty.point_event (
           event_id, member_id, kind, occurred_at, item_cents, discount_cents, category_ids, points
       )
       values (1, -999, 9999, '1500-01-10+00', -1, -1, array[null, 1, null]::int[], -5) $$,
    'an event of an unknown member and kind with negative amounts can be loaded'
);
select throws_ok(
    $$ insert into loyalty.point_event (event_id, member_id, kind, occurred_at)
       values (1, 2, 1, '1500-01-10+00') $$,
    '23505', null, 'the same event twice is refused'
);
select lives_ok(
    $$ insert into loyalty.point_event (event_id, member_id, kind, occurred_at)
       values (1, 2, 1, '1500-01-10 00:00:00.000001+00') $$,
    'its key is (event_id, occurred_at)'
);
select throws_ok(
    format(
        'insert into loyalty.point_event (event_id, member_id, kind, occurred_at)
         values (%s, %s, %s, %s)',
        case when missing = 'event_id' then 'null' else '5' end,
        case when missing = 'member_id' then 'null' else '5' end,
        case when missing = 'kind' then 'null' else '5' end,
        case when missing = 'occurred_at' then 'null' else '''1500-01-10+00''' end
    ),
    case when missing = 'occurred_at' then '23514' else '23502' end, null,
    'an event without ' || missing || ' is refused'
)
from unnest(array['event_id', 'member_id', 'kind', 'occurred_at']) missing;
select throws_ok(
    format(
        'insert into loyalty.point_event (event_id, member_id, kind, occurred_at, %I)
         values (6, 6, 6, ''1500-01-10+00'', null)',
        missing
    ),
    '23502', null, 'an event without ' || missing || ' is refused'
)
from unnest(array['recorded_at', 'recorded_xid']) missing;
select col_is_null('loyalty', 'point_event', name::name, 'an event may lack ' || name)
from unnest(array['order_id', 'item_cents', 'discount_cents', 'shipping_cents', 'category_ids',
                  'points']) name;

select col_is_pk('loyalty', 'member', 'member_id', 'a member is keyed by member_id');
select throws_ok(
    'insert into loyalty.member (member_id) values (1)', '23502', null,
    'a member without registered_on is refused'
);
select results_eq(
    'select kind::int, name from loyalty.event_kind where kind < 100 order by kind',
    $$ values (1, 'purchase'), (2, 'refund'), (3, 'fraud'), (4, 'review'), (5, 'visit'),
        (6, 'follow'), (7, 'club_post'), (8, 'bonus'), (9, 'adjustment') $$,
    'the nine kinds are there'
);
select lives_ok(
    $$ insert into loyalty.event_kind (kind, name) values (100, 'a test of 100') $$,
    'a kind of the user''s own'
);
select throws_ok(
    $$ insert into loyalty.event_kind (kind, name) values (99, 'a test of 99') $$,
    '23514', null, 'numbers below 100 are kept'
);
select throws_ok(
    $$ insert into loyalty.event_kind (kind, name) values (101, 'purchase') $$,
    '23505', null, 'a name is used once'
);

-- Neither triggers, foreign keys nor sequences where there is a row a member.
select is_empty(
    $$ select t.tgrelid::regclass, t.tgname from pg_trigger t
       join pg_class c on c.oid = t.tgrelid
       where c.relnamespace = 'loyalty'::regnamespace
           or (c.relnamespace = 'tierclose'::regnamespace
               and ((not t.tgisinternal and t.tgname <> 'keep_ended_run')
                    or c.relname in (
                        'standing', 'level_change', 'coupon_grant', 'restatement'
                    ))) $$,
    'no triggers, and no foreign keys on tables of members'
);
select is(
    (
        select array_agg(c.relname::text)
        from pg_class c
        where c.relkind = 'S'
            and c.relnamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
    ),
    array['run_run_id_seq'],
    'the only sequence numbers the runs'
);
select is_empty(
    $$ select p.oid::regprocedure from pg_proc p
       where p.pronamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
           and (p.prosecdef
                or (p.prosqlbody is null and not coalesce(
                        p.proconfig @> array['search_path=pg_catalog, pg_temp'], false
                    ))) $$,
    'no function runs with its owner''s rights or depends on the search path'
);
select hasnt_pk('tierclose', 'standing', 'the standings have their keys on the partitions');

-- Periods.
select lives_ok(
    format('select %L::tierclose.period_text', period), 'period ' || period || ' is accepted'
)
from unnest(array['2025-01', '2025-12', '0001-10']) period;
select throws_ok(
    format('select %L::tierclose.period_text', period), '23514', null,
    'period "' || period || '" is refused'
)
from unnest(array['2025-00', '2025-13', '2025-20', '2025-1', '25-01', '2025-01-01', ' 2025-01', '',
                  '2025/01', '20250-1', '2025-1a', '2O25-01', '2025-01' || chr(10),
                  '٢٠٢٥-٠١', '2025-0１']) period;

-- Runs.
prepare add_run (text, text, text, bigint[]) as
    insert into tierclose.run (
        period, action, mode, status, finished_at, effective_on, result_checksum,
        events, events_earning, events_refund, events_capped, events_ineligible, events_anomalous
    )
    values (
        '2025-01', $1, $2, $3, now(), '2025-02-08', '0',
        $4[1], $4[2], $4[3], $4[4], $4[5], $4[6]
    );
select lives_ok(
    $$ execute add_run('close', 'full', 'published', array[15, 5, 4, 3, 2, 1]) $$, 'a run'
);
select lives_ok(
    $$ execute add_run('backfill', 'incremental', 'running', null) $$, 'a run without counts yet'
);
select throws_ok(
    $$ execute add_run('close', 'full', 'published', array[16, 5, 4, 3, 2, 1]) $$, '23514', null,
    'an event that is not accounted for is refused'
);
select throws_ok(
    $$ execute add_run('close', 'full', 'published', array[0, 1, 0, 0, 0, -1]) $$, '23514', null,
    'a negative count is refused'
);
select throws_ok(
    format('execute add_run(%L, %L, %L, null)', action, mode, status), '23514', null,
    format('a run with action %s, mode %s and status %s is refused', action, mode, status)
)
from (values ('open', 'full', 'running'), ('close', 'half', 'running'), ('close', 'full', 'done'))
    r (action, mode, status);
select throws_ok(
    $$ insert into tierclose.run (period, action, mode, status)
       values ('2025-01', 'close', 'full', 'published') $$,
    '23514', null, 'a published run without its result is refused'
);
select throws_ok(
    $$ insert into tierclose.published (period, run_id, checked_run_id)
       values ('2025-01', -1, -1) $$,
    '23503', null, 'only a run can be published'
);
select throws_ok(
    $$ insert into tierclose.program (singleton, name, timezone, currency, effective_day)
       values (false, 'a', 'UTC', 'USD', 8) $$,
    '23514', null, 'there is one programme'
);

-- Changes and grants: one that stands for each member and period, any number that does not.
prepare add_change (bigint, bigint) as
    insert into tierclose.level_change (
        member_id, period, from_level, to_level, direction, points, effective_on, run_id,
        superseded_by
    )
    values (1, '2025-01', 'Silver', 'Gold', 'up', 101, '2025-02-08', $1, $2);
select lives_ok('execute add_change(1, 2)', 'a superseded change');
select lives_ok('execute add_change(2, 3)', 'another one');
select lives_ok('execute add_change(3, null)', 'and the one that stands');
select throws_ok('execute add_change(4, null)', '23505', null, 'a second that stands is refused');
select throws_ok(
    'execute add_change(1, 5)', '23505', null, 'a run writes one change of a member, whatever it is'
);

prepare add_grant (bigint, bigint, date) as
    insert into tierclose.coupon_grant (
        grant_id, member_id, period, level, coupon, value_cents, min_spend_cents, issue_from,
        issue_until, expires_on, run_id, revoked_by
    )
    values ($1, 1, '2025-01', 'Gold', 'C', 300, 2000, $3, '2025-02-14', '2025-02-21', 1, $2);
select lives_ok($$ execute add_grant(1, 2, '2025-02-08') $$, 'a revoked grant');
select lives_ok($$ execute add_grant(5, 3, '2025-02-08') $$, 'another run''s revoked grant');
select lives_ok($$ execute add_grant(2, null, '2025-02-08') $$, 'a grant after it');
select throws_ok(
    $$ execute add_grant(3, null, '2025-02-08') $$, '23505', null,
    'the same coupon twice is refused'
);
select throws_ok(
    'update tierclose.coupon_grant set revoked_by = null where grant_id = 1', '23505', null,
    'a grant that was revoked does not come back beside the one that stands'
);
select throws_ok(
    $$ execute add_grant(2, 9, '2025-02-08') $$, '23505', null, 'a number is given once'
);
select throws_ok(
    $$ execute add_grant(4, 2, '2025-02-15') $$, '23514', null,
    'an issue that ends before it begins is refused'
);

-- Rows come by period and run, and within them by member_id. An index in that order grows at its
-- end; one that begins with member_id is written to all over, the more the longer the history is.
select is(
    (
        select array_agg(i.indexrelid::regclass::text)
        from pg_index i
        join pg_attribute a on a.attrelid = i.indexrelid and a.attnum = 1
        where a.attname = 'member_id'
            and i.indrelid in (
                'tierclose.level_change'::regclass, 'tierclose.coupon_grant'::regclass,
                'tierclose.restatement'::regclass
            )
    ),
    array['tierclose.coupon_grant_member'],
    'of the tables that grow with every close, one index begins with the member'
);

select throws_ok(
    $$ insert into tierclose.anomaly (run_id, period, reason)
       select run_id, '2025-01', 'bad_mood' from tierclose.run limit 1 $$,
    '23514', null, 'an anomaly has one of the seven reasons'
);

-- What a run counted for the report.
select throws_ok(
    format(
        'insert into tierclose.run_fate (run_id, kind, fate, events)
         select run_id, ''visit'', %L, %s from tierclose.run limit 1',
        fate, events
    ),
    '23514', null, format('%s events that are %s are refused', events, fate)
)
from (values ('earning', 0), ('earning', -1), ('lost', 1)) wrong (fate, events);
select throws_ok(
    $$ update tierclose.run set late_events = -1 where status = 'running' $$, '23514', null,
    'a run finds no fewer than no late events'
);
select throws_ok(
    $$ insert into tierclose.run_month (run_id, month, points)
       select run_id, '2025-13', 0 from tierclose.run limit 1 $$,
    '23514', null, 'a month of the window is a month'
);

select * from finish();
rollback;
