-- The views read only the partitions and the rows they need, however many runs are kept.

begin;
select plan(20);

do $$
declare
    period date;
    run bigint;
begin
    for month in 0..49 loop
        period := date '2021-01-01' + make_interval(months => month);
        insert into tierclose.run (
            period, action, mode, status, finished_at, result_checksum, effective_on
        )
        values (
            to_char(period, 'YYYY-MM'), 'close', 'full', 'published', now(), '0',
            period + make_interval(months => 1, days => 7)
        )
        returning run_id into run;
        insert into tierclose.run_level (run_id, rank, name, min_points)
        select run, l, 'level ' || l, l * 100
        from generate_series(0, 3) l;
        execute format('create table tierclose.standing_run_%s (like tierclose.standing including defaults)', run);
        execute format(
            'insert into tierclose.standing_run_%1$s '
            'select %1$s, m, m %% 400, 0, m %% 400 / 100 from generate_series(1, 3000) m',
            run
        );
        execute format(
            'alter table tierclose.standing_run_%1$s '
            'add primary key (member_id), add check (run_id = %1$s)',
            run
        );
        execute format(
            'alter table tierclose.standing '
            'attach partition tierclose.standing_run_%1$s for values in (%1$s)',
            run
        );
        insert into tierclose.published (period, run_id, checked_run_id)
        values (to_char(period, 'YYYY-MM'), run, run);
        insert into tierclose.level_change (
            member_id, period, from_level, to_level, direction, points, effective_on, run_id
        )
        select
            m, to_char(period, 'YYYY-MM'), 'level 0', 'level 1', 'up', 100,
            period + make_interval(months => 1, days => 7), run
        from generate_series(1 + month % 2, 3000, 2) m;
        insert into tierclose.coupon_grant (
            grant_id, member_id, period, level, coupon, value_cents, min_spend_cents, issue_from,
            issue_until, expires_on, run_id
        )
        select
            run * 10000 + m, m, to_char(period, 'YYYY-MM'), 'level 1', 'C', 300, 2000,
            period + make_interval(months => 1, days => 7),
            period + make_interval(months => 1, days => 13),
            period + make_interval(months => 1, days => 20), run
        from generate_series(1 + month % 2, 3000, 2) m;
    end loop;
end
$$;
analyze tierclose.run, tierclose.published, tierclose.run_level, tierclose.standing,
    tierclose.level_change, tierclose.coupon_grant;
-- The newest period is still to take effect: the level in effect is that of the run before.
set local tierclose.today = '2025-03-07';

-- The lines of the executed plan that read standings.
create function pg_temp.reads(query text) returns setof text
language plpgsql
as $$
declare
    line text;
begin
    for line in execute 'explain (analyze, costs off, timing off, summary off) ' || query loop
        if line ~ ' on standing_run_' and line !~ 'never executed' then
            return next line;
        end if;
    end loop;
end
$$;

create function pg_temp.is_lookups(query text, lookups bigint, description text)
returns setof text
language plpgsql
as $$
begin
    return next is(
        (select count(*) from pg_temp.reads(query)), lookups,
        description || ': ' || lookups || ' partitions are read'
    );
    return next is_empty(
        format('select * from pg_temp.reads(%L) r where r ~ ''Seq Scan''', query),
        description || ': none of them whole'
    );
end
$$;

select pg_temp.is_lookups(
    'select * from tierclose.member_center where member_id = 77', 1, 'member_center of a member'
);
select pg_temp.is_lookups(
    $$ select * from tierclose.standings where member_id = 77 and period = '2024-05' $$, 1,
    'a member''s standing in a period'
);
select pg_temp.is_lookups(
    'select * from tierclose.standings where member_id = 77', 50, 'a member''s standings'
);
select is(
    (
        select count(*)
        from pg_temp.reads(
            $q$ select level, count(*) from tierclose.standings
                where period = '2024-05' group by level $q$
        )
    ),
    1::bigint,
    'the standings of a period are read from its partition alone'
);
select is(
    (select count(*) from pg_temp.reads('select level, count(*) from tierclose.member_center
                                         group by level')),
    1::bigint,
    'member_center of everyone reads one run'
);
select is(
    (select level from tierclose.member_center where member_id = 177), 'level 1',
    'and the level is right'
);
select is(
    (select level || ' > ' || next_change_to from tierclose.member_center where member_id = 178),
    'level 0 > level 1',
    'also where a change is to come'
);
select is(
    (
        select count(*)
        from pg_temp.reads(
            'select m.level from (values (7::bigint), (8)) v (member_id) '
            'join tierclose.member_center m using (member_id)'
        ) r
        where r ~ 'Seq Scan'
    ),
    0::bigint,
    'a join by member_id looks members up, too'
);

-- Whether the plan has an index scan like this, and reads no table whole.
create function pg_temp.looks_up(query text, scan text, description text) returns text
language plpgsql
as $$
declare
    line text;
    plan text := '';
    good boolean;
begin
    for line in execute 'explain (costs off) ' || query loop
        plan := plan || E'\n' || line;
    end loop;
    good := plan ~ scan and plan !~ 'Seq Scan on (level_change|coupon_grant)';
    return ok(good, description) || case when good then '' else E'\n' || diag(plan) end;
end
$$;

select pg_temp.looks_up(
    'select * from tierclose.level_changes where member_id = 77',
    'level_change_standing[^:]*\n *Index Cond: .*period.* = .* AND \(member_id = 77\)',
    'a member''s changes are looked up in each period'
);
select pg_temp.looks_up(
    $$ select * from tierclose.level_changes where period = '2024-05' $$,
    'level_change_standing[^:]*\n *Index Cond: .*period.* = ''2024-05''',
    'the changes of a period are looked up'
);
select pg_temp.looks_up(
    'select * from tierclose.coupon_grants where member_id = 77',
    'coupon_grant_member[^:]*\n *Index Cond: \(member_id = 77\)',
    'a member''s grants are looked up'
);
select pg_temp.looks_up(
    $$ select * from tierclose.coupon_grants where period = '2024-05' $$,
    'coupon_grant_standing[^:]*\n *Index Cond: .*period.* = ''2024-05''',
    'the grants of a period are looked up'
);
-- Planning costs what is named in the plan: each run's partition once, however many there are.
create function pg_temp.partitions_planned(query text) returns bigint
language plpgsql
as $$
declare
    line text;
    partitions bigint := 0;
begin
    for line in execute 'explain (costs off) ' || query loop
        partitions := partitions + (line ~ ' on standing_run_')::int;
    end loop;
    return partitions;
end
$$;
select is(
    pg_temp.partitions_planned('select * from tierclose.member_center where member_id = 77'),
    50::bigint,
    'member_center of a member plans with each run once'
);
select pg_temp.looks_up(
    'select * from tierclose.member_center where member_id = 77',
    'level_change_standing[^:]*\n *Index Cond: \(.*period.* = ANY .* AND \(member_id = ',
    'the change to come is looked up'
);
select pg_temp.looks_up(
    'select * from tierclose.member_center where member_id = 77',
    'coupon_grant_member[^:]*\n *Index Cond: \(member_id = ',
    'and so are the coupons'
);
set local tierclose.today = '2025-03-08';
select is(
    (
        select array_agg(r)
        from pg_temp.reads('select * from tierclose.member_center where member_id = 178') r
    )::text ~ 'standing_run_[0-9]+_pkey.*rows=1 loops=1',
    true,
    'once the newest period is in effect its run alone is read'
);

select is(
    (select count(*) from tierclose.level_changes where member_id = 77), 25::bigint,
    'and a member''s changes are found in every period'
);

select * from finish();
rollback;
