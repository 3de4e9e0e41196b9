-- Verify tierclose:member_center_lookup on pg

begin;

-- One row, also before anything is published.
do $$
begin
    if (select count(*) from tierclose.run_in_effect i where i.periods_to_come is not null) <> 1
    then
        raise exception 'tierclose.run_in_effect does not give one row';
    end if;
end
$$;

-- The one lookup in the standings. The definition names the table with its schema only if the schema
-- is not in the search_path.
set local search_path = pg_catalog, pg_temp;
do $$
declare
    named bigint;
begin
    select pg_catalog.count(*)
    into named
    from pg_catalog.regexp_matches(
        pg_catalog.pg_get_viewdef('tierclose.member_center'::pg_catalog.regclass),
        'tierclose\.standing ', 'g'
    );
    if named <> 1 then
        raise exception 'tierclose.member_center names tierclose.standing % times', named;
    end if;
end
$$;

select * from tierclose.member_center where member_id is null;

rollback;
