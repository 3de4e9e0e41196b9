-- member_center says of every member what a plain definition from the standings says, on every day
-- that matters. The definition looks the level up in the standings of the newest period in effect;
-- the view has it from the changes that are to come.

begin;
select plan(40);
select setseed(0.25);

-- Seven months; the programme's levels have other names and thresholds from the fifth on. Run 8 has
-- replaced run 4.
insert into tierclose.program (name, timezone, currency, effective_day)
values ('plain', 'America/Los_Angeles', 'USD', 8);
insert into tierclose.run (
    run_id, period, action, mode, status, finished_at, result_checksum, effective_on
)
overriding system value
select
    n, to_char(date '2025-05-01' + make_interval(months => m), 'YYYY-MM'), 'close', 'full',
    'published', now(), 'x', date '2025-06-08' + make_interval(months => m)
from (select n, case n when 8 then 4 else n end as m from generate_series(1, 8) n) r;
insert into tierclose.published (period, run_id, checked_run_id)
select period, run_id, run_id from tierclose.run where run_id <> 4;
insert into tierclose.run_level (run_id, rank, name, min_points, benefits)
select r.run_id, l.rank, l.name, l.min_points, jsonb_build_object('gift', l.name || r.run_id)
from tierclose.run r
join (
    values
        (false, 0, 'Bronze', 0), (false, 1, 'Silver', 100), (false, 2, 'Gold', 300),
        (true, 0, 'Basic', 0), (true, 1, 'Gold', 120), (true, 2, 'Platinum', 400)
) l (later, rank, name, min_points) on l.later = (r.period >= '2025-10');

-- Members come, stay a while, and some go again. Their points wander.
create temp table stay as
select
    m as member_id,
    1 + floor(random() * random() * 7)::int as first,
    case when random() < 0.3 then floor(random() * 8)::int else 7 end as last
from generate_series(1, 400) m;
create temp table had as
select
    r.run_id, r.period::text as period, s.member_id,
    floor(random() * random() * 700)::bigint as points
from stay s
join (
    select o.*, dense_rank() over (order by o.period) as number from tierclose.run o
) r on r.number between s.first and s.last;
-- Half of them stay where they were the month before.
update had h
set points = b.points
from had b
where b.member_id = h.member_id
    and b.run_id = case h.run_id when 8 then 3 when 5 then 8 else h.run_id - 1 end
    and h.member_id % 2 = 0;

create temp table ranked as
select h.*, l.rank, l.name, l.first_name
from had h
join lateral (
    select r.rank, r.name, first_value(r.name) over (order by r.rank) as first_name, r.min_points
    from tierclose.run_level r
    where r.run_id = h.run_id
    order by r.rank desc
) l on l.min_points <= h.points
where l.rank = (
    select max(m.rank) from tierclose.run_level m
    where m.run_id = h.run_id and m.min_points <= h.points
);
do $$
begin
    for run in 1..8 loop
        execute format(
            'create table tierclose.standing_run_%s (like tierclose.standing including defaults)',
            run
        );
        execute format(
            'insert into tierclose.standing_run_%1$s '
            '(run_id, member_id, points, expiring_points, level_rank) '
            'select run_id, member_id, points, points %% 7 - 2, rank from ranked '
            'where run_id = %1$s', run
        );
        execute format('alter table tierclose.standing_run_%s add primary key (member_id)', run);
        execute format(
            'alter table tierclose.standing attach partition tierclose.standing_run_%1$s '
            'for values in (%1$s)', run
        );
    end loop;
end
$$;

-- The changes, from standing to standing (contract 5.2, 5.3). What run 4 wrote run 8 took back.
insert into tierclose.level_change (
    member_id, period, from_level, to_level, direction, points, effective_on, run_id, superseded_by
)
select
    n.member_id, n.period, coalesce(b.name, n.first_name), n.name,
    case
        when f.rank is null then 'program'
        when f.rank < n.rank then 'up'
        else 'down'
    end,
    n.points, r.effective_on, n.run_id, case n.run_id when 4 then 8 end
from ranked n
join tierclose.run r using (run_id)
left join ranked b
    on b.member_id = n.member_id
    and b.run_id <> 4
    and b.period = to_char(to_date(n.period, 'YYYY-MM') - interval '1 month', 'YYYY-MM')
