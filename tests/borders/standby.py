"""A hot standby: who only looks may look there, who writes is told where he is."""

import contextlib
import pathlib
import shutil
import signal
import subprocess
import tempfile

from cases import Failure, add_case, expect, expect_equal, wait_until
from live import Session
from setting import PERIOD, TODAY, new_place

HERE = pathlib.Path(__file__).resolve().parent
START_SECONDS = 60


@contextlib.contextmanager
def new_standby():
    """The folder of its socket."""
    folder = tempfile.mkdtemp(prefix="pg_standby.", dir="/tmp")
    log = pathlib.Path(folder, "log")
    with open(log, "ab") as out, \
            subprocess.Popen([HERE / "standby.sh", folder + "/server"], stdin=subprocess.DEVNULL,
                             stdout=out, stderr=out) as server:
        def ready():
            if server.poll() is not None:
                raise Failure("the standby ended: " + log.read_text(encoding="utf-8"))
            return subprocess.run(["pg_isready", "-q", "-h", folder + "/server", "-d", "postgres"],
                                  check=False).returncode == 0
        try:
            # The server's user has to pass through.
            pathlib.Path(folder).chmod(0o711)
            wait_until(ready, "the standby to start", START_SECONDS)
            yield folder + "/server"
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()
            shutil.rmtree(folder)


def try_standby():
    with new_place() as place:
        place.add({"event_id": 1, "points": 150})
        place.close()
        with new_standby() as host:
            place.add({"event_id": 2, "points": 7})
            with Session(place.database, host=host) as there:
                wait_until(lambda: there.value("select count(*) from loyalty.point_event") == "2",
                           "the standby to have the second event", START_SECONDS)
            try_looking(place, host)
            for words in (("close", "--today", "2026-01-03"), ("close", "--no-wait"),
                          ("backfill", "--from", PERIOD, "--to", PERIOD),
                          ("restate", "--period", PERIOD), ("check", "--db")):
                job = place.job(*words, host=host, code=78)
                expect(job.err == "error: this server is a standby: it cannot be written to\n"
                                  "hint: name the primary in --dsn or PGHOST.\n", job.told())
        expect_equal(place.query("select status from tierclose.run"), [["published"]], "the ledger")
        place.close(today="2026-01-03")
        expect_equal(place.standings()[1], 157, "the points")


def try_looking(place, host):
    """As on the primary, and with what came late."""
    looks = (("status", "--today", TODAY), ("status", "--format", "json", "--today", TODAY),
             ("explain", "--member", 1, "--period", PERIOD, "--today", TODAY),
             ("close", "--dry-run", "--today", TODAY),
             ("backfill", "--from", PERIOD, "--to", PERIOD, "--dry-run", "--today", TODAY))
    for words in looks:
        here = place.job(*words).out
        expect_equal(without_times(place.job(*words, host=host).out), without_times(here),
                     f"{words} on the standby")
    job = place.job("verify", "--period", PERIOD, host=host, code=1)
    expect("157 points" in job.out, job.told())


def without_times(out):
    return [line for line in out.splitlines() if "time taken" not in line]


def register():
    add_case("a standby", try_standby)
