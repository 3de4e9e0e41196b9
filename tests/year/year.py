#!/usr/bin/python3
"""Two years of nights, by seed: the job against the slow model, with whatever goes wrong at night.

    tests/year/run.sh --seeds 1-100 [--months 24] [--parallel 2] [--until DAY]

Writers keep transactions open over nights, events come late, twice and out of order, members come
and go, the programme file changes, runs are killed, cut off, doubled, missed or meet a full disk,
and an operator restates. After every night all public views must equal what tests/model says. A
seed decides everything but the moment at which a disturbance meets a run. A failure is printed with
its seed, its night, the difference, and the command that plays it again up to that night.
"""

import argparse
import datetime
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[1:1] = [str(TESTS / "model"), str(TESTS / "support")]

# pylint: disable=wrong-import-position
import database
from cases import Failure
from play import Year

HISTORY_SHOWN = 25
PROGRESS_SECONDS = 30


def parse_arguments():
    parser = argparse.ArgumentParser(description="play years of nights against the slow model")
    parser.add_argument("--seeds", required=True, help="FROM-TO, or one seed")
    parser.add_argument("--months", type=int, default=24, help="how many months a seed plays")
    parser.add_argument("--until", type=datetime.date.fromisoformat, help="the last day to play")
    parser.add_argument("--parallel", type=int, default=2, help="seeds played at the same time")
    parser.add_argument("--seconds", type=int,
                        help="begin no further seed after so many seconds")
    arguments = parser.parse_args()
    first, _, last = arguments.seeds.partition("-")
    arguments.seeds = range(int(first), int(last or first) + 1)
    return arguments


def play_seed(task):
    """One seed; what happened in it, and the report of a failure or None."""
    arguments, seed = task
    if arguments.begin_until is not None and time.monotonic() > arguments.begin_until:
        return Counter({"seeds left out": 1}), None
    name = f"year_{os.getpid()}_{seed}"
    folder = Path(tempfile.mkdtemp(prefix=f"{name}_"))
    year = None
    failure = None
    try:
        year = Year(seed, arguments.months, name, folder)
        year.play(arguments.template, arguments.until)
    except Failure as error:
        failure = str(error)
    except Exception:  # pylint: disable=broad-except
        failure = traceback.format_exc()
    shutil.rmtree(folder)
    if failure is None:
        return year.count, None
    if year is None:
        return Counter(), f"DIFFERENCE in seed {seed}\n{failure}"
    history = "".join(f"\n    {line}" for line in year.history[-HISTORY_SHOWN:])
    return year.count, (
        f"DIFFERENCE in {year.title}, in the night of {year.day}\n{failure}\n  before it:{history}\n"
        f"  again: tests/year/run.sh --seeds {seed} --months {arguments.months}"
        f" --until {year.day}")


def play_seeds(arguments):
    """Plays all; what happened, and the number of failures."""
    total = Counter()
    failed = 0
    told = time.monotonic()
    tasks = [(arguments, seed) for seed in arguments.seeds]
    with multiprocessing.Pool(arguments.parallel) as pool:
        for done, (count, report) in enumerate(pool.imap_unordered(play_seed, tasks, 1), start=1):
            total += count
            failed += report is not None
            if report is not None:
                print(report, flush=True)
            if time.monotonic() > told + PROGRESS_SECONDS:
                told = time.monotonic()
                print(f"year: {done} of {len(tasks)} seeds, {total['nights']} nights, "
                      f"{failed} failed", flush=True)
    return total, failed


def main():
    arguments = parse_arguments()
    started = time.monotonic()
    arguments.begin_until = arguments.seconds and started + arguments.seconds
    arguments.template = f"year_template_{os.getpid()}"
    print(f"year: seeds {arguments.seeds[0]} to {arguments.seeds[-1]}, {arguments.months} months",
          flush=True)
    database.make_template(arguments.template)
    try:
        total, failed = play_seeds(arguments)
    finally:
        database.drop(arguments.template)
    left_out = total.pop("seeds left out", 0)
    for what, number in sorted(total.items()):
        print(f"  {number:8} {what}")
    print(f"  in {time.monotonic() - started:.0f} seconds")
    print(f"year: {len(arguments.seeds) - left_out - failed} passed, {failed} failed")
    return 1 if failed or len(arguments.seeds) == left_out else 0


if __name__ == "__main__":
    sys.exit(main())
