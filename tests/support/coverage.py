#!/usr/bin/python3
"""Judges what gcovr has measured: every line and branch of the pure core must have been run by the
unit tests, and of the rest most by all suites.

    coverage.py core CORE.json           the unit tests' own coverage of the pure core
    coverage.py rest ALL.json            the coverage of all suites of everything else

What cannot be run stands in tests/support/coverage.txt, each with its reason. Prints a table by
folder and what is missing; the last line is "coverage NAME: N passed, N failed".
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXCEPTIONS = ROOT / "tests/support/coverage.txt"
REST_PERCENT = {"lines": 85, "branches": 85}
CORE = re.compile(r"""^job/(
    base/civil_date\.[ch]
    | programme/.*
    | config/.*
    | ledger/(copy_(decode|encode|event|row|wire)|month_points)\.[ch]
    | close/(budget|difference|event_record|event_row|event_store|fold\w*|id_index|members
        |order_ranges|plan|result|tally)\.[ch]
    )$""", re.VERBOSE)
# An assertion is for what never happens: its other branch cannot be taken by a test.
ASSERTION = re.compile(r"\bassert\(")
SHOWN_MAX = 60


class Exceptions:
    """Lines one of whose ways no test can take, by file and text, and whether each was met. What
    such a line decides about is held with it."""

    def __init__(self):
        self._unused = {}
        for number, line in enumerate(EXCEPTIONS.read_text(encoding="utf-8").splitlines(), 1):
            if line and not line.startswith("#"):
                path, text, reason = (word.strip() for word in line.split(" | "))
                assert reason, f"{EXCEPTIONS}:{number}: no reason"
                self._unused[path, text] = True

    def hold(self, path, text):
        if (path, text) in self._unused:
            self._unused[path, text] = False
            return True
        return False

    def stale(self, files):
        """Those that name a line which is there no more, or which is run by now."""
        return [key for key, unused in self._unused.items() if unused and key[0] in files]


def statement_lines(source, number):
    """The text of the statement's first lines, as far as an assertion may go over several."""
    first = number - 1
    while first > 0 and not re.search(r"[;{}]\s*(/\*.*)?$", source[first - 1]):
        first -= 1
    return " ".join(source[first:number])


def indent(line):
    return len(line) - len(line.lstrip())


def block_end(source, number):
    """The number of the last line of what line `number` decides about: itself, or its block."""
    if not source[number - 1].endswith("{"):
        return number
    margin = indent(source[number - 1])
    end = number
    while not (source[end].lstrip().startswith("}") and indent(source[end]) <= margin):
        end += 1
    return end


def missing_of(record, exceptions, counts):
    """Adds the file's lines and branches to counts; returns what was not run."""
    path = record["file"]
    source = (ROOT / path).read_text(encoding="utf-8").splitlines()
    missing = []
    held_until = 0
    for line in record["lines"]:
        if line["gcovr/noncode"] or (line["count"] == 0 and line["line_number"] <= held_until):
            continue
        text = source[line["line_number"] - 1].strip()
        branches = line["branches"]
        untaken = [branch for branch in branches if branch["count"] == 0]
        if ASSERTION.search(statement_lines(source, line["line_number"])):
            branches, untaken = [], []
        if (line["count"] == 0 or untaken) and exceptions.hold(path, text):
            held_until = block_end(source, line["line_number"])
            continue
        counts["lines"][0] += line["count"] > 0
        counts["lines"][1] += 1
        counts["branches"][0] += len(branches) - len(untaken)
        counts["branches"][1] += len(branches)
        if line["count"] == 0 or untaken:
            what = "never run" if line["count"] == 0 else f"{len(untaken)} of {len(branches)} ways"
            missing.append(f"{path}:{line['line_number']}: {what}: {text}")
    return missing


def percent(count):
    return 100.0 * count[0] / count[1] if count[1] else 100.0


def print_table(by_folder):
    for folder, counts in sorted(by_folder.items()):
        lines, branches = counts["lines"], counts["branches"]
        print(f"  {folder:<16} lines {percent(lines):6.2f} % of {lines[1]:5}   "
              f"branches {percent(branches):6.2f} % of {branches[1]:5}")


def add_counts(total, counts):
    for key, (run, there) in counts.items():
        total[key][0] += run
        total[key][1] += there


def new_counts():
    return {"lines": [0, 0], "branches": [0, 0]}


def main():
    name, path = sys.argv[1:]
    exceptions = Exceptions()
    by_folder, total, missing, files = {}, new_counts(), [], set()
    for record in json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["files"]:
        if bool(CORE.match(record["file"])) != (name == "core"):
            continue
        counts = new_counts()
        missing += missing_of(record, exceptions, counts)
        files.add(record["file"])
        folder = record["file"].rpartition("/")[0]
        add_counts(by_folder.setdefault(folder, new_counts()), counts)
        add_counts(total, counts)
    by_folder[f"all of the {name}"] = total
    print_table(by_folder)
    failures = [f"{path}: run by a test by now, or not there: {text}"
                for path, text in exceptions.stale(files) if name == "core"]
    if not files:
        failures.append("gcovr has measured nothing")
    if name == "core":
        failures += missing
    else:
        print("\n".join(missing))
        failures += [f"{key}: {percent(count):.2f} % is below {REST_PERCENT[key]} %"
                     for key, count in total.items() if percent(count) < REST_PERCENT[key]]
    print("\n".join(failures[:SHOWN_MAX]))
    passed = total["lines"][0] + total["branches"][0]
    print(f"coverage {name}: {passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
