"""The first, the second, the third ... message of a connection meets a fault, until none is left.

A message is stopped in the proxy, the fault happens, and only then it goes on. The faults take
turns, and with the four actions each kind comes to each part of a run. A run whose fault came too
late is the undisturbed one: it ends the series.
"""

import fnmatch
import signal

from actions import ACTIONS, SHARED
from cases import Failure, add_case, expect
from job import LEADER, READER, WORKER, backends
from proxy import Proxy, is_commit, words_of
from stalls import WRITER

FAULTS = ("cut", signal.SIGKILL, "terminate", signal.SIGINT, signal.SIGTERM)
MESSAGES_MAX = 400
FAILURES_SHOWN = 4


def has_name(connection, name):
    """`name` as SQL's like takes it."""
    return fnmatch.fnmatchcase(connection.name, name.replace("%", "*"))


class Fault:
    """The rule of one run: what happens before message `number` of connection `name`."""

    def __init__(self, trial, name, number, kind):
        self.trial = trial
        self.name = name
        self.number = number
        self.kind = kind
        self.job = None
        self.hit = None  # the message's words
        self.kept = 0  # tables that the writer was about to commit
        self.attached = 0  # and the leader to attach

    def __call__(self, connection, unit):
        if self.hit is not None:
            return
        # The commit has its own tests.
        if connection.count == self.number and not is_commit(unit) \
                and has_name(connection, self.name):
            self.hit = words_of(unit)
            self._do_harm(connection)
        elif has_name(connection, WRITER):
            self.kept += b"add primary key" in unit
        elif has_name(connection, LEADER):
            self.attached += b"attach partition" in unit

    def _do_harm(self, connection):
        if self.kind == "cut":
            connection.cut()
        elif self.kind == "terminate":
            # By the name that it may have been given since.
            for pid in backends(self.trial.session, self.trial.database, self.name):
                self.trial.session.query(f"select pg_terminate_backend({pid}, 10000)")
        elif self.kind == signal.SIGKILL:
            self.job.kill_9()
            connection.cut()
        else:
            self.job.kill(self.kind)

    def tables_left(self):
        """How many tables of standings may be left, and why."""
        if self.name == WRITER and self.kind in ("cut", "terminate", signal.SIGKILL):
            return range(self.kept + 1)  # nobody else drops what the writer has committed
        if self.name == LEADER and self.kind == signal.SIGKILL:
            return range(self.trial.action.tables + 1)  # the writer goes on beside the leader
        if self.name == LEADER and self.kind == "cut":
            return range(self.attached + 1)  # the server may hold their locks for a while
        return (0,)


def check(fault, job):
    where = f"{fault.kind!r} at message {fault.number} of {fault.name}: {fault.hit}\n"
    codes = {"cut": 69, "terminate": 69, signal.SIGKILL: -9, signal.SIGINT: 130,
             signal.SIGTERM: 143}
    expect(job.code == codes[fault.kind],
           f"{where}wanted exit code {codes[fault.kind]}; {job.told()}")
    try:
        if fault.kind != signal.SIGKILL:
            job.expect_error("connection" if job.code == 69 else "stopped by SIG")
        fault.trial.expect_unpublished(fault.tables_left())
    except Exception as failure:
        raise type(failure)(f"{where}{failure}") from failure


def run_with_fault(trial, name, number, kind, workers):
    fault = Fault(trial, name, number, kind)
    with Proxy(fault) as proxy, trial.start(host=proxy.host, workers=workers) as job:
        fault.job = job
        job.wait()
    return fault, job


def try_messages(action, name, first_kind, step=1, workers=2):
    """Each is tried, or every `step`-th, also after one that did harm."""
    failures = []
    number = 0
    while True:
        with SHARED[action.name] as trial:
            number += step
            expect(number < MESSAGES_MAX, "there is no end of messages")
            kind = FAULTS[(number + first_kind) % len(FAULTS)]
            fault, job = run_with_fault(trial, name, number, kind, workers)
            if fault.hit is None:
                job.expect_code(0)
                trial.expect_published()
                trial.finish()
                break
            try:
                check(fault, job)
            except Failure as failure:
                failures.append(str(failure))
    expect(number > 5, f"only {number} messages were seen")
    expect(not failures, f"{len(failures)} of {number} messages:\n"
                         + "\n".join(failures[:FAILURES_SHOWN]))


def register():
    close, settle, restate, backfill = ACTIONS
    # The long ones have the same messages over and over.
    for index, (action, step) in enumerate(((close, 1), (settle, 2), (restate, 3), (backfill, 4))):
        add_case(f"{action}: a fault at each message of the leader", try_messages, action, LEADER,
                 index, step)
    add_case("close: a fault at each message of a worker", try_messages, close, WORKER, 0, 1, 1)
    for index, action in enumerate((close, backfill)):
        add_case(f"{action}: a fault at each message of the writer", try_messages, action, WRITER,
                 index)
    for index, action in enumerate((restate, settle)):
        add_case(f"{action}: a fault at each message of the reader", try_messages, action, READER,
                 index + 2)
