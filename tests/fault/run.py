#!/usr/bin/python3
"""Runs the cases of tests/fault beside the server that PGHOST, PGPORT and PGUSER name.

    run.py [--all] [PART OF A NAME...]
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
import actions
import cases
import catch_up
import commit_answer
import disk_full
import every_call
import every_message
import every_read
import exit_codes
import locked_steps
import next_run
import series
import server_crash
import timeouts
import two_runs


def register_all(every):
    """With --all only what has a short form too, in its long one."""
    if not every:
        exit_codes.register()
        two_runs.register()
        next_run.register()
        commit_answer.register()
        catch_up.register()
        disk_full.register()
        timeouts.register()
        locked_steps.register()
        every_message.register()
    server_crash.register(every)
    every_call.register(every)
    every_read.register(every)


def main():
    every = sys.argv[1:2] == ["--all"]
    if every:
        del sys.argv[1]
    actions.make_templates()
    try:
        register_all(every)
        code = cases.run_all("fault")
        series.print_tally()
        return code
    finally:
        actions.drop_databases()


if __name__ == "__main__":
    sys.exit(main())
