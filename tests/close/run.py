#!/usr/bin/python3
"""Runs the cases of tests/close beside the server that PGHOST, PGPORT and PGUSER name."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
import between_runs
import cases
import late_transactions
import passes
import readers
import repetition
import rights
import setting
import sources
import writers


def main():
    setting.make_templates()
    try:
        for module in (writers, passes, repetition, sources, late_transactions, between_runs, rights,
                       readers):
            module.register()
        return cases.run_all("close")
    finally:
        passes.drop_templates()
        setting.drop_templates()


if __name__ == "__main__":
    sys.exit(main())
