-- Deploy tierclose:results to pg
--
-- The job's own tables. A run is never overwritten: what it published stays traceable, and which
-- run superseded it. Tables with a row a member have member_id in every unique key and have neither
-- triggers nor foreign keys nor sequences, so that they can be distributed by member_id.
--
-- Those that grow with every close are written by period and run, and within them by member_id, so
-- their indexes begin with the period or the run: then an index grows at its end. One that begins
-- with member_id is written to all over, and all of it again goes into the WAL.

begin;

set local search_path = pg_catalog, pg_temp;

create schema tierclose;
revoke all on schema tierclose from public;
comment on schema tierclose is
    'Results of the monthly close. Read the views, whose columns stay; the tables are the job''s.';

-- The same as ~ '^[0-9]{4}-(0[1-9]|1[0-2])$', which takes half as long again for every row.
create domain tierclose.period_text as text
    check (
        translate(value, '123456789', '000000000') = '0000-00'
        and substr(value, 6) collate "C" between '01' and '12'
    );
comment on domain tierclose.period_text is 'A local calendar month, YYYY-MM.';

create table tierclose.config (
    config_sha256 text primary key check (config_sha256 ~ '^[0-9a-f]{64}$'),
    file_name text not null,
    body text not null,
    first_used_at timestamptz not null default now()
);
comment on table tierclose.config is
    'Every configuration a run was made with, word for word.';

create table tierclose.program (
    singleton boolean primary key default true check (singleton),
    name text not null,
    timezone text not null,
    currency text not null,
    effective_day smallint not null check (effective_day between 1 and 28)
);
comment on table tierclose.program is
    'The programme as of the last publication, in one row; its zone decides what "today" is.';

create table tierclose.run (
    run_id bigint generated always as identity primary key,
    period tierclose.period_text not null,
    action text not null check (action in ('close', 'settle', 'restate', 'backfill')),
    mode text not null check (mode in ('full', 'incremental')),
    status text not null check (status in ('running', 'published', 'failed')),
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    acted_on date,
    members bigint,
    events bigint,
    events_earning bigint,
    events_refund bigint,
    events_capped bigint,
    events_ineligible bigint,
    events_anomalous bigint,
    upgrades bigint,
    downgrades bigint,
    program_changes bigint,
    grants bigint,
    revoked bigint,
    overgranted bigint,
    anomalies bigint,
    points bigint,
    config_sha256 text references tierclose.config,
    result_checksum text,
    snapshot pg_snapshot,
    snapshot_taken_at timestamptz,
    system_identifier bigint,
    month_rules text,
    month_orders text,
    members_digest text,
    workers int check (workers > 0),
    changed boolean,
    effective_on date,
    timezone text,
    error text,
    -- least() passes over the counts that are not known yet.
    constraint run_counts check (
        least(
            members, events, events_earning, events_refund, events_capped, events_ineligible,
            events_anomalous, upgrades, downgrades, program_changes, grants, revoked, overgranted,
            anomalies, points
        ) >= 0
    ),
    -- Contract 6: every event read is accounted for.
    constraint run_events_accounted check (
        events = events_earning + events_refund + events_capped + events_ineligible
            + events_anomalous
    ),
    constraint run_published_complete check (
        status <> 'published'
        or (finished_at is not null and effective_on is not null and result_checksum is not null)
    )
);
comment on table tierclose.run is
    'The run ledger: one row a run of the job, also of failed ones.';
comment on column tierclose.run.acted_on is
    'The local date the run took for today.';
comment on column tierclose.run.events is
    'Events of the window: the sum of the five counts that follow.';
comment on column tierclose.run.events_anomalous is
    'Anomalies of the whole window; "anomalies" are those of the period''s own month.';
comment on column tierclose.run.snapshot is
    'What the run could see; the next run looks for events not visible in it.';
comment on column tierclose.run.snapshot_taken_at is
    'Not after the snapshot: where transaction numbers are missing, lateness is judged by it.';
