"""What the job is disturbed in: a close, a settle, a restate, a backfill.

Each has a database to begin with, the command, and what an undisturbed run makes of it. Close
begins with three closed months; the others with four, for which events came late.
"""

import dataclasses
import functools
import threading

from cases import Failure, expect, expect_equal
from job import Job, run_job, wait_until_gone
from live import Copy, Session, copy_database, drop_database, psql
from published import (expect_nothing_left, expect_tables_left, fingerprint, run_rows,
                       unpublished_tables)
from sample_data import late_events, load_sample

MEMBERS = 60
OPEN = "tierclose_fault_open"
LATE = "tierclose_fault_late"

# Where a test lets the job wait; see stalls.py. The view is the source of one configuration.
GATES = """
create schema fault;
grant usage on schema fault to public;
create function fault.gate(key bigint) returns boolean language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(key);
    return true;
end $$;
create function fault.gate_row() returns trigger language plpgsql as $$
begin
    perform fault.gate(tg_argv[0]::bigint);
    return new;
end $$;
create view fault.point_event as select * from loyalty.point_event
    where event_id <> (select event_id from loyalty.point_event
        where occurred_at > '2025-10-01' order by occurred_at limit 1) or fault.gate(1);
grant select on fault.point_event to tierclose_job;
"""


@dataclasses.dataclass(frozen=True)
class Action:
    name: str
    template: str
    words: tuple
    done: str  # in the summary of a run that published
    tables: int = 1  # of standings that a run writes

    def __str__(self):
        return self.name


ACTIONS = (
    Action("close", OPEN, ("close", "--today", "2026-01-02"), "Period 2025-12 closed by run"),
    Action("settle", LATE, ("close", "--today", "2026-01-03"), "Period 2025-12 settled by run"),
    Action("restate", LATE, ("restate", "--period", "2025-10", "--today", "2026-01-10"),
           "Period 2025-10 restated by run"),
    Action("backfill", LATE, ("backfill", "--from", "2025-10", "--to", "2025-12", "--today",
                              "2026-01-10"), "Period 2025-12 backfilled by run", tables=3),
)

# As a close, but all events of the window are read.
FULL = Action("close_in_full", OPEN, ("close", "--full", "--today", "2026-01-02"),
              "Period 2025-12 closed by run")

# Takes the lock and finds nothing to do: the month is final.
NOTHING_TO_DO = ("close", "--period", "2025-11", "--today", "2026-01-10")

_reference_locks = {action: threading.Lock() for action in (*ACTIONS, FULL)}


def make_templates():
    load_sample(OPEN, MEMBERS)
    psql(OPEN, GATES)
    run_job(OPEN, "backfill", "--from", "2025-09", "--to", "2025-11", "--today", "2025-12-05")
    copy_database(OPEN, LATE)
    run_job(LATE, "close", "--today", "2026-01-02")
    psql(LATE, late_events(10))


def drop_databases():
    for shared in SHARED.values():
        shared.close()
    drop_database(OPEN)
    drop_database(LATE)


@functools.cache
def _reference(action):
    name = f"{action.template}_{action.name}"
    with Copy(action.template, name) as database, Session(database) as session:
        before = fingerprint(session)
        expect(action.done in run_job(database, *action.words).out, f"{action} did nothing")
        after = fingerprint(session)
        expect_nothing_left(session)
        for view in ("standings", "level_changes", "coupon_grants", "anomalies"):
            expect(before[view] != after[view], f"{action} changes nothing in {view}")
        return before, after


def reference(action):
    """The fingerprints before and after an undisturbed run."""
    with _reference_locks[action]:
        return _reference(action)


