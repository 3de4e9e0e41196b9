"""The ways to close a month that the bench compares."""

import os
import pathlib
import shutil

import best_sql
import data
from server import OUT, BenchError, psql_words, query, run_each
from states import EMPTY, MONTH_BEFORE, close_words, job_words

HERE = pathlib.Path(__file__).absolute().parent
EXPORT_CONNECTIONS = 2
JOB_COLUMNS = ("event_id, member_id, kind, occurred_at, order_id, item_cents, discount_cents, "
               "category_ids, points")


class Method:
    """One way. `slow`: run in fewer rounds. `starts_from`: what is restored before it."""
    name = ""
    key = ""
    slow = False
    starts_from = None

    def __init__(self, state):
        self.state = state
        self.database = state.database

    def reason_to_skip(self):
        return None

    def run(self, clients):
        raise NotImplementedError

    def checksum(self):
        """Of the standings of data.PERIOD, or None where there are none."""
        return None


def window_copies(columns):
    """COPY statements of all events of the window: whole partitions, and of the last one the hours
    that are left of the last local month."""
    end = data.local_midnight(data.add_months(data.PERIOD, 1))
    for name, _, until in data.partitions(data.local_midnight(data.window_months()[0]), end):
        if until < end or until == data.utc_midnight(data.add_months(data.PERIOD, 1)):
            yield f"copy {name} ({columns})"
        else:
            yield (f"copy (select {columns} from {name}"
                   f" where occurred_at < '{data.utc_text(until)}')")


class Drain(Method):
    """The limit: the columns that the job needs, read into nothing."""

    def __init__(self, state, connections, raw=False):
        super().__init__(state)
        self.words = [OUT / "drain", *(["--raw"] if raw else []), connections]
        self.key = f"drain-{'raw-' if raw else ''}{connections}"
        self.name = (f"COPY into nothing, {connections} connection{'s' if connections > 1 else ''}"
                     + (", not even looking at rows" if raw else ""))

    def run(self, clients):
        statements = "".join(f"{copy} to stdout (format binary)\n"
                             for copy in window_copies(JOB_COLUMNS))
        clients.run(self.words, statements, {"PGDATABASE": self.database})


class BestSql(Method):
    name = "the best SQL we could write"
    key = "best-sql"

    def run(self, clients):
        statements = best_sql.BestSql().statements()
        (OUT / "best.sql").write_text(statements, encoding="utf-8")
        clients.run(psql_words(self.database), statements)

    def checksum(self):
        return self.state.checksum("bench.best")


class PlainSql(Method):
    name = "SQL as an average team writes it"
    key = "plain-sql"
    slow = True

    def run(self, clients):
        after = data.add_months(data.PERIOD, 1)
        clients.run([*psql_words(self.database),
                     "--set", f"window_from={data.month_text(data.window_months()[0])}-01",
                     "--set", f"window_until={data.month_text(after)}-01",
                     "--set", f"last_day={data.last_day_text(data.PERIOD)}",
                     "--file", HERE / "plain.sql"])

    def checksum(self):
        return self.state.checksum("bench.plain")


class DuckDb(Method):
    """Export by COPY as CSV, DuckDB, and COPY of the result back."""
    name = "DuckDB, with export and write-back"
    key = "duckdb"
    module = OUT / "duckdb"

    def reason_to_skip(self):
        if shutil.which("npm") is None or shutil.which("node") is None:
            return "npm and node are not installed"
        if not (self.module / "node_modules/@duckdb/node-api").exists():
            self.module.mkdir(parents=True, exist_ok=True)
            if os.system(f"cd '{self.module}' && npm install --no-audit --no-fund --loglevel=error"
                         " @duckdb/node-api >npm.log 2>&1") != 0:
                return f"npm could not install @duckdb/node-api: see {self.module}/npm.log"
        return None

    def run(self, clients):
        folder = OUT / f"export-{self.database}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            self._export(clients, folder)
            clients.run(["node", HERE / "duckdb.mjs", folder,
                         f"{data.month_text(data.window_months()[0])}-01",
                         f"{data.month_text(data.add_months(data.PERIOD, 1))}-01",
                         data.last_day_text(data.PERIOD)],
                        environment={"DUCKDB_MODULE": str(self.module)})
            clients.run(psql_words(self.database), f"""
                set client_min_messages = warning;
                drop table if exists bench.duckdb;
                begin;
                create table bench.duckdb
                    (member_id bigint, points bigint, expiring_points bigint, level text);
                \\copy bench.duckdb from '{folder}/result.csv' (format csv)
                alter table bench.duckdb add primary key (member_id);
                commit""")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _export(self, clients, folder):
        """A time stamp in local time starts with the local day: no expression is needed."""
        columns = JOB_COLUMNS.replace("event_id, ", "")
        copies = [(f"copy (select member_id, registered_on, closed_on from loyalty.member)",
                   "member.csv")]
        copies += [(copy, f"event-{index:02}.csv")
                   for index, copy in enumerate(window_copies(columns))]

        def export(copy, name):
            clients.run([*psql_words(self.database),
                         "--command", f"\\{copy} to '{folder}/{name}' (format csv)"],
                        environment={"PGOPTIONS": f"-c timezone={data.ZONE.key}"})

        run_each([lambda copy=copy, name=name: export(copy, name) for copy, name in copies],
                 EXPORT_CONNECTIONS)

    def checksum(self):
        return self.state.checksum("bench.duckdb")


class FullClose(Method):
    name = "tierclose close --full"
    key = "full"
    starts_from = MONTH_BEFORE
    words = ["--full"]
    mode = "full"

    def run(self, clients):
        clients.run(close_words(self.database, data.PERIOD, *self.words))

    def checksum(self):
        mode = query(self.database, "select mode from tierclose.runs order by run_id desc limit 1")
        if mode != self.mode:
            raise BenchError(f"the close was {mode}, not {self.mode}")
        return self.state.checksum_of_period(data.PERIOD)


class IncrementalClose(FullClose):
    name = "tierclose close, incremental"
    key = "incremental"
    words = []
    mode = "incremental"


class Periods(Method):
    """All months of the window, the oldest first."""
    starts_from = EMPTY

    def checksum(self):
        """All periods must agree with what the other of the two gave: see `check_others`."""
        return self.state.checksum_of_period(data.PERIOD)

    def all_checksums(self):
        return [self.state.checksum_of_period(month) for month in data.window_months()]


class Backfill(Periods):
    name = "tierclose backfill of 12 periods"
    key = "backfill"

    def run(self, clients):
        months = data.window_months()
        clients.run(job_words(self.database, "backfill", "--from", data.month_text(months[0]),
                              "--to", data.month_text(months[-1]),
                              "--today", data.last_day_text(months[-1])))


class TwelveCloses(Periods):
    name = "tierclose close --full, 12 periods one after the other"
    key = "12-full"
    slow = True

    def run(self, clients):
        for month in data.window_months():
            clients.run(close_words(self.database, month, "--full"))
