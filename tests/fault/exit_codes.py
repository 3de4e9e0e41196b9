"""Each exit code of the contract, provoked for real (contract 9).

Here they stand in one place, the simplest way to each; other tests go by other ways. Whoever adds a
code to the table of --help adds one here.
"""

import re
import signal
import subprocess

from actions import ACTIONS, OPEN, SHARED
from cases import Skipped, add_case, expect, expect_equal
from commit_answer import run_cut
from injection import SANITIZED
from job import PROGRAM, Job
from live import Copy, psql
from sample_data import late_events
from stalls import STEPS

CLOSE = ("close", "--today", "2026-01-02")
ROOM_FIRST, ROOM_LAST, ROOM_STEP = 9_000_000, 400_000_000, 500_000  # bytes


def on_copy(code, words, *errors, before=""):
    """A command, after some SQL, in a database with three closed months."""
    with Copy(OPEN, f"tierclose_fault_exit_{code}_{len(before)}") as database:
        psql(database, before)
        job = Job(database, words).expect_code(code)
        if errors:
            job.expect_error(*errors)
        else:
            expect_equal(job.err, "", "stderr")


def done():
    on_copy(0, CLOSE)
    on_copy(0, ("close", "--today", "2025-12-20"))


def difference():
    on_copy(1, ("verify", "--period", "2025-11"), before=late_events(10))


def overdue():
    on_copy(2, ("status", "--check", "--today", "2026-02-02"))


def wrong_usage():
    on_copy(64, ("close", "--perod", "2025-12"), "--perod")


def bad_data():
    on_copy(65, ("close", "--period", "2026-02", "--today", "2026-01-02"), "2026-02")
    on_copy(65, ("verify", "--period", "2031-01"), "2031-01")
    on_copy(65, CLOSE, "has no registered_on", before="alter table loyalty.member"
            " alter registered_on drop not null; update loyalty.member set registered_on = null;")


def no_database():
    Job("tierclose_no_such_database", CLOSE).expect_code(69).expect_error("does not exist")


def broken_invariant():
    """Somebody has removed what the job had published."""
    on_copy(70, CLOSE, "the closed periods have a gap",
            before="delete from tierclose.published where period = '2025-10';")


def no_memory():
    """The system grants more and more memory until it is enough; nothing is injected."""
    if SANITIZED:
        raise Skipped("a sanitizer needs more addresses than a limit leaves")
    told = []
    with SHARED["close"] as trial:
        for room in range(ROOM_FIRST, ROOM_LAST, ROOM_STEP):
            job = trial.start(workers=1, through=("prlimit", "--stack=200000", f"--as={room}"))
            if job.wait() == 0:
                break
            if "while loading shared libraries" not in job.err:
                job.expect_code(70).expect_error()
                trial.expect_unpublished()
                told.append(job.err)
        trial.expect_published()
    expect(any("out of memory" in err and "not published" in err for err in told),
           f"no run was out of memory: {told}")


def outcome_unknown():
    with SHARED["close"] as trial:
        run_cut(trial, "before the answer").expect_code(74).expect_error("outcome is unknown")
        trial.expect_published()


def locked():
    with SHARED["close"] as trial:
        with STEPS["the last row is written"](trial) as stall, trial.start() as first:
            stall.reached(first)
            trial.start("--no-wait").expect_code(75).expect_error("another run holds the lock")
            stall.release()
            first.expect_code(0)


def wrong_configuration():
    Job("postgres", CLOSE, config="/dev/null").expect_code(78).expect_error("/dev/null")
    Job("postgres", CLOSE).expect_code(78).expect_error("deploy sql/")


def stopped(number, code):
    with SHARED["close"] as trial:
        with STEPS["standings are attached"](trial) as stall, trial.start() as job:
            stall.reached(job)
            job.kill(number)
            job.expect_code(code).expect_error(f"stopped by {number.name}")
            stall.release()
        trial.expect_unpublished()


CODES = {
    0: done,
    1: difference,
    2: overdue,
    64: wrong_usage,
    65: bad_data,
    69: no_database,
    70: broken_invariant,
    74: outcome_unknown,
    75: locked,
    78: wrong_configuration,
    130: lambda: stopped(signal.SIGINT, 130),
    143: lambda: stopped(signal.SIGTERM, 143),
}


def all_have_one():
    text = subprocess.run([PROGRAM, "--help"], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.partition("Exit codes:")[2]
    told = [int(code) for code in re.findall(r"^ {1,4}(\d+)  ", text, re.MULTILINE)]
    expect_equal(told, list(CODES), "the exit codes of --help")


def register():
    add_case("exit codes: each of --help has a test", all_have_one)
    for code, function in CODES.items():
        add_case(f"exit code {code}", function)
    add_case("exit code 70 where the system has no memory left", no_memory)