class Trial:
    """A database for one action; faults come one after the other, each leaving it as before.

    The last word is finish(): the next run gives exactly the undisturbed result.
    """

    def __init__(self, action, label):
        self.action = action
        self.before, self.after = reference(action)
        self._copy = Copy(action.template, f"tierclose_fault_{label}")
        self.database = ""
        self.session = None

    def __enter__(self):
        self.database = self._copy.__enter__()
        self.session = Session(self.database)
        return self

    def connect_again(self):
        self.session.close()
        self.session = Session(self.database)

    def __exit__(self, *_):
        self.session.close()
        self._copy.__exit__()

    def start(self, *more_words, workers=2, **options):
        return Job(self.database, (*self.action.words, *more_words, *self._workers(workers)),
                   **options)

    def _workers(self, count):
        """Only close takes the number; the others have as many as there are cores."""
        return ("--workers", count) if self.action.words[0] == "close" else ()

    def published(self):
        """True: as after an undisturbed run. False: as before it. Anything else is a failure."""
        wait_until_gone(self.session, self.database)
        seen = fingerprint(self.session)
        if seen == self.after:
            return True
        if seen == self.before:
            return False
        differing = [view for view, rows in seen.items()
                     if rows not in (self.before[view], self.after[view])]
        raise Failure(f"readers see neither before nor after; differing: {differing or 'a mix'}")

    def expect_unpublished(self, tables=(0,)):
        """As before the run. Nothing is left of it but, where nobody could drop them any more, so
        many tables of standings; the next run drops those, whatever else it is for."""
        expect(not self.published(), "something was published")
        self._expect_tables_left(tables)

    def _expect_tables_left(self, tables):
        expect_tables_left(self.session, tables)
        if unpublished_tables(self.session):
            self.expect_swept()

    def expect_swept(self):
        """The next run drops what nobody published and marks who died, and nobody sees that."""
        before = self.published()
        run_job(self.database, *NOTHING_TO_DO)
        expect_equal(self.published(), before, "published, after the next run")
        expect_nothing_left(self.session)
        expect_equal(run_rows(self.session, "status = 'running'"), [], "still marked as running")

    def expect_published(self, tables=(0,)):
        """As after an undisturbed run; `tables` as above, of a run that died before."""
        expect(self.published(), "nothing was published")
        self._expect_tables_left(tables)

    def last_run(self):
        """Of the newest run: its status and its error."""
        run = run_rows(self.session)[-1]
        return run[3], run[4]

    def finish(self):
        """The next run marks the dead and does what an undisturbed one does."""
        if not self.published():
            job = run_job(self.database, *self.action.words)
            expect(self.action.done in job.out, "the next run did something else; " + job.told())
            expect(self.published(), "the next run published nothing")
        # A run that has nothing to do marks the dead too.
        expect_equal(run_job(self.database, "close", "--today", "2026-01-10").err, "", "stderr")
        expect_equal(run_rows(self.session, "status = 'running'"), [], "still marked as running")
        self.expect_published()


class SharedTrial:
    """One Trial of an action for many cases, one at a time: to copy a database takes longer than
    to run the job. A case that published, or failed, leaves a new copy to the next."""

    def __init__(self, action):
        self._action = action
        self._lock = threading.Lock()
        self._trial = None
        self._count = 0

    def __enter__(self):
        self._lock.acquire()
        try:
            if self._trial is None:
                self._count += 1
                self._trial = Trial(self._action, f"{self._action}_{self._count}")
                self._trial.__enter__()
        except BaseException:
            self._lock.release()
            raise
        return self._trial

    def __exit__(self, kind, *_):
        try:
            if not (kind is None and self._as_before()):
                trial, self._trial = self._trial, None
                trial.__exit__()
        finally:
            self._lock.release()

    def _as_before(self):
        try:
            return not self._trial.published()
        except Failure:
            return False

    def close(self):
        if self._trial is not None:
            self._trial.__exit__()


SHARED = {action.name: SharedTrial(action) for action in (*ACTIONS, FULL)}


def died(trial):
    """The newest run left no word; the ledger's reader knows that it is dead."""
    out = run_job(trial.database, "status", "--today", "2026-01-10").out
    return "died: nothing of it was published" in " ".join(out.split())
