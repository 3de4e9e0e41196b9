#!/usr/bin/python3
"""Runs the cases of tests/schedule beside the server that PGHOST, PGPORT and PGUSER name."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
import airflow_dag
import cases
import command
import cronjob
import cron
import units


def main():
    command.make_template()
    try:
        for module in (units, cron, cronjob, airflow_dag):
            module.register()
        return cases.run_all("schedule")
    finally:
        command.drop_template()


if __name__ == "__main__":
    sys.exit(main())
