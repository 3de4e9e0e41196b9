-- Verify tierclose:member_center on pg

begin;

do $$
declare
    columns text;
begin
    select pg_catalog.string_agg(
        pg_catalog.format('%s %s', a.attname, pg_catalog.format_type(a.atttypid, null)),
        ', ' order by a.attnum
    )
    into columns
    from pg_catalog.pg_attribute a
    where a.attrelid = pg_catalog.to_regclass('tierclose.member_center')
        and a.attnum > 0;
    if columns is distinct from
        'member_id bigint, level text, next_change_to text, next_change_on date, points bigint, '
        'next_level text, points_to_next bigint, expiring_points bigint, coupons jsonb, '
        'benefits jsonb' then
        raise exception 'columns of tierclose.member_center are not those of the contract: %',
            columns;
    end if;
    -- Exactly one row, also before anything is published.
    if (select count(*) from tierclose.run_in_effect) <> 1 then
        raise exception 'tierclose.run_in_effect does not give one row';
    end if;
end
$$;

-- Runs it once for a member that does not exist, rights of its owner included.
select * from tierclose.member_center where member_id is null;

rollback;
