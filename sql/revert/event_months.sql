-- Revert tierclose:event_months from pg
--
-- The partitions made so far stay with their table.

begin;

drop function loyalty.ensure_event_months(date, date);

commit;
