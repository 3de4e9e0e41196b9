"""Views that give what no table of loyalty could hold, or change while they are read."""

from cases import add_case, expect, expect_equal, wait_until
from job import READER, WORKER, Job, backends, changed_config
from live import Session, SqlError
from setting import GRANT, INT64_MAX, PERIOD, TODAY, new_place, own_columns, own_place

OWN = '"own"."event"'
# Rows of own.stored that no close can take: the error.
BAD_ROWS = {
    "an event without event_id": ([{"points": 5}], "an event has no event_id"),
    "an event without occurred_at": (
        [{"event_id": 7, "points": 5, "occurred_at": None}],
        f"{OWN}: event 7 of member 1 has no occurred_at"),
    "a row of NULLs": (
        [{"event_id": None, "member_id": None, "kind": None, "occurred_at": None}],
        f"{OWN}: an event has no occurred_at"),
    "an event that stands twice": (
        [{"event_id": 7, "points": 5}] * 2,
        "member 1: event 7 stands twice in the events' table"),
    "a visit that stands twice": (  # of whose kind only the number counts in other sources
        [{"event_id": 7, "kind": 5}] * 2,
        "member 1: event 7 stands twice in the events' table"),
}


def try_bad_row(name):
    rows, message = BAD_ROWS[name]
    with own_place() as place:
        place.add({"event_id": INT64_MAX, "points": 1}, table="own.stored")
        place.add(*rows, table="own.stored")
        place.refuses(65, message)


def try_same_id():
    """The key is (event_id, occurred_at): one id at two times, or of two members, is two events."""
    with own_place() as place:
        place.add({"event_id": 7, "points": 5},
                  {"event_id": 7, "points": 6, "occurred_at": "2025-12-05 12:00:00.000001-08"},
                  {"event_id": 7, "points": 8, "member_id": 2}, table="own.stored")
        place.expect_right({1: 11, 2: 8, 3: 0})


MEMBERS = {
    "a member twice": (
        "values (1::bigint, date '2025-01-01', null::date), (1, '2025-02-01', null)",
        "member 1 stands twice in the members' table"),
    "a member without member_id": (
        "values (null::bigint, date '2025-01-01', null::date)",
        "a row of the members' table has no member_id"),
    "a member without registered_on": (
        "values (1::bigint, null::date, null::date)", "member 1 has no registered_on"),
}


def try_members(name):
    rows, message = MEMBERS[name]
    setup = f"create schema own; create view own.member (member_id, registered_on, closed_on) as {rows};"
    with new_place(setup + GRANT) as place, \
            changed_config(("members: loyalty.member", "members: own.member")) as place.config:
        place.refuses(65, message)


# Columns of own.stored: the error.
COLUMNS = {
    "lacks points": (own_columns(points=None), "has no column points (integer)"),
    "has points in bigint": (own_columns(points="bigint"),
                             "the column points has the type bigint, not integer"),
    "has times without zone": (own_columns(occurred_at="timestamp"),
                               "the column occurred_at has the type timestamp without time zone"),
    "has infinite precision": (own_columns(item_cents="numeric"),
                               "the column item_cents has the type numeric, not bigint"),
    "has categories of text": (own_columns(category_ids="text[]"),
                               "the column category_ids has the type text[], not integer[]"),
    "has a domain": (own_columns(item_cents="own.cents"),
                     "the column item_cents has the type own.cents, not bigint"),
    "writes its columns large": (own_columns(points=None) + ', "POINTS" int',
                                 "has no column points (integer)"),
}


def try_columns(name):
    columns, message = COLUMNS[name]
    setup = ("create schema own; create domain own.cents as bigint check (value >= 0);"
             f" create table own.event ({columns}); {GRANT}")
    with new_place(setup) as place, \
            changed_config(("events: loyalty.point_event", "events: own.event")) as place.config:
        place.refuses(78, "own.event", message)
        place.job("check", "--db", code=78).expect_error(message)


