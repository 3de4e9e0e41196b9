"""Two runs at once, and no database at all."""

import signal
import tempfile

from actions import ACTIONS, SHARED
from cases import add_case, expect, expect_equal, wait_until
from job import LEADER, Job, run_job
from published import run_rows
from stalls import STEPS


def waits_for_lock(trial):
    return trial.session.query(
        f"select pid from pg_stat_activity where datname = '{trial.database}' and application_name"
        f" = '{LEADER}' and query like '%pg_try_advisory_lock%' and state = 'idle'")


def try_no_wait():
    """75 at once; the first run does not notice."""
    for action in (ACTIONS[0], ACTIONS[1]):
        with SHARED[action.name] as trial:
            with STEPS["the last row is written"](trial) as stall, trial.start() as first:
                stall.reached(first)
                second = trial.start("--no-wait")
                second.expect_code(75).expect_error("another run holds the lock")
                expect_equal(len(run_rows(trial.session, "status = 'running'")), 1, "running")
                stall.release()
                first.expect_code(0)
            trial.expect_published()
            trial.finish()


def try_wait():
    """The second waits, then finds nothing to do; the public result is one run's."""
    with SHARED["close"] as trial:
        with STEPS["standings are attached"](trial) as stall, trial.start() as first:
            stall.reached(first)
            with trial.start() as second:
                wait_until(lambda: waits_for_lock(trial), "the second run to wait")
                expect(second.running(), "the second run did not wait; " + second.told())
                stall.release()
                first.expect_code(0)
                second.expect_code(0)
        expect("Period 2025-12 closed" in first.out, first.told())
        expect("nothing was recorded late" in " ".join(second.out.split()), second.told())
        trial.expect_published()


def try_stop_waiter():
    """A signal ends the wait for the other run at once."""
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        with SHARED["settle"] as trial:
            with STEPS["standings are attached"](trial) as stall, trial.start() as first:
                stall.reached(first)
                with trial.start() as second:
                    wait_until(lambda: waits_for_lock(trial), "the second run to wait")
                    second.kill(number)
                    expect(second.ends_within(5), "the second run went on to wait")
                    second.expect_code(code).expect_error("what was being done was not published")
                stall.release()
                first.expect_code(0)
            trial.expect_published()


def look_while_it_runs():
    with SHARED["settle"] as trial:
        with STEPS["the last row is written"](trial) as stall, trial.start() as first:
            stall.reached(first)
            status = run_job(trial.database, "status").out
            expect("A run is at work now." in status, status)
            run_job(trial.database, *trial.action.words, "--dry-run")
            # Differences: late events wait for a restatement.
            run_job(trial.database, "verify", "--period", "2025-11", code=1)
            expect(first.running(), "the run ended; " + first.told())
            stall.release()
            first.expect_code(0)
        trial.expect_published()


def no_database():
    with tempfile.TemporaryDirectory() as nowhere:
        for words in ACTIONS[0].words, ("status",), ("verify", "--period", "2025-12"):
            job = Job("postgres", words, host=nowhere).expect_code(69)
            job.expect_error("hint: say where the database is")
    job = Job("tierclose_no_such_database", ACTIONS[0].words).expect_code(69)
    job.expect_error('database "tierclose_no_such_database" does not exist')


def no_tables():
    Job("postgres", ACTIONS[0].words).expect_code(78).expect_error("deploy sql/")


def register():
    add_case("two runs: the second ends with 75 if it may not wait", try_no_wait)
    add_case("two runs: the second waits and finds nothing to do", try_wait)
    add_case("two runs: a signal ends the wait for the other", try_stop_waiter)
    add_case("two runs: readers and looks at the run are not held up by it", look_while_it_runs)
    add_case("no database: 69 and where to say which one", no_database)
    add_case("no tables: 78 and what to deploy", no_tables)
