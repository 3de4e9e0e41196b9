#!/usr/bin/python3
"""Runs the golden examples: worked examples as data, each in a database of its own.

    run.py [CASE...]        a case by its name or a part of it; without: all

A case is a file in cases/, named by the behaviour it shows:

    shows:      one sentence; in brackets the rule of the contract
    programme:  a shipped file (else config/aliexpress.yaml)
    changes:    {path: value}, for example {rules.0.coupons.repeat: once_per_level}
    members:    a table: member_id registered_on [closed_on]
    events:     a table: [event_id] member_id kind occurred_at [order_id item_cents ...]
    steps:      a list; each does one thing:
      run: close --period 2025-01 --today 2025-01-31
          exit: code (else 0), says: [texts], silent_about: [texts]   blanks and line ends are one
      see: view, rows: table [, where: condition] [, today: YYYY-MM-DD]
          all rows of the view, but only the columns of the table
      events: table   members: table   sql: statements   changes: {...}   rules_from: {month: {...}}
      remember: NAME  and later  unchanged: NAME          every row of every public view but runs
      explain: {member, period, points [, level]}         the JSON, whose lines must add up

Tables are texts with a head; "-" is null. A time without zone is the programme's wall clock.
"""

import concurrent.futures
import json
import pathlib
import sys
import tempfile
import traceback

import yaml

import programme_file
from database import PROGRAM, ROOT, Database, Failure, literal

FOLDER = pathlib.Path(__file__).resolve().parent / "cases"
WORKERS = 2
VIEWS = ("standings", "level_changes", "coupon_grants", "anomalies", "member_center")
EVENT_TYPES = {
    "event_id": "bigint", "member_id": "bigint", "order_id": "bigint", "item_cents": "bigint",
    "discount_cents": "bigint", "shipping_cents": "bigint", "category_ids": "int[]",
    "points": "int",
}


def parse_table(text):
    """The head and the rows of a table; None for "-"."""
    lines = [line.split() for line in (text or "").splitlines() if line.strip()]
    if not lines:
        raise Failure("a table without a head")
    for line in lines:
        if len(line) != len(lines[0]):
            raise Failure(f"a row of another length than the head: {' '.join(line)}")
    return lines[0], [[None if cell == "-" else cell for cell in line] for line in lines[1:]]


def show_rows(rows):
    return [" ".join("-" if cell is None else cell for cell in row) for row in rows]


def squeeze(text):
    return " ".join(text.split())


