"""Sources of other shapes: the same result, and late events are found as far as they tell."""

from cases import add_case, expect, expect_equal
from job import changed_config
from live import Session
from sample_data import EVENT_COLUMNS
from setting import WINDOW, checksum_of, event, late_count, new_world

MARGIN_HOURS = 24
GRANTS = ("grant usage on schema own to tierclose_job, tierclose_auditor;"
          " grant select on all tables in schema own to tierclose_job, tierclose_auditor;")
COLUMNS_LIKE = "(like loyalty.point_event including defaults)"
FILL = "insert into own.point_event select * from loyalty.point_event; analyze own.point_event;"

SHAPES = {
    "a view": "create view own.point_event as select * from loyalty.point_event;",
    "a view with columns in another order":
        "create view own.point_event as select recorded_xid, recorded_at, points, category_ids,"
        " shipping_cents, discount_cents, item_cents, order_id, occurred_at, kind, member_id,"
        " event_id, 'more' as more from loyalty.point_event;",
    "a table without partitions": f"create table own.point_event {COLUMNS_LIKE}; {FILL}",
    "a partition a day": f"""
        create table own.point_event {COLUMNS_LIKE} partition by range (occurred_at);
        create table own.before partition of own.point_event
            for values from ('2024-01-01 00:00+00') to ('2025-11-28 00:00+00');
        do $$ begin for n in 0..40 loop
            execute format('create table own.day_%s partition of own.point_event for values from'
                ' (%L) to (%L)', n, timestamptz '2025-11-28 00:00+00' + n * interval '1 day',
                timestamptz '2025-11-28 00:00+00' + (n + 1) * interval '1 day');
        end loop; end $$; {FILL}""",
    "partitions with open ends and a default": f"""
        create table own.point_event {COLUMNS_LIKE} partition by range (occurred_at);
        create table own.old partition of own.point_event
            for values from (minvalue) to ('2025-06-17 05:00+00');
        create table own.new partition of own.point_event
            for values from ('2025-12-03 00:00+00') to (maxvalue);
        create table own.other partition of own.point_event default; {FILL}""",
    "partitions by list of kinds": f"""
        create table own.point_event {COLUMNS_LIKE} partition by list (kind);
        create table own.purchases partition of own.point_event for values in (1);
        create table own.others partition of own.point_event default; {FILL}""",
}


def own_config():
    return changed_config(("events: loyalty.point_event", "events: own.point_event"))


def prepare(world, shape):
    world.session.query(f"create schema own; {shape} {GRANTS}")


def own_event(member, cents):
    """Into the source itself, where it is a table; a view passes it on."""
    return event(member, cents).replace("loyalty.point_event", "own.point_event")


def try_shape(name):
    """The same result as from loyalty.point_event; a late transaction is found in it."""
    with new_world() as world, own_config() as config:
        prepare(world, SHAPES[name])
        wanted = checksum_of(world.close("2025-12-31", "--dry-run"))
        world.config = config
        with Session(world.database) as writer:
            writer.query("begin;\n" + own_event(5001, 20000))
            expect_equal(checksum_of(world.close("2025-12-31")), wanted, "the checksum")
            writer.query("commit")
        world.expect_settled(world.close("2026-01-01"), late=1)
        expect_equal(world.standing(5001), (200, "Gold"), "5001")
        world.expect_stands(world.close("2026-01-02"))
        world.expect_verified()


def try_by_time():
    """Without recorded_xid lateness is judged by recorded_at, with a margin of a day."""
    with new_world() as world, own_config() as config:
        # What was loaded for the test counts as recorded long ago.
        prepare(world, f"create table own.stored as select {EVENT_COLUMNS},"
                       " timestamptz '2025-12-31 00:00+00' as recorded_at from loyalty.point_event;"
                       " alter table own.stored alter recorded_at set default now();"
                       " create view own.point_event as select * from own.stored;")
        wanted = checksum_of(world.close("2025-12-31", "--dry-run"))
        world.config = config
        with Session(world.database) as writer:
            writer.query("begin;\n" + own_event(5001, 20000))
            expect_equal(checksum_of(world.close("2025-12-31")), wanted, "the checksum")
            runs = world.runs()
            world.expect_stands(world.close("2026-01-01"))
            expect_equal(world.runs(), runs, "the ledger")
            writer.query("commit")
        world.expect_settled(world.close("2026-01-02"), late=1)
        expect_equal(world.standing(5001), (200, "Gold"), "5001")
        # Within the margin it is looked at again, and changes nothing.
        before = world.fingerprint(exact=True)
        expect("found what stands" in world.close("2026-01-03").out, "the night after")
        expect_equal(world.fingerprint(exact=True), before, "the public views")
        world.session.query("update own.stored set recorded_at = recorded_at"
                            f" - interval '{MARGIN_HOURS + 1} hours' where event_id >= 20000000")
        world.expect_stands(world.close("2026-01-04"))
        # What it costs: who commits later than the margin is not found, but verify tells.
        world.session.query(own_event(5002, 70000) + f"update own.stored set recorded_at ="
                            f" now() - interval '{MARGIN_HOURS + 1} hours' where member_id = 5002")
        world.expect_stands(world.close("2026-01-05"))
        world.job("verify", "--period", "2025-12", code=1)
        world.expect_settled(world.close("2026-01-06", "--full"), late=0)
        expect_equal(world.standing(5002), (590, "Platinum"), "5002")


def try_no_record():
    """With neither column every night computes the month anew, and so misses nothing."""
    with new_world() as world, own_config() as config:
        prepare(world, f"create view own.point_event as select {EVENT_COLUMNS}"
                       " from loyalty.point_event;")
        wanted = checksum_of(world.close("2025-12-31", "--dry-run"))
        world.config = config
        expect_equal(checksum_of(world.close("2025-12-31")), wanted, "the checksum")
        before = world.fingerprint(exact=True)
        expect("found what stands" in world.close("2026-01-01").out, "a quiet night")
        expect_equal(world.fingerprint(exact=True), before, "the public views")
        world.session.query(event(5001, 20000))
        job = world.close("2026-01-02")
        expect_equal(late_count(job), 0, "the count of late events")
        expect_equal(world.standing(5001), (200, "Gold"), "5001")
        world.expect_verified()


def try_bad_source():
    """A column is missing: said before anything is written."""
    with new_world() as world, own_config() as config:
        prepare(world, "create view own.point_event as select event_id, member_id, kind,"
                       f" occurred_at from loyalty.point_event where {WINDOW};")
        runs = world.runs()
        job = world.close("2025-12-31", code=78, config=config)
        job.expect_error("own.point_event", "order_id")
        expect_equal(world.runs(), runs, "the ledger")


def register():
    for name in SHAPES:
        add_case(f"the source is {name}", try_shape, name)
    add_case("the source has no recorded_xid", try_by_time)
    add_case("the source has neither recorded_xid nor recorded_at", try_no_record)
    add_case("the source lacks a column", try_bad_source)
