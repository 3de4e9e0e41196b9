-- Revert tierclose:loyalty from pg
--
-- Takes the members and the events with it. Stops at anything that is not tierclose's own.

begin;

drop table loyalty.point_event;
drop table loyalty.event_kind;
drop table loyalty.member;
drop schema loyalty;

commit;
