#!/usr/bin/python3
"""The server crashes at a step of a close, or at a call of libpq, and comes back.

By its immediate shutdown or by kill -9. As a program, `server_crash.py FOLDER COUNT`: on the server
in FOLDER, which PGHOST names, at so many calls.
"""

import contextlib
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
from every_call import check_end
from injection import Injection
from job import CONFIG
from live import psql
from locked_steps import tables_left
from series import CONNECTION_BREAKS, wait_until_stopped
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

    def crash(self, number=signal.SIGQUIT):
        children = [pid for pid in pathlib.Path("/proc").glob("[0-9]*")
                    if state_of(pid)[1] == self._process.pid]
        self._process.send_signal(number)
        self._process.wait()
        for pid in children if number == signal.SIGKILL else ():
            # Left alone they find out by themselves, in about two seconds.
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid.name), number)
        wait_until(lambda: all(state_of(pid)[0] in "ZX" for pid in children),
                   "the end of its processes")


def state_of(process):
    """The letter and the parent's pid, of a folder in /proc."""
    try:
        words = (process / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return words[0], int(words[1])
    except (FileNotFoundError, ProcessLookupError):
        return "X", None


def try_step(server, step, how):
    gated = gate_config()
    with Trial(ACTIONS[0], "crash") as trial:
        with STEPS[step](trial) as stall, \
                trial.start(config=gated.name if step == "events are read" else CONFIG) as job:
            stall.reached(job)
            server.crash(how)
            job.wait()
            server.start()
            trial.connect_again()
        if step == "the commit is done":
            job.expect_code(74).expect_error("the outcome is unknown", "tierclose status")
        else:
            job.expect_code(69).expect_error("the connection was lost")
        expect(not trial.published(), "something was published")
        # Its leader may be the last to lose its connection, and leave a word before.
        wait_until(lambda: died(trial) or trial.last_run()[0] == "failed",
                   "status to tell that the run died")
        # What the writer had committed stands; its commit under way is lost with the server.
        trial.expect_unpublished((0,) if step == "standings are kept" else
                                 tables_left(trial.action, step))
        trial.finish()


def try_call(server, number):
    """Killed before a call of libpq."""
    with Trial(ACTIONS[0], "crash") as trial:
        injection = Injection("libpq", number, f"signal:{int(signal.SIGSTOP)}")
        with trial.start(workers=1, environment=injection.environment) as job:
            if not wait_until_stopped(job):
                job.expect_code(0)
                return
            server.crash(signal.SIGKILL)
            job.kill(signal.SIGCONT)
            job.wait()
            server.start()
            trial.connect_again()
        try:
            check_end(trial, CONNECTION_BREAKS, None, job, trial.published())
            trial.finish()
        except Failure as failure:
            raise Failure(f"{injection}\n{failure}") from failure


def fill(server):
    """The template of `close` as it is on the tests' server."""
    dump = subprocess.run(["pg_dump", OPEN], stdout=subprocess.PIPE, check=True).stdout.decode()
    environment = {"PGHOST": server.folder, "PGPORT": "5432", "PGUSER": "postgres"}
    psql("postgres", f'{ROLES} create database "{OPEN}";', **environment)
    psql(OPEN, dump, **environment)


def crashes(count):
    folder = tempfile.mkdtemp(prefix="pg_fault.", dir="/tmp")
    server = Server(folder)
    try:
        subprocess.run([HERE / "server.sh", "make", folder], check=True)
        server.start()
        fill(server)
        server.crash()
        child = subprocess.run([__file__, folder, str(count)], stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.STDOUT, check=False,
                               env={**os.environ, "PGHOST": folder, "PGPORT": "5432",
                                    "PGUSER": "postgres"})
        expect(child.returncode == 0, child.stdout)
    finally:
        shutil.rmtree(folder)


def register(every):
    add_case("close: the server crashes and comes back", crashes, 60 if every else 2)


def numbers(count):
    """Calls of an undisturbed run: so many on the way, and those around the commit."""
    with Trial(ACTIONS[0], "crash") as trial:
        injection = Injection("libpq", 0, "error:0")
        trial.start(workers=1, environment=injection.environment).expect_code(0)
        span = injection.spans()["libpq"]
    step = span.total // (count + 1)
    return (*range(step, step * count + 1, step), *range(span.commit_from, span.commit_until + 1))


def main():
    server = Server(sys.argv[1])
    server.start()
    try:
        for index, step in enumerate(STEPS_OF_CRASHES):
            try:
                try_step(server, step, (signal.SIGKILL, signal.SIGQUIT)[index % 2])
            except Failure as failure:
                raise Failure(f"where {step}: {failure}") from failure
        for number in numbers(int(sys.argv[2])):
            try_call(server, number)
    finally:
        server.crash()


if __name__ == "__main__":
    main()
