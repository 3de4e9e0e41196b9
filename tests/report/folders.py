"""The folder of a report: whole or not at all, and nothing lost, whatever stands in the way."""

import contextlib
import itertools
import os
import signal
import subprocess
import tempfile

import readers
from cases import Skipped, add_case, expect, expect_equal, wait_until
from job import Job, run_job
from live import Session
from setting import (FEW, SHORT, bytes_in, compare_bytes, make, names_in, new_database,
                     new_folder, read)

WORK = ".tierclose-report.report"  # beside a folder called report, while it is written
PAGE_BYTES = 4096
DISK_BYTES = 4 * 1024 * 1024


def refused_without_a_trace(period, code, *parts, database=FEW, out="report", prepare=None):
    """The error, and the place as it was before."""
    with new_folder() as place:
        if prepare is not None:
            prepare(place)
        before = tree(place)
        make(database, period, place / out, code=code).expect_error(*parts)
        expect_equal(tree(place), before, "the place afterwards")


def tree(place):
    """Every path below with the bytes of the files."""
    return {str(path.relative_to(place)): path.read_bytes() if path.is_file() else None
            for path in place.rglob("*")}


def put(place, name, text):
    path = place / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def never_closed():
    for period in ("2025-08", "2025-12", "1999-01"):
        refused_without_a_trace(period, 65, f"{period} was never closed", "tierclose status")


def no_place():
    refused_without_a_trace("2025-11", 64, "No such file or directory", out="none/report")
    refused_without_a_trace("2025-11", 64, "it is there and no folder", out="file",
                            prepare=lambda place: put(place, "file", "mine"))
    refused_without_a_trace("2025-11", 64, "report: it holds notes.txt", "an empty one",
                            prepare=lambda place: put(place, "report/notes.txt", "mine"))
    run_job(FEW, "report", "--period", "2025-11", "--out", "/", code=64)


def foreign_file_beside_an_older_report():
    with read() as folder:
        put(folder, "notes.txt", "mine")
        before = tree(folder.parent)
        make(FEW, "2025-11", folder, code=64).expect_error("it holds notes.txt")
        expect_equal(tree(folder.parent), before, "the place afterwards")


def older_report_of_another_period():
    with read() as folder:
        before = tree(folder.parent)
        make(FEW, "2025-10", folder, code=64).expect_error("it holds the report of 2025-11")
        expect_equal(tree(folder.parent), before, "the place afterwards")


def older_report_is_replaced():
    """All of it: also the files of formats that are not wanted any more."""
    with read() as folder:
        whole = bytes_in(folder)
        put(folder, "report.json", "{}")
        make(FEW, "2025-11", folder, "--format", "csv")
        expect("report.json" not in names_in(folder), "report.json is still there")
        make(FEW, "2025-11", f"{folder}/")
        compare_bytes(bytes_in(folder), whole, "the report made again")
        expect_equal(names_in(folder.parent), ["report"], "beside it")
        empty = folder.parent / "empty"
        empty.mkdir()
        make(FEW, "2025-11", empty)
        compare_bytes(bytes_in(empty), whole, "in an empty folder")


@contextlib.contextmanager
def mounted(*options):
    """A file system in memory of its own."""
    if os.geteuid() != 0:
        raise Skipped("only root can mount a disk of its own")
    with new_folder() as place:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "none", place],
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise Skipped(f"a disk cannot be mounted: {done.stderr.strip()}")
        try:
            yield place
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)


def unwritable_place():
    with mounted("size=1M") as place:
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        make(FEW, "2025-11", place / "report", code=64).expect_error(
            "nothing can be made in", "Read-only file system")
        expect_equal(names_in(place), [], "the place")


def disk_is_full(files, *words):
    """With room for one page more each time, until the report fits beside the older one; none of
    the files is ever made of what has come through."""
    with mounted(f"size={DISK_BYTES}") as place, read("2025-11", FEW, *words) as wanted:
        make(FEW, "2025-11", place / "report", "--format", "json")
        before = tree(place)
        failed = set()
        for pages in itertools.count():
            filler = fill_but(place, pages)
            job = make(FEW, "2025-11", place / "report", *words, code=(0, 70))
            filler.unlink()
            if job.code == 0:
                break
            job.expect_error("cannot be written: No space left on device", "make room")
            expect(job.err.startswith("error: "), f"what a library says is shown: {job.err}")
            failed.add(job.err.split(" cannot be written")[0].rsplit("/", 1)[1])
            expect_equal(tree(place), before, f"the place after {pages} pages")
        expect(pages > 15, f"{pages} pages were enough")
        expect(files <= failed, f"there was room for {files - failed}")
        expect_equal(names_in(place), ["report"], "beside the report")
        compare_bytes(bytes_in(place / "report"), bytes_in(wanted), "the new report")


