"""The same again gives the same: workers, reruns, a backfill and closes one by one, dry runs."""

import subprocess

from cases import add_case, expect, expect_equal
from published import expect_nothing_left
from sample_data import late_events
from setting import LOADED, checksum_of, new_world, one_line

MONTH_ENDS = {"2025-07": "31", "2025-08": "31", "2025-09": "30", "2025-10": "31", "2025-11": "30",
              "2025-12": "31"}


def try_workers():
    """Any number of connections: one checksum."""
    with new_world() as world:
        found = {workers: checksum_of(world.close("2025-12-31", "--dry-run", "--workers", workers))
                 for workers in (1, 2, 4, 13)}
        expect_equal(len(set(found.values())), 1, f"checksums by workers {found}")
        expect_equal(checksum_of(world.close("2025-12-31", "--workers", 4)), found[1], "published")
        job = world.close("2026-01-01", "--full", "--workers", 1)
        expect("found what stands" in job.out, "one worker after four; " + job.told())


def try_rerun():
    """Only the ledger shows that a month was computed again, in whatever way."""
    with new_world() as world:
        world.close("2025-12-31")
        before, runs = world.fingerprint(exact=True), world.runs()
        again = (("close", "--full", "--today", "2026-01-02"),
                 ("close", "--period", "2025-12", "--full", "--today", "2026-01-02"),
                 ("restate", "--period", "2025-12", "--today", "2026-01-03"),
                 ("restate", "--period", "2025-10", "--today", "2026-01-03"),
                 ("backfill", "--from", "2025-10", "--to", "2025-12", "--today", "2026-01-03"))
        for words in again:
            job = world.job(*words)
            expect_equal(world.fingerprint(exact=True), before, f"public views after {words}")
            expect("nothing was changed" in one_line(job.out), job.told())
        new_runs = world.runs()[len(runs):]
        expect_equal([run[1:4] for run in new_runs],
                     [["2025-12", "settle", "published"], ["2025-12", "settle", "published"],
                      ["2025-12", "restate", "published"], ["2025-10", "restate", "published"],
                      ["2025-10", "backfill", "published"], ["2025-11", "backfill", "published"],
                      ["2025-12", "backfill", "published"]], "the ledger's new rows")
        expect_nothing_left(world.session)


def try_backfill():
    """Closed on the last day of each month, by one catch-up, or by one backfill: the same."""
    with new_world(LOADED) as world:
        for month, day in MONTH_ENDS.items():
            job = world.close(f"{month}-{day}")
            expect(f"Period {month} closed by run" in job.out, job.told())
        one_by_one = world.fingerprint()
    with new_world(LOADED) as world:
        world.close("2025-07-31")
        job = world.close("2026-01-02")
        expect(all(f"Period {month} closed" in job.out for month in list(MONTH_ENDS)[1:]),
               job.told())
        expect_equal(world.fingerprint(), one_by_one, "one catch-up")
    with new_world(LOADED) as world:
        world.job("backfill", "--from", "2025-07", "--to", "2025-12", "--today", "2025-12-31")
        expect_equal(world.fingerprint(), one_by_one, "one backfill")
        # To both sides of what is closed.
        before = world.fingerprint(exact=True)
        world.job("backfill", "--from", "2025-07", "--to", "2025-12", "--today", "2025-12-31")
        expect_equal(world.fingerprint(exact=True), before, "the backfill again")


def try_refused():
    """Gaps and months that have not ended: 65, and nothing is written."""
    with new_world() as world:
        before, runs = world.fingerprint(exact=True), world.runs()
        for words in (("close", "--period", "2025-12", "--today", "2025-12-30"),
                      ("close", "--period", "2026-01", "--today", "2026-02-01"),
                      ("close", "--period", "2025-07", "--today", "2026-02-01"),
                      ("backfill", "--from", "2026-01", "--to", "2026-01", "--today", "2026-02-01"),
                      ("restate", "--period", "2025-12", "--today", "2026-02-01"),
                      ("verify", "--period", "2025-12")):
            world.job(*words, code=65).expect_error("hint: ")
        job = world.close("2025-12-30")
        expect("Nothing is due: 2025-11 is closed" in one_line(job.out), job.told())
        expect_equal(world.fingerprint(exact=True), before, "the public views")
        expect_equal(world.runs(), runs, "the ledger")


def dump(database):
    """All rows of the job's tables; without psql's \\restrict, which is another each time."""
    text = subprocess.run(["pg_dump", "--schema=tierclose", database], stdout=subprocess.PIPE,
                          text=True, check=True).stdout
    return [line for line in text.splitlines() if "restrict " not in line]


def try_dry_runs():
    """They tell what a run would do, and write nothing at all."""
    with new_world() as world:
        before = dump(world.database)
        job = world.close("2025-12-31", "--dry-run")
        expect("Period 2025-12, dry run: would be closed" in job.out, job.told())
        open_month = world.close("2025-12-20", "--period", "2025-12", "--dry-run")
        expect("has not ended" in open_month.out, open_month.told())
        world.job("backfill", "--from", "2025-09", "--to", "2025-12", "--today", "2026-01-02",
                  "--dry-run")
        expect(dump(world.database) == before, "a dry run of an open month wrote something")
        expect_equal(checksum_of(world.close("2025-12-31")), checksum_of(job), "the checksum")
        world.session.query(late_events(10))
        before = dump(world.database)
        dry = {words: world.job(*words, "--dry-run") for words in (
            ("close", "--today", "2026-01-02"),
            ("restate", "--period", "2025-10", "--today", "2026-01-02"),
            ("backfill", "--from", "2025-10", "--to", "2025-12", "--today", "2026-01-02"))}
        expect(dump(world.database) == before, "a dry run wrote something")
        for words, job in dry.items():
            with new_world_like(world) as other:
                expect_equal(summary(other.job(*words)), summary(job), f"the summary of {words}")


def new_world_like(world):
    """A copy of its database as it is now."""
    world.session.close()
    return new_world(world.database)


def summary(job):
    """Its figures; not who wrote them and how long it took, and not whether it would or did."""
    words = ("by run", "dry run", "time taken", "explain", "Who changed", "Why a member", "Samples")
    text = one_line(" ".join(line for line in job.out.splitlines()
                             if not any(word in line for word in words)))
    return text.replace("would be carried", "were carried").replace(" Nothing was written.", "")


def register():
    add_case("a backfill equals closes one by one", try_backfill)
    add_case("dry runs tell the same and write nothing", try_dry_runs)
    add_case("any number of workers", try_workers)
    add_case("a rerun changes nothing but the ledger", try_rerun)
    add_case("what is refused", try_refused)
