#!/usr/bin/python3
"""Counts the tests in meson's log: those inside a Criterion program one by one.

    count_meson_tests.py FOLDER/meson-logs/testlog.json NAME

Prints `NAME: N passed, N failed[, N skipped]`. A program that says nothing about its own tests
counts as one. Exits 1 if one failed.
"""

import json
import re
import sys

CRITERION = re.compile(
    r"Synthesis: Tested:.*?(\d+).*?Passing:.*?(\d+).*?Failing:.*?(\d+).*?Crashing:.*?(\d+)"
)
PLAIN = re.compile(
    r"^(?:[\w -]+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.MULTILINE
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def count_program(record):
    """Returns (passed, failed, skipped) of one program's record in the log."""
    output = COLOUR.sub("", record.get("stdout", "") + "\n" + record.get("stderr", ""))
    result = record["result"]
    if result == "SKIP":
        return 0, 0, 1
    passed, failed, skipped = 0, 0, 0
    criterion = CRITERION.findall(output)
    plain = PLAIN.findall(output)
    if criterion:
        _, passed, failing, crashing = (int(word) for word in criterion[-1])
        failed = failing + crashing
    elif plain:
        passed, failed, skipped = (int(word or 0) for word in plain[-1])
    elif result in ("OK", "EXPECTEDFAIL"):
        passed = 1
    # The exit status has the last word: a sanitizer speaks after the tests are counted.
    if result not in ("OK", "EXPECTEDFAIL") and failed == 0:
        failed = 1
    return passed, failed, skipped


def main():
    path, name = sys.argv[1:]
    passed, failed, skipped = 0, 0, 0
    with open(path, encoding="utf-8") as log:
        for line in log:
            counts = count_program(json.loads(line))
            passed, failed, skipped = (
                passed + counts[0], failed + counts[1], skipped + counts[2])
    ending = f", {skipped} skipped" if skipped else ""
    print(f"{name}: {passed} passed, {failed} failed{ending}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
