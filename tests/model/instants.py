#!/usr/bin/python3
"""Moments where a calendar goes wrong: local midnights, month ends, changes of the clock."""

import datetime
from zoneinfo import ZoneInfo

from programme import month_add, month_day, month_last_day

UTC = datetime.timezone.utc
MICROSECOND = datetime.timedelta(microseconds=1)
MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)

# Zones, with first months whose following year and a half holds something worth a look.
ZONES = {
    "America/Los_Angeles": ["2023-02", "2024-01", "2024-10", "2025-03", "2019-12"],
    "Europe/London": ["2010-12", "2023-09", "2024-12", "2019-03"],
    "Asia/Kolkata": ["2024-02", "2011-06"],
    "Pacific/Auckland": ["2023-01", "2024-08"],
    # Before 2011 the clock changed at 00:01; on 1 November 2009 back into October.
    "America/St_Johns": ["2008-09", "2009-01", "2009-09", "2010-02", "2023-04"],
    "America/Havana": ["2012-01", "2015-05", "2023-06"],     # midnight missing, or twice
    "Pacific/Apia": ["2010-12", "2011-05", "2011-11"],       # no 30 December 2011
    "America/Sao_Paulo": ["2017-08", "2018-02"],             # changes at midnight
    "Australia/Lord_Howe": ["2023-03"],                      # half an hour
    "Asia/Beirut": ["2022-11"],
}


def months_between(first, count):
    return [month_add(first, index) for index in range(count)]


def clock_changes(zone, begin, end):
    """The UTC moments at which the zone's offset changes."""
    changes = []
    low = begin
    while low < end:
        high = low + 6 * HOUR
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            left, right = low, high
            while right - left > MICROSECOND:
                middle = left + (right - left) // 2
                if middle.astimezone(zone).utcoffset() == left.astimezone(zone).utcoffset():
                    left = middle
                else:
                    right = middle
            changes.append(right)
        low = high
    return changes


class Instants:
    """Random moments within some months, most of them close to a boundary."""

    def __init__(self, random, timezone, months, edges=()):
        """edges: local times at which a rule begins or ends, such as a campaign's."""
        self.random = random
        self.zone = ZoneInfo(timezone)
        self.months = months
        self.begin = self.midnight(month_day(months[0], 1))
        self.end = self.midnight(month_day(month_add(months[-1], 1), 1))
        self.changes = clock_changes(self.zone, self.begin - 24 * HOUR, self.end + 24 * HOUR)
        moments = [local.replace(tzinfo=self.zone).astimezone(UTC) for local in edges]
        self.edges = [moment for moment in moments if self.begin <= moment < self.end]

    def midnight(self, day):
        """The UTC moment of a local midnight; of two that exist, either."""
        local = datetime.datetime(day.year, day.month, day.day, tzinfo=self.zone,
                                  fold=self.random.randint(0, 1))
        return local.astimezone(UTC)

    def random_day(self):
        span = (self.end - self.begin).days
        day = (self.begin + datetime.timedelta(days=self.random.randrange(span))).date()
        leap = [month for month in self.months if month.endswith("-02")]
        if leap and self.random.random() < 0.05:
            return month_last_day(self.random.choice(leap))
        return day

    def near(self, moment):
        """A moment at a boundary or beside it."""
        return moment + self.random.choice([
            -HOUR - MICROSECOND, -HOUR, -MINUTE, -2 * MICROSECOND, -MICROSECOND, -MICROSECOND,
            -MICROSECOND, 0 * HOUR, 0 * HOUR, 0 * HOUR, 0 * HOUR, MICROSECOND,
            MINUTE - MICROSECOND, MINUTE, HOUR / 2, HOUR - MICROSECOND, HOUR, 2 * HOUR])

    def any(self):
        """Any moment of the months, or a little outside of them."""
        choice = self.random.random()
        if choice < 0.2:
            month = self.random.choice(self.months + [month_add(self.months[-1], 1)])
            return self.near(self.midnight(month_day(month, 1)))
        if choice < 0.3 and self.changes:
            return self.near(self.random.choice(self.changes))
        if choice < 0.45 and self.edges:
            return self.near(self.random.choice(self.edges))
        if choice < 0.55:
            return self.near(self.midnight(self.random_day()))
        seconds = self.random.randrange(int((self.end - self.begin).total_seconds()))
        moment = self.begin + datetime.timedelta(seconds=seconds)
        return moment if self.random.random() < 0.5 else moment.replace(
            microsecond=self.random.randrange(10**6))

    def on_day_of(self, moment):
        """A moment on or about the same local day, the clock's oddities included."""
        day = moment.astimezone(self.zone).date()
        if self.random.random() < 0.3:
            return self.near(self.midnight(day + datetime.timedelta(
                days=self.random.randint(0, 1))))
        return self.midnight(day) + datetime.timedelta(seconds=self.random.randrange(82800))

    def in_month(self, month):
        """A moment that surely is in the local month."""
        day = month_day(month, self.random.randint(2, 27))
        return self.midnight(day) + datetime.timedelta(hours=self.random.randint(2, 20))

    def in_month_of(self, moment):
        local = moment.astimezone(self.zone)
        month = f"{local.year:04d}-{local.month:02d}"
        if self.random.random() < 0.4:
            return self.near(self.midnight(month_day(
                month_add(month, self.random.randint(0, 1)), 1)))
        return self.in_month(month)
