"""A database with a few members and no event, and what the cases ask of it.

Members 1, 2 and 3 have been registered since 2025-01-01. The period is 2025-12.
"""

import contextlib
import itertools
import subprocess

from cases import expect, expect_equal
from job import CONFIG, changed_config, run_job
from live import Copy, Session, drop_database, make_database, psql

EMPTY = "tierclose_borders_empty"
PERIOD = "2025-12"
TODAY = "2026-01-02"
COLUMNS = {
    "event_id": "bigint", "member_id": "bigint", "kind": "smallint", "occurred_at": "timestamptz",
    "order_id": "bigint", "item_cents": "bigint", "discount_cents": "bigint",
    "category_ids": "int[]", "points": "int",
}
PURCHASE, REFUND, FRAUD, REVIEW, VISIT, BONUS, ADJUSTMENT = 1, 2, 3, 4, 5, 8, 9
INT64_MAX = 2**63 - 1
INT64_MIN = -2**63
INT4_MAX = 2**31 - 1
INT4_MIN = -2**31
NOON = "2025-12-05 12:00-08"

_numbers = itertools.count(1)


def make_template():
    make_database(EMPTY)
    psql(EMPTY, "do $$ begin perform loyalty.ensure_event_months('2024-12-01', '2026-02-28'); end $$;"
                " insert into loyalty.member (member_id, registered_on)"
                " select n, '2025-01-01' from generate_series(1, 3) n;")


def drop_template():
    drop_database(EMPTY)


class Place:
    """A database, and a session to look at it."""

    def __init__(self, database, session, config=CONFIG):
        self.database = database
        self.session = session
        self.config = config

    def query(self, sql):
        return self.session.query(sql)

    def job(self, *words, code=0, **options):
        return run_job(self.database, *words, code=code, **{"config": self.config, **options})

    def close(self, *more, today=TODAY, **options):
        return self.job("close", "--today", today, *more, **options)

    def refuses(self, code, *parts, **options):
        """A close that ends with an error and a hint, and publishes nothing."""
        job = self.close(code=code, **options).expect_error(*parts)
        expect("hint: " in job.err, f"no hint; {job.told()}")
        expect_equal(self.standings(), {}, "what stands after a refused close")
        return job

    def standings(self, period=PERIOD):
        return {int(row[0]): int(row[1]) for row in self.query(
            f"select member_id, points from tierclose.standings where period = '{period}'")}

    def anomalies(self):
        return sorted((row[0], row[1] and int(row[1]), int(row[2])) for row in self.query(
            "select reason, member_id, event_id from tierclose.anomalies"))

    def add(self, *events, table="loyalty.point_event"):
        """Events as dictionaries; a text is a constant of SQL, None is NULL."""
        for event in events:
            values = {"member_id": 1, "kind": BONUS, "occurred_at": NOON, **event}
            self.query(f"insert into {table} ({', '.join(values)}) values"
                       f" ({', '.join(literal(value) for value in values.values())})")

    def expect_right(self, points, *anomalies):
        """Closes; these standings, these anomalies, and verify and explain agree."""
        self.close()
        expect_equal(self.standings(), points, "the standings")
        expect_equal(self.anomalies(), sorted(anomalies), "the anomalies")
        self.job("verify", "--period", PERIOD)
        for member, total in points.items():
            self.expect_explained(member, total)

    def expect_explained(self, member, total):
        job = self.job("explain", "--member", member, "--period", PERIOD, "--today", TODAY)
        lines = job.out.splitlines()
        expect(f"Total: {total:,} points" in lines, f"wanted {total:,} points; {job.out}")
        expect(lines[-1].startswith("Published: the same"), job.out)


def literal(value):
    if value is None:
        return "null"
    return f"'{value}'" if isinstance(value, str) else str(value)


@contextlib.contextmanager
def new_place(setup="", template=EMPTY):
    with Copy(template, f"tierclose_borders_{next(_numbers)}") as database:
        with Session(database) as session:
            if setup:
                session.query(setup)
            yield Place(database, session)


def own_columns(**changes):
    """Columns of a table of events: of another type, or None for one that is left out."""
    columns = {**COLUMNS, **changes}
    return ", ".join(f"{name} {kind}" for name, kind in columns.items() if kind is not None)


GRANT = "grant usage on schema own to public; grant select on all tables in schema own to public;"


@contextlib.contextmanager
def own_place(columns=None, view="select * from own.stored"):
    """Events come from the view own.event of the table own.stored, which is bound by nothing."""
    setup = (f"create schema own; create table own.stored ({columns or own_columns()});"
             f" create view own.event as {view}; {GRANT}")
    with new_place(setup) as place, \
            changed_config(("events: loyalty.point_event", "events: own.event")) as config:
        place.config = config
        yield place


def sqitch(database, *words):
    """As whoever deploys would."""
    done = subprocess.run(
        ["bash", "-c", 'source job/support/postgres.sh && postgres_sqitch "$@"', "-", database,
         *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    expect(done.returncode == 0, f"sqitch {words}: {done.stdout}")


@contextlib.contextmanager
def bare_database(options=""):
    """A database without sql/."""
    name = f"tierclose_borders_{next(_numbers)}"
    psql("postgres", f'drop database if exists "{name}" with (force);'
                     f' create database "{name}" template template0 {options};')
    try:
        yield name
    finally:
        drop_database(name)


