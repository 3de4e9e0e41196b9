-- Deploy tierclose:run_details to pg
--
-- What a run counted, in the detail that the report shows: points by month and by source, events by
-- kind and fate, who ran it and under which programme. A run from before this change has none of
-- it, and the report then says so.

begin;

set local search_path = pg_catalog, pg_temp;

alter table tierclose.run
    add column run_by text,
    add column program text,
    add column currency text,
    add column late_events bigint,
    add constraint run_late_events check (late_events >= 0);
-- Not together with the column: the runs that are there already were somebody else's.
alter table tierclose.run alter column run_by set default session_user;
comment on column tierclose.run.run_by is
    'The database user who ran it.';
comment on column tierclose.run.program is
    'The programme''s name in its configuration.';
comment on column tierclose.run.currency is
    'The currency of its amounts.';
comment on column tierclose.run.late_events is
    'Events of closed months that were recorded since the run before; null: not looked for.';

create table tierclose.run_month (
    run_id bigint not null references tierclose.run,
    month tierclose.period_text not null,
    points bigint not null,
    primary key (run_id, month)
);
comment on table tierclose.run_month is
    'The points of all members with a standing, by month of the window, as the run found them. Their '
    'sum is the run''s points, but for the members below 0, who are raised to 0.';

create table tierclose.run_source (
    run_id bigint not null references tierclose.run,
    month tierclose.period_text not null,
    source text not null,
    points bigint not null,
    counted_by bigint not null references tierclose.run,
    primary key (run_id, month, source)
);
comment on table tierclose.run_source is
    'The same points by source. A run counts the sources of its own month; those of an earlier month '
    'are taken over from the run whose result stood for that month.';
comment on column tierclose.run_source.source is
    'The kind of event, or category_bonus.';
comment on column tierclose.run_source.counted_by is
    'The run that counted them, at the close of that month. What refunds, late events and members who '
    'left have changed since shows in run_month only.';

create table tierclose.run_fate (
    run_id bigint not null references tierclose.run,
    kind text not null,
    fate text not null check (fate in (
        'earning', 'refunds', 'capped', 'ineligible',
        'unknown_member', 'unknown_kind', 'missing_order_id', 'missing_amount', 'negative_amount',
        'missing_points', 'unmatched_refund'
    )),
    events bigint not null check (events > 0),
    primary key (run_id, kind, fate)
);
comment on table tierclose.run_fate is
    'What became of the events of the period''s own month, by kind.';
comment on column tierclose.run_fate.kind is
    'The kind of event; "-" for the kinds that the programme does not name.';

grant select on tierclose.run_month, tierclose.run_source, tierclose.run_fate
    to tierclose_job, tierclose_auditor;
grant insert on tierclose.run_month, tierclose.run_source, tierclose.run_fate to tierclose_job;

commit;
