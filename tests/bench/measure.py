"""Runs a method and says what it cost: time, CPU, memory, WAL."""

import dataclasses
import os
import subprocess
import threading
import time

from server import BenchError, ServerWatch, query, wal_position

MEGABYTE = 1 << 20


@dataclasses.dataclass
class Cost:
    """One run of a method. Memory is the most that the clients, and the server's processes beside
    shared buffers, held."""
    seconds: float = 0.0
    client_cpu_seconds: float = 0.0
    server_cpu_seconds: float = 0.0
    client_peak_bytes: int = 0
    server_peak_bytes: int = 0
    wal_bytes: int = 0


class Clients:
    """The processes of one run: start them through this, and their use is added up. Of those that
    run side by side each one's peak counts."""

    def __init__(self):
        self.cpu_seconds = 0.0
        self.peak_bytes = 0
        self._lock = threading.Lock()

    def run(self, words, stdin="", environment=None):
        """What the program printed. BenchError with its complaint if it fails."""
        with subprocess.Popen([str(word) for word in words], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={**os.environ, **(environment or {})}) as process:
            complaint = []
            listener = threading.Thread(target=lambda: complaint.append(process.stderr.read()))
            listener.start()
            process.stdin.write(stdin)
            process.stdin.close()
            printed = process.stdout.read()
            listener.join()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        with self._lock:
            self.cpu_seconds += usage.ru_utime + usage.ru_stime
            self.peak_bytes = max(self.peak_bytes, usage.ru_maxrss * 1024)
        if process.returncode != 0:
            raise BenchError(f"{words[0]} ended with {process.returncode}: "
                             f"{complaint[0].strip()[-600:]}")
        return printed


def measure(call):
    """Calls `call(clients)` on a server that has nothing left to write."""
    query("postgres", "checkpoint")
    clients = Clients()
    wal_before = wal_position()
    with ServerWatch() as server:
        started = time.monotonic()
        call(clients)
        seconds = time.monotonic() - started
    return Cost(seconds, clients.cpu_seconds, server.cpu_seconds, clients.peak_bytes,
                server.peak_bytes, wal_position() - wal_before)
