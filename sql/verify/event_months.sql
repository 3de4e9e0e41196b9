-- Verify tierclose:event_months on pg

begin;

do $$
declare
    months constant regprocedure := 'loyalty.ensure_event_months(date, date)'::regprocedure;
begin
    if (
        select p.prosecdef or p.prorettype <> 'integer'::regtype
            or p.proargnames is distinct from array['first', 'last']
            or p.proconfig is distinct from array['search_path=pg_catalog, pg_temp']
        from pg_catalog.pg_proc p
        where p.oid = months
    ) then
        raise exception '% is not as deployed', months;
    end if;
    if exists (
        select from pg_catalog.pg_proc p
        cross join lateral pg_catalog.aclexplode(
            coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))
        ) a
        where p.oid = months
            and a.grantee <> p.proowner
    ) then
        raise exception 'others than its owner may call %', months;
    end if;

    -- A trial far from any real month; the rollback below takes it away again.
    if loyalty.ensure_event_months('0900-01-15', '0900-01-15') <> 1
        or loyalty.ensure_event_months('0900-01-15', '0900-01-15') <> 0
        or pg_catalog.to_regclass('loyalty.point_event_0900_01') is null then
        raise exception '% does not make its partitions', months;
    end if;
end
$$;

rollback;
