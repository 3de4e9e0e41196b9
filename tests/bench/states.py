"""The database of one size, and what the job has published in it so far.

The job's schema is dumped as it stood before any close (`empty`) and after the close of the month
before PERIOD (`month-before`), which came before that last month was loaded. Any run starts from
one of the two, whatever tables the job may have.
"""

import os
import subprocess
import time

import data
from server import OUT, ROOT, BenchError, database_exists, query

JOB = ROOT / os.environ.get("TIERCLOSE_JOB", "build/job/tierclose")
CONFIG = ROOT / "config/aliexpress.yaml"
EMPTY = "empty"
MONTH_BEFORE = "month-before"


def job_words(database, command, *words, config=CONFIG):
    return [JOB, command, "--config", config, "--dsn", f"dbname={database}", "--quiet", *words]


def close_words(database, month, *words, config=CONFIG):
    return job_words(database, "close", "--period", data.month_text(month),
                     "--today", data.last_day_text(month), *words, config=config)


def _must(words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise BenchError(f"{words[0]}: {done.stderr.strip()[-600:]}")


class State:
    """The database of a size."""

    def __init__(self, size):
        self.size = size
        self.database = size.database

    def _dump_path(self, name):
        return OUT / f"{self.database}.{name}.dump"

    def _dump(self, name):
        _must(["pg_dump", "--format=custom", "--compress=0", "--schema=tierclose",
               "--file", self._dump_path(name), self.database])

    def restore(self, name):
        query(self.database, "set client_min_messages = warning; drop schema tierclose cascade")
        _must(["pg_restore", "--exit-on-error", "--dbname", self.database, self._dump_path(name)])
        tables = query(self.database, """
            select string_agg(c.oid::regclass::text, ', ') from pg_class c
            where c.relnamespace = 'tierclose'::regnamespace and c.relkind in ('r', 'p')""")
        query(self.database, f"vacuum (analyze) {tables}")

    def is_ready(self):
        return (database_exists(self.database)
                and query(self.database, "select to_regclass('bench.ready')") != ""
                and self._dump_path(MONTH_BEFORE).exists())

    def prepare(self, say):
        """Builds the database, unless it is there."""
        if self.is_ready():
            say(f"{self.size}: there already")
            return
        started = time.monotonic()
        _must([ROOT / "tests/support/cluster.sh", "new-database", self.database])
        self._dump(EMPTY)
        say(f"{self.size}: loading all months but the last")
        data.load_until_last_month(self.size)
        _must(close_words(self.database, data.add_months(data.PERIOD, -1), "--full"))
        self._dump(MONTH_BEFORE)
        say(f"{self.size}: loading the last month, and what came late")
        data.load_last_month(self.size)
        query(self.database, "create table bench.ready ()")
        say(f"{self.size}: built in {time.monotonic() - started:.0f} s")

    def window_events(self):
        """Events whose local month is in the window."""
        first = data.window_months()[0]
        since = data.utc_text(data.local_midnight(first))
        until = data.utc_text(data.local_midnight(data.add_months(data.PERIOD, 1)))
        return int(query(self.database, f"""
            select count(*) from loyalty.point_event
            where occurred_at >= '{since}' and occurred_at < '{until}'"""))

    def checksum(self, relation, condition="true"):
        """Of (member_id, points, level), whatever the order of the rows."""
        return query(self.database, f"""
            select count(*), sum(hashtextextended(
                concat_ws(' ', member_id, points, level), 0)::numeric)
            from {relation} where {condition}""")

    def checksum_of_period(self, month):
        return self.checksum("tierclose.standings", f"period = '{data.month_text(month)}'")