comment on column tierclose.run.system_identifier is
    'The server the snapshot belongs to: transaction numbers of another one mean nothing here.';
comment on column tierclose.run.month_rules is
    'Digests of the rules by which the standings'' points by month came about: the next close may '
    'start from the months whose rules are still the same. Null: they are not kept.';
comment on column tierclose.run.month_orders is
    'Between which numbers the orders of each of these months lie, to know in which a refunded order '
    'cannot have been bought.';
comment on column tierclose.run.members_digest is
    'Digest of the members as read, to see a later change of them.';
comment on column tierclose.run.changed is
    'False: the result equalled what stood, and nothing was rewritten.';

create table tierclose.published (
    period tierclose.period_text primary key,
    run_id bigint not null references tierclose.run,
    checked_run_id bigint not null references tierclose.run
);
comment on table tierclose.published is
    'The periods that are closed. One update of a row here is what readers see as the publication.';
comment on column tierclose.published.run_id is
    'The run whose rows stand.';
comment on column tierclose.published.checked_run_id is
    'The newest run that recomputed the period; its snapshot counts.';

create table tierclose.superseded (
    run_id bigint primary key references tierclose.run,
    period tierclose.period_text not null,
    superseded_by bigint not null references tierclose.run,
    superseded_at timestamptz not null default now(),
    check (superseded_by <> run_id)
);
comment on table tierclose.superseded is
    'Which run''s standings were replaced by which. The replaced standings may be dropped later.';

create table tierclose.run_level (
    run_id bigint not null references tierclose.run,
    rank smallint not null check (rank >= 0),
    name text not null,
    min_points bigint not null check (min_points >= 0),
    benefits jsonb,
    primary key (run_id, rank),
    unique (run_id, name)
);
comment on table tierclose.run_level is
    'The levels in force for a run, from rank 0 up.';

-- No primary key here: the job fills a partition with COPY, gives it its own primary key
-- (member_id), and attaches it. An index on the parent would be built on every attach.
create table tierclose.standing (
    run_id bigint not null,
    member_id bigint not null,
    points bigint not null,
    expiring_points bigint not null,
    level_rank smallint not null,
    month_points bytea not null default ''
) partition by list (run_id);
comment on table tierclose.standing is
    'Each member''s points and level as a run found them; a partition standing_run_<run_id> a run.';
comment on column tierclose.standing.month_points is
    'Points of each month of the window, packed (job/ledger/month_points.h); empty: not kept.';
comment on column tierclose.standing.expiring_points is
    'Points of the window''s oldest month; may be negative.';

create table tierclose.level_change (
    member_id bigint not null,
    period tierclose.period_text not null,
    from_level text not null,
    to_level text not null,
    direction text not null check (direction in ('up', 'down', 'program')),
    points bigint not null,
    effective_on date not null,
    run_id bigint not null,
    superseded_by bigint,
    primary key (run_id, member_id),
    check (from_level <> to_level)
);
create unique index level_change_standing on tierclose.level_change (period, member_id)
    where superseded_by is null;
comment on table tierclose.level_change is
    'Changes of level, only where there is one; superseded_by names the run that took a row back.';

create table tierclose.coupon_grant (
    grant_id bigint not null,
    member_id bigint not null,
    period tierclose.period_text not null,
    level text not null,
    coupon text not null,
    value_cents bigint not null check (value_cents >= 0),
    min_spend_cents bigint not null check (min_spend_cents >= 0),
    issue_from date not null,
    issue_until date not null,
    expires_on date not null,
    lapsed boolean not null default false,
    run_id bigint not null,
    revoked_by bigint,
    overgranted_by bigint,
    primary key (grant_id, member_id),
    constraint coupon_grant_dates check (issue_from <= issue_until and issue_until <= expires_on)
);
-- At most one that is not revoked; of those that are, each was revoked by another run. Not a
-- partial index, since the grants of a period are looked up by it, the revoked ones among them.
create unique index coupon_grant_standing on tierclose.coupon_grant (
    period, member_id, level collate "C", coupon collate "C", coalesce(revoked_by, 0)
);
-- The shop asks for a member's grants at every turn; that is worth the one index of its kind.
create index coupon_grant_member on tierclose.coupon_grant (member_id);
comment on table tierclose.coupon_grant is
    'Level-up coupons. A grant is identified by period, member, level and coupon code.';
