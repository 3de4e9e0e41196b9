-- Deploy tierclose:member_center_lookup to pg
--
-- member_center for one member at the price of one lookup in tierclose.standing. The planner has to
-- look at every partition of that table each time the view names it, a run each, so a view that
-- named it twice spent most of its time before it began.
--
-- The level in effect comes from the changes that are still to come: a change names the level
-- before it, which is the one in the standing of the period before (contract 5.2), and where no
-- change is to come the newest level is in effect. So the second lookup is one in
-- tierclose.level_change, and only while a period is still to take effect.

begin;

set local search_path = pg_catalog, pg_temp;

-- One aggregate, so that it is one relation more for whoever joins it, whatever it reads.
create or replace view tierclose.run_in_effect as
select
    t.today,
    (array_agg(p.run_id order by p.period desc))[1] as newest_run_id,
    case when max(p.effective_on) > t.today then max(p.effective_on) end as next_effective_on,
    (array_agg(p.run_id order by p.period desc) filter (where p.effective_on <= t.today))[1]
        as run_id,
    coalesce(array_agg(p.period) filter (where p.effective_on > t.today), '{}')
        as periods_to_come
from (
    select tierclose.today_in(
        coalesce((select g.timezone from tierclose.program g), 'UTC')
    ) as today
) t
left join (
    select o.period::text as period, o.run_id, r.effective_on
    from tierclose.published o
    join tierclose.run r on r.run_id = o.run_id
) p on true
group by t.today;
comment on column tierclose.run_in_effect.periods_to_come is
    'The closed periods that are still to take effect: at most one, but on an earlier "today".';

-- The run is a scalar subquery: it is evaluated once, before the partitions are chosen. As a join
-- condition it would look into every partition.
create or replace view tierclose.member_center as
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
from tierclose.run_in_effect i
cross join tierclose.standing s
join tierclose.run_level l on l.run_id = s.run_id and l.rank = s.level_rank
left join tierclose.run_level ln on ln.run_id = s.run_id and ln.rank = s.level_rank + 1
-- The level before the earliest change to come.
left join lateral (
    select c.from_level
    from tierclose.level_change c
    where c.period = any (i.periods_to_come)
        and c.member_id = s.member_id
        and c.superseded_by is null
    order by c.period
    limit 1
) b on true
-- Under the name that it had when it was published. Before any period is in effect everyone is at the
-- first level, and so is who was in none (contract 5.2), whatever it was called then.
cross join lateral (
    select v.name, v.benefits
    from tierclose.run_level v
    where v.run_id = coalesce(i.run_id, i.newest_run_id)
        and (
            v.rank = 0
            or i.run_id is not null and v.name = coalesce(b.from_level, l.name)
        )
    order by v.rank desc
    limit 1
) le
cross join lateral (
    select case when l.name <> le.name then i.next_effective_on end as effective_on
) pending
where s.run_id = (select p.run_id from tierclose.published p order by p.period desc limit 1);

commit;
