"""The database of the cases, the programs that they run, and the server's settings.

As in tests/close, 2025-10 and 2025-11 are closed and 2025-12 is due.
"""

import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

# pylint: disable=wrong-import-position
from cases import expect, wait_until
from job import CONFIG, JOB_SECONDS_MAX, PROGRAM, run_job
from live import copy_database, drop_database, psql
from sample_data import load_sample, purchase

FOLDER = pathlib.Path(os.environ.get("ACCESS_FOLDER", "/nonexistent"))
SERVER_LOG = pathlib.Path(os.environ.get("PGHOST", "/nonexistent")) / "server.log"
MEMBERS = 30
CLOSED = "tierclose_access_closed"  # 2025-12 is closed as well
OPEN = "tierclose_access_open"      # 2025-12 is due
TODAY = "2026-01-02"
ALL_COMMANDS = (
    ("close", "--today", TODAY), ("close", "--dry-run", "--today", TODAY),
    ("restate", "--period", "2025-11", "--today", TODAY),
    ("backfill", "--from", "2025-11", "--to", "2025-12", "--today", TODAY),
    ("verify", "--period", "2025-11"), ("status",), ("check", "--db"),
    ("explain", "--member", "5001", "--period", "2025-11"),
)
# Each has a login and one role.
USERS = {"access_job": "tierclose_job", "access_auditor": "tierclose_auditor",
         "access_service": "tierclose_service", "access_nobody": None}
SOURCE = ("source: {members: loyalty.member, events: loyalty.point_event,"
          " kinds: loyalty.event_kind}")
KNOWN = ("insert into loyalty.member (member_id, registered_on) values (5001, '2025-01-01');\n"
         + purchase(50011, 5001, "2025-11-10 12:00-08", 9000)
         + purchase(50012, 5001, "2025-12-10 12:00-08", 50000))


def make_templates():
    load_sample(OPEN, MEMBERS)
    psql(OPEN, KNOWN)
    run_job(OPEN, "backfill", "--from", "2025-10", "--to", "2025-11", "--today", "2025-12-05")
    copy_database(OPEN, CLOSED)
    run_job(CLOSED, "close", "--today", TODAY)
    for user, role in USERS.items():
        psql("postgres", f"create role {user} login" + (f" in role {role}" if role else ""))


def drop_templates():
    drop_database(CLOSED)
    drop_database(OPEN)


@dataclasses.dataclass
class Ended:
    """A program that has ended."""
    words: list
    code: int
    out: str
    err: str

    def told(self):
        return f"{self.words}: exit code {self.code}\n{self.out[-400:]}{self.err}"

    def expect(self, code, *parts):
        """The exit code, and these parts in stdout or stderr."""
        expect(self.code == code, f"wanted exit code {code}; {self.told()}")
        for part in parts:
            expect(part in self.out + self.err, f"wanted {part!r} in it; {self.told()}")
        return self


def environment_of(**variables):
    """No connection but what the variables say, and nobody's own files; None takes one away."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("PG", "TIERCLOSE_"))}
    return {name: value for name, value in {**kept, "HOME": "/nonexistent", **variables}.items()
            if value is not None}


def start(words, dsn, config=CONFIG, **variables):
    """The job as a process, with no environment but this."""
    given = ["--dsn", dsn] if dsn is not None else []
    return subprocess.Popen([PROGRAM, *words, "--config", config, *given],
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, env=environment_of(**variables))


def wait_for(process):
    try:
        out, err = process.communicate(timeout=JOB_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    return Ended(process.args, process.returncode, out, err)


def run(words, dsn, config=CONFIG, **variables):
    return wait_for(start(words, dsn, config, **variables))


def socket_dsn(database, user, **more):
    """Over the server's socket."""
    words = {"host": os.environ["PGHOST"], "port": os.environ["PGPORT"], "dbname": database,
             "user": user, **more}
    return " ".join(f"{name}='{value}'" for name, value in words.items())


def tcp_dsn(database, user, **more):
    """To 127.0.0.1, under the name localhost, whatever that is on this machine."""
    return socket_dsn(database, user, **{"host": "localhost", "hostaddr": "127.0.0.1", **more})


def write_file(folder, name, text, mode=0o600):
    """Returns its path."""
    path = pathlib.Path(folder) / name
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def changed_config(folder, *replacements):
    """A copy of the programme's file with pieces of text replaced."""
    text = CONFIG.read_text(encoding="utf-8")
    for old, new in replacements:
        expect(old in text, f"{CONFIG} has no {old!r}")
        text = text.replace(old, new)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=folder, delete=False,
                                     encoding="utf-8") as file:
        file.write(text)
    return file.name


def set_server(**settings):
    """Changes settings of the server, and waits until new connections have them."""
    sql = "".join(f"alter system set {name} = '{value}';\n" for name, value in settings.items())
    psql("postgres", sql + "select pg_reload_conf();")
    for name, value in settings.items():
        wait_until(lambda name=name, value=value:
                   psql("postgres", f"show {name}").strip() == value, f"{name} to be {value}")
