"""One seed: a programme, its members and its writers, night after night."""

import contextlib
import datetime
import random as random_module
from collections import Counter

import database
import differences
import model
from book import Book
from cases import Failure, Skipped, expect_equal
from doings import Doings
from follow import Follower, due_periods, settles
from generate import ALL_KINDS, CONFIG_FOLDER, boundary_amounts, choose_programme
from instants import ZONES, months_between
from live import Session
from nights import Nights
from programme import month_add, month_day, month_last_day, month_of
from programme_text import ProgrammeText
from tiny_disk import tiny_tablespace
from writers import Writers

DAY = datetime.timedelta(days=1)

# What tells when an event was recorded (8.5), in a view of the user's own; without: the table.
SOURCES = ["", "", "", "", ", recorded_xid", ", recorded_at", " "]
SOURCE_VIEW = """create schema shop;
create view shop.event as select event_id, member_id, kind, occurred_at, order_id, item_cents,
    discount_cents, category_ids, points{recorded} from loyalty.point_event;
grant usage on schema shop to tierclose_job;
grant select on shop.event to tierclose_job;"""


class Windows:
    """The members' windows as the model computed them, kept until their events change."""

    def __init__(self):
        self.kept = {}

    def __call__(self, programme, kinds, window, events):
        key = (programme.text, window[0], events[0].member_id if events else None)
        kept = self.kept.get(key)
        if kept is None or kept[0] != events:
            kept = (events, model.run_window(programme, kinds, window, events))
            self.kept[key] = kept
        return kept[1]

    def forget(self):
        self.kept.clear()


class Year:
    """`play` raises Failure where the job and the model differ; then day, history and title say
    where."""

    def __init__(self, seed, month_count, name, folder):
        self.seed = seed
        self.name = name
        self.random = random_module.Random(f"year {seed}")
        self.count = Counter()
        self.config = folder / "programme.yaml"
        timezone = self.random.choice(sorted(ZONES))
        self.months = months_between(self.random.choice(ZONES[timezone]), month_count)
        source, rules = choose_programme(
            self.random, timezone, self.months, [month_add(self.months[0], -1)] + self.months,
            CONFIG_FOLDER, None)
        self.text = ProgrammeText(rules.text)
        if self.random.random() < 0.1:
            self.text.head = self.text.head.replace("settle: true", "settle: false")
        self.recorded = self.random.choice(SOURCES)
        if self.recorded:
            self.text.head = self.text.head.replace("events: loyalty.point_event",
                                                    "events: shop.event")
        rules = self.text.programme()
        self.doings = Doings(self.random, rules, timezone, self.months, boundary_amounts(rules))
        self.windows = Windows()
        self.book = Book(rules, ALL_KINDS, self.windows)
        self.day = month_day(self.months[0], 1)
        self.stories_max = self.random.choice([1, 2, 2, 4])
        self.nights_open = self.random.choice([[1], [1, 2, 3], [1, 5, 20]])
        # Where nothing is due, few nights of most seeds tell as much as all.
        self.idle_share = self.random.choice([1, 0.2, 0.2])
        self.history = []
        self.title = (f"seed {seed}: {source}, {timezone}, {self.months[0]} to {self.months[-1]}"
                      + (f", a view of events{self.recorded}" if self.recorded else ""))
        self.reader = self.writers = self.nights = None

    # ------------------------------------------------------------ the whole time

    def play(self, template, until=None):
        """until: the last day, if not that of the last month."""
        with contextlib.ExitStack() as stack:
            disk = self._disk(stack)
            database.create(self.name, template)
            stack.callback(database.drop, self.name)
            self.reader = stack.enter_context(Session(self.name))
            self.writers = Writers(self.name, self.random, self.count)
            stack.callback(self.writers.close)
            follower = Follower(self.book, self.reader, self.writers.events_in)
            self.nights = Nights(self.random, self.name, self.config, follower, self.writers,
                                 disk, self.count)
            self.nights.history = self.history
            self._lay_out()
            last = month_last_day(self.months[-1])
            # The scheduler may come months after the shop.
            scheduled = self.day + self.random.choice([0, 0, 1, 45, 100]) * DAY
            while self.day <= min(last, until or last):
                self.play_day(scheduled)
                self.day += DAY

    def _disk(self, stack):
        try:
            return stack.enter_context(tiny_tablespace(f"year_{self.name}"))
        except Skipped as reason:
            self.count[f"without a tiny disk: {reason}"] += 1
            return None

    def _lay_out(self):
        self.config.write_text(self.text.text(), encoding="utf-8")
        kinds = ", ".join(f"({number}, '{name}')" for number, name in ALL_KINDS.items()
                          if number >= 100)
        first = month_day(month_add(self.months[0], -1), 1)
        last = month_last_day(month_add(self.months[-1], 1))
        self.reader.query(
            f"insert into loyalty.event_kind (kind, name) values {kinds};\n"
            f"select loyalty.ensure_event_months('{first}', '{last}');\n"
            + (SOURCE_VIEW.format(recorded=self.recorded) if self.recorded else ""))

    # ------------------------------------------------------------ a day

    def play_day(self, scheduled):
        # Of its own, so that what a run's luck decides moves nothing after this day.
        self.random.seed(f"year {self.seed} {self.day}")
        for statement in self.doings.move_members(self.day):
            self.history.append(f"{self.day}: {statement}")
            self.reader.query(statement)
            self.count["members registered, closed or corrected"] += 1
        events = self.doings.happen(self.day, self.stories_max)
        self.count["events"] += len(events)
        self.writers.write(events, self.day, [night * DAY for night in self.nights_open])
        if self.random.random() < 0.1:
            self.writers.write_again()
        self.writers.end_transactions(self.day)
        if self.day < scheduled:
            return
        if self.random.random() < 0.012:
            self.change_programme()
        self.random.seed(f"year {self.seed} {self.day} night")
        at_work = self._at_work()
        if not at_work and self.random.random() > self.idle_share:
            return
        self.nights.play(self.doings.members, self.day, at_work)
        self.count["nights"] += 1
        self.compare()

    def _at_work(self):
        return bool(due_periods(self.book, self.day) or settles(self.book, self.day))

    def change_programme(self):
        month = month_of(self.day)
        if self.book.periods and settles(self.book, self.day):
            month = max(self.book.periods)
        changed = self.text.change(self.random, month)
        self.config.write_text(self.text.text(), encoding="utf-8")
        self.book.programme = self.text.programme()
        self.windows.forget()
        self.count["configuration changes"] += 1
        self.history.append(f"{self.day}: the programme gets {changed}")

    # ------------------------------------------------------------ after the night

    def compare(self):
        shown_on = self.day + self.random.choice([0, 0, 1, 15, 60]) * DAY
        found = database.published_of(
            [row[0] for row in self.reader.query(database.PUBLISHED.format(today=shown_on))])
        lines = differences.compare_all(self.book, found, shown_on)
        if lines:
            raise Failure("\n".join(lines))
