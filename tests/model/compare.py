#!/usr/bin/python3
"""The job against the slow model, on seeded random members and events.

    compare.py --job build/job/tierclose --seeds 1-200 [--periods 3] [--parallel 2]

The server is the one that PGHOST, PGPORT and PGUSER name; the user may create databases. Each seed
gets databases of its own, made from a template with sql/ deployed and dropped afterwards. A seed
tells everything: on a difference it is printed with the commands that led there, and `--keep`
leaves its database and its files for a look. The last line says how many passed and failed.
"""

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path

import database
import generate
from scenario import SCENARIOS, Failure, Scenario

PROGRESS_EVERY = 10


def parse_arguments():
    parser = argparse.ArgumentParser(description="compare tierclose with its slow model")
    parser.add_argument("--job", required=True, help="path of the tierclose program")
    parser.add_argument("--seeds", required=True, help="FROM-TO, or one seed")
    parser.add_argument("--periods", type=int, default=3, help="periods closed by each seed")
    parser.add_argument("--template", help="a database with sql/ deployed; else one is made")
    parser.add_argument("--config", default=str(generate.CONFIG_FOLDER),
                        help="folder of the shipped programmes")
    parser.add_argument("--programme", choices=generate.SHIPPED + ["random"],
                        help="this programme for every seed, not one by the seed's choice")
    parser.add_argument("--parallel", type=int, default=1, help="seeds run at the same time")
    parser.add_argument("--explain-every", type=int, default=19, metavar="N",
                        help="each Nth seed has all its members explained, which takes long")
    parser.add_argument("--keep", action="store_true", help="leave a failed seed's database")
    arguments = parser.parse_args()
    first, _, last = arguments.seeds.partition("-")
    arguments.seeds = range(int(first), int(last or first) + 1)
    arguments.job = str(Path(arguments.job).resolve())
    return arguments


def run_again(arguments, seed):
    """The command that repeats one seed."""
    line = (f"{sys.argv[0]} --job {arguments.job} --seeds {seed} --periods {arguments.periods} "
            f"--config {arguments.config} --explain-every {arguments.explain_every} --keep")
    return line + (f" --programme {arguments.programme}" if arguments.programme else "")


def run_seed(task):
    """One seed; (seed, None) or (seed, report of the failure)."""
    arguments, seed = task
    name = f"model_{os.getpid()}_{seed}"
    folder = Path(tempfile.mkdtemp(prefix=f"{name}_"))
    title = f"seed {seed}"
    scenario = None
    failure = None
    try:
        case = generate.make_case(seed, arguments.periods, arguments.config, arguments.programme)
        title = f"{case.title()}, {SCENARIOS[seed % len(SCENARIOS)]}"
        explains = seed % arguments.explain_every == 0
        scenario = Scenario(case, arguments.job, name, folder, explains)
        scenario.run(arguments.template)
    except Failure as error:
        failure = str(error)
    except Exception:       # a bug of this test must not end the other seeds
        failure = traceback.format_exc()
    if failure is None or not arguments.keep:
        database.drop(name)
        shutil.rmtree(folder)
    if failure is None:
        return seed, None
    kept = f"\n  kept: database {name}, folder {folder}" if arguments.keep else ""
    history = "".join(f"\n    {line}" for line in scenario.history) if scenario else ""
    return seed, (f"DIFFERENCE in {title}\n{failure}\n  commands:{history}{kept}\n"
                  f"  again: {run_again(arguments, seed)}")


def run_seeds(arguments):
    """Runs all; the number of failures."""
    failed = 0
    tasks = [(arguments, seed) for seed in arguments.seeds]
    with multiprocessing.Pool(arguments.parallel) as pool:
        for done, (_, report) in enumerate(pool.imap(run_seed, tasks), start=1):
            if report is not None:
                failed += 1
                print(report, flush=True)
            if done % PROGRESS_EVERY == 0:
                print(f"model: {done} of {len(tasks)} seeds, {failed} failed", flush=True)
    return failed


def main():
    arguments = parse_arguments()
    made_template = arguments.template is None
    if made_template:
        arguments.template = f"model_template_{os.getpid()}"
        database.make_template(arguments.template)
    try:
        failed = run_seeds(arguments)
    finally:
        if made_template:
            database.drop(arguments.template)
    print(f"model: {len(arguments.seeds) - failed} passed, {failed} failed")
    return 1 if failed or not arguments.seeds else 0


if __name__ == "__main__":
    sys.exit(main())
