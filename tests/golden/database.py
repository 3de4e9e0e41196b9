"""A database of its own for a test, by psql; and the job, started on it.

Needs PGHOST, PGPORT and PGUSER, as tests/support/cluster.sh sets them.
"""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("TIERCLOSE", "build/job/tierclose"))
JOB_SECONDS_MAX = 120


class Failure(Exception):
    """What a case found wrong, in words."""


class Database:
    """A database with sql/ deployed and nothing in it. Drop it at the end."""

    def __init__(self, name):
        self.name = name
        run([ROOT / "tests/support/cluster.sh", "new-database", name])

    def drop(self):
        run(["psql", "-Xq", "-d", "postgres", "-c", f'drop database "{self.name}" with (force)'])

    def query(self, sql, today=None):
        """The rows of a query as lists of texts; None for null."""
        options = f"-c tierclose.today={today}" if today else ""
        text = run(
            ["psql", "-XqAt", "-d", self.name, "-F", "\x1f", "-R", "\x1e", "-P", "null=\x1d",
             "-v", "ON_ERROR_STOP=1"],
            stdin=sql, environment={"PGOPTIONS": options})
        rows = text.removesuffix("\n").split("\x1e") if text.strip("\n") else []
        return [[None if cell == "\x1d" else cell for cell in row.split("\x1f")] for row in rows]

    def job(self, config, words):
        """Runs the job; returns its exit code, stdout and stderr."""
        done = subprocess.run(
            [ROOT / PROGRAM, *words, "--config", config, "--dsn", f"dbname={self.name}"],
            cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            timeout=JOB_SECONDS_MAX)
        return done.returncode, done.stdout, done.stderr


def run(command, stdin=None, environment=None):
    done = subprocess.run(
        command, input=stdin, capture_output=True, text=True, check=False,
        env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        raise Failure(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def literal(text):
    """A value as SQL; None is null."""
    return "null" if text is None else "'" + str(text).replace("'", "''") + "'"
