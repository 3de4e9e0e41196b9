"""The first, the second, the third ... message of a connection meets a fault, until none is left.

A message is stopped in the proxy, the fault happens, and only then it goes on. The faults take
turns, and with the four actions each kind comes to each part of a run. A run whose fault came too
late is the undisturbed one: it ends the series.
"""

import signal

from actions import ACTIONS, SHARED
from cases import Failure, add_case, expect
from job import LEADER, READER, backends
from proxy import Proxy, is_commit, words_of

FAULTS = ("cut", signal.SIGKILL, "terminate", signal.SIGINT, signal.SIGTERM)
MESSAGES_MAX = 400
FAILURES_SHOWN = 4


class Fault:
    """The rule of one run: what happens before message `number` of connection `name`."""

    def __init__(self, trial, name, number, kind):
        self.trial = trial
        self.name = name
        self.number = number
        self.kind = kind
        self.job = None
        self.hit = None  # the message's words

    def __call__(self, connection, unit):
        # The commit has its own tests.
        if self.hit is not None or connection.count != self.number or is_commit(unit) \
                or not connection.name.startswith(self.name) \
                or (self.name == LEADER and connection.name != LEADER):
            return
        self.hit = words_of(unit)
        if self.kind == "cut":
            connection.cut()
        elif self.kind == "terminate":
            for pid in backends(self.trial.session, self.trial.database, connection.name):
                self.trial.session.query(f"select pg_terminate_backend({pid}, 10000)")
        elif self.kind == signal.SIGKILL:
            self.job.kill_9()
            connection.cut()
        else:
            self.job.kill(self.kind)


def check(fault, job):
    where = f"{fault.kind!r} at message {fault.number} of {fault.name}: {fault.hit}\n"
    codes = {"cut": 69, "terminate": 69, signal.SIGKILL: -9, signal.SIGINT: 130,
             signal.SIGTERM: 143}
    expect(job.code == codes[fault.kind],
           f"{where}wanted exit code {codes[fault.kind]}; {job.told()}")
    try:
        if fault.kind != signal.SIGKILL:
            job.expect_error("connection" if job.code == 69 else "stopped by SIG")
        fault.trial.expect_unpublished()
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
    add_case("close: a fault at each message of a worker", try_messages, close, "tierclose run ",
             0, 1, 1)
    for index, action in enumerate((restate, settle)):
        add_case(f"{action}: a fault at each message of the reader", try_messages, action, READER,
                 index + 2)
