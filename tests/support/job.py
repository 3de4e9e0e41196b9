"""The job as a process of its own: started, watched through pg_stat_activity, ended.

The program is $TIERCLOSE_JOB, else build/job/tierclose.
"""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

from cases import Failure, expect, wait_until
from live import ROOT

PROGRAM = ROOT / os.environ.get("TIERCLOSE_JOB", "build/job/tierclose")
CONFIG = ROOT / "config/aliexpress.yaml"
JOB_SECONDS_MAX = int(os.environ.get("TIERCLOSE_JOB_SECONDS_MAX", "60"))
OUT_LINES_SHOWN = 4


class Job:
    """A command that runs beside the test. `words`: the command and its options; `environment`:
    what it has besides that of the test. `through`: the words of a program that starts it."""

    def __init__(self, database, words, config=CONFIG, host=None, user=None, environment=None,
                 through=()):
        dsn = f"dbname={database}"
        dsn += f" host={host}" if host is not None else ""
        dsn += f" user={user}" if user is not None else ""
        self.words = [str(word) for word in words]
        self._process = subprocess.Popen(
            [*through, PROGRAM, *self.words, "--config", config, "--dsn", dsn, "--quiet"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})})
        self.code = None
        self.out = ""
        self.err = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill(signal.SIGKILL)
        self.kill(signal.SIGCONT)
        self.wait()

    def running(self):
        return self._process.poll() is None

    def kill(self, number):
        if self.code is None:
            self._process.send_signal(number)

    def ends_within(self, seconds):
        """Whether it ends by itself; what it printed is there afterwards."""
        end = time.monotonic() + seconds
        while self.running() and time.monotonic() < end:
            time.sleep(0.005)
        return not self.running() and self.wait() is not None

    def wait(self):
        """The exit code, as a shell shows it; -9 for a kill -9."""
        if self.code is None:
            try:
                self.out, self.err = self._process.communicate(timeout=JOB_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self.out, self.err = self._process.communicate()
                raise Failure(f"{self} did not end in {JOB_SECONDS_MAX} seconds") from None
            self.code = self._process.returncode
        return self.code

    def kill_9(self):
        """And waits for the end; also while another thread is in wait()."""
        self.kill(signal.SIGKILL)
        wait_until(lambda: not self.running(), "the job to be dead")

    def stop_process(self):
        """SIGSTOP, and waits until it has stopped."""
        self.kill(signal.SIGSTOP)
        wait_until(self.process_stopped, "the job to stop")

    def process_stopped(self):
        state = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii")
        return state.rpartition(")")[2].split()[0] == "T"

    def __str__(self):
        return "tierclose " + " ".join(self.words)

    def told(self):
        """The end, and the beginning of what it printed; a summary is long."""
        printed = self.out.splitlines(keepends=True)
        if len(printed) > OUT_LINES_SHOWN:
            printed[OUT_LINES_SHOWN:] = ["...\n"]
        out = "".join(printed)
        return f"{self}: exit code {self.code}\n{out}{self.err}"

    def expect_code(self, *codes):
        self.wait()
        expect(self.code in codes, f"wanted exit code {' or '.join(map(str, codes))}; "
                                   + self.told())
        return self

    def expect_error(self, *parts):
        """stderr is one error, with these parts, and at most one hint."""
        lines = self.err.splitlines()
        expect(len(lines) in (1, 2) and lines[0].startswith("error: ")
               and all(line.startswith("hint: ") for line in lines[1:]),
               f"wanted an error and a hint; {self.told()}")
        for part in parts:
            expect(part in self.err, f"wanted {part!r} in the error; {self.told()}")
        return self


def run_job(database, *words, code=0, **options):
    """Runs it to its end."""
    return Job(database, words, **options).expect_code(code)


@contextlib.contextmanager
def config_file(text):
    """A programme's file for as long as it lasts."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        yield file.name


def changed_config(*replacements):
    """The programme's file with pieces of text replaced."""
    text = CONFIG.read_text(encoding="utf-8")
    for old, new in replacements:
        expect(old in text, f"{CONFIG} has no {old!r}")
        text = text.replace(old, new)
    return config_file(text)


# The names by which pg_stat_activity shows the job's connections.
LEADER = "tierclose"
READER = "tierclose reader"
WORKER = "tierclose run % worker %"


def backends(session, database, name="tierclose%"):
    """The pids of the job's connections of that name."""
    return [int(row[0]) for row in session.query(
        "select pid from pg_stat_activity where datname = "
        f"'{database}' and application_name like '{name}' order by 1")]


def wait_until_gone(session, database):
    """Until the server has noticed that the job is gone."""
    wait_until(lambda: not backends(session, database), "the job's connections to end")
