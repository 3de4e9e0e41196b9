#!/usr/bin/python3
"""The commands of one seed, given to the job and to the model's Book alike.

Three kinds by seed: `plain` closes periods in turn or catches up; `late` settles a period and then
finds it final; `restate` corrects closed periods by restate or backfill.
"""

import datetime
import subprocess

import database
import differences
import explained
from book import Book
from generate import ALL_KINDS
from programme import month_add, month_last_day, month_of

SCENARIOS = ["plain", "late", "restate"]


class Failure(Exception):
    """What differed, as lines of text."""


def days_after(period, count):
    """The local date that many days after the period's last day."""
    return month_last_day(period) + datetime.timedelta(days=count)


class Scenario:

    def __init__(self, case, job, name, folder, explains=False):
        self.case = case
        self.random = case.random
        self.explains = explains    # at the end, every member of every closed period
        self.job = job
        self.database = name
        self.folder = folder
        self.book = Book(case.programme, ALL_KINDS)
        self.loaded = []            # events in the database
        self.config = folder / "programme.yaml"
        self.config.write_text(case.programme.text, encoding="utf-8")
        self.history = []           # the commands, for the report of a failure
        self.middle = None          # the period whose events arrive late
        self.lots = ([], [], [])    # events loaded at once, and two lots that arrive late

    # ------------------------------------------------------------ both sides

    def tierclose(self, command, today, *options, database_name=None):
        """Runs the job; its stdout. An exit code other than 0 is a failure."""
        line = [self.job, command, "--config", str(self.config),
                "--dsn", f"dbname={database_name or self.database}", "--today", str(today),
                *options]
        self.history.append(" ".join(line))
        done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        if done.returncode != 0:
            raise Failure(f"exit code {done.returncode} of: {' '.join(line)}\n"
                          f"{done.stdout[-1000:]}{done.stderr[-3000:]}")
        return done.stdout

    def check(self, today):
        """What is published must be what the Book holds."""
        shown_on = today + datetime.timedelta(days=self.random.choice([0, 0, 15, 60]))
        lines = differences.compare_all(
            self.book, database.published(self.database, shown_on), shown_on)
        if lines:
            raise Failure("\n".join(lines))

    def close(self, period, today, *options):
        self.book.close(self.case.members, self.loaded, period, today)
        self.tierclose("close", today, "--period", period, *options)
        self.check(today)

    def load_late(self, events):
        if events:
            database.append(self.database, self.folder / "late.csv", events)
        self.loaded = self.loaded + events
        self.history.append(f"({len(events)} events arrive late)")

    # ------------------------------------------------------------ plain

    def closing_days(self):
        """For each period the day on which it is closed."""
        if self.random.random() < 0.2:
            day = days_after(self.case.periods[-1], self.random.choice([31, 366, 1000]))
            return [day for _ in self.case.periods]
        return [days_after(period, self.random.choice([0, 0, 1, 4, 7, 8, 14, 15, 20, 27]))
                for period in self.case.periods]

    def plain(self):
        """Closes one by one, or the first and then a catch-up; a rerun; workers; a backfill."""
        periods = self.case.periods
        days = self.closing_days()
        twin = self.database + "_twin"
        database.create(twin, self.database)
        try:
            self.close(periods[0], days[0], "--workers", "1")
            self.compare_twin(twin, periods[0], days[0])
            if len(periods) > 1 and self.random.random() < 0.4:
                self.catch_up(periods[1:])
            else:
                for period, day in zip(periods[1:], days[1:]):
                    self.close(period, day)
            # 8.2: the same again changes nothing.
            self.close(periods[-1], max(days[-1], days_after(periods[-1], 1)))
            self.compare_backfill(twin, days[-1])
        finally:
            database.drop(twin)

    def catch_up(self, periods):
        """Contract 8.4: `close` without a period closes all that are due."""
        today = days_after(periods[-1], self.random.choice([0, 1, 7, 8, 15, 20]))
        for period in periods:
            self.book.close(self.case.members, self.loaded, period, today)
        self.tierclose("close", today)
        self.check(today)

    def compare_twin(self, twin, period, today):
        """One worker and four give the same checksum."""
        self.tierclose("close", today, "--period", period, "--workers", "4", database_name=twin)
        one = database.published(self.database, today)["checksums"]
        four = database.published(twin, today)["checksums"]
        if one != four or not one.get(period):
            raise Failure(f"checksums: one worker {one}, four workers {four}")

    def compare_backfill(self, twin, today):
        """A backfill over all periods equals the closes one by one."""
        periods = self.case.periods
        today = max(today, days_after(periods[-1], 0))
        self.tierclose("backfill", today, "--from", periods[0], "--to", periods[-1],
                       database_name=twin)
        found = database.published(twin, today)
        expected = differences.standings(self.book) + differences.level_changes(self.book)
        rows = differences.tuples(found["standings"] + found["level_changes"])
        lines = differences.compare_rows("backfill", expected, rows)
        if lines:
            raise Failure("\n".join(lines))

    # ------------------------------------------------------------ late events

    def split_late(self, period):
        """The events loaded at once, and two lots that arrive later."""
        lots = ([], [], [])
        for event in self.case.events:
            own = month_of(self.case.programme.local(event.occurred_at)) == period
            late = self.random.random() < (0.3 if own else 0.08)
            lots[self.random.choice([1, 1, 2]) if late else 0].append(event)
        return lots

    def late(self):
        """Closes up to a period, settles it, finds it final, and goes on."""
        periods = self.case.periods
        index = periods.index(self.middle)
        settling = self.middle
        effective_day = self.case.programme.effective_day
        first = self.random.choice([0, 0, 1, effective_day - 2])
        again = self.random.randint(max(first, 1), effective_day - 1)
        for period in periods[:index]:
            self.close(period, days_after(period, self.random.choice([0, 3, 10])))
        self.close(settling, days_after(settling, first))
        self.load_late(self.lots[1])
        today = days_after(settling, again)
        self.book.close(self.case.members, self.loaded, settling, today)
        options = ["--period", settling] if self.random.random() < 0.5 else []
        self.tierclose("close", today, *options)
        self.check(today)
        self.load_late(self.lots[2])
        self.close(settling, days_after(settling, effective_day + self.random.choice([0, 1, 12])))
        for period in periods[index + 1:]:
            self.close(period, days_after(period, self.random.choice([0, 1, 9, 20])))

    def restate(self):
        """Closes all, then corrects some of it by a command, and closes one period more."""
        periods = self.case.periods
        for period in periods:
            self.close(period, days_after(period, self.random.choice([0, 1])))
        self.load_late(self.lots[1] + self.lots[2])
        today = days_after(periods[-1], self.random.choice([1, 2, 4, 5, 7, 8, 9, 14, 15, 60, 400]))
        first = self.random.choice([0, periods.index(self.middle)])
        last = self.random.randrange(first, len(periods))
        if self.random.random() < 0.5:
            self.book.restate(self.case.members, self.loaded, periods[first], today)
            self.tierclose("restate", today, "--period", periods[first])
        else:
            self.book.backfill(self.case.members, self.loaded, periods[first], periods[last], today)
            self.tierclose("backfill", today, "--from", periods[first], "--to", periods[last])
        self.check(today)
        following = month_add(periods[-1], 1)
        if self.case.programme.rules_for(following) is not None:
            self.close(following, max(today, days_after(following, 0)))

    # ------------------------------------------------------------ all of it

    def run(self, template):
        """Raises Failure where the job and the model differ."""
        kind = SCENARIOS[self.case.seed % len(SCENARIOS)]
        self.middle = self.random.choice(self.case.periods)
        self.lots = (self.case.events, [], []) if kind == "plain" else self.split_late(self.middle)
        database.create(self.database, template)
        database.psql(self.database, database.load_script(
            self.folder, self.extra_kinds(), self.case.members, self.lots[0], self.case.events))
        self.loaded = list(self.lots[0])
        {"plain": self.plain, "late": self.late, "restate": self.restate}[kind]()
        if self.explains:
            lines = explained.differences_of(self, days_after(max(self.book.periods), 400))
            if lines:
                raise Failure("\n".join(lines))

    def extra_kinds(self):
        return {number: name for number, name in ALL_KINDS.items() if number >= 100}
