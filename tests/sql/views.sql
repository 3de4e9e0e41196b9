-- The public views: what stands is shown, what was replaced is not (contract 7.2).

begin;
\ir fixture/published.sql
select plan(22);

select results_eq(
    $$ select period, member_id, points, level, next_level, points_to_next, expiring_points, run_id
       from tierclose.standings order by period, member_id $$,
    $$ values
        ('2025-11', 1::bigint, 150::bigint, 'Gold', 'Platinum', 351::bigint, 0::bigint, 1::bigint),
        ('2025-11', 2, 0, 'Silver', 'Gold', 101, 0, 1),
        ('2025-11', 4, 2000, 'Diamond', null, null, 0, 1),
        ('2025-11', 5, 1501, 'Diamond', null, null, 0, 1),
        ('2025-12', 1, 600, 'Platinum', 'Diamond', 901, 40, 3),
        ('2025-12', 2, 100, 'Silver', 'Gold', 1, -3, 3),
        ('2025-12', 3, 101, 'Gold', 'Platinum', 400, 0, 3),
        ('2025-12', 5, 1500, 'Platinum', 'Diamond', 1, 0, 3),
        ('2025-12', 6, 0, 'Silver', 'Gold', 101, 0, 3) $$,
    'standings show the standing run of each period, not the superseded one'
);
update tierclose.published set run_id = 2 where period = '2025-12';
select results_eq(
    $$ select member_id, points, run_id from tierclose.standings
       where period = '2025-12' order by member_id $$,
    $$ values (1::bigint, 500::bigint, 2::bigint), (2, 99, 2), (3, 0, 2), (5, 1502, 2),
        (6, 100, 2) $$,
    'one row of published decides which run stands'
);
update tierclose.published set run_id = 3 where period = '2025-12';

select results_eq(
    $$ select period, member_id, from_level, to_level, direction, points, effective_on, run_id
       from tierclose.level_changes order by period, member_id $$,
    $$ values
        ('2025-11', 1::bigint, 'Silver', 'Gold', 'up', 150::bigint, date '2025-12-08', 1::bigint),
        ('2025-12', 1, 'Gold', 'Platinum', 'up', 600, '2026-01-08', 3),
        ('2025-12', 3, 'Silver', 'Gold', 'up', 101, '2026-01-08', 3),
        ('2025-12', 5, 'Diamond', 'Platinum', 'down', 1500, '2026-01-08', 3) $$,
    'level_changes hide superseded rows'
);

-- The status of a grant over time.
set local tierclose.today = '2026-01-21';
select results_eq(
    $$ select grant_id, status, overgranted from tierclose.coupon_grants order by grant_id $$,
    $$ values (11::bigint, 'lapsed', false), (12, 'granted', false), (13, 'granted', false),
        (14, 'lapsed', false), (15, 'granted', true), (16, 'revoked', false) $$,
    'on its last day a grant is still granted; written too late is lapsed; overgranted is kept'
);
set local tierclose.today = '2026-01-22';
select results_eq(
    $$ select grant_id, status from tierclose.coupon_grants order by grant_id $$,
    $$ values (11::bigint, 'lapsed'), (12, 'lapsed'), (13, 'lapsed'), (14, 'lapsed'),
        (15, 'lapsed'), (16, 'revoked') $$,
    'the day after expires_on a grant has lapsed, a revoked one stays revoked'
);
select results_eq(
    $$ select grant_id, period, member_id, level, coupon, issue_from, issue_until, expires_on,
           run_id, value_cents, min_spend_cents
       from tierclose.coupon_grants where grant_id = 12 $$,
    $$ values (12::bigint, '2025-12', 1::bigint, 'Platinum', 'LEVEL-PLATINUM', date '2026-01-08',
        date '2026-01-14', date '2026-01-21', 3::bigint, 600::bigint, 4000::bigint) $$,
    'coupon_grants pass on every column'
);

select results_eq(
    $$ select run_id, period, action, mode, status, members, points, changed, stands,
           superseded_by, error
       from tierclose.runs order by run_id $$,
    $$ values
        (1::bigint, '2025-11', 'close', 'full', 'published', 4::bigint, 3650::bigint, true, true,
            null::bigint, null::text),
        (2, '2025-12', 'close', 'full', 'published', 5, 2201, true, false, 3, null),
        (3, '2025-12', 'settle', 'full', 'published', 5, 2301, true, true, null, null),
        (4, '2025-12', 'settle', 'full', 'published', 5, 2301, false, false, null, null),
        (5, '2026-01', 'close', 'full', 'failed', null, null, null, false, null,
            'connection lost') $$,
    'runs show every run, which one stands, and which superseded which'
);

select results_eq(
    $$ select run_id, period, reason, member_id, event_id, detail from tierclose.anomalies $$,
    $$ values (3::bigint, '2025-12', 'unknown_member', 98::bigint, 980::bigint, 'no member 98') $$,
    'anomalies show those of the run whose results stand'
);

-- Types: the contract says text, not a domain.
select col_type_is('tierclose', view::name, 'period'::name, 'text', view || '.period is text')
from unnest(array['standings', 'level_changes', 'coupon_grants', 'runs', 'anomalies']) view;

-- Today.
set local tierclose.today = '';
select is(
    tierclose.today(), (now() at time zone 'America/Los_Angeles')::date,
    'today is the local date of the programme''s zone'
);
select is(
    tierclose.today_in('Pacific/Kiritimati') - tierclose.today_in('Etc/GMT+12'),
    (now() at time zone 'Pacific/Kiritimati')::date - (now() at time zone 'Etc/GMT+12')::date,
    'each zone has its own today'
);
set local tierclose.today = '2026-02-28';
select is(tierclose.today(), '2026-02-28', 'the session setting goes before');
set local tierclose.today = 'yesterweek';
select throws_ok(
    'select tierclose.today()', '22007', null, 'a setting that is no date is an error'
);
set local tierclose.today = '';
delete from tierclose.program;
select is(
    tierclose.today(), (now() at time zone 'UTC')::date, 'without a programme today is that of UTC'
);
select is(
    (select count(*) from tierclose.coupon_grants where status is null), 0::bigint,
    'grants have a status also without a programme'
);

select is(
    tierclose.grant_status(true, true, '2026-01-21', '2026-02-01'), 'revoked', 'revoked first'
);
select is(
    tierclose.grant_status(false, true, '2026-01-21', '2026-01-01'), 'lapsed', 'then lapsed'
);
select is(
    tierclose.grant_status(false, false, '2026-01-21', '2026-01-21'), 'granted',
    'granted until expires_on'
);

select * from finish();
rollback;
