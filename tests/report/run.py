#!/usr/bin/python3
"""Runs the cases of tests/report beside the server that PGHOST, PGPORT and PGUSER name."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "golden"))

# pylint: disable=wrong-import-position
import cases
import folders
import numbers_case
import proof
import readers
import same_bytes
import setting
import workbook_case


def main():
    setting.make_templates()
    try:
        for module in (numbers_case, same_bytes, workbook_case, folders, proof, readers):
            module.register()
        return cases.run_all("report")
    finally:
        setting.drop_templates()


if __name__ == "__main__":
    sys.exit(main())
