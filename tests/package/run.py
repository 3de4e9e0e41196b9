#!/usr/bin/python3
"""Builds the package and runs the cases of tests/package."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
import cases
import debian
import installed
import pages
import shells


def main():
    # What the package holds is what all cases look at: without it there is nothing to test.
    debian.build()
    try:
        for module in (debian, installed, pages, shells):
            module.register()
        return cases.run_all("package")
    finally:
        debian.clean_up()


if __name__ == "__main__":
    sys.exit(main())