class Case:
    """One example while it runs."""

    STEPS = ("run", "see", "events", "members", "sql", "changes", "rules_from", "remember",
             "unchanged", "explain")

    def __init__(self, path, database, folder):
        self.data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        self.database = database
        self.config = folder / "programme.yaml"
        self.programme = programme_file.read(
            ROOT / self.data.get("programme", "config/aliexpress.yaml"))
        self.memory = {}
        self.event_count = 0

    def play(self):
        unknown = set(self.data) - {"shows", "programme", "changes", "members", "events", "steps"}
        if unknown:
            raise Failure(f"unknown keys: {', '.join(sorted(unknown))}")
        self.do_changes({"changes": self.data.get("changes", {})})
        for key in ("members", "events"):
            if key in self.data:
                getattr(self, f"do_{key}")(self.data)
        for number, step in enumerate(self.data["steps"], start=1):
            try:
                self.step(step)
            except Failure as failure:
                words = next(f"{word}: {step[word]}" for word in self.STEPS if word in step)
                raise Failure(f"step {number}, {squeeze(words)[:90]}:\n{failure}") from None

    def step(self, step):
        verbs = [word for word in self.STEPS if word in step]
        if len(verbs) != 1:
            raise Failure(f"a step does one of: {', '.join(self.STEPS)}")
        getattr(self, f"do_{verbs[0]}")(step)

    def do_changes(self, step):
        programme_file.change(self.programme, step["changes"])
        programme_file.write(self.programme, self.config)

    def do_rules_from(self, step):
        for month, changes in step["rules_from"].items():
            programme_file.add_rules(self.programme, month, changes)
        programme_file.write(self.programme, self.config)

    def do_sql(self, step):
        self.database.query(step["sql"])

    def do_members(self, step):
        head, rows = parse_table(step["members"])
        for row in rows:
            self.database.query(
                f"insert into loyalty.member ({', '.join(head)})"
                f" values ({', '.join(literal(cell) for cell in row)})")

    def do_events(self, step):
        head, rows = parse_table(step["events"])
        statements = []
        for row in rows:
            self.event_count += 1
            event = {"event_id": str(self.event_count), **dict(zip(head, row))}
            statements.append(self.event_statement(event))
        self.database.query("begin;\n" + ";\n".join(statements) + ";\ncommit;")

    def event_statement(self, event):
        columns, values = [], []
        for column, text in event.items():
            columns.append(column)
            if column == "kind":
                values.append(text if text.isdigit() else "(select k.kind from loyalty.event_kind k"
                              f" where k.name = {literal(text)})")
            elif column == "occurred_at":
                values.append(self.time_expression(text))
            else:
                values.append(f"{literal(text)}::{EVENT_TYPES[column]}")
        day = event["occurred_at"][:10]
        return (f"select loyalty.ensure_event_months('{day}', '{day}');\n"
                f"insert into loyalty.point_event ({', '.join(columns)})"
                f" values ({', '.join(values)})")

    def time_expression(self, text):
        if text.endswith("Z") or text[-6] in "+-":
            return f"{literal(text)}::timestamptz"
        return f"({literal(text)}::timestamp at time zone {literal(self.programme['timezone'])})"

    def do_run(self, step):
        code, out, err = self.database.job(self.config, step["run"].split())
        told = squeeze(out + "\n" + err)
        expected = int(step.get("exit", "0"))
        if code != expected:
            raise Failure(f"exit code {code}, expected {expected}\n{out}{err}")
        for text in step.get("says", []):
            if squeeze(text) not in told:
                raise Failure(f"does not say \"{text}\":\n{out}{err}")
        for text in step.get("silent_about", []):
            if squeeze(text) in told:
                raise Failure(f"says \"{text}\":\n{out}{err}")
        if code >= 64 and not (err.startswith("error: ") and out == ""):
            raise Failure(f"an error belongs on stderr, and nothing else:\n{out}--\n{err}")

    def do_see(self, step):
        head, expected = parse_table(step["rows"])
        where = f" where {step['where']}" if "where" in step else ""
        rows = self.database.query(
            f"select {', '.join(head)} from tierclose.{step['see']}{where}", step.get("today"))
        found, wanted = sorted(show_rows(rows)), sorted(show_rows(expected))
        if found != wanted:
            raise Failure("\n".join(
                ["  " + " ".join(head)]
                + [f"  missing   {row}" for row in wanted if row not in found]
                + [f"  too many  {row}" for row in found if row not in wanted]
                + [f"  {len(found)} rows, expected {len(wanted)}"]))

    def dump(self):
        return [f"{view}: {row[0]}" for view in VIEWS for row in self.database.query(
            f"select v::text from tierclose.{view} v order by v::text", "2030-01-01")]

    def do_remember(self, step):
        self.memory[step["remember"]] = self.dump()

    def do_unchanged(self, step):
        before, now = self.memory[step["unchanged"]], self.dump()
        if before != now:
            raise Failure("\n".join(
                [f"  was  {row}" for row in before if row not in now]
                + [f"  is   {row}" for row in now if row not in before]))

    def do_explain(self, step):
        wanted = step["explain"]
        code, out, err = self.database.job(
            self.config, ["explain", "--member", wanted["member"], "--period", wanted["period"],
                          "--format", "json"])
        if code != 0:
            raise Failure(f"exit code {code}\n{err}")
        check_explanation(json.loads(out), wanted)


def check_explanation(told, wanted):
    """Contract 9: the lines add up to the months, the months to the points."""
    by_month = {}
    for line in told["lines"]:
        missing = {"day", "event_id", "kind", "points", "why"} - set(line)
        if missing or not line["why"]:
            raise Failure(f"a line lacks {missing or 'its why'}: {line}")
        month = line["day"][:7]
        by_month[month] = by_month.get(month, 0) + line["points"]
    months = {month["month"]: month["points"] for month in told["months"]}
    for month in set(months) | set(by_month):
        if months.get(month) != by_month.get(month, 0):
            raise Failure(f"{month}: {months.get(month)} points, its lines {by_month.get(month)}")
    facts = {"member": told["member_id"], "period": told["period"], "level": told["level"],
             "points": told["points"], "months' sum": sum(months.values()),
             "months": len(told["months"]), "lines": len(told["lines"])}
    wanted = {"months' sum": wanted["points"], **wanted}
    for key, value in wanted.items():
        if str(facts[key]) != value:
            raise Failure(f"{key} is {facts[key]}, expected {value}\n{json.dumps(told, indent=1)}")


def play(path, number):
    """Plays a case; returns what was wrong, or None."""
    database = None
    try:
        with tempfile.TemporaryDirectory(prefix="tierclose-golden.") as folder:
            database = Database(f"golden_{number}")
            Case(path, database, pathlib.Path(folder)).play()
    except Failure as failure:
        return str(failure)
    except Exception:  # pylint: disable=broad-except
        return traceback.format_exc()
    finally:
        if database is not None:
            database.drop()
    return None


def main(words):
    if not (ROOT / PROGRAM).exists():
        print(f"error: {PROGRAM} is not there: build it, or name another by TIERCLOSE")
        return 1
    paths = [path for path in sorted(FOLDER.glob("*.yaml"))
             if not words or any(word in path.stem for word in words)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for path, wrong in zip(paths, pool.map(play, paths, range(len(paths)))):
            if wrong is not None:
                failed += 1
                print(f"FAIL {path.stem}\n{wrong}\n", flush=True)
    print(f"golden: {len(paths) - failed} passed, {failed} failed")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
