-- Verify tierclose:run_details on pg

begin;

-- "false" keeps it from reading; a missing column is an error.
select run_by, program, currency, late_events from tierclose.run where false;
select run_id, month, points from tierclose.run_month where false;
select run_id, month, source, points, counted_by from tierclose.run_source where false;
select run_id, kind, fate, events from tierclose.run_fate where false;

do $$
declare
    wrong text;
begin
    if not exists (
        select from pg_catalog.pg_attribute a
        where a.attrelid = 'tierclose.run'::regclass and a.attname = 'run_by' and a.atthasdef
    ) then
        raise exception 'tierclose.run.run_by has no default';
    end if;

    select pg_catalog.string_agg(e.name, ', ')
    into wrong
    from (values ('run_month_pkey'), ('run_source_pkey'), ('run_fate_pkey')) e (name)
    where pg_catalog.to_regclass('tierclose.' || e.name) is null;
    if wrong is not null then
        raise exception 'indexes of schema tierclose are missing: %', wrong;
    end if;

    select pg_catalog.string_agg(e.name, ', ')
    into wrong
    from (values ('run_month'), ('run_source'), ('run_fate')) e (name)
    where not pg_catalog.has_table_privilege('tierclose_job', 'tierclose.' || e.name, 'select')
        or not pg_catalog.has_table_privilege('tierclose_job', 'tierclose.' || e.name, 'insert')
        or not pg_catalog.has_table_privilege('tierclose_auditor', 'tierclose.' || e.name, 'select')
        or pg_catalog.has_table_privilege(
            'tierclose_job', 'tierclose.' || e.name, 'delete, truncate'
        )
        or pg_catalog.has_any_column_privilege('tierclose_job', 'tierclose.' || e.name, 'update');
    if wrong is not null then
        raise exception 'privileges are not as deployed: %', wrong;
    end if;
end
$$;

rollback;
