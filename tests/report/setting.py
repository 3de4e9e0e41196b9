"""The database that the cases report on, and what they ask of a report.

The sample, closed by a backfill and month by month, with late events twice: 2025-12 was settled,
2025-10 restated after coupons of it had been issued, and 2025-11 and 2025-12 were closed anew.
"""

import contextlib
import csv
import itertools
import json
import pathlib
import tempfile

from cases import expect_equal
from job import Job, run_job
from live import Copy, Session, copy_database, drop_database, psql
from sample_data import EVENT_COLUMNS, late_events, load_sample

MEMBERS = 60
FEW_MEMBERS = 4
SHORT = "tierclose_report_short"    # 2025-10 and 2025-11 are closed, of a few members
CLOSED = "tierclose_report_closed"  # all of the above
# Copies, which no case changes, and which are nobody's template.
FEW = "tierclose_report_few"
MANY = "tierclose_report_many"
PERIODS = ("2024-12", "2025-09", "2025-10", "2025-11", "2025-12")

# Takes from half of the members what gave them their level, after the coupons of 2025-10 began.
TAKEN_BACK = f"""
insert into loyalty.point_event ({EVENT_COLUMNS})
select 30000000 + m.member_id, m.member_id, 9, '2025-10-15 12:00-07', null, null, null, null, null,
    -2000
from loyalty.member m
where m.member_id in (select member_id from tierclose.coupon_grants
    where period = '2025-10' and status <> 'revoked') and m.member_id % 2 = 0;
"""

_numbers = itertools.count(1)


def make_templates():
    load_sample(SHORT, FEW_MEMBERS)
    run_job(SHORT, "backfill", "--from", "2025-10", "--to", "2025-11", "--today", "2025-12-05")
    load_sample(CLOSED, MEMBERS)
    run_job(CLOSED, "backfill", "--from", "2024-12", "--to", "2025-11", "--today", "2025-12-05")
    run_job(CLOSED, "close", "--today", "2025-12-31")
    psql(CLOSED, late_events())
    run_job(CLOSED, "close", "--today", "2026-01-03")
    psql(CLOSED, TAKEN_BACK)
    run_job(CLOSED, "restate", "--period", "2025-10", "--today", "2026-01-05")
    run_job(CLOSED, "backfill", "--from", "2025-11", "--to", "2025-12", "--today", "2026-01-06")
    copy_database(SHORT, FEW)
    copy_database(CLOSED, MANY)


def drop_templates():
    for database in (SHORT, CLOSED, FEW, MANY):
        drop_database(database)


@contextlib.contextmanager
def new_database(template=CLOSED):
    """A copy of a template."""
    with Copy(template, f"tierclose_report_{next(_numbers)}") as database:
        yield database


@contextlib.contextmanager
def new_folder():
    with tempfile.TemporaryDirectory(prefix="tierclose-report-test.") as folder:
        yield pathlib.Path(folder)


@contextlib.contextmanager
def reported(period="2025-12", template=CLOSED, *words):
    """(database to be changed, folder with the report)"""
    with new_database(template) as database, new_folder() as place:
        make(database, period, place / "report", *words)
        yield database, place / "report"


@contextlib.contextmanager
def read(period="2025-11", database=FEW, *words):
    """A folder with the report of a database that is only read."""
    with new_folder() as place:
        make(database, period, place / "report", *words)
        yield place / "report"


def make(database, period, folder, *words, code=0, **options):
    """Makes a report; `code` may be one of several."""
    job = Job(database, ("report", "--period", period, "--out", folder, *words), **options)
    return job.expect_code(*(code if isinstance(code, tuple) else (code,)))


def compare_bytes(found, wanted, what):
    """Two folders' {name: bytes}; names the files that differ."""
    expect_equal(sorted(found), sorted(wanted), f"{what}: files")
    expect_equal([name for name in wanted if found[name] != wanted[name]], [],
                 f"{what}: files that differ")


def check(database, folder, *words, code=0, **options):
    """Proves a report; also against the database, which the job is always told of."""
    return Job(database, ("report", "--check", folder, *words), **options).expect_code(code)


def names_in(folder):
    return sorted(path.name for path in pathlib.Path(folder).iterdir())


def bytes_in(folder):
    """{name: bytes}"""
    return {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()}


def read_json(folder):
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def read_csv(folder, table):
    """The rows of a table as dicts of texts."""
    with open(folder / f"{table}.csv", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def rows_of(report, table):
    """A table of the JSON as a list of dicts."""
    return [report[table]] if table == "period" else report[table]


def dicts(session, query):
    """The rows of a query as dicts, with numbers, booleans and nulls as JSON has them."""
    rows = session.query(f"select row_to_json(q) from ({query}) q")
    return [json.loads(row[0]) for row in rows]


def expect_same(found, wanted, what):
    """Two lists of rows; shows the first that differs."""
    for number, (left, right) in enumerate(zip(found, wanted)):
        expect_equal(left, right, f"{what}, row {number}")
    expect_equal(len(found), len(wanted), f"{what}: rows")


@contextlib.contextmanager
def session_of(database):
    with Session(database) as session:
        yield session
