-- config/aliexpress.yaml as an average team would write it: one statement, a step after the other.
-- psql variables: window_from, window_until (local days, the latter excluded), last_day.

set timezone = 'America/Los_Angeles';
set client_min_messages = warning;

drop table if exists bench.plain;
create table bench.plain as
with event as (
    select
        e.*,
        (e.occurred_at at time zone 'America/Los_Angeles')::date as day,
        date_trunc('month', e.occurred_at at time zone 'America/Los_Angeles')::date as month
    from loyalty.point_event e
    where e.occurred_at >= :'window_from'::timestamptz
        and e.occurred_at < :'window_until'::timestamptz
),
purchase as (
    select *
    from event
    where kind = 1
        and order_id is not null
        and item_cents >= 0
        and coalesce(discount_cents, 0) >= 0
),
-- Split shipments of a month are one credit.
credit as (
    select
        member_id,
        order_id,
        month,
        sum(greatest(item_cents - coalesce(discount_cents, 0), 0))::bigint as cents,
        min(occurred_at) as dated_at
    from purchase
    group by member_id, order_id, month
),
-- What refunds and frauds ask for; a refund without an amount, and a fraud, ask for everything.
taken as (
    select
        member_id,
        order_id,
        month,
        sum(case when kind = 3 or item_cents is null then 1000000000000 else item_cents end)
            ::bigint as cents
    from event
    where order_id is not null
        and (kind = 3 or (kind = 2 and coalesce(item_cents, 0) >= 0))
    group by member_id, order_id, month
),
-- Takes act on the credits of their own month and of earlier ones, the latest first. `unmet` is
-- what was asked for by the end of a month, less what was there to give.
balance as (
    select
        member_id,
        order_id,
        month,
        dated_at,
        credit.cents is not null as is_credit,
        coalesce(taken.cents, 0) - coalesce(credit.cents, 0) as change,
        sum(coalesce(taken.cents, 0) - coalesce(credit.cents, 0)) over (
            partition by member_id, order_id order by month
        ) as unmet
    from credit
    full join taken using (member_id, order_id, month)
),
-- A credit keeps what the later months never come back for.
remaining as (
    select
        member_id,
        order_id,
        month,
        dated_at,
        is_credit,
        unmet - change - max(unmet) over (
            partition by member_id, order_id order by month
            rows between current row and unbounded following
        ) as cents
    from balance
),
earning as (
    select
        member_id,
        order_id,
        month,
        least(
            floor(cents / 100)
                * case when dated_at >= '2025-11-11' and dated_at < '2025-11-12' then 2 else 1 end,
            500
        ) as points
    from remaining
    where is_credit and cents >= 200
),
category_day as (
    select
        p.member_id,
        p.month,
        p.day,
        least(count(distinct c.category_id) - 1, 5) as points
    from purchase p
    join earning using (member_id, order_id, month)
    cross join lateral unnest(p.category_ids) as c (category_id)
    group by p.member_id, p.month, p.day
    having count(distinct c.category_id) >= 2
),
contribution as (
    select member_id, month, sum(points) as points
    from earning
    group by member_id, month
    union all
    select member_id, month, sum(points)
    from category_day
    group by member_id, month
    union all
    select member_id, month, count(*)
    from event
    where kind = 4 and item_cents >= 200
    group by member_id, month
    union all
    select member_id, month, least(count(distinct day), 10)
    from event
    where kind = 5
    group by member_id, month
    union all
    select member_id, month, least(count(*), 10)
    from event
    where kind = 6
    group by member_id, month
    union all
    select member_id, month, least(count(*) * 2, 10)
    from event
    where kind = 7
    group by member_id, month
    union all
    select member_id, month, sum(points)
    from event
    where kind in (8, 9) and points is not null
    group by member_id, month
),
total as (
    select
        m.member_id,
        greatest(coalesce(sum(c.points), 0), 0)::bigint as points,
        coalesce(sum(c.points) filter (where c.month = :'window_from'::date), 0)::bigint
            as expiring_points
    from loyalty.member m
    left join contribution c using (member_id)
    where m.registered_on <= :'last_day'::date
        and (m.closed_on is null or m.closed_on > :'last_day'::date)
    group by m.member_id
)
select
    member_id,
    points,
    expiring_points,
    case
        when points >= 1501 then 'Diamond'
        when points >= 501 then 'Platinum'
        when points >= 101 then 'Gold'
        else 'Silver'
    end as level
from total;
alter table bench.plain add primary key (member_id);
