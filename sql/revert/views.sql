-- Revert tierclose:views from pg

begin;

drop view tierclose.anomalies;
drop view tierclose.runs;
drop view tierclose.coupon_grants;
drop view tierclose.level_changes;
drop view tierclose.standings;

commit;