def fill_but(place, pages):
    """Leaves room for so many pages; the file that takes the rest."""
    path = place / "filler"
    with open(path, "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(PAGE_BYTES))
        file.truncate(file.tell() // PAGE_BYTES * PAGE_BYTES - pages * PAGE_BYTES)
    return path


def rows_come(database):
    """Whether a second piece of a large table is being read, and the first was written."""
    with Session("postgres") as session:
        return session.value(
            f"select count(*) from pg_stat_activity where datname = '{database}'"
            " and query like 'fetch%' and wait_event = 'PgSleep'") != "0"


def ended_by(report_format, number, code, left):
    """In the middle of a large table; the older report stands, the next one is written."""
    with new_database(SHORT) as database, new_folder() as place:
        folder = place / "report"
        make(database, "2025-10", folder, "--format", "json")
        before = bytes_in(folder)
        with readers.slow_changes(database), \
                Job(database, ["report", "--period", "2025-10", "--out", str(folder),
                               "--format", report_format]) as job:
            wait_until(lambda: rows_come(database), "some rows to be written")
            job.kill(number)
            expect_equal(job.wait(), code, "how it ended")
        expect_equal(names_in(place), sorted(["report", *left]), "what is there afterwards")
        compare_bytes(bytes_in(folder), before, "the older report")
        make(database, "2025-10", folder, "--format", report_format)
        expect_equal(names_in(place), ["report"], "after the next")


def two_at_once():
    """The second is told apart while the first waits for the database."""
    with new_database(SHORT) as database, new_folder() as place:
        with readers.locked(database, "tierclose.restatement"):
            with Job(database, ["report", "--period", "2025-11", "--out", str(place / "report")]
                     ) as first:
                wait_until(lambda: (place / WORK).exists(), "the first to begin")
                readers.wait_until_locked_out(database)
                make(database, "2025-11", place / "report", code=75).expect_error(
                    "another report is being written")
                expect(first.running(), first.told())
        # The lock is gone and so is the first, killed at the end of its block.
        make(database, "2025-11", place / "report")
        expect_equal(names_in(place), ["report"], "afterwards")


def no_database():
    with new_folder() as place:
        run_job("x", "report", "--period", "2025-11", "--out", place / "report", code=69,
                host=tempfile.gettempdir())
        expect_equal(names_in(place), [], "the place afterwards")


def wrong_usage():
    for words, part in (
            ([], "report needs --period"), (["--period", "2025-11"], "report needs --out"),
            (["--out", "x"], "report needs --period"), (["--check", "x", "--out", "y"], "--check"),
            (["--period", "2025-11", "--out", "x", "--db"], "--db goes with --check only"),
            (["--period", "2025-11", "--out", "x", "--format", "pdf"], "no format \"pdf\"")):
        run_job(FEW, "report", *words, code=64).expect_error(part)


def register():
    add_case("a period that was never closed", never_closed)
    add_case("places that are none", no_place)
    add_case("a foreign file beside an older report", foreign_file_beside_an_older_report)
    add_case("an older report of another period stays", older_report_of_another_period)
    add_case("an older report of the period is replaced", older_report_is_replaced)
    add_case("a place that cannot be written", unwritable_place)
    add_case("the disk is full at every page", disk_is_full, {"report.xlsx", "report.json"})
    # Alone, since it needs more while it is made than in the end.
    add_case("the disk is full at every page of a workbook", disk_is_full, {"report.xlsx"},
             "--format", "xlsx")
    for name in ("csv", "xlsx"):
        add_case(f"kill -9 in the middle of {name}", ended_by, name, signal.SIGKILL,
                 -signal.SIGKILL, [WORK])
        add_case(f"SIGTERM in the middle of {name}", ended_by, name, signal.SIGTERM, 143, [])
    add_case("two reports for one folder at once", two_at_once)
    add_case("no database, no folder", no_database)
    add_case("wrong usage", wrong_usage)


