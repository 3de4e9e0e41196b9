"""A close that has two months to catch up with ends in the second: the first stands, whole.

Each month is a publication of its own, so there are three states that readers may see.
"""

import signal

from actions import OPEN
from cases import add_case, expect, expect_equal
from job import LEADER, Job, run_job, wait_until_gone
from live import Copy, Session
from proxy import Proxy, is_commit
from published import expect_nothing_left, expect_tables_left, fingerprint

TODAY = "2026-02-02"
WORDS = ("close", "--today", TODAY)
ENDS = {"cut": 69, signal.SIGKILL: -9, signal.SIGTERM: 143}


# Where in the second month, and the tables that a job leaves that is killed there.
BEGINNING = "at its beginning"
ATTACHING = "where its standings are to be attached"
PLACES = {BEGINNING: (0,), ATTACHING: (1,)}
MESSAGES_LATER = 5


class AfterFirstCommit:
    """Does its harm at a message of the leader after the first commit."""

    def __init__(self, kind, place):
        self.kind = kind
        self.place = place
        self.job = None
        self._committed_at = None

    def __call__(self, connection, unit):
        if connection.name != LEADER:
            return
        if self._committed_at is None:
            self._committed_at = connection.count if is_commit(unit) else None
        elif self._is_there(connection, unit):
            if self.kind == signal.SIGKILL:
                self.job.kill_9()
            elif self.kind != "cut":
                self.job.kill(self.kind)
                return
            connection.cut()

    def _is_there(self, connection, unit):
        if self.place == ATTACHING:
            return b"attach partition" in unit
        return connection.count == self._committed_at + MESSAGES_LATER


def states(database):
    """After the first month only, and after both."""
    with Copy(OPEN, database) as name, Session(name) as session:
        run_job(name, *WORDS, "--period", "2025-12")
        first = fingerprint(session, TODAY)
        run_job(name, *WORDS)
        return first, fingerprint(session, TODAY)


def try_end(kind, place, first, both):
    with Copy(OPEN, f"tierclose_fault_catch_up_{ENDS[kind]}") as name, Session(name) as session:
        rule = AfterFirstCommit(kind, place)
        with Proxy(rule) as proxy, Job(name, WORDS, host=proxy.host) as job:
            rule.job = job
            job.expect_code(ENDS[kind])
        wait_until_gone(session, name)
        expect_equal(fingerprint(session, TODAY), first, f"what readers see, ended {place}")
        expect_tables_left(session, PLACES[place] if kind == signal.SIGKILL else (0,))
        expect("nothing was published" not in job.err, f"2025-12 was published; {job.told()}")
        run_job(name, *WORDS)
        expect_equal(fingerprint(session, TODAY), both, "what readers see after the next run")
        expect_nothing_left(session)


def try_ends(kind):
    first, both = states(f"tierclose_fault_states_{ENDS[kind]}")
    for place in PLACES:
        try_end(kind, place, first, both)


def register():
    for kind in ENDS:
        word = kind if kind == "cut" else kind.name
        add_case(f"close of two months: ended in the second ({word})", try_ends, kind)
