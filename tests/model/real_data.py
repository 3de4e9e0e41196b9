#!/usr/bin/python3
"""The model against the real data: twelve closes of an online shop must give expected.csv.

The data is not part of the project. It is looked for in $TIERCLOSE_DATA, else in
../shared/data/online-retail beside the repository; where it is missing the test is skipped, and says so. The rules are those of
config/aliexpress.yaml with the shop's time zone.
"""

import csv
import datetime
import gzip
import os
import re
import sys
from collections import Counter
from pathlib import Path

import earning
import model
import programme

REPOSITORY = Path(__file__).resolve().parents[2]


def data_folder():
    data = os.environ.get("TIERCLOSE_DATA")
    return Path(data) if data else REPOSITORY.parent / "shared" / "data" / "online-retail"


def number(text):
    return int(text) if text else None


def numbers(text):
    """An array as PostgreSQL writes it: {1,2,NULL}."""
    if not text:
        return None
    items = text.strip("{}")
    return [None if item == "NULL" else int(item) for item in items.split(",")] if items else []


def day(text):
    return datetime.date.fromisoformat(text) if text else None


def read_members(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return {int(row["member_id"]): earning.Member(
            int(row["member_id"]), day(row["registered_on"]), day(row["closed_on"]))
            for row in csv.DictReader(file)}


def read_events(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [earning.Event(
            int(row["event_id"]), int(row["member_id"]), number(row["kind"]),
            datetime.datetime.fromisoformat(row["occurred_at"]), number(row["order_id"]),
            number(row["item_cents"]), number(row["discount_cents"]),
            number(row["shipping_cents"]), numbers(row["category_ids"]), number(row["points"]))
            for row in csv.DictReader(file)]


def figures(result):
    """One line of expected.csv."""
    levels = Counter(standing.level for standing in result.standings.values())
    directions = result.directions()
    return [result.period, len(result.standings), result.points(), levels["Silver"],
            levels["Gold"], levels["Platinum"], levels["Diamond"], directions["up"],
            directions["down"], len(result.grants)]


def main():
    folder = data_folder()
    if not folder.is_dir():
        print(f"SKIPPED: real_data.py: there is no {folder}; set TIERCLOSE_DATA to the folder of "
              "events.csv.gz", file=sys.stderr)
        return 77
    config = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "config" / "aliexpress.yaml"
    text = re.sub(r"(?m)^timezone:.*$", "timezone: Europe/London",
                  config.read_text(encoding="utf-8"))
    rules = programme.load(text)
    members = read_members(folder / "members.csv.gz")
    events = read_events(folder / "events.csv.gz")

    before = {}
    failed = 0
    with open(folder / "expected.csv", encoding="utf-8", newline="") as file:
        expected = list(csv.reader(file))[1:]
    for row in expected:
        result = model.close(rules, earning.KINDS, members, events, row[0], before)
        found = [str(figure) for figure in figures(result)]
        if found != row:
            failed += 1
            print(f"real data: expected {','.join(row)}\n           found    {','.join(found)}")
        before = {member_id: standing.level for member_id, standing in result.standings.items()}
    print(f"real data: {len(expected) - failed} passed, {failed} failed")
    return 1 if failed or not expected else 0


if __name__ == "__main__":
    sys.exit(main())
