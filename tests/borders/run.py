#!/usr/bin/python3
"""Runs the cases of tests/borders beside the server that PGHOST, PGPORT and PGUSER name."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
import calendar_ends
import cases
import databases
import roles
import setting
import standby
import values
import versions
import views


def main():
    setting.make_template()
    try:
        for module in (views, versions, standby, databases, roles, calendar_ends, values):
            module.register()
        return cases.run_all("borders")
    finally:
        setting.drop_template()


if __name__ == "__main__":
    sys.exit(main())
