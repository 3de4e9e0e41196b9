"""What the run ledger says was published, done in the model's Book.

The ledger tells what ran and with which snapshot. That these were the right runs, and that none was
missing, is judged here by the contract; what they published, by comparing it with the Book.
"""

from dataclasses import dataclass

from book import LevelsChanged
from cases import Failure, expect, expect_equal
from programme import month_add, month_last_day, month_of

NEW_RUNS = """select run_id, period, action, status, snapshot from tierclose.run
where run_id > {after} order by run_id"""


@dataclass
class Run:
    run_id: int
    period: str
    action: str
    status: str
    snapshot: str


@dataclass(frozen=True)
class Command:
    """Of the job: close, or restate and backfill with their periods."""
    name: str
    first: str = ""
    last: str = ""
    options: tuple = ()

    def words(self, today):
        periods = {"close": [], "restate": ["--period", self.first],
                   "backfill": ["--from", self.first, "--to", self.last]}
        return [self.name, "--today", today, *periods[self.name], *self.options]


def due_periods(book, today):
    """Contract 8.4: the periods that a close without one closes, the oldest first."""
    month = month_of(today)
    newest = month if today == month_last_day(month) else month_add(month, -1)
    if not book.periods:
        return [newest]
    due = []
    period = month_add(max(book.periods), 1)
    while period <= newest:
        due.append(period)
        period = month_add(period, 1)
    return due


def settles(book, today):
    """Contract 8.3: the period that a close looks at again when none is due, or None."""
    newest = max(book.periods)
    return newest if book.programme.settle and not book.is_final(newest, today) else None


class Follower:

    def __init__(self, book, session, events_in):
        """events_in: from a snapshot to the events in it."""
        self.book = book
        self.session = session
        self.events_in = events_in
        self.last_run = 0

    def read_runs(self):
        """The new rows of the ledger."""
        rows = self.session.query(NEW_RUNS.format(after=self.last_run))
        runs = [Run(int(row[0]), *row[1:]) for row in rows]
        if runs:
            self.last_run = runs[-1].run_id
        return runs

    def follow(self, runs, members, today, command):
        """Does in the Book what was published. command: the operator's, if there is one. Returns
        whether that one was carried out."""
        published = [run for run in runs if run.status == "published"]
        done = False
        while published:
            if published[0].action in ("close", "settle"):
                self._nightly(published.pop(0), members, today)
                continue
            expect(command is not None and not done, f"nobody asked for {published[0]}")
            group = []
            while published and published[0].action == command.name:
                group.append(published.pop(0))
            expect(group, f"nobody asked for {published[:1]}")
            self._operator(group, members, today, command)
            done = True
        return done

    def _nightly(self, run, members, today):
        due = due_periods(self.book, today)
        wanted = ("close", due[0]) if due else ("settle", settles(self.book, today))
        expect_equal((run.action, run.period), wanted, f"what run {run.run_id} did on {today}")
        self.book.close(members, self.events_in(run.snapshot), run.period, today)

    def _operator(self, group, members, today, command):
        periods = [run.period for run in group]
        asked = []
        period = command.first
        while period <= command.last:
            asked.append(period)
            period = month_add(period, 1)
        expect_equal(periods[:len(asked)], asked, f"the periods of {command}")
        carried = periods[len(asked):]
        expect(carried == sorted(set(carried)) and all(period > command.last for period in carried),
               f"{command} carried levels into {carried}")
        snapshots = {run.snapshot for run in group[:len(asked)]}
        expect(len(snapshots) == 1, f"the snapshots of {command}: {snapshots}")
        try:
            self.book.backfill(members, self.events_in(snapshots.pop()), command.first,
                               command.last, today)
        except LevelsChanged as period:
            raise Failure(f"{command} carried levels into {period}, which has others") from None

    def would_refuse(self, members, events, today, command):
        """Whether the operator's command meets levels of other names."""
        try:
            self.book.copy().backfill(members, events, command.first, command.last, today)
        except LevelsChanged:
            return True
        return False

    def has_differences(self, members, events, today, period):
        """What `verify` must find: whether a closed period would come to something else now."""
        now = self.book.result(members, events, period, today)
        stands = self.book.periods[period]
        held = {key[1:] for key in self.book.grants if key[0] == period}
        # A grant that is kept though undeserved is no difference, nor that it is deserved again.
        return ((now.levels, now.standings, now.changes)
                != (stands.levels, stands.standings, stands.changes)
                or bool(now.grants - held) or bool(stands.grants - now.grants))

    def expect_nothing_missed(self, members, events, today, runs):
        """After a nightly close that succeeded. events: those that were committed before it."""
        due = due_periods(self.book, today)
        expect_equal(due, [], f"periods still due after the close of {today}")
        period = settles(self.book, today)
        if period is None or any(run.period == period for run in runs):
            return
        now = self.book.result(members, events, period, today)
        stands = self.book.periods[period]
        for what in ("standings", "changes", "grants", "anomalies", "month_fates"):
            if getattr(now, what) != getattr(stands, what):
                raise Failure(f"the close of {today} did not settle {period}, but its {what} are "
                              f"others now:\n{difference(getattr(stands, what), getattr(now, what))}")


def difference(before, after):
    """A few of the entries that are not the same, of two sets or dictionaries."""
    if isinstance(before, set):
        return f"  gone {sorted(before - after)[:5]}, new {sorted(after - before)[:5]}"
    keys = [key for key in sorted(set(before) | set(after), key=str)
            if before.get(key) != after.get(key)]
    return "\n".join(f"  {key}: {before.get(key)}, now {after.get(key)}" for key in keys[:5])
