-- Deploy tierclose:loyalty to pg
--
-- The input (contract 7.1). The job reads it and never writes to it.

begin;

set local search_path = pg_catalog, pg_temp;

create schema loyalty;
revoke all on schema loyalty from public;
comment on schema loyalty is
    'Input of tierclose: members and their point events. The job only reads it.';

create table loyalty.member (
    member_id bigint primary key,
    registered_on date not null,
    closed_on date,
    birth_date date
);
comment on table loyalty.member is
    'The members of the programme. One has a standing in every period that ends on or after '
    'registered_on and before closed_on.';
comment on column loyalty.member.member_id is
    'The member; every table of members is keyed and joined by it.';
comment on column loyalty.member.registered_on is
    'Local day of registration.';
comment on column loyalty.member.closed_on is
    'Local day on which the account was closed; null while it is open.';
comment on column loyalty.member.birth_date is
    'Date of birth, if known; no rule reads it.';

create table loyalty.event_kind (
    kind smallint primary key,
    name text not null unique,
    -- The numbers between are kept for kinds that the programme may define later.
    constraint event_kind_number check (kind between 1 and 9 or kind >= 100)
);
comment on table loyalty.event_kind is
    'The kinds of events. 1 to 9 are defined by tierclose; 100 and up are the user''s own.';
comment on column loyalty.event_kind.kind is
    'The number by which an event names its kind.';
comment on column loyalty.event_kind.name is
    'The name by which the rules (earning, caps, campaigns) name the kind.';

insert into loyalty.event_kind (kind, name) values
    (1, 'purchase'),
    (2, 'refund'),
    (3, 'fraud'),
    (4, 'review'),
    (5, 'visit'),
    (6, 'follow'),
    (7, 'club_post'),
    (8, 'bonus'),
    (9, 'adjustment');

-- No foreign keys and no checks of values: an event of an unknown member or kind, or with a
-- negative amount, must be loadable, because the close counts and shows it as an anomaly
-- (contract 6). Append-only by privilege: nobody but the owner may update or delete.
create table loyalty.point_event (
    event_id bigint not null,
    member_id bigint not null,
    kind smallint not null,
    occurred_at timestamptz not null,
    order_id bigint,
    item_cents bigint,
    discount_cents bigint,
    shipping_cents bigint,
    category_ids int[],
    points int,
    recorded_at timestamptz not null default now(),
    recorded_xid xid8 not null default pg_current_xact_id(),
    primary key (event_id, occurred_at)
) partition by range (occurred_at);
comment on table loyalty.point_event is
    'What members did, append-only; one partition a UTC month (loyalty.ensure_event_months). No '
    'foreign keys: bad events must be loadable, the close counts them by reason. Nobody but the '
    'owner may update or delete: a correction is a further event.';
comment on column loyalty.point_event.event_id is
    'The event; unique together with occurred_at.';
comment on column loyalty.point_event.member_id is
    'The member; one that does not exist makes the event an anomaly (unknown_member).';
comment on column loyalty.point_event.kind is
    'The kind; one without a rule in force makes the event an anomaly (unknown_kind).';
comment on column loyalty.point_event.occurred_at is
    'When it happened; the local day and month are those of the programme''s time zone.';
comment on column loyalty.point_event.order_id is
    'The order of a purchase, refund or fraud; an order belongs to its member.';
comment on column loyalty.point_event.item_cents is
    'Price of the items of a purchase, or the amount refunded; in cents of the currency.';
comment on column loyalty.point_event.discount_cents is
    'Discount on the items; null is 0.';
comment on column loyalty.point_event.shipping_cents is
    'Shipping; kept for the audit, never counts.';
comment on column loyalty.point_event.category_ids is
    'Categories of the items; nulls among them are no category.';
comment on column loyalty.point_event.points is
    'Points of the event itself, for kinds whose rule says "points: recorded".';
comment on column loyalty.point_event.recorded_at is
    'When the row was written.';
comment on column loyalty.point_event.recorded_xid is
    'The transaction that wrote the row: the next run finds exactly the events that the stored '
    'snapshot of the last one did not see.';

-- Block ranges find what was recorded late at next to no cost, since rows arrive in that order;
-- without autosummarize the newest blocks, the ones asked for, would be read in full. There is no
-- cast from xid8 to bigint but through text.
create index point_event_occurred_at_range on loyalty.point_event
    using brin (occurred_at) with (autosummarize = on);
create index point_event_recorded_xid_range on loyalty.point_event
    using brin (((recorded_xid::text)::bigint)) with (autosummarize = on);
create index point_event_member on loyalty.point_event (member_id);

commit;
