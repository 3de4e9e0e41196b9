"""A close that has two months to catch up with ends between them: the first stands, whole.

Each month is a publication of its own, so there are three states that readers may see.
"""

import signal

from actions import OPEN
from cases import add_case, expect, expect_equal
from job import LEADER, Job, run_job, wait_until_gone
from live import Copy, Session
from proxy import Proxy, is_commit
from published import expect_nothing_left, fingerprint

TODAY = "2026-02-02"
WORDS = ("close", "--today", TODAY)
ENDS = {"cut": 69, signal.SIGKILL: -9, signal.SIGTERM: 143}


class AfterFirstCommit:
    """Does its harm at the fifth message of the leader after the first commit."""

    def __init__(self, kind):
        self.kind = kind
        self.job = None
        self._committed_at = None

    def __call__(self, connection, unit):
        if connection.name != LEADER:
            return
        if self._committed_at is None:
            self._committed_at = connection.count if is_commit(unit) else None
        elif connection.count == self._committed_at + 5:
            if self.kind == signal.SIGKILL:
                self.job.kill_9()
            elif self.kind != "cut":
                self.job.kill(self.kind)
                return
            connection.cut()


def states(database):
    """After the first month only, and after both."""
    with Copy(OPEN, database) as name, Session(name) as session:
        run_job(name, *WORDS, "--period", "2025-12")
        first = fingerprint(session, TODAY)
        run_job(name, *WORDS)
        return first, fingerprint(session, TODAY)


def try_end(kind):
    first, both = states(f"tierclose_fault_states_{ENDS[kind]}")
    with Copy(OPEN, f"tierclose_fault_catch_up_{ENDS[kind]}") as name, Session(name) as session:
        rule = AfterFirstCommit(kind)
        with Proxy(rule) as proxy, Job(name, WORDS, host=proxy.host) as job:
            rule.job = job
            job.expect_code(ENDS[kind])
        wait_until_gone(session, name)
        expect_equal(fingerprint(session, TODAY), first, "what readers see")
        expect_nothing_left(session)
        expect("nothing was published" not in job.err, f"2025-12 was published; {job.told()}")
        run_job(name, *WORDS)
        expect_equal(fingerprint(session, TODAY), both, "what readers see after the next run")


def register():
    for kind in ENDS:
        word = kind if kind == "cut" else kind.name
        add_case(f"close of two months: ended between them ({word})", try_end, kind)
