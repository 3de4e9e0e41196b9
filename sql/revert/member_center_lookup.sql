-- Revert tierclose:member_center_lookup from pg
--
-- The views as they were, word for word: their own script makes them, and ends the transaction that
-- begins here.

begin;

set local client_min_messages = error;

drop view tierclose.member_center;
drop view tierclose.run_in_effect;

\ir ../deploy/member_center.sql

begin;

grant select on tierclose.member_center to tierclose_job, tierclose_auditor, tierclose_service;
grant select on tierclose.run_in_effect to tierclose_job, tierclose_auditor;

commit;
