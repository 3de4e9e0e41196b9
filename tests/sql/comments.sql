-- Everything a stranger may look up has a comment.

begin;
select plan(7);

select is_empty(
    $$ select n.nspname from pg_namespace n
       where n.nspname in ('loyalty', 'tierclose')
           and obj_description(n.oid, 'pg_namespace') is null $$,
    'every schema has a comment'
);
select is_empty(
    $$ select c.oid::regclass from pg_class c
       where c.relnamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
           and c.relkind in ('r', 'p', 'v')
           and not c.relispartition
           and obj_description(c.oid, 'pg_class') is null $$,
    'every table and view has a comment'
);
select is_empty(
    $$ select c.oid::regclass, a.attname from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where ((c.relnamespace = 'tierclose'::regnamespace and c.relkind = 'v')
              or (c.relnamespace = 'loyalty'::regnamespace and c.relkind in ('r', 'p')
                  and not c.relispartition))
           and col_description(c.oid, a.attnum) is null $$,
    'every column of a view or of the input has a comment'
);
select is_empty(
    $$ select p.oid::regprocedure from pg_proc p
       where p.pronamespace in ('loyalty'::regnamespace, 'tierclose'::regnamespace)
           and obj_description(p.oid, 'pg_proc') is null $$,
    'every function has a comment'
);
select is_empty(
    $$ select t.typname from pg_type t
       where t.typnamespace = 'tierclose'::regnamespace
           and t.typtype = 'd'
           and obj_description(t.oid, 'pg_type') is null $$,
    'every domain has a comment'
);
-- The checks above would also pass in an empty database.
select views_are(
    'tierclose',
    array['standings', 'level_changes', 'coupon_grants', 'runs', 'anomalies', 'member_center',
          'run_in_effect'],
    'these are all views'
);
select functions_are(
    'tierclose', array['today', 'today_in', 'grant_status', 'keep_ended_run'],
    'these are all functions'
);

select * from finish();
rollback;
