-- Deploy tierclose:ended_runs to pg
--
-- A run that has ended stays as it was, whoever asks: tierclose_job must be able to write into the
-- run that is under way, and so could have changed the ones before it.

begin;

set local search_path = pg_catalog, pg_temp;

create function tierclose.keep_ended_run() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'permission denied: run % has ended and stays as it was', old.run_id
        using errcode = 'insufficient_privilege';
end
$$;
revoke all on function tierclose.keep_ended_run() from public;
comment on function tierclose.keep_ended_run() is
    'Refuses to change a run that has ended; for the trigger of tierclose.run.';

create trigger keep_ended_run
before update on tierclose.run
for each row
when (old.status <> 'running')
execute function tierclose.keep_ended_run();

commit;
