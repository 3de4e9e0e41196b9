-- Deploy tierclose:views to pg
--
-- The public views of what stands (contract 7.2); their first columns never change. They run with
-- the rights of their owner, so readers need no right to the tables behind them.

begin;

set local search_path = pg_catalog, pg_temp;

-- "order by run_id" sorts nothing, since run_id is one value there. It keeps the planner from
-- merging the subquery into the join, and so lets the executor pick the one partition of each
-- period: a query for one period reads that period, not all that were ever published. Conditions
-- on member_id still reach the partitions.
create view tierclose.standings as
select
    p.period::text as period,
    s.member_id,
    s.points,
    l.name as level,
    n.name as next_level,
    n.min_points - s.points as points_to_next,
    s.expiring_points,
    s.run_id
from tierclose.published p
cross join lateral (
    select r.run_id, r.member_id, r.points, r.expiring_points, r.level_rank
    from tierclose.standing r
    where r.run_id = p.run_id
    order by r.run_id
) s
join tierclose.run_level l on l.run_id = p.run_id and l.rank = s.level_rank
left join tierclose.run_level n on n.run_id = p.run_id and n.rank = s.level_rank + 1;
comment on view tierclose.standings is
    'Every member''s points and level at the end of every closed period.';
comment on column tierclose.standings.period is 'The closed local month, YYYY-MM.';
comment on column tierclose.standings.member_id is 'The member.';
comment on column tierclose.standings.points is
    'Points of the window that ends with the period; at least 0.';
comment on column tierclose.standings.level is 'The level these points give.';
comment on column tierclose.standings.next_level is 'The next level up; null on the highest.';
comment on column tierclose.standings.points_to_next is
    'Points missing to the next level; null on the highest.';
comment on column tierclose.standings.expiring_points is
    'Points of the window''s oldest month, gone at the next close.';
comment on column tierclose.standings.run_id is 'The run that published the row.';

-- The join is there for questions about a member: the planner goes through the periods and looks
-- the member up in each, by the index on (period, member_id).
create view tierclose.level_changes as
select
    c.period::text as period,
    c.member_id,
    c.from_level,
    c.to_level,
    c.direction,
    c.points,
    c.effective_on,
    c.run_id
from tierclose.published p
join tierclose.level_change c on c.period = p.period
where c.superseded_by is null;
comment on view tierclose.level_changes is
    'The level changes of every closed period; only changes have a row.';
comment on column tierclose.level_changes.period is 'The closed local month, YYYY-MM.';
comment on column tierclose.level_changes.member_id is 'The member.';
comment on column tierclose.level_changes.from_level is
    'The level of the period before, or the first level.';
comment on column tierclose.level_changes.to_level is 'The level from effective_on.';
comment on column tierclose.level_changes.direction is
    'up, down, or program where from_level is no level of the rules now in force.';
comment on column tierclose.level_changes.points is 'The points that gave the new level.';
comment on column tierclose.level_changes.effective_on is
    'The local day on which the change takes effect.';
comment on column tierclose.level_changes.run_id is 'The run that wrote the change.';

create view tierclose.coupon_grants as
select
    g.grant_id,
    g.period::text as period,
    g.member_id,
    g.level,
    g.coupon,
    g.issue_from,
    g.issue_until,
    g.expires_on,
    tierclose.grant_status(
        g.revoked_by is not null,
        g.lapsed,
        g.expires_on,
        (
            select tierclose.today_in(
                coalesce((select p.timezone from tierclose.program p), 'UTC')
            )
        )
    ) as status,
    g.run_id,
    g.value_cents,
    g.min_spend_cents,
    g.overgranted_by is not null as overgranted
from tierclose.coupon_grant g;
comment on view tierclose.coupon_grants is
    'The level-up coupons granted by every closed period, the revoked ones among them.';
comment on column tierclose.coupon_grants.grant_id is 'The grant; unique for its member.';
comment on column tierclose.coupon_grants.period is 'The closed local month, YYYY-MM.';
comment on column tierclose.coupon_grants.member_id is 'The member.';
comment on column tierclose.coupon_grants.level is 'The level whose reaching grants the coupon.';
comment on column tierclose.coupon_grants.coupon is 'The coupon code of the configuration.';
comment on column tierclose.coupon_grants.issue_from is 'First local day of issue.';
comment on column tierclose.coupon_grants.issue_until is 'Last local day of issue.';
comment on column tierclose.coupon_grants.expires_on is
    'Last local day of validity of a coupon issued on issue_until; lapsed from the day after.';
comment on column tierclose.coupon_grants.status is
    'granted, lapsed (expired, or written too late to be issued), or revoked; as of today in the '
    'programme''s zone.';
comment on column tierclose.coupon_grants.run_id is 'The run that wrote the grant.';
comment on column tierclose.coupon_grants.value_cents is
    'Value in cents of the programme''s currency.';
comment on column tierclose.coupon_grants.min_spend_cents is
    'Smallest order it can be used for, in cents.';
comment on column tierclose.coupon_grants.overgranted is
    'True: no longer deserved, but kept since its issue had begun.';

