-- What each role can and must not do, tried out and read from the catalogs.

begin;
\ir fixture/as_role.sql
\ir fixture/published.sql
select plan(192);

insert into loyalty.member (member_id, registered_on) values (-1, '1500-01-01');
do $$ begin perform loyalty.ensure_event_months('1500-01-10', '1500-01-10'); end $$;
insert into loyalty.point_event (event_id, member_id, kind, occurred_at)
values (-1, -1, 5, '1500-01-10+00');

select has_role(role::name, role || ' is there')
from unnest(array['tierclose_job', 'tierclose_auditor', 'tierclose_service']) role;
select ok(
    not (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls),
    rolname || ' has no special rights'
)
from pg_roles
where rolname in ('tierclose_job', 'tierclose_auditor', 'tierclose_service')
order by rolname;
select ok(not rolcanlogin, rolname || ' cannot log in')
from pg_roles
where rolname in ('tierclose_job', 'tierclose_auditor', 'tierclose_service')
order by rolname;

-- Nobody of the three can touch an event or a member, or make a partition.
select is(
    pg_temp.as_role(role, statement), '42501',
    format('%s is refused: %s', role, split_part(statement, chr(10), 1))
)
from unnest(array['tierclose_job', 'tierclose_auditor', 'tierclose_service']) role
cross join unnest(array[
    'insert into loyalty.member (member_id, registered_on) values (-2, now())',
    'update loyalty.member set closed_on = now() where member_id = -1',
    'delete from loyalty.member',
    'truncate loyalty.member',
    'insert into loyalty.point_event (event_id, member_id, kind, occurred_at)
     values (-2, -1, 5, ''1500-01-10+00'')',
    'update loyalty.point_event set points = 1',
    'delete from loyalty.point_event',
    'delete from loyalty.point_event_1500_01',
    'truncate loyalty.point_event',
    'drop table loyalty.point_event_1500_01',
    'update loyalty.event_kind set name = ''x''',
    'select loyalty.ensure_event_months(''1500-01-10'', ''1500-01-10'')',
    'create table loyalty.mine ()',
    'create view loyalty.mine as select 1',
    'create function loyalty.mine() returns int language sql as ''select 1''',
    'create trigger mine before insert on loyalty.point_event for each row
     execute function suppress_redundant_updates_trigger()',
    'create rule mine as on insert to loyalty.member do instead nothing',
    'create policy mine on loyalty.member',
    'create index on loyalty.member (closed_on)',
    'create table tierclose.mine (member_id bigint references loyalty.member)',
    'alter table loyalty.member add mine int',
    'alter table loyalty.member disable trigger all',
    'alter schema loyalty rename to mine',
    'lock table loyalty.member in exclusive mode'
]) statement;

-- What is deployed is nobody's to change but its owner's, and nobody gets beyond the database.
select is(
    pg_temp.as_role(role, statement), '42501',
    format('%s is refused: %s', role, split_part(statement, chr(10), 1))
)
from unnest(array['tierclose_job', 'tierclose_auditor', 'tierclose_service']) role
cross join unnest(array[
    'create or replace view tierclose.member_center as select 1',
    'create or replace function tierclose.today_in(timezone text) returns date
     language sql stable return current_date',
    'create trigger mine before insert on tierclose.run for each row
     execute function suppress_redundant_updates_trigger()',
    'alter table tierclose.run disable trigger all',
    'drop trigger keep_ended_run on tierclose.run',
    'drop view tierclose.standings',
    'truncate tierclose.run cascade',
    'select setval(''tierclose.run_run_id_seq'', 1)',
    'alter sequence tierclose.run_run_id_seq restart',
    'create table public.mine ()',
    'create schema mine',
    'create extension dblink',
    'create role mine',
    'alter role tierclose_job login',
    'alter database postgres set search_path = mine',
    'copy (select 1) to program ''true''',
    'copy (select 1) to ''/tmp/mine''',
    'copy tierclose.run from ''/etc/passwd''',
    'select pg_read_file(''/etc/passwd'')',
    'select pg_ls_dir(''.'')',
    'select lo_import(''/etc/passwd'')',
    'select * from pg_authid',
    'select pg_reload_conf()',
    'select pg_terminate_backend(pg_backend_pid())'
]) statement;
select is_empty(
    $$ select m.roleid::regrole, m.member::regrole from pg_auth_members m
       where m.member in ('tierclose_job'::regrole, 'tierclose_auditor'::regrole,
           'tierclose_service'::regrole) $$,
    'none of the three is a member of any role'
);
select is_empty(
    $$ select i.type, i.identity from pg_shdepend d
       join pg_database b on b.oid = d.dbid and b.datname = current_database()
       cross join lateral pg_identify_object(d.classid, d.objid, d.objsubid) i
       where d.refclassid = 'pg_authid'::regclass
           and d.refobjid in ('tierclose_job'::regrole, 'tierclose_auditor'::regrole,
               'tierclose_service'::regrole)
           and coalesce(i.schema, i.name) not in ('loyalty', 'tierclose') $$,
    'none of the three has a right or owns a thing outside of both schemas'
);
select is_empty(
    $$ select c.oid::regclass::text, a.privilege_type from pg_class c
       cross join lateral aclexplode(c.relacl) a
       where c.relnamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
           and a.is_grantable and a.grantee <> c.relowner $$,
    'nobody can pass a right on'
);

