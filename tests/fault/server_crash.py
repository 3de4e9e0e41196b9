#!/usr/bin/python3
"""The server crashes (its immediate shutdown) at a step of a close, and comes back.

As a program, `server_crash.py FOLDER STEP`: one step on the server in FOLDER, which PGHOST names.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
from actions import ACTIONS, OPEN, Trial, died
from cases import Failure, add_case, expect, wait_until
from job import CONFIG
from live import psql
from locked_steps import tables_left
from stalls import STEPS, gate_config

HERE = pathlib.Path(__file__).resolve().parent
STEPS_OF_CRASHES = ("events are read", "standings are written", "standings are kept",
                    "the last row is written", "the commit is done")
ROLES = "create role tierclose_job; create role tierclose_auditor; create role tierclose_service;"


class Server:
    """A server of its own: start, crash, start."""

    def __init__(self, folder):
        self.folder = folder
        self._process = None

    def start(self):
        with open(self.folder + "/server.log", "ab") as log:
            self._process = subprocess.Popen([HERE / "server.sh", "serve", self.folder],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(self._ready, "the server to start")

    def _ready(self):
        expect(self._process.poll() is None, f"the server ended, see {self.folder}/server.log")
        return subprocess.run(["pg_isready", "-q", "-h", self.folder, "-d", "postgres"],
                              check=False).returncode == 0

    def crash(self):
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()


def try_step(server, step):
    gated = gate_config()
    with Trial(ACTIONS[0], "crash") as trial:
        with STEPS[step](trial) as stall, \
                trial.start(config=gated.name if step == "events are read" else CONFIG) as job:
            stall.reached(job)
            server.crash()
            job.wait()
            server.start()
            trial.connect_again()
        if step == "the commit is done":
            job.expect_code(74).expect_error("the outcome is unknown", "tierclose status")
        else:
            job.expect_code(69).expect_error("the connection was lost")
        expect(not trial.published(), "something was published")
        wait_until(lambda: died(trial), "status to tell that the run died")
        # What the writer had committed stands; its commit under way is lost with the server.
        trial.expect_unpublished((0,) if step == "standings are kept" else
                                 tables_left(trial.action, step))
        trial.finish()


def fill(server):
    """The template of `close` as it is on the tests' server."""
    dump = subprocess.run(["pg_dump", OPEN], stdout=subprocess.PIPE, check=True).stdout.decode()
    environment = {"PGHOST": server.folder, "PGPORT": "5432", "PGUSER": "postgres"}
    psql("postgres", f'{ROLES} create database "{OPEN}";', **environment)
    psql(OPEN, dump, **environment)


def crashes():
    folder = tempfile.mkdtemp(prefix="pg_fault.", dir="/tmp")
    server = Server(folder)
    try:
        subprocess.run([HERE / "server.sh", "make", folder], check=True)
        server.start()
        fill(server)
        server.crash()
        child = subprocess.run([__file__, folder], stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.STDOUT, check=False,
                               env={**os.environ, "PGHOST": folder, "PGPORT": "5432",
                                    "PGUSER": "postgres"})
        expect(child.returncode == 0, child.stdout)
    finally:
        shutil.rmtree(folder)


def register():
    add_case("close: the server crashes and comes back", crashes)


def main():
    server = Server(sys.argv[1])
    server.start()
    try:
        for step in STEPS_OF_CRASHES:
            try:
                try_step(server, step)
            except Failure as failure:
                raise Failure(f"where {step}: {failure}") from failure
    finally:
        server.crash()


if __name__ == "__main__":
    main()
