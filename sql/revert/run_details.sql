-- Revert tierclose:run_details from pg

begin;

drop table tierclose.run_fate;
drop table tierclose.run_source;
drop table tierclose.run_month;
alter table tierclose.run
    drop column late_events,
    drop column currency,
    drop column program,
    drop column run_by;

commit;
