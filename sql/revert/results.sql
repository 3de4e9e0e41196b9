-- Revert tierclose:results from pg
--
-- Takes all results with it; the events stay. Stops at anything that is not tierclose's own.

begin;

drop function tierclose.grant_status(boolean, boolean, date, date);
drop function tierclose.today();
drop function tierclose.today_in(text);
drop table tierclose.standing;

-- Standings of superseded runs may have been detached and kept.
do $$
declare
    kept regclass;
begin
    for kept in
        select c.oid
        from pg_catalog.pg_class c
        where c.relnamespace = 'tierclose'::regnamespace
            and c.relkind = 'r'
            and c.relname ~ '^standing_run_[0-9]+$'
    loop
        execute pg_catalog.format('drop table %s', kept);
    end loop;
end
$$;

drop table tierclose.restatement;
drop table tierclose.anomaly_count;
drop table tierclose.anomaly;
drop table tierclose.coupon_grant;
drop table tierclose.level_change;
drop table tierclose.run_level;
drop table tierclose.superseded;
drop table tierclose.published;
drop table tierclose.run;
drop table tierclose.program;
drop table tierclose.config;
drop domain tierclose.period_text;
drop schema tierclose;

commit;
