-- Verify tierclose:roles on pg

begin;

do $$
declare
    wrong text;
begin
    select pg_catalog.string_agg(e.name, ', ')
    into wrong
    from (values ('tierclose_job'), ('tierclose_auditor'), ('tierclose_service')) e (name)
    left join pg_catalog.pg_roles r on r.rolname = e.name
    where r.rolname is null or r.rolsuper;
    if wrong is not null then
        raise exception 'roles are missing or superusers: %', wrong;
    end if;

    if (
        select c.relowner
        from pg_catalog.pg_class c
        where c.oid = 'tierclose.standing'::regclass
    ) <> 'tierclose_job'::regrole then
        raise exception 'tierclose.standing is not owned by tierclose_job';
    end if;

    -- The views that read the standings do so with the rights of their owner.
    select pg_catalog.string_agg(c.relname, ', ')
    into wrong
    from pg_catalog.pg_class c
    where c.oid in ('tierclose.standings'::regclass, 'tierclose.member_center'::regclass)
        and not pg_catalog.has_table_privilege(c.relowner, 'tierclose.standing', 'select');
    if wrong is not null then
        raise exception 'the owner of these views cannot read tierclose.standing: %', wrong;
    end if;

    if not pg_catalog.has_schema_privilege('tierclose_job', 'loyalty', 'usage')
        or not pg_catalog.has_schema_privilege('tierclose_job', 'tierclose', 'usage, create')
        or not pg_catalog.has_schema_privilege('tierclose_auditor', 'loyalty', 'usage')
        or not pg_catalog.has_schema_privilege('tierclose_auditor', 'tierclose', 'usage')
        or not pg_catalog.has_schema_privilege('tierclose_service', 'tierclose', 'usage')
        or pg_catalog.has_schema_privilege('tierclose_job', 'loyalty', 'create')
        or pg_catalog.has_schema_privilege('tierclose_auditor', 'loyalty', 'create')
        or pg_catalog.has_schema_privilege('tierclose_auditor', 'tierclose', 'create')
        or pg_catalog.has_schema_privilege('tierclose_service', 'loyalty', 'usage')
        or pg_catalog.has_schema_privilege('tierclose_service', 'tierclose', 'create') then
        raise exception 'privileges on the schemas are not as deployed';
    end if;
end
$$;

-- Every relation of both schemas: who may read it, and who must not write it.
do $$
declare
    wrong text;
begin
    with relation as (
        select c.oid, c.oid::regclass::text as name,
               c.relnamespace = 'loyalty'::regnamespace as is_input
        from pg_catalog.pg_class c
        where c.relnamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
            and c.relkind in ('r', 'p', 'v')
            and c.relname !~ '^standing_run_[0-9]+$'
    ),
    granted as (
        select
            n.name,
            n.is_input,
            r.rolname,
            pg_catalog.has_table_privilege(r.oid, n.oid, 'select') as reads,
            pg_catalog.has_any_column_privilege(r.oid, n.oid, 'select') as reads_any,
            pg_catalog.has_any_column_privilege(r.oid, n.oid, 'insert, update')
                or pg_catalog.has_table_privilege(r.oid, n.oid, 'delete, truncate') as writes
        from relation n
        cross join pg_catalog.pg_roles r
        where r.rolname in ('tierclose_job', 'tierclose_auditor', 'tierclose_service')
    )
    select pg_catalog.string_agg(g.rolname || ' on ' || g.name, ', ')
    into wrong
    from granted g
    where case g.rolname
        when 'tierclose_job' then not g.reads or (g.is_input and g.writes)
        when 'tierclose_auditor' then not g.reads or g.writes
        else g.writes
            or g.reads_any <> (g.name in ('tierclose.member_center', 'tierclose.coupon_grants'))
    end;
    if wrong is not null then
        raise exception 'privileges are not as deployed: %', wrong;
    end if;

    select pg_catalog.string_agg(e.name, ', ')
    into wrong
    from (
        values
            ('config'), ('program'), ('run'), ('published'), ('superseded'), ('run_level'),
            ('level_change'), ('coupon_grant'), ('anomaly'), ('anomaly_count'), ('restatement')
    ) e (name)
    where not pg_catalog.has_table_privilege('tierclose_job', 'tierclose.' || e.name, 'insert')
        or pg_catalog.has_table_privilege('tierclose_job', 'tierclose.' || e.name, 'delete');
    if wrong is not null then
        raise exception 'tierclose_job cannot insert into, or can delete from: %', wrong;
    end if;
end
$$;

rollback;
