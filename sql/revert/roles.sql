-- Revert tierclose:roles from pg
--
-- The roles belong to the whole server: each is dropped only if nothing in another database and
-- nothing else in this one needs it.

begin;

do $$
declare
    owned regclass;
    name text;
begin
    for owned in
        select c.oid
        from pg_catalog.pg_class c
        where c.relnamespace = 'tierclose'::regnamespace
            and c.relkind in ('r', 'p')
            and c.relowner = 'tierclose_job'::regrole
    loop
        execute pg_catalog.format('alter table %s owner to current_user', owned);
    end loop;

    foreach name in array array['tierclose_job', 'tierclose_auditor', 'tierclose_service'] loop
        execute pg_catalog.format('revoke all on schema loyalty, tierclose from %I', name);
        execute pg_catalog.format(
            'revoke all on all tables in schema loyalty, tierclose from %I', name
        );
        execute pg_catalog.format('revoke all on all functions in schema tierclose from %I', name);
        begin
            execute pg_catalog.format('drop role %I', name);
        exception
            when dependent_objects_still_exist or insufficient_privilege or object_in_use then
                raise notice 'role % is kept: %', name, sqlerrm;
        end;
    end loop;
end
$$;

commit;
