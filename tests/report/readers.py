"""Who reads a report's data: an auditor, beside a publication, and with a million rows to come."""

import contextlib
import itertools
import json
import os
import resource
import subprocess

from cases import add_case, expect, expect_equal, wait_until
from job import PROGRAM, Job
from live import Session, psql
from setting import (CLOSED, FEW, MANY, SHORT, bytes_in, check, compare_bytes, make, new_database,
                     new_folder, read, read_json, reported)

ROWS = 60_000
ONE_MEGABYTE_IN_KIB = 1024
_numbers = itertools.count(1)


@contextlib.contextmanager
def user(role):
    """A login with one role and nothing else."""
    name = f"tierclose_report_reader_{next(_numbers)}"
    psql("postgres", f"drop role if exists {name}; create role {name} login {role};")
    try:
        yield name
    finally:
        psql("postgres", f"drop role {name}")


def auditor_suffices():
    with read("2025-12", MANY) as folder, user("in role tierclose_auditor") as auditor:
        wanted = bytes_in(folder)
        make(MANY, "2025-12", folder.parent / "again", user=auditor)
        compare_bytes(bytes_in(folder.parent / "again"), wanted, "the auditor's report")
        check(MANY, folder, "--db", user=auditor)


def nobody_reads_nothing():
    with new_folder() as place, user("") as nobody:
        make(FEW, "2025-11", place / "report", user=nobody, code=78).expect_error(
            "permission denied")
        expect_equal(list(place.iterdir()), [], "the place afterwards")


@contextlib.contextmanager
def locked(database, table):
    """The session that holds a table against everybody, in an open transaction."""
    with Session(database) as session:
        session.query(f"begin; lock table {table} in access exclusive mode")
        yield session


def wait_until_locked_out(database):
    with Session("postgres") as session:
        wait_until(lambda: session.value(
            f"select count(*) from pg_stat_activity where datname = '{database}'"
            " and application_name = 'tierclose report' and wait_event_type = 'Lock'") != "0",
            "the report to wait for the lock")


def one_snapshot():
    """What is published while a report is read is in none of its tables."""
    with reported("2025-12", CLOSED, "--format", "json") as (database, folder):
        wanted = bytes_in(folder)
        with locked(database, "tierclose.restatement") as session:
            with Job(database, ["report", "--period", "2025-12", "--out",
                                str(folder.parent / "again"), "--format", "json"]) as job:
                wait_until_locked_out(database)
                # As a publication does, and more than one would.
                session.query(
                    "update tierclose.level_change set superseded_by = run_id + 1;"
                    "update tierclose.coupon_grant set revoked_by = run_id + 1;"
                    "delete from tierclose.anomaly; delete from tierclose.restatement;"
                    "update tierclose.published set run_id = (select min(run_id)"
                    " from tierclose.run); commit")
                job.expect_code(0)
        compare_bytes(bytes_in(folder.parent / "again"), wanted, "read beside the publication")


def add_changes(database, period, count):
    psql(database, f"""
        insert into tierclose.level_change (member_id, period, from_level, to_level, direction,
            points, effective_on, run_id)
        select 1000000 + n, '{period}', 'Silver', 'Gold', 'up', n, '2025-12-08',
            (select run_id from tierclose.published where period = '{period}')
        from generate_series(1, {count}) n""")


# Slows down the second and later pieces of a large table, and nothing else that is read.
SLOW = """
create function public.slow(member_id bigint) returns boolean language plpgsql as $$
begin
    if current_query() like 'fetch%' and member_id > 1003000 then
        perform pg_sleep(0.001);
    end if;
    return true;
end $$;
create or replace view tierclose.level_changes as
select c.period::text as period, c.member_id, c.from_level, c.to_level, c.direction, c.points,
    c.effective_on, c.run_id
from tierclose.published p
join tierclose.level_change c on c.period = p.period
where c.superseded_by is null and public.slow(c.member_id);
"""


@contextlib.contextmanager
def slow_changes(database):
    """As long as this lasts, the changes of 2025-10 take a minute to be written."""
    add_changes(database, "2025-10", 50_000)
    psql(database, SLOW)
    yield
    psql(database,
         "create or replace function public.slow(member_id bigint) returns boolean return true;")


def peak_kib(database, folder):
    """The most memory that a report took."""
    job = subprocess.Popen(  # pylint: disable=consider-using-with
        [PROGRAM, "report", "--period", "2025-11", "--out", folder, "--dsn", f"dbname={database}",
         "--quiet"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(job.pid, 0)
    job.returncode = os.waitstatus_to_exitcode(status)
    expect_equal(job.returncode, 0, "exit code")
    return usage.ru_maxrss


def many_rows_in_little_memory():
    """As much as with few rows, but for the pieces in which they come."""
    with new_database(SHORT) as database, new_folder() as place:
        add_changes(database, "2025-11", ROWS)
        few = peak_kib(FEW, place / "few")
        many = peak_kib(database, place / "many")
        expect(many - few < 4 * ONE_MEGABYTE_IN_KIB, f"{few} KiB with few rows, {many} with many")
        report = read_json(place / "many")
        expect(len(report["changes"]) >= ROWS, f"{len(report['changes'])} changes")
        with open(place / "many/changes.csv", encoding="utf-8") as lines:
            expect_equal(sum(1 for _ in lines), len(report["changes"]) + 1, "lines of changes.csv")
        manifest = json.loads((place / "many/manifest.json").read_text(encoding="utf-8"))
        sizes = {file["name"]: file["bytes"] for file in manifest["files"]}
        expect(sizes["changes.csv"] > 20 * ROWS, f"changes.csv: {sizes['changes.csv']} bytes")


def register():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    add_case("the auditor's role suffices", auditor_suffices)
    add_case("without a role nothing is read", nobody_reads_nothing)
    add_case("all tables are of one snapshot", one_snapshot)
    add_case("many rows in little memory", many_rows_in_little_memory)
