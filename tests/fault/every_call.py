"""The first, the second, the third ... call of a job that publishes meets a fault.

A call of libpq fails, or finds its connection broken; a socket fails under libpq; memory is not
there; a thread or a file cannot be had; SIGINT, SIGTERM and SIGKILL come, or pg_terminate_backend
for one of the job's connections, at the N-th call of libpq, which is a good clock. inject.h says
how this is done, series.py which calls are taken.
"""

import functools
import signal

from actions import ACTIONS, FULL, SHARED
from cases import add_case, expect, expect_equal
from commit_answer import newest_of_status
from injection import Injection, expect_hit
from series import RARE_CALLS, SERIES, Series, run_injected, sample, try_series, whole

# After so many faults the next run is tried to its end, not only to the next fault.
RUNS_BETWEEN_FINISHES = 20
POLL_FAILS = Series("a wait fails", "socket", ("error:0",), (69,), 0, call="poll")
POLLS_UNTIL_SWEPT = 14


@functools.cache
def _spans(action):
    """How many calls an undisturbed run makes, by family."""
    with SHARED[action.name] as trial:
        injection = Injection("libpq", 0, "error:0")
        trial.start(workers=1, environment=injection.environment).expect_code(0)
        trial.expect_published()
        return injection.spans()


def expect_too_late(injection):
    """A signal may be too late to end a run, but only after its last look, before the commit."""
    commit_from = injection.spans()["libpq"].commit_from
    expect(0 < commit_from < injection.number, "it came before the commit, which was done")


def check_end(trial, series, kind, job, published):
    """The exit code and the message are those of the contract, and true."""
    code = job.code
    if code == 0:
        expect(published, f"exit code 0, but nothing was published; {job.told()}")
        expect(trial.action.done in job.out or "what was published stands" in job.err,
               f"it does not tell of the publication; {job.told()}")
        return
    if kind == signal.SIGKILL:
        expect_equal(code, -9, "exit code")
        return
    job.expect_code(74, *series.codes_of(kind))
    expect(trial.action.done not in job.out, f"it tells of a publication; {job.told()}")
    if code == 74:
        job.expect_error("outcome is unknown", "tierclose status")
        expect_equal(newest_of_status(trial)[3], "published" if published else "died",
                     "what status says of the run")
    else:
        job.expect_error(*(("stopped by SIG",) if isinstance(kind, signal.Signals) else ()))
        expect(not published, f"it was published; {job.told()}")


def tables_left(trial, kind, call, code):
    """Whoever dies, has lost a connection or does not know the outcome may drop nothing."""
    refused = call in ("PQexec", "PQexecParams") and str(kind).startswith("error:")
    tidy = code not in (-9, 74) and (refused or kind in (signal.SIGINT, signal.SIGTERM))
    return (0,) if tidy else range(trial.action.tables + 1)


def check(trial, series, injection, job):
    published = trial.published()
    kind = series.kind_at(injection.number)
    check_end(trial, series, kind, job, published)
    if job.code == 0 and kind in (signal.SIGINT, signal.SIGTERM):
        expect_too_late(injection)
    if published:
        trial.expect_published(range(trial.action.tables + 1))
    else:
        trial.expect_unpublished(tables_left(trial, kind, injection.call(), job.code))


def try_fault(action, series, number):
    with SHARED[action.name] as trial:
        injection, job = run_injected(
            lambda environment: trial.start(workers=1, environment=environment), trial.session,
            series, number)
        try:
            if not injection.was_hit():
                job.expect_code(0)
                trial.expect_published()
                trial.finish()
                return False
            check(trial, series, injection, job)
            if number % RUNS_BETWEEN_FINISHES == 0:
                trial.finish()
        except Exception as failure:
            raise type(failure)(f"{injection}\n{failure}") from failure
        return True


def try_action(action, series, numbers):
    chosen = numbers(action.name, series, lambda: _spans(action)[series.family])
    try_series(action.name, series, chosen, lambda number: try_fault(action, series, number))


def try_sweep():
    """A statement whose failure alone is no matter: but its answer may be taken for the next one's.
    """
    with SHARED["close"] as trial:
        for number in range(1, POLLS_UNTIL_SWEPT + 1):
            run_id = 900 + number
            trial.session.query(
                f"create table tierclose.standing_run_{run_id} (like tierclose.standing);"
                f" alter table tierclose.standing_run_{run_id} owner to tierclose_job")
            injection, job = run_injected(
                lambda environment: trial.start(workers=1, environment=environment),
                trial.session, POLL_FAILS, number)
            expect_hit(injection.was_hit(), f"{injection}: ")
            job.expect_code(69).expect_error("Cannot allocate memory")
            trial.expect_unpublished((0, 1))


def register(every):
    for series in SERIES:
        for action in (*ACTIONS, FULL):
            add_case(f"{action}: {series.name} at each call", try_action, action, series,
                     whole if every else sample)
    add_case("close: a wait for an answer fails where a dead run's table is dropped", try_sweep)
    for series in () if every else RARE_CALLS:
        for action in ACTIONS[:2]:
            add_case(f"{action}: {series.name} at each call", try_action, action, series, whole)
