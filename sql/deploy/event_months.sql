-- Deploy tierclose:event_months to pg

begin;

set local search_path = pg_catalog, pg_temp;

create function loyalty.ensure_event_months(first date, last date)
returns integer
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Each partition takes a handful of locks until the commit; more months than this in one
    -- transaction could exhaust the server's lock table. Call again for the rest.
    months_max constant integer := 240;
    parent constant regclass := 'loyalty.point_event'::regclass;
    month_first timestamp;
    month_last timestamp;
    month timestamp;
    partition text;
    owner regrole;
    reader regrole;
    created integer := 0;
begin
    if first is null or last is null or not isfinite(first) or not isfinite(last) then
        raise exception 'first and last must be two finite dates'
            using errcode = 'invalid_parameter_value';
    end if;
    if last < first then
        raise exception 'last (%) is before first (%)', last, first
            using errcode = 'invalid_parameter_value';
    end if;

    -- Local days reach from 14 hours before their UTC day (UTC+14) to 12 hours after it (UTC-12),
    -- so one more day on each side covers every time zone (contract 7.1).
    month_first := date_trunc('month', (first - 1)::timestamp);
    month_last := date_trunc('month', (last + 1)::timestamp);
    if month_last >= month_first + make_interval(months => months_max) then
        raise exception 'more than % months from % to %', months_max, first, last
            using errcode = 'invalid_parameter_value',
                  hint = 'Call the function several times, each in its own transaction.';
    end if;

    -- A second caller waits here and then finds the partitions of the first.
    perform pg_advisory_xact_lock(hashtextextended('loyalty.ensure_event_months', 0));
    select c.relowner::regrole into owner from pg_class c where c.oid = parent;

    month := month_first;
    while month <= month_last loop
        partition := format('loyalty.point_event_%s', to_char(month, 'YYYY_MM'));
        if to_regclass(partition) is not null then
            if pg_partition_root(to_regclass(partition)) is distinct from parent then
                raise exception '% exists but is no partition of loyalty.point_event', partition
                    using errcode = 'duplicate_table';
            end if;
        else
            -- Made apart and then attached: unlike "partition of" this does not wait for the
            -- readers of the other months, so a running close does not hold it up.
            execute format(
                'create table %s '
                '(like loyalty.point_event including defaults including constraints)',
                partition
            );
            execute format(
                'alter table loyalty.point_event attach partition %s for values from (%L) to (%L)',
                partition,
                to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00',
                to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00'
            );
            -- A superuser may have called.
            if owner <> current_user::regrole then
                execute format('alter table %s owner to %s', partition, owner);
            end if;
            -- The job copies whole partitions, so who may read the table may read its parts.
            for reader in
                select distinct a.grantee::regrole
                from pg_class c
                cross join lateral aclexplode(c.relacl) a
                where c.oid = parent
                    and a.privilege_type = 'SELECT'
                    and a.grantee not in (0, c.relowner)
            loop
                execute format('grant select on table %s to %s', partition, reader);
            end loop;
            created := created + 1;
        end if;
        month := month + interval '1 month';
    end loop;
    return created;
end
$$;

revoke all on function loyalty.ensure_event_months(date, date) from public;
comment on function loyalty.ensure_event_months(date, date) is
    'Makes the missing monthly partitions of loyalty.point_event, so that every local day from '
    'first to last is covered in whatever time zone, and returns how many it made. For the owner '
    'of the table; safe to call again and from several sessions at once.';

commit;