comment on column tierclose.coupon_grant.lapsed is
    'The run came after issue_until, so the coupon was never issued.';
comment on column tierclose.coupon_grant.revoked_by is
    'The run that took the grant back before its issue began.';
comment on column tierclose.coupon_grant.overgranted_by is
    'The run that found the grant undeserved when its issue had begun; the member keeps it.';

create table tierclose.anomaly (
    run_id bigint not null references tierclose.run,
    period tierclose.period_text not null,
    reason text not null check (reason in (
        'unknown_member', 'unknown_kind', 'missing_order_id', 'missing_amount', 'negative_amount',
        'missing_points', 'unmatched_refund'
    )),
    member_id bigint,
    event_id bigint,
    occurred_at timestamptz,
    detail text
);
create index anomaly_run on tierclose.anomaly (run_id);
comment on table tierclose.anomaly is
    'Samples of the events of the period''s own month that could not earn; all are counted in '
    'anomaly_count.';

create table tierclose.anomaly_count (
    run_id bigint not null references tierclose.run,
    reason text not null check (reason in (
        'unknown_member', 'unknown_kind', 'missing_order_id', 'missing_amount', 'negative_amount',
        'missing_points', 'unmatched_refund'
    )),
    month_count bigint not null check (month_count >= 0),
    window_count bigint not null,
    primary key (run_id, reason),
    check (window_count >= month_count)
);
comment on table tierclose.anomaly_count is
    'Anomalies by reason: those of the period''s own month and those of the whole window.';

create table tierclose.restatement (
    run_id bigint not null,
    member_id bigint not null,
    period tierclose.period_text not null,
    superseded_run_id bigint not null,
    points_before bigint,
    level_before text,
    points_after bigint,
    level_after text,
    primary key (run_id, member_id),
    check ((points_before is null) = (level_before is null)),
    check ((points_after is null) = (level_after is null))
);
comment on table tierclose.restatement is
    'Members whose standing a later run changed. Null before: had none; null after: has none.';

-- Readers have no right to tierclose.program, so the views pass the zone to this function. It is
-- one expression, which the planner can put in place.
create function tierclose.today_in(timezone text) returns date
language sql
stable
parallel safe
return coalesce(
    nullif(current_setting('tierclose.today', true), '')::date,
    (now() at time zone timezone)::date
);
revoke all on function tierclose.today_in(text) from public;
comment on function tierclose.today_in(text) is
    'The local date in a time zone; the session setting tierclose.today goes before, if not empty.';

create function tierclose.today() returns date
language sql
stable
parallel safe
return tierclose.today_in(coalesce((select p.timezone from tierclose.program p), 'UTC'));
revoke all on function tierclose.today() from public;
comment on function tierclose.today() is
    'The local date in the programme''s zone (UTC before the first publication); the session '
    'setting tierclose.today goes before, if not empty. Needs select on tierclose.program.';

create function tierclose.grant_status(
    revoked boolean, lapsed boolean, expires_on date, today date
) returns text
language sql
immutable
parallel safe
return case
    when revoked then 'revoked'
    when lapsed or today > expires_on then 'lapsed'
    else 'granted'
end;
revoke all on function tierclose.grant_status(boolean, boolean, date, date) from public;
comment on function tierclose.grant_status(boolean, boolean, date, date) is
    'The status of a coupon grant on a day: revoked, lapsed or granted.';

commit;
