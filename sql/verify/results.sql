-- Verify tierclose:results on pg

begin;

-- The columns the job writes. "false" keeps it from reading; a missing column is an error.
select config_sha256, file_name, body, first_used_at from tierclose.config where false;
select singleton, name, timezone, currency, effective_day from tierclose.program where false;
select
    run_id, period, action, mode, status, started_at, finished_at, acted_on, members, events,
    events_earning, events_refund, events_capped, events_ineligible, events_anomalous, upgrades,
    downgrades, program_changes, grants, revoked, overgranted, anomalies, points, config_sha256,
    result_checksum, snapshot, snapshot_taken_at, system_identifier, month_rules, month_orders,
    members_digest, workers, changed, effective_on, timezone, error
from tierclose.run
where false;
select period, run_id, checked_run_id from tierclose.published where false;
select run_id, period, superseded_by, superseded_at from tierclose.superseded where false;
select run_id, rank, name, min_points, benefits from tierclose.run_level where false;
select run_id, member_id, points, expiring_points, level_rank, month_points
from tierclose.standing
where false;
select
    member_id, period, from_level, to_level, direction, points, effective_on, run_id, superseded_by
from tierclose.level_change
where false;
select
    grant_id, member_id, period, level, coupon, value_cents, min_spend_cents, issue_from,
    issue_until, expires_on, lapsed, run_id, revoked_by, overgranted_by
from tierclose.coupon_grant
where false;
select run_id, period, reason, member_id, event_id, occurred_at, detail
from tierclose.anomaly
where false;
select run_id, reason, month_count, window_count from tierclose.anomaly_count where false;
select
    run_id, member_id, period, superseded_run_id, points_before, level_before, points_after,
    level_after
from tierclose.restatement
where false;

do $$
declare
    missing text;
begin
    select pg_catalog.string_agg(e.name, ', ')
    into missing
    from (
        values
            ('config_pkey'), ('program_pkey'), ('run_pkey'), ('published_pkey'),
            ('superseded_pkey'), ('run_level_pkey'), ('level_change_pkey'),
            ('level_change_standing'), ('coupon_grant_pkey'), ('coupon_grant_standing'),
            ('coupon_grant_member'), ('anomaly_run'), ('anomaly_count_pkey'),
            ('restatement_pkey')
    ) e (name)
    where pg_catalog.to_regclass('tierclose.' || e.name) is null;
    if missing is not null then
        raise exception 'indexes of schema tierclose are missing: %', missing;
    end if;

    if (
        select p.partstrat
        from pg_catalog.pg_partitioned_table p
        where p.partrelid = 'tierclose.standing'::regclass
    ) is distinct from 'l' then
        raise exception 'tierclose.standing is not partitioned by list';
    end if;
    -- An index on the parent would be built anew whenever the job attaches a run.
    if exists (
        select from pg_catalog.pg_index i where i.indrelid = 'tierclose.standing'::regclass
    ) then
        raise exception 'tierclose.standing has an index of its own';
    end if;

    select pg_catalog.string_agg(e.name, ', ')
    into missing
    from (
        values
            ('config', 'config_config_sha256_check'), ('program', 'program_singleton_check'),
            ('program', 'program_effective_day_check'), ('run', 'run_action_check'),
            ('run', 'run_mode_check'), ('run', 'run_status_check'), ('run', 'run_counts'),
            ('run', 'run_events_accounted'), ('run', 'run_published_complete'),
            ('level_change', 'level_change_direction_check'),
            ('coupon_grant', 'coupon_grant_dates'), ('anomaly', 'anomaly_reason_check'),
            ('anomaly_count', 'anomaly_count_reason_check')
    ) e (relation, name)
    left join pg_catalog.pg_constraint c
        on c.conrelid = ('tierclose.' || e.relation)::regclass
        and c.conname = e.name
        and c.contype = 'c'
        and c.convalidated
    where c.oid is null;
    if missing is not null then
        raise exception 'constraints of schema tierclose are missing: %', missing;
    end if;

    begin
        perform '2025-13'::tierclose.period_text;
        raise exception 'tierclose.period_text accepts 2025-13';
    exception
        when check_violation then null;
    end;
end
$$;

do $$
begin
    perform pg_catalog.set_config('tierclose.today', '2026-02-08', true);
    if tierclose.today() <> '2026-02-08' or tierclose.today_in('UTC') <> '2026-02-08' then
        raise exception 'tierclose.today() does not heed the setting tierclose.today';
    end if;
    perform pg_catalog.set_config('tierclose.today', '', true);
    if tierclose.today_in('UTC') <> (pg_catalog.now() at time zone 'UTC')::date then
        raise exception 'tierclose.today_in does not give the local date';
    end if;
    if tierclose.grant_status(true, true, '2026-01-21', '2026-01-21') <> 'revoked'
        or tierclose.grant_status(false, false, '2026-01-21', '2026-01-21') <> 'granted'
        or tierclose.grant_status(false, false, '2026-01-21', '2026-01-22') <> 'lapsed'
        or tierclose.grant_status(false, true, '2026-01-21', '2026-01-01') <> 'lapsed' then
        raise exception 'tierclose.grant_status is wrong';
    end if;
end
$$;

rollback;
