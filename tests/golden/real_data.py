#!/usr/bin/python3
"""Closes the real data of Online Retail in two ways and compares with its expected.csv.

One database is closed month by month by one worker, each on the month's last day; another by one
backfill with four workers. Both must give the expected figures, and the same as each other.
"""

import calendar
import csv
import gzip
import os
import pathlib
import subprocess
import sys
import tempfile

import programme_file
from database import PROGRAM, ROOT, Database, Failure

DATA = ROOT / os.environ.get("TIERCLOSE_DATA", "../shared/data/online-retail")
FILES = ("members.csv.gz", "events.csv.gz", "expected.csv")
# Late enough for every grant to have lapsed, however it was written.
LONG_AFTER = "2030-01-01"

FIGURES = """
select s.period, count(*), sum(s.points),
    count(*) filter (where s.level = 'Silver'), count(*) filter (where s.level = 'Gold'),
    count(*) filter (where s.level = 'Platinum'), count(*) filter (where s.level = 'Diamond'),
    (select count(*) from tierclose.level_changes c
        where c.period = s.period and c.direction = 'up'),
    (select count(*) from tierclose.level_changes c
        where c.period = s.period and c.direction = 'down'),
    (select count(*) from tierclose.coupon_grants g where g.period = s.period)
from tierclose.standings s
group by s.period
"""

# What both ways must agree on: no ids of runs and grants, and no times.
SAME = {
    "standings": "period, member_id, points, level, next_level, points_to_next, expiring_points",
    "level_changes":
        "period, member_id, from_level, to_level, direction, points, effective_on",
    "coupon_grants":
        "period, member_id, level, coupon, issue_from, issue_until, expires_on, status",
    "anomalies": "period, reason, member_id, event_id, detail",
    "member_center":
        "member_id, level, next_change_to, next_change_on, points, next_level, points_to_next,"
        " expiring_points, coupons",
    "runs where changed": "period, members, events, upgrades, downgrades, grants, anomalies,"
        " points, result_checksum",
}


def copy_in(database, table, path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        columns = lines.readline().strip()
        done = subprocess.run(
            ["psql", "-Xq", "-d", database.name, "-v", "ON_ERROR_STOP=1", "-c",
             f"\\copy {table} ({columns}) from stdin (format csv)"],
            input=lines.read(), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failure(done.stderr)


def load(name, first, last):
    database = Database(name)
    database.query(f"select loyalty.ensure_event_months('{first}-01', '{last}-28')")
    copy_in(database, "loyalty.member", DATA / FILES[0])
    copy_in(database, "loyalty.point_event", DATA / FILES[1])
    database.query("analyze loyalty.point_event")
    return database


def british_programme(folder):
    programme = programme_file.read(ROOT / "config/aliexpress.yaml")
    programme_file.change(programme, {"timezone": "Europe/London", "currency": "GBP"})
    path = folder / "programme.yaml"
    programme_file.write(programme, path)
    return path


def must(database, config, words):
    code, out, err = database.job(config, words)
    if code != 0:
        raise Failure(f"{' '.join(words)}: exit code {code}\n{out}{err}")


def close_one_by_one(database, config, periods):
    for period in periods:
        year, month = map(int, period.split("-"))
        today = f"{period}-{calendar.monthrange(year, month)[1]}"
        must(database, config,
             ["close", "--period", period, "--today", today, "--workers", "1"])


class Count:
    """Counts checks and prints those that failed."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, found, expected):
        if found == expected:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAIL {name}\n  found     {found}\n  expected  {expected}")


def compare_figures(count, way, database, expected):
    found = {row[0]: row for row in database.query(FIGURES)}
    for row in expected:
        count.check(f"{way}, {row[0]}", found.pop(row[0], None), row)
    count.check(f"{way}, other periods", sorted(found), [])


def compare_views(count, one, other):
    for view, columns in SAME.items():
        rows = [set(map(tuple, database.query(
            f"select {columns} from tierclose.{view}", LONG_AFTER))) for database in (one, other)]
        count.check(f"{view}: rows there at all", bool(rows[0]), True)
        for way, more, less in (("month by month", *rows), ("by backfill", *reversed(rows))):
            count.check(f"{view}: only {way}, the first 3", sorted(map(str, more - less))[:3], [])


def main():
    missing = [name for name in FILES if not (DATA / name).is_file()]
    if missing:
        print(f"SKIPPED: the real data is not there ({DATA}): nothing of it was tested")
        print("real data: 0 passed, 0 failed, 1 skipped")
        return 0
    if not (ROOT / PROGRAM).exists():
        print(f"error: {PROGRAM} is not there: build it, or name another by TIERCLOSE")
        return 1
    with (DATA / FILES[2]).open(encoding="utf-8", newline="") as lines:
        expected = list(csv.reader(lines))[1:]
    periods = [row[0] for row in expected]
    count = Count()
    databases = []
    try:
        with tempfile.TemporaryDirectory(prefix="tierclose-real.") as folder:
            config = british_programme(pathlib.Path(folder))
            for name in ("real_one_by_one", "real_backfill"):
                databases.append(load(name, periods[0], "2011-12"))
            one_by_one, backfill = databases
            close_one_by_one(one_by_one, config, periods)
            must(backfill, config, ["backfill", "--from", periods[0], "--to", periods[-1],
                                    "--today", "2011-12-01", "--workers", "4"])
            compare_figures(count, "month by month", one_by_one, expected)
            compare_figures(count, "backfill", backfill, expected)
            compare_views(count, one_by_one, backfill)
            for database in databases:
                must(database, config, ["verify", "--period", periods[-1]])
    except Failure as failure:
        print(f"FAIL {failure}")
        count.failed += 1
    finally:
        for database in databases:
            database.drop()
    print(f"real data: {count.passed} passed, {count.failed} failed")
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main())
