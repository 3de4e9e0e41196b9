-- Revert tierclose:member_center from pg

begin;

drop view tierclose.member_center;
drop view tierclose.run_in_effect;

commit;
