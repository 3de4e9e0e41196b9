"""Live PostgreSQL for tests: sessions that stay open, databases copied from one another.

Needs PGHOST, PGPORT and PGUSER (a superuser), as tests/support/cluster.sh sets them. A Session is
one psql behind pipes, so several of them are several transactions at once. One thread at a time
may use a Session.
"""

import os
import pathlib
import subprocess
import threading

from cases import Failure, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]

_copy_lock = threading.Lock()


class SqlError(Failure):
    """What the server or psql said."""


class ConnectionLost(SqlError):
    """The session is gone."""


class Session:
    """A connection. Statements of one send are one after the other; errors raise SqlError."""

    def __init__(self, database, host=None, options=""):
        self.database = database
        environment = {**os.environ, "PGAPPNAME": "test session", "PGOPTIONS": options}
        if host is not None:
            environment["PGHOST"] = str(host)
        self._psql = subprocess.Popen(
            ["stdbuf", "-oL", "psql", "-XqAt", "-F", "\x1f", "-P", "null=\x1d", "-d", database],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=environment)
        self._marks_sent = 0
        self._marks_read = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, sql):
        """Sends statements and does not wait for them."""
        self._marks_sent += 1
        try:
            self._psql.stdin.write(f"{sql}\n;\n\\echo \x02{self._marks_sent}\n")
            self._psql.stdin.flush()
        except BrokenPipeError:
            raise ConnectionLost(f"psql on {self.database} has ended") from None

    def receive(self):
        """The rows of what was sent and not received yet."""
        lines = []
        while self._marks_read < self._marks_sent:
            line = self._psql.stdout.readline()
            if line == "":
                raise ConnectionLost("psql ended: " + " ".join(lines))
            line = line.rstrip("\n")
            if line == f"\x02{self._marks_read + 1}":
                self._marks_read += 1
            else:
                lines.append(line)
        if any(line.startswith(("ERROR:", "FATAL:", "PANIC:", "psql:")) for line in lines):
            raise SqlError(" ".join(lines))
        return [[None if cell == "\x1d" else cell for cell in line.split("\x1f")]
                for line in lines]

    def query(self, sql):
        self.send(sql)
        return self.receive()

    def value(self, sql):
        """The one value of the one row."""
        return self.query(sql)[0][0]

    def pid(self):
        return int(self.value("select pg_backend_pid()"))

    def close(self):
        if self._psql.poll() is None:
            try:
                self._psql.stdin.close()
            except BrokenPipeError:
                pass
            self._psql.wait()
        self._psql.stdout.close()


def psql(database, script, **environment):
    """Runs a script in a session of its own; its output."""
    done = subprocess.run(
        ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database], input=script, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment},
        check=False)
    if done.returncode != 0:
        raise SqlError(f"psql on {database}: {done.stderr.strip()}")
    return done.stdout


def make_database(name):
    """An empty database with sql/ deployed."""
    done = subprocess.run([ROOT / "tests/support/cluster.sh", "new-database", name], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise SqlError(f"new-database {name}: {done.stdout}")


def copy_database(template, name):
    """The template may have no session; PostgreSQL copies for one at a time."""
    with _copy_lock:
        wait_until(lambda: psql("postgres", "select count(*) from pg_stat_activity "
                                f"where datname = '{template}'").strip() == "0",
                   f"the end of the sessions of {template}")
        psql("postgres", f'drop database if exists "{name}" with (force);\n'
                         f'create database "{name}" template "{template}";')


def drop_database(name):
    psql("postgres", f'drop database if exists "{name}" with (force);')


class Copy:
    """`with Copy(template, name) as database:` a copy that goes away at the end."""

    def __init__(self, template, name):
        self._template = template
        self._name = name

    def __enter__(self):
        copy_database(self._template, self._name)
        return self._name

    def __exit__(self, *_):
        drop_database(self._name)
