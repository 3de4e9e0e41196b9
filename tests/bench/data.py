"""Builds the database of the bench: members, and events over some local months.

The last month, and what was recorded late, are loaded after the month before was closed, as they
come in real life: see states.py.
"""

import dataclasses
import datetime
import subprocess
import zoneinfo

from server import OUT, BenchError, psql_words, query, run_each

ZONE = zoneinfo.ZoneInfo("America/Los_Angeles")  # that of config/aliexpress.yaml
PERIOD = (2025, 12)
WINDOW_MONTHS = 12
LOAD_CONNECTIONS = 2
EVENT_COLUMNS = ("event_id, member_id, kind, occurred_at, order_id, item_cents, discount_cents, "
                 "shipping_cents, category_ids, points, recorded_at")


def add_months(month, count):
    index = month[0] * 12 + month[1] - 1 + count
    return index // 12, index % 12 + 1


def month_text(month):
    return f"{month[0]}-{month[1]:02}"


def last_day_text(month):
    return str(datetime.date(*add_months(month, 1), 1) - datetime.timedelta(days=1))


def window_months():
    first = add_months(PERIOD, 1 - WINDOW_MONTHS)
    return [add_months(first, index) for index in range(WINDOW_MONTHS)]


def local_midnight(month):
    """The first moment of a local month, in seconds since 1970."""
    return int(datetime.datetime(*month, 1, tzinfo=ZONE).timestamp())


def _utc_offset(seconds):
    return datetime.datetime.fromtimestamp(seconds, ZONE).utcoffset()


def clock_change(month):
    """The moment in a local month at which the clocks change, in seconds since 1970."""
    low, high = local_midnight(month), local_midnight(add_months(month, 1))
    offset = _utc_offset(low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _utc_offset(middle) == offset else (low, middle)
    return high


def utc_midnight(month):
    return int(datetime.datetime(*month, 1, tzinfo=datetime.timezone.utc).timestamp())


def utc_text(seconds):
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%d %H:%M:%S+00")


@dataclasses.dataclass(frozen=True)
class Size:
    """How much is built: events over `months` local months that end with PERIOD."""
    members: int
    events: int
    months: int

    @property
    def database(self):
        return f"bench_{self.members}_{self.events}_{self.months}"

    @property
    def first_month(self):
        return add_months(PERIOD, 1 - self.months)

    def times(self, factor):
        return Size(int(self.members * factor), int(self.events * factor), self.months)

    def __str__(self):
        return f"{self.members:,} members, {self.events:,} events over {self.months} months"


def partition(month):
    return f"loyalty.point_event_{month[0]}_{month[1]:02}"


def partitions(from_s, until_s):
    """The UTC months that [from_s, until_s) touches: (name, from, until), cut to that span."""
    moment = datetime.datetime.fromtimestamp(from_s, datetime.timezone.utc)
    month = moment.year, moment.month
    while utc_midnight(month) < until_s:
        following = add_months(month, 1)
        yield (partition(month), max(from_s, utc_midnight(month)),
               min(until_s, utc_midnight(following)))
        month = following


def _copy(size, words, relation_and_columns):
    """Lets the generator's output flow into COPY."""
    generate = [str(OUT / "generate"), *map(str, words)]
    with subprocess.Popen(generate, stdout=subprocess.PIPE) as source:
        copy = f"copy {relation_and_columns} from stdin (format binary)"
        done = subprocess.run([*psql_words(size.database), "--command", copy], stdin=source.stdout,
                              capture_output=True, text=True, check=False)
    if done.returncode != 0 or source.returncode != 0:
        raise BenchError(f"loading {relation_and_columns}: {done.stderr.strip()}")


def _load_events(size, from_s, until_s, late=False):
    """Loads the events of a span of time, some partitions at once."""
    shape = [size.members, size.events, local_midnight(size.first_month),
             local_midnight(add_months(PERIOD, 1))]
    when = "late" if late else "on-time"

    def load(name, since, until):
        _copy(size, ["events", *shape, since, until, when], f"{name} ({EVENT_COLUMNS})")

    run_each([lambda part=part: load(*part) for part in partitions(from_s, until_s)],
             LOAD_CONNECTIONS)


def load_until_last_month(size):
    """Members, and every month but the last."""
    query(size.database, f"""
        select loyalty.ensure_event_months('{month_text(size.first_month)}-01',
                                           '{month_text(add_months(PERIOD, 1))}-01');
        create schema bench""")
    _copy(size, ["members", size.members],
          "loyalty.member (member_id, registered_on, closed_on, birth_date)")
    _load_events(size, local_midnight(size.first_month), local_midnight(PERIOD))
    query(size.database, "vacuum analyze")


def load_last_month(size):
    """The last month, and what of the others came late."""
    end = local_midnight(add_months(PERIOD, 1))
    _load_events(size, local_midnight(PERIOD), end)
    _load_events(size, local_midnight(size.first_month), end, late=True)
    query(size.database, "vacuum analyze")
