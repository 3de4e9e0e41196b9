"""The first, the second, the third ... call of a command that only reads meets a fault.

It ends with an error and a code of the contract, or, where the call was not needed, with what it
prints undisturbed. Also what is written: each line of stdout, each piece of stderr.
"""

import dataclasses
import functools
import signal

from actions import ACTIONS, OPEN, SHARED
from cases import add_case, expect, expect_equal
from injection import Injection
from job import Job
from live import Copy, Session
from published import fingerprint
from series import (CONNECTION_BREAKS, LIBPQ_FAILS, MEMORY_GONE, REFUSALS, SIGNAL_COMES,
                    SOCKET_FAILS, Series, run_injected, sample, try_series, whole)

COMMANDS = {
    "verify": ("verify", "--period", "2025-11"),
    "explain": ("explain", "--member", "2", "--period", "2025-11", "--format", "json"),
    "status": ("status", "--format", "json", "--today", "2026-01-10"),
    "dry_run": ("close", "--dry-run", "--workers", "1", "--today", "2026-01-02"),
}
# From the first line of main on: the configuration too.
CHECK = ("check",)
CHECK_SERIES = (
    dataclasses.replace(MEMORY_GONE, counts_from="main", sample=40),
    Series("a file fails", "system", ("error:24", "error:5"), (78,), 3, "main"),
)

DISK_FULL, IO_ERROR, NO_READER, READ_ONLY = 28, 5, 32, 30
STDOUT_FAILS = Series("stdout cannot be written", "stdout", tuple(
    f"always:{error}" for error in (DISK_FULL, IO_ERROR, NO_READER, READ_ONLY)), (70,), 2, "main")
STDERR_FAILS = dataclasses.replace(STDOUT_FAILS, name="stderr cannot be written",
                                   family="stderr")

# Only these say that the server keeps to itself which one it is; then everything is read.
IDENTITY = "pg_control_system"
KEPT = ("error:42501", "error:42883")
UNTOLD = "Mode: full, read in full: the server does not tell the job which one it is."
CALLS_MAX = 100


def printed(job):
    """What is the same each time."""
    return [line for line in job.out.splitlines() if "time taken" not in line]


def start(database, words, environment):
    return Job(database, words, environment=environment)


@functools.cache
def _undisturbed(database, words, counts_from):
    """What it prints, and how many calls it makes, by family."""
    injection = Injection("libpq", 0, "error:0", counts_from)
    job = start(database, words, injection.environment).expect_code(0)
    return printed(job), injection.spans()


def try_fault(session, words, series, number):
    injection, job = run_injected(
        lambda environment: start(session.database, words, environment), session, series, number)
    kind = series.kind_at(number)
    try:
        out = _undisturbed(session.database, words, series.counts_from)[0]
        if job.code == 0:
            if not (IDENTITY in str(injection) and kind in KEPT):  # try_identity has these
                expect_equal(printed(job), out, "what it printed")
        elif kind == signal.SIGKILL:
            expect_equal(job.code, -9, "exit code")
        else:
            expect(injection.was_hit(), f"it met no fault; {job.told()}")
            job.expect_code(*series.codes_of(kind)).expect_error()
    except Exception as failure:
        raise type(failure)(f"{injection}\n{failure}") from failure
    return injection.was_hit()


def try_command(name, words, series, numbers):
    with Copy(OPEN, f"tierclose_fault_{name}_{series.family}_{len(series.kinds)}") as database, \
            Session(database) as session:
        before = fingerprint(session, exact=True)
        chosen = numbers(name, series, lambda: _undisturbed(
            database, words, series.counts_from)[1][series.family])
        try_series(name, series, chosen, lambda number: try_fault(session, words, series, number))
        expect_equal(fingerprint(session, exact=True), before, "what readers see")


def try_identity():
    """A dry run asks which server it is, and each refusal but two ends it."""
    with Copy(OPEN, "tierclose_fault_identity") as database, Session(database) as session:
        def meet(number, kind):
            return run_injected(
                lambda environment: start(database, COMMANDS["dry_run"], environment), session,
                dataclasses.replace(LIBPQ_FAILS, kinds=(kind,)), number)

        number = next(number for number in range(1, CALLS_MAX)
                      if IDENTITY in str(meet(number, "error:57014")[0]))
        for state, code in REFUSALS.items():
            if f"error:{state}" not in KEPT:
                meet(number, f"error:{state}")[1].expect_code(code).expect_error(f"[{state}]")
        for kind in KEPT:
            job = meet(number, kind)[1].expect_code(0)
            expect(UNTOLD in job.out.splitlines(), job.told())


def try_stdout(name, words, numbers):
    """A line that is lost ends a command whose result it is with 70."""
    def try_line(session, number):
        injection, job = run_injected(
            lambda environment: start(session.database, words, environment), session,
            STDOUT_FAILS, number)
        if injection.was_hit():
            job.expect_code(70).expect_error("stdout cannot be written", "hint: ")
        else:
            job.expect_code(0)
        return injection.was_hit()

    with Copy(OPEN, f"tierclose_fault_{name}_stdout") as database, Session(database) as session:
        try_series(name, STDOUT_FAILS, numbers,
                   lambda number: try_line(session, number))


def try_stdout_of_close(action, numbers):
    """What was published stands, and the exit code says so; the lost summary is told on stderr."""
    def try_line(number):
        with SHARED[action.name] as trial:
            injection, job = run_injected(
                lambda environment: trial.start(environment=environment), trial.session,
                STDOUT_FAILS, number)
            job.expect_code(0)
            trial.expect_published()
            expect_equal(job.err, "warning: stdout cannot be written; what was published stands\n"
                         if injection.was_hit() else "", "stderr")
            return injection.was_hit()

    try_series(action.name, STDOUT_FAILS, numbers, try_line)


def try_stderr(numbers):
    """Nobody reads the error: the exit code is the same."""
    words = ("verify", "--period", "2031-01")

    def try_piece(session, number):
        injection, job = run_injected(
            lambda environment: start(session.database, words, environment), session,
            STDERR_FAILS, number)
        job.expect_code(65)
        expect_equal(job.out, "", "stdout")
        return injection.was_hit()

    with Copy(OPEN, "tierclose_fault_stderr") as database, Session(database) as session:
        try_series("verify", STDERR_FAILS, numbers, lambda number: try_piece(session, number))


def register(every):
    numbers = whole if every else sample
    for series in (LIBPQ_FAILS, CONNECTION_BREAKS, SIGNAL_COMES, SOCKET_FAILS, MEMORY_GONE):
        for name, words in COMMANDS.items():
            add_case(f"{name}: {series.name} at each call", try_command, name, words, series,
                     numbers)
    for series in CHECK_SERIES:
        add_case(f"check: {series.name} at each call", try_command, "check", CHECK, series,
                 numbers)
    add_case("dry_run: which server it is cannot be asked", try_identity)
    # Few lines are as good as many: the first and some more.
    lines = range(1, 1000) if every else (1, 2, 5, 1000)
    for name in ("verify", "status", "dry_run"):
        add_case(f"{name}: stdout cannot be written from each line on", try_stdout, name,
                 COMMANDS[name], lines)
    add_case("close: stdout cannot be written from each line on", try_stdout_of_close, ACTIONS[0],
             lines)
    add_case("verify: stderr cannot be written from each piece on", try_stderr, range(1, 1000))
