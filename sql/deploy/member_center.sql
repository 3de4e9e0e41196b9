-- Deploy tierclose:member_center to pg
--
-- What a member sees today (contract 7.2): the points of the newest closed period, and the level of
-- the newest period whose effective day has come.
--
-- Example: December is closed on 31 December with a step from Gold to Platinum. On 7 January the
-- level is Gold, next_change_to is Platinum and next_change_on 8 January; on 8 January the level is
-- Platinum and there is no next change.

begin;

set local search_path = pg_catalog, pg_temp;

-- Effective days follow the order of periods, so if any closed period is still to take effect, the
-- newest one is, and its level is the next change.
create view tierclose.run_in_effect as
select
    t.today,
    n.run_id as newest_run_id,
    case when n.effective_on > t.today then n.effective_on end as next_effective_on,
    e.run_id as run_id
from (
    select tierclose.today_in(
        coalesce((select g.timezone from tierclose.program g), 'UTC')
    ) as today
) t
left join lateral (
    select p.run_id, r.effective_on
    from tierclose.published p
    join tierclose.run r on r.run_id = p.run_id
    order by p.period desc
    limit 1
) n on true
left join lateral (
    select p.run_id
    from tierclose.published p
    join tierclose.run r on r.run_id = p.run_id
    where r.effective_on <= t.today
    order by p.period desc
    limit 1
) e on true;
comment on view tierclose.run_in_effect is
    'Which runs today''s levels and points are read from, in one row; used by member_center.';
comment on column tierclose.run_in_effect.today is 'Today in the programme''s zone.';
comment on column tierclose.run_in_effect.newest_run_id is
    'The run of the newest closed period; null before the first.';
comment on column tierclose.run_in_effect.next_effective_on is
    'The day on which that period takes effect; null if it has come.';
comment on column tierclose.run_in_effect.run_id is
    'The run of the newest period in effect; null before the first.';

-- The runs are scalar subqueries: they are evaluated once, before the partitions are chosen, so a
-- member costs one index lookup in the newest run and one in the run in effect, however many runs
-- are kept. As a join condition they would look into every partition.
create view tierclose.member_center as
select
    s.member_id,
    le.name as level,
    case when pending.effective_on is not null then l.name end as next_change_to,
    pending.effective_on as next_change_on,
    s.points,
    ln.name as next_level,
    ln.min_points - s.points as points_to_next,
    s.expiring_points,
    coalesce(
        (
            select jsonb_agg(
                jsonb_build_object(
                    'coupon', g.coupon,
                    'level', g.level,
                    'value_cents', g.value_cents,
                    'min_spend_cents', g.min_spend_cents,
                    'issue_from', g.issue_from,
                    'issue_until', g.issue_until,
                    'expires_on', g.expires_on
                )
                order by g.issue_from, g.grant_id
            )
            from tierclose.coupon_grants g
            where g.member_id = s.member_id
                and g.status = 'granted'
        ),
        '[]'
    ) as coupons,
    le.benefits
from tierclose.standing s
join tierclose.run_level l on l.run_id = s.run_id and l.rank = s.level_rank
left join tierclose.run_level ln on ln.run_id = s.run_id and ln.rank = s.level_rank + 1
left join tierclose.standing e
    on e.run_id = (select i.run_id from tierclose.run_in_effect i)
    and e.member_id = s.member_id
-- Without a standing in effect a member starts at the first level (contract 5.2).
join tierclose.run_level le
    on le.run_id = (select coalesce(i.run_id, i.newest_run_id) from tierclose.run_in_effect i)
    and le.rank = coalesce(e.level_rank, 0)
cross join lateral (
    select case when l.name <> le.name then (
        select i.next_effective_on from tierclose.run_in_effect i
    ) end as effective_on
) pending
where s.run_id = (select i.newest_run_id from tierclose.run_in_effect i);
comment on view tierclose.member_center is
    'What a member sees today: one row a member of the newest closed period. Meant to be asked for '
    'one member_id. The session setting tierclose.today (YYYY-MM-DD) shows another day.';
comment on column tierclose.member_center.member_id is 'The member.';
comment on column tierclose.member_center.level is
    'The level in effect today, in the programme''s zone.';
comment on column tierclose.member_center.next_change_to is
    'The level that a closed period will bring; null if it brings no change.';
comment on column tierclose.member_center.next_change_on is 'The local day on which it will.';
comment on column tierclose.member_center.points is
    'Points of the window that ends with the newest closed period.';
comment on column tierclose.member_center.next_level is
    'The next level above the one these points give; null on the highest.';
comment on column tierclose.member_center.points_to_next is
    'Points missing to next_level; null on the highest.';
comment on column tierclose.member_center.expiring_points is
    'Points that are gone at the next close.';
comment on column tierclose.member_center.coupons is
    'Open grants, the earliest first: [{coupon, level, value_cents, min_spend_cents, issue_from, '
    'issue_until, expires_on}]; [] if there are none.';
comment on column tierclose.member_center.benefits is
    'Benefits of the level in effect, as configured.';

commit;
