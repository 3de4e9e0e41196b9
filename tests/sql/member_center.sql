-- What a member sees before, on and after an effective day (contract 1.4, 5.2, 7.2).

begin;
\ir fixture/published.sql
select plan(17);

create function pg_temp.center(today text) returns setof text
language plpgsql
as $$
begin
    perform set_config('tierclose.today', today, true);
    return query
        select format('%s %s > %s %s', m.member_id, m.level, coalesce(m.next_change_to, '-'),
                      coalesce(m.next_change_on::text, '-'))
        from tierclose.member_center m
        order by m.member_id;
end
$$;

select results_eq(
    $$ select * from pg_temp.center('2026-01-07') $$,
    $$ values
        ('1 Gold > Platinum 2026-01-08'),
        ('2 Silver > - -'),
        ('3 Silver > Gold 2026-01-08'),
        ('5 Diamond > Platinum 2026-01-08'),
        ('6 Silver > - -') $$,
    'the day before: the old level, and what the 8th will bring; a new member starts at the first'
);
select results_eq(
    $$ select * from pg_temp.center('2026-01-08') $$,
    $$ values ('1 Platinum > - -'), ('2 Silver > - -'), ('3 Gold > - -'), ('5 Platinum > - -'),
        ('6 Silver > - -') $$,
    'on the effective day: the new level, no next change'
);
select results_eq(
    $$ select * from pg_temp.center('2027-05-05') $$,
    $$ select * from pg_temp.center('2026-01-08') $$,
    'long after: the same'
);
select results_eq(
    $$ select * from pg_temp.center('2025-12-07') $$,
    $$ values
        ('1 Silver > Platinum 2026-01-08'),
        ('2 Silver > - -'),
        ('3 Silver > Gold 2026-01-08'),
        ('5 Silver > Platinum 2026-01-08'),
        ('6 Silver > - -') $$,
    'before any period is in effect everyone is at the first level'
);
select is(
    (select count(*) from tierclose.member_center where member_id = 4), 0::bigint,
    'a member closed since has no row'
);

set local tierclose.today = '2026-01-07';
select results_eq(
    $$ select points, next_level, points_to_next, expiring_points from tierclose.member_center
       order by member_id $$,
    $$ values (600::bigint, 'Diamond', 901::bigint, 40::bigint), (100, 'Gold', 1, -3),
        (101, 'Platinum', 400, 0), (1500, 'Diamond', 1, 0), (0, 'Gold', 101, 0) $$,
    'points are those of the newest closed period'
);
select is(
    (select coupons from tierclose.member_center where member_id = 1),
    '[{"coupon": "LEVEL-PLATINUM", "level": "Platinum", "value_cents": 600,
       "min_spend_cents": 4000, "issue_from": "2026-01-08", "issue_until": "2026-01-14",
       "expires_on": "2026-01-21"},
      {"coupon": "A-SECOND", "level": "Platinum", "value_cents": 100,
       "min_spend_cents": 0, "issue_from": "2026-01-08", "issue_until": "2026-01-14",
       "expires_on": "2026-01-21"}]'::jsonb,
    'open grants only, in a fixed order'
);
select is(
    (select coupons from tierclose.member_center where member_id = 2), '[]'::jsonb,
    'a grant that was written too late is not open'
);
select is(
    (select coupons from tierclose.member_center where member_id = 6), '[]'::jsonb,
    'a revoked grant is not open'
);
select is(
    (select benefits from tierclose.member_center where member_id = 1),
    '{"top_weekly_brands_percent": 8}'::jsonb,
    'benefits are those of the level in effect, not of the next one'
);
set local tierclose.today = '2026-01-22';
select is(
    (select coupons from tierclose.member_center where member_id = 1), '[]'::jsonb,
    'after expires_on there is no open grant'
);
select is(
    (select benefits from tierclose.member_center where member_id = 1),
    '{"top_weekly_brands_percent": 10}'::jsonb,
    'benefits follow the level'
);

-- A replay with rules whose level names differ between the two periods.
update tierclose.run_level set name = 'A' || rank where run_id = 1;
set local tierclose.today = '2026-01-07';
select is(
    (select level || ' > ' || next_change_to from tierclose.member_center where member_id = 2),
    'A0 > Silver',
    'the level in effect has the name it had when it was published'
);
-- The change by the programme that comes with such rules names the level before.
insert into tierclose.level_change (
    member_id, period, from_level, to_level, direction, points, effective_on, run_id
)
values (2, '2025-12', 'A2', 'Silver', 'program', 100, '2026-01-08', 3);
select is(
    (select level || ' > ' || next_change_to from tierclose.member_center where member_id = 2),
    'A2 > Silver',
    'a level that the rules no longer know is in effect until the day'
);
select is(
    (select benefits from tierclose.member_center where member_id = 2),
    '{"top_weekly_brands_percent": 10}'::jsonb,
    'and so are its benefits'
);

delete from tierclose.published;
select is_empty(
    'select * from tierclose.member_center', 'before the first close there is nothing to show'
);
select results_eq(
    'select today, newest_run_id, next_effective_on, run_id from tierclose.run_in_effect',
    $$ values (date '2026-01-07', null::bigint, null::date, null::bigint) $$,
    'run_in_effect gives one row also then'
);

select * from finish();
rollback;