def try_late_without_record():
    """Nothing tells when it came, so it counts as late: each night anew, but it is never lost."""
    for column in ("recorded_xid xid8", "recorded_at timestamptz"):
        with own_place(columns=f"{own_columns()}, {column}") as place:
            place.query("insert into own.stored (event_id, member_id, kind, occurred_at, points)"
                        " values (1, 1, 8, '2025-12-05 12:00-08', 5)")
            place.close()
            expect_equal(place.standings()[1], 5, "the first night")
            place.add({"event_id": 2, "points": 6}, table="own.stored")
            place.close(today="2026-01-03")
            expect_equal(place.standings()[1], 11, f"{column} is NULL: the second night")
            before = place.query("select * from tierclose.standings")
            expect("found what stands" in place.close(today="2026-01-04").out, "the third night")
            expect_equal(place.query("select * from tierclose.standings"), before, "the standings")


# Done while a worker waits in the table; SQL, with {} for the name of the table.
CHANGES = {
    "dropped": "drop table {} cascade",
    "renamed": "alter table {} rename to gone",
    "emptied": "truncate {}",
    "altered": "alter table {} alter points type bigint",
    "rebuilt without a column": "alter table {} drop column points cascade",
    "dropped with its schema": "drop schema own cascade",
}


def try_change(name):
    """It waits until the close has read all, which gives what stood at its beginning."""
    view = "select * from own.stored where event_id <> 1 or pg_advisory_xact_lock_shared(7) is not null"
    with own_place(view=view) as place, Session(place.database) as gate, \
            Session(place.database) as other:
        # The oldest event is read last, so nothing has to be read after it.
        place.add({"event_id": 1, "points": 5, "occurred_at": "2025-01-01 00:00-08"},
                  {"event_id": 2, "points": 6}, table="own.stored")
        gate.query("begin; select pg_advisory_xact_lock(7)")
        words = ["close", "--today", TODAY, "--workers", 1]
        with Job(place.database, words, config=place.config) as job:
            wait_until(lambda: place.query(
                "select pid from pg_stat_activity where wait_event = 'advisory' and application_name"
                f" like '{WORKER}' and datname = '{place.database}'"), "the worker to read")
            other.send(CHANGES[name].format("own.stored"))
            wait_until(lambda: place.query(
                "select pid from pg_locks where not granted and mode = 'AccessExclusiveLock' and"
                f" database = (select oid from pg_database where datname = '{place.database}')"),
                       f"the table to be {name}")
            expect(backends(place.session, place.database, READER), "the reader holds the table")
            gate.query("commit")
            job.expect_code(0)
        try:
            other.receive()
        except SqlError as refusal:
            expect("depend" in str(refusal) or "used by a view" in str(refusal), str(refusal))
        expect_equal(place.standings(), {1: 11, 2: 0, 3: 0}, "the standings")
        if name.startswith("dropped"):
            job = place.job("verify", "--period", PERIOD, code=78)
            job.expect_error("own.event: no such table or view")


def try_change_before_workers():
    """Between the reader and its workers: whoever wants the table alone makes them wait, and a
    worker does not wait for ever for somebody who waits for the reader."""
    with own_place() as place, Session(place.database) as holder, \
            Session(place.database) as other:
        place.add({"event_id": 1, "points": 5}, table="own.stored")
        # The reader holds the events and waits for the members; then somebody wants the events.
        holder.query("begin; lock table loyalty.event_kind in access exclusive mode")
        with Job(place.database, ["close", "--today", TODAY], config=place.config) as job:
            wait_until(lambda: place.query(
                "select pid from pg_locks where not granted and relation ="
                " 'loyalty.event_kind'::regclass"), "the reader to wait")
            other.send("begin; alter table own.stored add more int")
            wait_until(lambda: place.query(
                "select pid from pg_locks where not granted and relation = 'own.stored'::regclass"),
                       "the change to wait")
            holder.query("rollback")
            job.expect_code(75).expect_error("[55P03]", "another session changes or holds this table")
        other.receive()
        other.query("commit")
        expect_equal(place.standings(), {}, "the standings")
        place.expect_right({1: 5, 2: 0, 3: 0})


def register():
    # First: it is the longest, since a worker gives up after half a minute only.
    add_case("somebody wants the table between the reader and its workers",
             try_change_before_workers)
    for name in BAD_ROWS:
        add_case(f"a view gives {name}", try_bad_row, name)
    add_case("a view gives one event_id at two times and for two members", try_same_id)
    for name in MEMBERS:
        add_case(f"a view gives {name}", try_members, name)
    for name in COLUMNS:
        add_case(f"a table of events that {name}", try_columns, name)
    add_case("events without a record of when they came", try_late_without_record)
    for name in CHANGES:
        add_case(f"the table of events is {name} during a close", try_change, name)
