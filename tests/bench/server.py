"""The server of the bench: statements, and what its processes use.

The server is the one that PGHOST, PGPORT and PGUSER name (tests/support/cluster.sh sets them).
"""

import os
import pathlib
import subprocess
import threading

ROOT = pathlib.Path(__file__).absolute().parents[2]
OUT = ROOT / "build/bench"
SAMPLE_SECONDS = 0.05
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """Something failed; the message says what, for a person."""


def psql_words(database):
    return ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only",
            "--set=ON_ERROR_STOP=1", "--dbname", database]


def query(database, sql):
    """What psql prints for the statements: a row a line, columns between bars."""
    done = subprocess.run(psql_words(database), input=sql, text=True, capture_output=True,
                          check=False)
    if done.returncode != 0:
        raise BenchError(done.stderr.strip())
    return done.stdout.strip()


def database_exists(database):
    return query("postgres", f"select count(*) from pg_database where datname = '{database}'") == "1"


def wal_position():
    return int(query("postgres", "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"))


def run_each(calls, at_once):
    """Calls functions, some side by side; the first failure is raised."""
    left = list(calls)
    failures = []

    def work():
        while left and not failures:
            call = left.pop(0)
            try:
                call()
            except BenchError as error:
                failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class ServerWatch:
    """Beside a measurement: the CPU time of the server's processes, and the most memory that they
    held of their own, all added up. Shared buffers do not count; what was held before is taken off.
    """

    def __init__(self):
        folder = query("postgres", "show data_directory")
        lines = pathlib.Path(folder, "postmaster.pid").read_text(encoding="ascii").splitlines()
        self._postmaster = int(lines[0])
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._held_before = self._held()
        self._cpu_before = self._cpu()
        self.peak_bytes = 0
        self.cpu_seconds = 0.0

    def _processes(self):
        path = f"/proc/{self._postmaster}/task/{self._postmaster}/children"
        return pathlib.Path(path).read_text(encoding="ascii").split()

    def _held(self):
        total = 0
        for process in self._processes():
            try:
                text = pathlib.Path(f"/proc/{process}/status").read_text(encoding="ascii")
            except OSError:
                continue  # it has just ended
            total += sum(int(line.split()[1]) * 1024 for line in text.splitlines()
                         if line.startswith("RssAnon:"))
        return total

    def _cpu(self):
        """Of those that live, and of those that have ended: the postmaster has inherited theirs."""
        total = 0
        for process, fields in [(self._postmaster, slice(13, 15)),
                                *((process, slice(11, 13)) for process in self._processes())]:
            try:
                text = pathlib.Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
            except OSError:
                continue
            total += sum(map(int, text.rpartition(")")[2].split()[fields]))
        return total / CLOCK_TICKS

    def _watch(self):
        while not self._stop.wait(SAMPLE_SECONDS):
            self.peak_bytes = max(self.peak_bytes, self._held() - self._held_before)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        self.cpu_seconds = self._cpu() - self._cpu_before