left join tierclose.run_level f on f.run_id = n.run_id and f.name = coalesce(b.name, n.first_name)
where coalesce(b.name, n.first_name) <> n.name;
-- As where the level before was another one, too.
update tierclose.level_change set from_level = 'Gone' where superseded_by is not null;
insert into tierclose.coupon_grant (
    grant_id, member_id, period, level, coupon, value_cents, min_spend_cents, issue_from,
    issue_until, expires_on, lapsed, run_id, revoked_by, overgranted_by
)
select
    row_number() over (), c.member_id, c.period, c.to_level, k.coupon, 300, 2000, c.effective_on,
    c.effective_on + 6, c.effective_on + 13, c.member_id % 11 = 0, c.run_id,
    coalesce(c.superseded_by, case when c.member_id % 5 = 0 then 7 end),
    case when c.member_id % 7 = 0 then 8 end
from tierclose.level_change c
cross join (values ('B'), ('A')) k (coupon)
where c.direction = 'up';

create view pg_temp.plain as
select
    s.member_id,
    coalesce(e.name, f.name) as level,
    case when n.effective_on > t.today and s.level <> coalesce(e.name, f.name) then s.level end
        as next_change_to,
    case when n.effective_on > t.today and s.level <> coalesce(e.name, f.name) then n.effective_on end
        as next_change_on,
    s.points,
    s.next_level,
    s.points_to_next,
    s.expiring_points,
    coalesce(
        (
            select jsonb_agg(
                jsonb_build_object(
                    'coupon', g.coupon, 'level', g.level, 'value_cents', g.value_cents,
                    'min_spend_cents', g.min_spend_cents, 'issue_from', g.issue_from,
                    'issue_until', g.issue_until, 'expires_on', g.expires_on
                )
                order by g.issue_from, g.grant_id
            )
            from tierclose.coupon_grant g
            where g.member_id = s.member_id and g.revoked_by is null and not g.lapsed
                and g.expires_on >= t.today
        ),
        '[]'
    ) as coupons,
    case when e.name is null then f.benefits else e.benefits end as benefits
from (select current_setting('tierclose.today')::date as today) t
cross join lateral (
    select * from tierclose.runs r where r.stands order by r.period desc limit 1
) n
join tierclose.standings s on s.period = n.period
left join lateral (
    select * from tierclose.runs r
    where r.stands and r.effective_on <= t.today
    order by r.period desc
    limit 1
) i on true
join tierclose.run_level f on f.run_id = coalesce(i.run_id, n.run_id) and f.rank = 0
left join (
    select x.period, x.member_id, x.level as name, l.benefits
    from tierclose.standings x
    join tierclose.run_level l on l.run_id = x.run_id and l.name = x.level
) e on e.period = i.period and e.member_id = s.member_id;

create function pg_temp.agrees(day date) returns setof text
language plpgsql
as $$
begin
    perform set_config('tierclose.today', day::text, true);
    return next is_empty(
        $q$ (table pg_temp.plain except all table tierclose.member_center)
            union all (table tierclose.member_center except all table pg_temp.plain) $q$,
        'all members as by the plain definition on ' || day
    );
end
$$;

-- As members live through it, the newest period closed on its last day or after it: nothing of it
-- in effect, then the changes to come, then all.
select pg_temp.agrees(effective_on + d)
from tierclose.runs, (values (-9), (-1), (0), (1)) v (d)
where stands
order by effective_on, d;
select pg_temp.agrees(day) from (values (date '2025-01-01'), (date '2030-01-01')) v (day);

-- What was compared holds what it should.
set local tierclose.today = '2026-01-07';
select cmp_ok(
    (
        select count(*)
        from pg_temp.plain p
        where p.next_change_to is null and p.level <> 'Basic'
    ), '>', 20::bigint, 'members who stay where they are'
);
select cmp_ok(
    (select count(*) from pg_temp.plain p where p.next_change_to is not null), '>', 20::bigint,
    'members who will change'
);
select cmp_ok(
    (select count(*) from pg_temp.plain p where p.coupons <> '[]'), '>', 20::bigint,
    'members with coupons'
);
select cmp_ok(
    (select count(*) from stay s where s.last between s.first and 6), '>', 20::bigint,
    'members who are closed'
);
select cmp_ok(
    (select count(*) from stay s where s.first = 7 and s.last = 7), '>', 3::bigint,
    'members who are new'
);

-- In the week in which other names of the levels are to come, and in that of the first period.
delete from tierclose.published where period > '2025-10';
select pg_temp.agrees(day)
from (values (date '2025-11-07'), (date '2025-11-08')) v (day);
select cmp_ok(
    (
        select count(*)
        from tierclose.level_changes c
        where c.period = '2025-10' and c.direction = 'program'
    ), '>', 20::bigint, 'members whose level the programme took away'
);
delete from tierclose.published where period > '2025-06';
select pg_temp.agrees(day) from (values (date '2025-07-07'), (date '2025-07-08')) v (day);

select * from finish();
rollback;
