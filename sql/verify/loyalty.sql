-- Verify tierclose:loyalty on pg

begin;

-- Every column with its type and whether it may be null. Columns of the user's own may follow.
do $$
declare
    difference text;
begin
    with expected (relation, name, type, nullable) as (
        values
            ('member', 'member_id', 'bigint', false),
            ('member', 'registered_on', 'date', false),
            ('member', 'closed_on', 'date', true),
            ('member', 'birth_date', 'date', true),
            ('event_kind', 'kind', 'smallint', false),
            ('event_kind', 'name', 'text', false),
            ('point_event', 'event_id', 'bigint', false),
            ('point_event', 'member_id', 'bigint', false),
            ('point_event', 'kind', 'smallint', false),
            ('point_event', 'occurred_at', 'timestamp with time zone', false),
            ('point_event', 'order_id', 'bigint', true),
            ('point_event', 'item_cents', 'bigint', true),
            ('point_event', 'discount_cents', 'bigint', true),
            ('point_event', 'shipping_cents', 'bigint', true),
            ('point_event', 'category_ids', 'integer[]', true),
            ('point_event', 'points', 'integer', true),
            ('point_event', 'recorded_at', 'timestamp with time zone', false),
            ('point_event', 'recorded_xid', 'xid8', false)
    ),
    actual as (
        select c.relname::text, a.attname::text,
               pg_catalog.format_type(a.atttypid, a.atttypmod), not a.attnotnull
        from pg_catalog.pg_attribute a
        join pg_catalog.pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'loyalty'::regnamespace
            and c.relname in ('member', 'event_kind', 'point_event')
            and a.attnum > 0
            and not a.attisdropped
    )
    select pg_catalog.string_agg(d::text, ' ')
    into difference
    from (table expected except table actual) d;
    if difference is not null then
        raise exception 'columns of schema loyalty are missing or differ: %', difference;
    end if;
end
$$;

do $$
declare
    missing text;
begin
    select pg_catalog.string_agg(e.name, ', ')
    into missing
    from (
        values
            ('member_pkey'),
            ('event_kind_pkey'),
            ('event_kind_name_key'),
            ('point_event_pkey'),
            ('point_event_occurred_at_range'),
            ('point_event_recorded_xid_range'),
            ('point_event_member')
    ) e (name)
    where pg_catalog.to_regclass('loyalty.' || e.name) is null;
    if missing is not null then
        raise exception 'indexes of schema loyalty are missing: %', missing;
    end if;
    if (
        select p.partstrat
        from pg_catalog.pg_partitioned_table p
        where p.partrelid = 'loyalty.point_event'::regclass
    ) is distinct from 'r' then
        raise exception 'loyalty.point_event is not partitioned by range';
    end if;
    if (
        select pg_catalog.string_agg(k.name, ' ' order by k.kind)
        from loyalty.event_kind k
        where k.kind < 100
    ) is distinct from 'purchase refund fraud review visit follow club_post bonus adjustment' then
        raise exception 'loyalty.event_kind does not hold the kinds 1 to 9';
    end if;
end
$$;

rollback;
