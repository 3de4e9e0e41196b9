#!/usr/bin/python3
"""Runs the cases of tests/fault beside the server that PGHOST, PGPORT and PGUSER name."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
import actions
import cases
import catch_up
import commit_answer
import disk_full
import every_message
import locked_steps
import next_run
import server_crash
import two_runs


def main():
    actions.make_templates()
    try:
        two_runs.register()
        next_run.register()
        commit_answer.register()
        catch_up.register()
        disk_full.register()
        server_crash.register()
        locked_steps.register()
        every_message.register()
        return cases.run_all("fault")
    finally:
        actions.drop_databases()


if __name__ == "__main__":
    sys.exit(main())
