"""The database that the cases begin with, and what they ask of it.

A crowd of the sample, and members whose points are known: at the close of 2025-12
5001 has none, 5002 has 90 (Silver), 5003 reaches Platinum with 600, 5004 reaches Gold with 150,
5005 has been Gold with 150 since January.
2025-10 and 2025-11 are closed.
"""

import contextlib
import itertools

from cases import expect, expect_equal
from job import CONFIG, run_job, wait_until_gone
from live import Copy, Session, copy_database, drop_database, psql
from published import expect_nothing_left, fingerprint, run_rows
from sample_data import load_sample, purchase

MEMBERS = 50
LOADED = "tierclose_close_loaded"  # nothing is closed
OPEN = "tierclose_close_open"      # 2025-12 is due
PERIOD = "2025-12"
KNOWN = (
    "insert into loyalty.member (member_id, registered_on)"
    " select n, '2025-01-01' from generate_series(5001, 5005) n;\n"
    + purchase(50021, 5002, "2025-11-10 12:00-08", 9000)
    + purchase(50031, 5003, "2025-12-10 12:00-08", 50000)
    + purchase(50032, 5003, "2025-12-11 12:00-08", 10000)
    + purchase(50041, 5004, "2025-12-12 12:00-08", 15000)
    + purchase(50051, 5005, "2025-01-12 12:00-08", 15000)
)
# Of the window of 2025-12, in the programme's zone.
WINDOW = ("occurred_at >= '2025-01-01 00:00 America/Los_Angeles'"
          " and occurred_at < '2026-01-01 00:00 America/Los_Angeles'")

_numbers = itertools.count(1)
_event_ids = itertools.count(20_000_000)


def make_templates():
    load_sample(LOADED, MEMBERS)
    psql(LOADED, KNOWN)
    copy_database(LOADED, OPEN)
    run_job(OPEN, "backfill", "--from", "2025-10", "--to", "2025-11", "--today", "2025-12-05")


def drop_templates():
    drop_database(LOADED)
    drop_database(OPEN)


@contextlib.contextmanager
def new_world(template=OPEN):
    """A World in a copy of a template."""
    with Copy(template, f"tierclose_close_{next(_numbers)}") as database:
        with Session(database) as session:
            yield World(database, session)


class World:
    """A database, and a session to look at it."""

    def __init__(self, database, session):
        self.database = database
        self.session = session
        self.config = CONFIG

    def job(self, *words, code=0, **options):
        return run_job(self.database, *words, code=code, **{"config": self.config, **options})

    def close(self, today, *more, **options):
        return self.job("close", "--today", today, *more, **options)

    def standing(self, member, period=PERIOD):
        """(points, level), or None."""
        rows = self.session.query("select points, level from tierclose.standings"
                                  f" where period = '{period}' and member_id = {member}")
        return (int(rows[0][0]), rows[0][1]) if rows else None

    def standings(self, period=PERIOD):
        return {row[0]: tuple(row[1:]) for row in self.session.query(
            "select member_id, points, level from tierclose.standings"
            f" where period = '{period}'")}

    def changes(self, period=PERIOD):
        """{member: (from, to, points, run)}"""
        return {int(row[0]): tuple(row[1:]) for row in self.session.query(
            "select member_id, from_level, to_level, points, run_id from tierclose.level_changes"
            f" where period = '{period}'")}

    def grants(self, period=PERIOD):
        """{grant: (member, coupon, status, run)}"""
        return {int(row[0]): (int(row[1]), *row[2:]) for row in self.session.query(
            "set tierclose.today = '2026-01-07'; select grant_id, member_id, coupon, status, run_id"
            f" from tierclose.coupon_grants where period = '{period}'")}

    def fingerprint(self, today="2026-01-12", exact=False):
        return fingerprint(self.session, today, exact)

    def runs(self, condition="true"):
        return run_rows(self.session, condition)

    def last_run(self):
        """run_id, period, action, status, error"""
        return self.runs()[-1]

    def expect_settled(self, job, late):
        """The job found so many late events and published a settling run."""
        expect_equal(late_count(job), late, "late events of the summary")
        wait_until_gone(self.session, self.database)
        expect_equal(self.last_run()[1:4], [PERIOD, "settle", "published"], "the newest run")
        expect_nothing_left(self.session)

    def expect_stands(self, job):
        """The job found nothing, said so, and wrote nothing, not even into the ledger."""
        expect("nothing was recorded late" in one_line(job.out), job.told())

    def expect_verified(self, period=PERIOD):
        """A full recomputation agrees."""
        self.job("verify", "--period", period)


def one_line(text):
    return " ".join(text.split())


def late_count(job):
    """Of the summary, which leaves out a zero."""
    for line in job.out.splitlines():
        if "events recorded since the run before" in line:
            return int(line.split()[-1].replace(",", ""))
    return 0


def checksum_of(job):
    return next(line.split()[1] for line in job.out.splitlines()
                if line.strip().startswith("checksum"))


def event(member, cents, day="2025-12-20"):
    """Statement: one more purchase of a member."""
    return purchase(next(_event_ids), member, f"{day} 12:00-08", cents)
