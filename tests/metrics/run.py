#!/usr/bin/python3
"""Runs the cases of tests/metrics beside the server that PGHOST, PGPORT and PGUSER name."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
import cases
import rules
import the_file
import the_log
from live import drop_database
from sample_data import load_sample


def main():
    load_sample(the_file.LOADED, the_file.MEMBERS)
    try:
        for module in (the_file, the_log, rules):
            module.register()
        return cases.run_all("metrics")
    finally:
        drop_database(the_file.LOADED)


if __name__ == "__main__":
    sys.exit(main())
