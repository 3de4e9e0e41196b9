-- Verify tierclose:views on pg

begin;

-- Contract 7.2: the names, types and order of the first columns of each view.
do $$
declare
    wrong text;
begin
    with expected (view, columns) as (
        values
            (
                'standings',
                'period text, member_id bigint, points bigint, level text, next_level text, '
                'points_to_next bigint, expiring_points bigint'
            ),
            (
                'level_changes',
                'period text, member_id bigint, from_level text, to_level text, direction text, '
                'points bigint, effective_on date, run_id bigint'
            ),
            (
                'coupon_grants',
                'grant_id bigint, period text, member_id bigint, level text, coupon text, '
                'issue_from date, issue_until date, expires_on date, status text, run_id bigint'
            ),
            (
                'runs',
                'run_id bigint, period text, action text, mode text, status text, '
                'started_at timestamp with time zone, finished_at timestamp with time zone, '
                'members bigint, events bigint, upgrades bigint, downgrades bigint, '
                'grants bigint, anomalies bigint, points bigint, config_sha256 text, '
                'result_checksum text'
            ),
            (
                'anomalies',
                'run_id bigint, period text, reason text, member_id bigint, event_id bigint, '
                'detail text'
            )
    ),
    actual as (
        select
            e.view,
            e.columns as expected_columns,
            pg_catalog.string_agg(
                pg_catalog.format('%s %s', a.attname, pg_catalog.format_type(a.atttypid, null)),
                ', ' order by a.attnum
            ) as columns
        from expected e
        left join pg_catalog.pg_attribute a
            on a.attrelid = pg_catalog.to_regclass('tierclose.' || e.view)
            and a.attnum > 0
        group by e.view, e.columns
    )
    select pg_catalog.string_agg(pg_catalog.format('%s (%s)', a.view, a.columns), '; ')
    into wrong
    from actual a
    where not pg_catalog.starts_with(coalesce(a.columns, '') || ', ', a.expected_columns || ', ');
    if wrong is not null then
        raise exception 'columns of these views are not those of the contract: %', wrong;
    end if;

    select pg_catalog.string_agg(c.relname || '.' || a.attname, ', ')
    into wrong
    from pg_catalog.pg_class c
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = 'tierclose'::regnamespace
        and c.relkind = 'v'
        and pg_catalog.col_description(c.oid, a.attnum) is null;
    if wrong is not null then
        raise exception 'view columns without a comment: %', wrong;
    end if;
end
$$;

rollback;
