-- Verify tierclose:ended_runs on pg

begin;

do $$
declare
    keeper constant regprocedure := 'tierclose.keep_ended_run()'::regprocedure;
begin
    if not exists (
        select from pg_catalog.pg_trigger t
        where t.tgrelid = 'tierclose.run'::regclass
            and t.tgfoid = keeper
            and t.tgenabled in ('O', 'A')
    ) then
        raise exception 'tierclose.run has no trigger that keeps ended runs';
    end if;
    if (
        select p.prosecdef
            or p.proconfig is distinct from array['search_path=pg_catalog, pg_temp']
        from pg_catalog.pg_proc p
        where p.oid = keeper
    ) then
        raise exception '% is not as deployed', keeper;
    end if;
end
$$;

rollback;