create view tierclose.runs as
select
    r.run_id,
    r.period::text as period,
    r.action,
    r.mode,
    r.status,
    r.started_at,
    r.finished_at,
    r.members,
    r.events,
    r.upgrades,
    r.downgrades,
    r.grants,
    r.anomalies,
    r.points,
    r.config_sha256,
    r.result_checksum,
    r.changed,
    p.run_id is not null as stands,
    s.superseded_by,
    s.superseded_at,
    r.acted_on,
    r.effective_on,
    r.timezone,
    r.events_earning,
    r.events_refund,
    r.events_capped,
    r.events_ineligible,
    r.events_anomalous,
    r.program_changes,
    r.revoked,
    r.overgranted,
    r.snapshot,
    r.system_identifier,
    r.members_digest,
    r.workers,
    r.error
from tierclose.run r
left join tierclose.published p on p.run_id = r.run_id
left join tierclose.superseded s on s.run_id = r.run_id;
comment on view tierclose.runs is 'The run ledger: every run of the job, with what it counted.';
comment on column tierclose.runs.run_id is 'The run; later runs have greater numbers.';
comment on column tierclose.runs.period is 'The local month it was for, YYYY-MM.';
comment on column tierclose.runs.action is 'close, settle, restate or backfill.';
comment on column tierclose.runs.mode is
    'full: all events of the window were read; incremental: only what was new.';
comment on column tierclose.runs.status is 'running, published or failed.';
comment on column tierclose.runs.started_at is 'When it began.';
comment on column tierclose.runs.finished_at is 'When it ended; null while it is running.';
comment on column tierclose.runs.members is 'Members with a standing.';
comment on column tierclose.runs.events is 'Events of the window.';
comment on column tierclose.runs.upgrades is 'Members who went up.';
comment on column tierclose.runs.downgrades is 'Members who went down.';
comment on column tierclose.runs.grants is 'Coupons granted.';
comment on column tierclose.runs.anomalies is
    'Events of the period''s own month that could not earn.';
comment on column tierclose.runs.points is 'The sum of all members'' points.';
comment on column tierclose.runs.config_sha256 is 'The configuration it was made with.';
comment on column tierclose.runs.result_checksum is
    'Checksum of the result; equal results have equal checksums.';
comment on column tierclose.runs.changed is
    'False: the result equalled what stood, and nothing was rewritten.';
comment on column tierclose.runs.stands is
    'True: the period''s rows that readers see now are this run''s.';
comment on column tierclose.runs.superseded_by is 'The run whose result replaced this one''s.';
comment on column tierclose.runs.superseded_at is 'When it was replaced.';
comment on column tierclose.runs.acted_on is 'The local date the run took for today.';
comment on column tierclose.runs.effective_on is
    'The local day on which the period''s changes take effect.';
comment on column tierclose.runs.timezone is 'The programme''s zone in this run.';
comment on column tierclose.runs.events_earning is 'Events of the window that earned.';
comment on column tierclose.runs.events_refund is
    'Refunds and frauds of the window that found their order.';
comment on column tierclose.runs.events_capped is
    'Events of the window whose points a cap took whole.';
comment on column tierclose.runs.events_ineligible is
    'Events of the window that earned nothing by the rules.';
comment on column tierclose.runs.events_anomalous is
    'Events of the whole window that could not earn.';
comment on column tierclose.runs.program_changes is
    'Members whose level before is no level of the rules in force.';
comment on column tierclose.runs.revoked is 'Earlier grants this run revoked.';
comment on column tierclose.runs.overgranted is
    'Earlier grants this run found undeserved but kept.';
comment on column tierclose.runs.snapshot is
    'What the run could see of the events; the next run looks for the rest.';
comment on column tierclose.runs.system_identifier is 'The server the snapshot belongs to.';
comment on column tierclose.runs.members_digest is 'Digest of the members as read.';
comment on column tierclose.runs.workers is 'Connections that read in parallel.';
comment on column tierclose.runs.error is 'Why it failed.';

create view tierclose.anomalies as
select
    a.run_id,
    a.period::text as period,
    a.reason,
    a.member_id,
    a.event_id,
    a.detail,
    a.occurred_at
from tierclose.published p
join tierclose.anomaly a on a.run_id = p.run_id;
comment on view tierclose.anomalies is
    'Samples of the events of each closed period that could not earn, as its newest run saw them.';
comment on column tierclose.anomalies.run_id is 'The run that found the event.';
comment on column tierclose.anomalies.period is 'The local month of the event, YYYY-MM.';
comment on column tierclose.anomalies.reason is
    'unknown_member, unknown_kind, missing_order_id, missing_amount, negative_amount, '
    'missing_points or unmatched_refund.';
comment on column tierclose.anomalies.member_id is 'The member the event names.';
comment on column tierclose.anomalies.event_id is 'The event.';
comment on column tierclose.anomalies.detail is 'What exactly was wrong.';
comment on column tierclose.anomalies.occurred_at is 'When the event happened.';

commit;
