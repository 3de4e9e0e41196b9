"""Which calls of the job meet which fault: series of injections, whole or as a seeded sample.

A whole series takes the first, the second, the third ... call until a run meets no fault. A sample
has the first and the last call, those around the commit, and some in between.
"""

import dataclasses
import itertools
import os
import random
import signal
import threading

from cases import Failure, expect, wait_until
from injection import Injection, expect_hit
from job import backends

SEED = int(os.environ.get("INJECT_SEED", "1"))
# K/N: of a whole series the K-th call, and each N-th after it.
PART = tuple(map(int, os.environ.get("INJECT_PART", "1/1").split("/")))
CALLS_MAX = 50000
FAILURES_SHOWN = 4
ENDS = 1
AROUND_COMMIT = 1

# What the server says: SQLSTATE and the exit code that the job makes of it.
REFUSALS = {"57014": 69, "55P03": 75, "53100": 69, "40P01": 69, "XX000": 69, "42501": 78}
ENDED_BY = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}
TERMINATED = "pg_terminate_backend"


@dataclasses.dataclass(frozen=True)
class Series:
    """Calls of one family, or of one function in it, the faults that take turns at them, the exit
    codes they may lead to, and how many calls beside the fixed ones a sample has."""
    name: str
    family: str
    kinds: tuple
    codes: tuple
    sample: int
    counts_from: str = "libpq"
    call: str = ""

    def kind_at(self, number):
        return self.kinds[number % len(self.kinds)]

    def codes_of(self, kind):
        if isinstance(kind, signal.Signals):
            return (ENDED_BY[kind],)
        return (69,) if kind == TERMINATED else self.codes


LIBPQ_FAILS = Series("libpq fails", "libpq", tuple(f"error:{state}" for state in REFUSALS),
                     (70, *sorted(set(REFUSALS.values()))), 5)
CONNECTION_BREAKS = Series("a connection breaks", "libpq", ("reset:0",), (69,), 4)
SIGNAL_COMES = Series("a signal comes", "libpq", (*ENDED_BY, TERMINATED), (), 6)
SOCKET_FAILS = Series("a socket fails", "socket", ("error:0",), (69,), 3)
MEMORY_GONE = Series("memory is not there", "memory", ("error:0",), (70,), 3)
# EMFILE, and what pthread_create says by itself.
SYSTEM_FAILS = Series("a thread or file fails", "system", ("error:24",), (69, 70), 2)
# A run has few of these, so that no sample is sure to meet them.
RARE_CALLS = tuple(Series(f"{call} fails", "libpq", ("error:57014",), (69,), 0, call=call)
                   for call in ("PQconnectdbParams", "PQputCopyData", "PQputCopyEnd"))
SERIES = (LIBPQ_FAILS, CONNECTION_BREAKS, SIGNAL_COMES, SOCKET_FAILS, MEMORY_GONE, SYSTEM_FAILS)

_tally = {}
_tally_lock = threading.Lock()


def print_tally():
    for name, count in sorted(_tally.items()):
        print(f"{name}: {count} calls")
    print(f"calls that met a fault: {sum(_tally.values())} (seed {SEED})")


def whole(_name, _series, _span):
    return itertools.count(*PART)


def sample(name, series, span):
    """Ends behind the last call: there the run is undisturbed."""
    total = span().total
    commit = (range(span().commit_from - AROUND_COMMIT + 1, span().commit_until + AROUND_COMMIT + 1)
              if span().commit_until > 0 else ())
    chosen = {number for number in (*range(1, ENDS + 1), *range(total - ENDS + 1, total + 1),
                                    *commit) if 0 < number <= total}
    others = [number for number in range(1, total + 1) if number not in chosen]
    rolls = random.Random(f"{SEED} {name} {series.name}")
    chosen.update(rolls.sample(others, min(series.sample, len(others))))
    return [*sorted(chosen), total * 2 + 100]


def _kind_for_library(kind):
    if kind == TERMINATED:
        return f"signal:{int(signal.SIGSTOP)}"
    return f"signal:{int(kind)}" if isinstance(kind, signal.Signals) else kind


def wait_until_stopped(job):
    """False: it ended without coming to the call."""
    wait_until(lambda: not job.running() or job.process_stopped(), f"{job} to stop or end")
    return job.running()


def _terminate_one(session, job, number):
    """The job has stopped at a call: one of its connections is ended, each in its turn."""
    if wait_until_stopped(job):
        pids = backends(session, session.database)
        if pids:
            session.query(f"select pg_terminate_backend({pids[number % len(pids)]}, 10000)")
    job.kill(signal.SIGCONT)


def run_injected(start, session, series, number):
    """`start(environment)` starts the job; it meets the fault of that number, and ends."""
    kind = series.kind_at(number)
    injection = Injection(series.family, number, _kind_for_library(kind), series.counts_from,
                          series.call)
    with start(injection.environment) as job:
        if kind == TERMINATED:
            _terminate_one(session, job, number)
        job.wait()
        # While libpq connects nobody can keep it from saying so itself.
        job.err = "".join(line for line in job.err.splitlines(keepends=True)
                          if kind != TERMINATED or not line.startswith("FATAL:  terminating"))
    return injection, job


def try_series(name, series, numbers, try_fault):
    """`try_fault(number)`: whether the run met the fault. Goes on after failures, tells them."""
    failures = []
    count = 0
    for number in numbers:
        expect(number < CALLS_MAX, "there is no end of calls")
        try:
            if not try_fault(number):
                break
        except Failure as failure:
            failures.append(str(failure))
        count += 1
    with _tally_lock:
        _tally[f"{name}: {series.name}"] = count
    expect_hit(count > 0, "")
    expect(not failures, f"{len(failures)} of {count} calls:\n"
                         + "\n".join(failures[:FAILURES_SHOWN]))
