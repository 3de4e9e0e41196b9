-- Revert tierclose:ended_runs from pg

begin;

drop trigger keep_ended_run on tierclose.run;
drop function tierclose.keep_ended_run();

commit;
