#!/usr/bin/python3
"""Runs the cases of tests/look beside the server that PGHOST, PGPORT and PGUSER name."""

import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "report"))

# pylint: disable=wrong-import-position
import cases
import odd
import pages
import setting
from live import drop_database

SAMPLE_PERIODS = ("2024-12", "2025-10", "2025-12")
PREFIX = "tierclose_look_"


def make_reports(place):
    """{name: page} of every report that is looked at."""
    found = {}

    def add(name, database, periods):
        for period in periods:
            folder = place / f"{name}-{period}"
            setting.make(database, period, folder, "--format", "html")
            found[folder.name] = folder / "report.html"
    add("sample", setting.MANY, SAMPLE_PERIODS)
    for make in (odd.hostile, odd.nothing, odd.quiet):
        database = f"{PREFIX}{make.__name__}"
        try:
            add(make.__name__, *make(database))
        finally:
            drop_database(database)
    return found


def tables_scroll_where_they_must(path):
    """So that what fits_the_window looks at is there at all."""
    cases.expect(pages.fits_the_window(path) > 10, "no table is wide")


def register(found):
    """Every look of the ordinary report; of the others, which differ in their data, some each."""
    looks = {"sample-2025-12": pages.LOOKS, "hostile-2025-12": pages.LOOKS[0::3]}
    for number, (name, path) in enumerate(found.items()):
        some = [pages.LOOKS[number % len(pages.LOOKS)]]
        cases.add_case(f"{name} is accessible", pages.is_accessible, path, looks.get(name, some))
        if name != "hostile-2025-12":
            cases.add_case(f"{name} fits the window", pages.fits_the_window, path)
    for name in ("sample-2025-12", "hostile-2025-12", "nothing-2025-12"):
        cases.add_case(f"{name} needs nothing else", pages.needs_nothing_else, found[name])
    cases.add_case("hostile-2025-12 fits the window, its tables scroll",
                   tables_scroll_where_they_must, found["hostile-2025-12"])
    cases.add_case("light and dark", pages.follows_the_theme, found["sample-2025-12"])
    for name in ("sample-2025-12", "sample-2025-10", "nothing-2025-12"):
        cases.add_case(f"{name} prints whole", pages.prints_whole, found[name])


def main():
    setting.make_templates()
    try:
        with tempfile.TemporaryDirectory(prefix="tierclose-look.") as place:
            found = make_reports(pathlib.Path(place))
            if os.environ.get("TIERCLOSE_PICTURES"):
                folder = pathlib.Path(os.environ["TIERCLOSE_PICTURES"])
                folder.mkdir(exist_ok=True)
                for name, path in found.items():
                    pages.keep_pictures(path, folder, name)
            register(found)
            return cases.run_all("look")
    finally:
        setting.drop_templates()


if __name__ == "__main__":
    sys.exit(main())
