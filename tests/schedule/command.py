"""What a scheduler starts, started: with its own words and environment, beside a real database.

The job acts on the database's clock there, so a month is due however late the test is run: in the
database nothing is closed but a month that is long past.
"""

import datetime
import os
import pathlib
import re
import subprocess
import tempfile
import zoneinfo

import yaml

from cases import expect, expect_equal
from job import CONFIG, PROGRAM, run_job
from live import ROOT, Copy, Session, drop_database, psql
from sample_data import load_sample

OPEN = "tierclose_schedule_open"  # three months have been missed
MISSED = 3
PROGRAMME = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
ZONE = PROGRAMME["timezone"]
# Where the files are on the host, and what stands in for them here.
PROGRAMME_FILE = "/etc/tierclose/programme.yaml"


def exit_codes():
    """Of --help."""
    shown = subprocess.run([PROGRAM, "--help"], text=True, capture_output=True, check=True).stdout
    return [int(code) for code in
            re.findall(r"^ {2,4}(\d+)  ", shown[shown.index("Exit codes:"):], flags=re.M)]


# What is tried again by itself: no database, an unknown outcome, a lock. Stopped by a person: not.
TRIED_AGAIN = {69, 74, 75}
STOPPED = {130, 143}


def hopeless():
    """The codes after which a person must look."""
    return set(exit_codes()) - TRIED_AGAIN - STOPPED - {0}


def months_due():
    """What is due after the missed nights, the oldest first: on a month's last day that one too."""
    today = datetime.datetime.now(zoneinfo.ZoneInfo(ZONE)).date()
    tomorrow = today + datetime.timedelta(days=1)
    months = [today] if tomorrow.day == 1 else []
    day = today
    for _ in range(MISSED):
        day = day.replace(day=1) - datetime.timedelta(days=1)
        months.insert(0, day)
    return [month.strftime("%Y-%m") for month in months]


def month_before(period):
    day = datetime.date.fromisoformat(f"{period}-01") - datetime.timedelta(days=1)
    return day.strftime("%Y-%m")


def make_template():
    load_sample(OPEN, 20)
    before = month_before(months_due()[0])
    run_job(OPEN, "backfill", "--from", before, "--to", before)
    psql("postgres", "do $$ begin create role tierclose_schedule login in role tierclose_job;"
                     " exception when duplicate_object then null; end $$")


def drop_template():
    drop_database(OPEN)
    psql("postgres", "drop role if exists tierclose_schedule")


def expect_closes(name, words, environment, service_file):
    """
    The words do what must be done after missed nights, and a second time nothing. `service_file` is
    where the scheduler has libpq's service file, with a section [tierclose]; None: at home.
    """
    with Copy(OPEN, f"tierclose_schedule_{name}") as database, \
            tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        (home / ".pg_service.conf").write_text(
            f"[tierclose]\nhost={os.environ['PGHOST']}\nport={os.environ['PGPORT']}\n"
            f"dbname={database}\nuser=tierclose_schedule\n", encoding="utf-8")
        text = "\0".join(f"{key}={value}" for key, value in environment.items())
        expect(PROGRAMME_FILE in text, f"{name}: its programme: {environment}")
        text = text.replace(PROGRAMME_FILE, str(CONFIG))
        if service_file is not None:
            expect(service_file in text, f"{name}: its service file: {environment}")
            text = text.replace(service_file, str(home / ".pg_service.conf"))
        variables = dict(pair.split("=", 1) for pair in text.split("\0"))
        variables.update(HOME=folder, PATH=f"{PROGRAM.parent}:/usr/bin:/bin")
        missed = months_due()
        for due in (missed, []):
            done = subprocess.run(words, env=variables, cwd=folder, text=True, capture_output=True,
                                  stdin=subprocess.DEVNULL, check=False)
            expect_equal(done.returncode, 0, f"{name}: exit code; {done.stderr}")
            expect_equal(re.findall(r"^Period (\S+) closed by run", done.stdout, flags=re.M), due,
                         f"{name}: months closed, in their order")
        with Session(database) as session:
            closed = session.query("select period from tierclose.published order by period")
            expect_equal([row[0] for row in closed][1:], missed, f"{name}: the closed months")


def expect_only_close(name, words):
    """`close`, and no option that lets a run act on another day or month, or come to nothing."""
    words = [pathlib.PurePath(words[0]).name, *words[1:]]
    expect(words[:2] == ["tierclose", "close"], f"{name}: {words}")
    allowed = {"--quiet", "--dsn", "service=tierclose"}
    expect(set(words[2:]) <= allowed, f"{name}: {words}")


def text_of(path):
    return (ROOT / "config" / path).read_text(encoding="utf-8")
