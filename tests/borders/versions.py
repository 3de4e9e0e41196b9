#!/usr/bin/python3
"""Servers of other major versions: the same result from the same events.

As a program, beside such a server: prints what it found there.
"""

import functools
import json
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
from cases import Skipped, add_case, expect, expect_equal, wait_until
from job import READER, Job, run_job
from live import Session, drop_database, psql
from published import fingerprint
from roles import job_user
from sample_data import late_events, load_sample

HERE = pathlib.Path(__file__).resolve().parent
MAJORS = (14, 16, 17, 18)
MEMBERS = 20
TRANSACTION_TIMEOUT_SINCE = 17
STATUS_SKIPPED = 77

_here_lock = threading.Lock()


def play():
    """Two months, late events, a settle, a restate; the public views after each."""
    database = "tierclose_borders_version"
    load_sample(database, MEMBERS)
    with Session(database) as session:
        major = int(session.value("show server_version_num")) // 10000
        seen = []
        settings = {"transaction_timeout": "2s"} if major >= TRANSACTION_TIMEOUT_SINCE else {}
        with job_user(settings) as user:
            for words in (("check", "--db"),
                          ("backfill", "--from", "2025-10", "--to", "2025-11", "--today",
                           "2025-12-05"),
                          ("close", "--today", "2025-12-31"), ("close", "--today", "2026-01-02"),
                          ("restate", "--period", "2025-11", "--today", "2026-01-10"),
                          ("verify", "--period", "2025-12"), ("status",),
                          ("explain", "--member", 1001, "--period", "2025-12")):
                run_job(database, *words, user=user)
                if words[0] in ("backfill", "close", "restate"):
                    seen.append(fingerprint(session))
                if words[-1] == "2025-12-31":
                    psql(database, late_events())
            if settings:
                try_long_transaction(database, session, user)
    drop_database(database)
    return major, seen


def try_long_transaction(database, session, user):
    """The role's transaction_timeout is not the job's: its reader waits for longer than that."""
    with Session(database) as holder:
        holder.query("begin; lock table loyalty.member in access exclusive mode")
        with Job(database, ("verify", "--period", "2025-12"), user=user) as job:
            wait_until(lambda: not job.running() or session.query(
                f"select pid from pg_stat_activity where application_name = '{READER}'"
                " and clock_timestamp() - xact_start > interval '2.5 seconds'"), "the reader to wait")
            holder.query("rollback")
            job.expect_code(0)


@functools.cache
def _here():
    return play()


def here():
    with _here_lock:
        return _here()


def try_version(major):
    done = subprocess.run([HERE / "version.sh", str(major), __file__], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode == STATUS_SKIPPED:
        raise Skipped(done.stderr.strip())
    expect(done.returncode == 0, done.stdout + done.stderr)
    there, seen = json.loads(done.stdout.splitlines()[-1])
    expect_equal(there, major, "the server's version")
    expect_equal(seen, here()[1], "the public views")


def register():
    for major in MAJORS:
        add_case(f"PostgreSQL {major}", try_version, major)


if __name__ == "__main__":
    print(json.dumps(play()))
