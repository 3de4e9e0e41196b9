"""The same published state gives the same report, however it came about and whoever asks.

What runs stored for the report does not depend on how a period was closed; what an older version of
the job has not stored is said to be missing.
"""

import os

from cases import add_case, expect, expect_equal
from job import run_job
from live import ROOT, psql
from sample_data import late_events, purchase
from setting import (CLOSED, SHORT, bytes_in, compare_bytes, expect_same, make, new_database,
                     new_folder, read_json, reported)

# A report must not show where it is read: none of these may reach it.
ELSEWHERE = {
    "TZ": "Asia/Kathmandu", "LC_ALL": "de_DE.UTF-8", "PGTZ": "Pacific/Apia",
    "PGDATESTYLE": "SQL, DMY",
    "PGOPTIONS": "-c tierclose.today=2031-01-01 -c lc_messages=C -c enable_hashagg=off"
                 " -c enable_hashjoin=off -c enable_seqscan=off",
}


def bytes_do_not_depend_on_the_reader():
    with reported() as (database, folder):
        first = bytes_in(folder)
        psql(database, "vacuum analyze;"
             f'alter database "{database}" set datestyle = \'German\';')
        before = {name: os.environ.get(name) for name in ELSEWHERE}
        os.environ.update(ELSEWHERE)
        try:
            make(database, "2025-12", folder.parent / "again", "--today", "2030-05-05")
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value
        compare_bytes(bytes_in(folder.parent / "again"), first, "read elsewhere")


# What is counted, without the runs that counted it.
COUNTED = ("levels", "level_history", "flows", "falls", "months", "sources", "reconciliation",
           "events_by_kind", "changes_by_level", "grants_by_coupon", "anomalies_by_reason")


def counted(report, without=()):
    return {table: [{column: value for column, value in row.items()
                     if column not in ("run_id", "counted_by", *without)}
                    for row in report[table]] for table in COUNTED}


def report_of_close(*words):
    """2025-12 of the few members, closed by these words after late events; and its mode."""
    with new_database(SHORT) as database, new_folder() as place:
        psql(database, late_events() + purchase(40_000_000, 1, "2025-10-20 12:00-07", 12345))
        run_job(database, *words, "--today", "2026-01-02")
        make(database, "2025-12", place / "report", "--format", "json")
        report = read_json(place / "report")
        return counted(report), report["runs"][0]["mode"]


def incremental_close_has_the_figures_of_a_full_one():
    found, mode = report_of_close("close", "--period", "2025-12")
    wanted, full_mode = report_of_close("close", "--period", "2025-12", "--full")
    expect_equal((mode, full_mode), ("incremental", "full"), "modes")
    for table in COUNTED:
        expect_same(found[table], wanted[table], table)
    # Late events changed older months, which an incremental close has not read.
    changed = [row["changed_since"] for row in found["months"] if row["changed_since"]]
    expect(len(changed) >= 2, f"changed since their close: {found['months']}")
    # Two months were closed before, so of nine there are no sources.
    stored = [row["month"] for row in found["months"] if row["points_at_close"] is not None]
    expect_equal(stored, ["2025-10", "2025-11", "2025-12"], "months with sources")


def sources_stay_when_an_older_month_is_restated():
    with reported("2025-12", CLOSED, "--format", "json") as (database, folder):
        before = read_json(folder)
        psql(database, purchase(40_000_001, 1, "2025-10-20 12:00-07", 70000))
        run_job(database, "restate", "--period", "2025-10", "--today", "2026-01-10")
        make(database, "2025-10", folder.parent / "older", "--format", "json")
        make(database, "2025-12", folder, "--format", "json")
        after, older = read_json(folder), read_json(folder.parent / "older")
        expect_same(after["sources"], before["sources"], "sources of 2025-12")
        expect_same(after["months"], before["months"], "months of 2025-12")
        expect_equal(older["months"][-1]["points_at_close"] - before["months"][-3]["points_at_close"],
                     500, "2025-10 by its own report")


def runs_of_an_older_version_lack_the_details():
    """As after an update: the schema's change is deployed when there are results already."""
    with reported("2025-12", CLOSED, "--format", "json") as (database, folder):
        whole = read_json(folder)
        psql(database, (ROOT / "sql/revert/run_details.sql").read_text(encoding="utf-8"))
        run_job(database, "report", "--period", "2025-12", "--out", folder,
                code=78).expect_error("does not exist", "deploy sql/")
        psql(database, (ROOT / "sql/deploy/run_details.sql").read_text(encoding="utf-8"))
        make(database, "2025-12", folder, "--format", "json")
        report = read_json(folder)
        expect_equal(report["period"]["details_stored"], False, "details_stored")
        expect_equal(report["period"]["points_raised"], None, "points_raised")
        for table in ("months", "sources", "events_by_kind"):
            expect_equal(report[table], [], table)
        expect_equal([row["events"] for row in report["reconciliation"][:4]], [None] * 4, "events")
        for table in ("levels", "flows", "falls", "changes", "grants", "anomalies_by_reason"):
            expect_same(report[table], whole[table], table)
        expect_equal([run["run_by"] for run in report["runs"]], [None] * len(report["runs"]),
                     "who ran them is not known")
        # From now on it is stored.
        run_job(database, "backfill", "--from", "2025-12", "--to", "2025-12",
                "--today", "2026-01-10")
        make(database, "2025-12", folder, "--format", "json")
        report = read_json(folder)
        expect_equal(report["period"]["details_stored"], True, "details_stored afterwards")
        expect_equal(report["runs"][-1]["run_by"], os.environ["PGUSER"], "who ran it")


def register():
    add_case("the same bytes whoever reads, wherever and whenever",
             bytes_do_not_depend_on_the_reader)
    add_case("an incremental close has the figures of a full one",
             incremental_close_has_the_figures_of_a_full_one)
    add_case("a period's sources stay when an older month is restated",
             sources_stay_when_an_older_month_is_restated)
    add_case("what older runs did not store is said to be missing",
             runs_of_an_older_version_lack_the_details)