-- The job.
select is(
    pg_temp.as_role('tierclose_job', statement), 'ok',
    'tierclose_job can: ' || split_part(statement, chr(10), 1)
)
from unnest(array[
    'select * from loyalty.member, loyalty.event_kind, loyalty.point_event',
    'select * from tierclose.member_center, tierclose.standings, tierclose.runs, tierclose.config',
    'insert into tierclose.run (period, action, mode, status)
     values (''2026-01'', ''close'', ''full'', ''running'')',
    'insert into tierclose.run (period, action, mode, status)
     values (''2026-02'', ''close'', ''full'', ''running'');
     update tierclose.run set status = ''failed'' where status = ''running''',
    'update tierclose.published set run_id = 4 where period = ''2025-12''',
    'update tierclose.level_change set superseded_by = 4',
    'update tierclose.coupon_grant set revoked_by = 4, overgranted_by = 4, lapsed = true',
    'create table tierclose.standing_run_9 (like tierclose.standing including defaults);
     alter table tierclose.standing_run_9 add primary key (member_id);
     alter table tierclose.standing attach partition tierclose.standing_run_9 for values in (9);
     insert into tierclose.standing values (9, 1, 1, 0, 0);
     drop table tierclose.standing_run_9'
]) statement;
select is(
    pg_temp.as_role('tierclose_job', 'select * from loyalty.point_event_1500_01'), 'ok',
    'tierclose_job can read a partition by its own name'
);
select is(
    pg_temp.as_role('tierclose_job', statement), '42501', 'tierclose_job cannot: ' || statement
)
from unnest(array[
    'update tierclose.level_change set points = 0',
    'update tierclose.coupon_grant set value_cents = 0',
    'update tierclose.config set body = ''''',
    'update tierclose.run set error = ''x'' where run_id = 3',
    'update tierclose.run set status = ''published'' where run_id = 5',
    'delete from tierclose.run',
    'delete from tierclose.published',
    'delete from tierclose.level_change',
    'delete from tierclose.coupon_grant',
    'delete from tierclose.anomaly',
    'update tierclose.restatement set points_after = 0',
    'drop table tierclose.coupon_grant'
]) statement;

-- The auditor.
select is_empty(
    $$ select c.oid::regclass from pg_class c
       where c.relnamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
           and c.relkind in ('r', 'p', 'v')
           and c.relname !~ '^standing_run_'
           and pg_temp.as_role('tierclose_auditor', format('select * from %s', c.oid::regclass))
               <> 'ok' $$,
    'tierclose_auditor reads every table and view, the standings through their parent'
);
select is_empty(
    $$ select c.oid::regclass from pg_class c
       where c.relnamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
           and c.relkind in ('r', 'p', 'v', 'S')
           and (pg_catalog.has_table_privilege(
                    'tierclose_auditor', c.oid,
                    'insert, update, delete, truncate, references, trigger'
                )
                or (c.relkind <> 'S' and pg_catalog.has_any_column_privilege(
                    'tierclose_auditor', c.oid, 'insert, update, references'
                ))) $$,
    'tierclose_auditor writes nothing'
);
select is(
    pg_temp.as_role('tierclose_auditor', 'update tierclose.run set error = ''x'''), '42501',
    'also when it tries'
);
select is(
    pg_temp.value_as_role('tierclose_auditor', 'select count(*) from tierclose.standing'), '14',
    'tierclose_auditor sees the superseded standings, too'
);
select is(
    pg_temp.as_role('tierclose_auditor', 'create table tierclose.mine ()'), '42501',
    'tierclose_auditor creates nothing'
);

-- The service.
select results_eq(
    $$ select c.oid::regclass::text from pg_class c
       where c.relnamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
           and c.relkind in ('r', 'p', 'v')
           and pg_temp.as_role('tierclose_service', format('select from %s', c.oid::regclass))
               = 'ok'
       order by 1 $$,
    $$ values ('tierclose.coupon_grants'), ('tierclose.member_center') $$,
    'tierclose_service reads member_center and coupon_grants only'
);
set local tierclose.today = '2026-01-07';
select is(
    pg_temp.value_as_role(
        'tierclose_service',
        'select level || jsonb_array_length(coupons) from tierclose.member_center
         where member_id = 1'
    ),
    'Gold2',
    'tierclose_service gets a member''s level and coupons'
);
select is(
    pg_temp.value_as_role(
        'tierclose_service',
        'select count(*) from tierclose.coupon_grants where status = ''granted'''
    ),
    '3',
    'tierclose_service gets the grants with their status'
);
select is(
    pg_temp.as_role('tierclose_service', statement), '42501',
    'tierclose_service cannot: ' || statement
)
from unnest(array[
    'select tierclose.today()',
    'update tierclose.coupon_grants set coupon = ''x''',
    'delete from tierclose.coupon_grants',
    'create table tierclose.mine ()'
]) statement;

-- Everybody else.
select is_empty(
    $$ select n.nspname, a.privilege_type from pg_namespace n
       cross join lateral aclexplode(n.nspacl) a
       where n.nspname in ('loyalty', 'tierclose') and a.grantee = 0 $$,
    'the public has no right to either schema'
);
select is_empty(
    $$ select p.oid::regprocedure from pg_proc p
       cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
       where p.pronamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
           and a.grantee = 0 $$,
    'nor to any function'
);
select is_empty(
    $$ select c.oid::regclass from pg_class c
       cross join lateral aclexplode(c.relacl) a
       where c.relnamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
           and a.grantee = 0 $$,
    'nor to any table or view'
);

select * from finish();
rollback;
