"""The job waits at a step, and there it is killed, stopped, or loses a connection.

Four ways to end it: kill -9, SIGINT, SIGTERM, and pg_terminate_backend of each of its connections.
"""

import signal

from actions import ACTIONS, SHARED, died
from cases import add_case, expect, expect_equal, wait_until
from job import CONFIG, LEADER, READER, WORKER, backends
from stalls import STEPS, gate_config, table_lock

# The steps that every action is disturbed at; every_message.py has all the others.
STEPS_OF_ALL = ("events are read", "standings are written", "standings are attached",
                "the last row is written", "the commit is done")
# Where the server makes it wait: a stop may not take until the server is done.
STEPS_OF_STOPS = ("members are read", "events are read", "standings are written",
                  "the last row is written")
# Of a close and a settle.
STEPS_WITHOUT_ROW = ("dead runs are marked", "members are read")
STOP_SECONDS = 3
ENDED_BY_SIGNAL = {signal.SIGINT: 130, signal.SIGTERM: 143}
IN_COMMIT = "the commit is done"

def kill_9(trial, job, stall):
    job.kill(signal.SIGKILL)
    job.expect_code(-9)
    stall.release()


def stopped(number):
    def fault(_trial, job, stall):
        job.kill(number)
        # A job that can end now may; one that waits for the server goes on to its next look.
        job.ends_within(0.3)
        stall.release()
        job.wait()
    return fault


def terminated(name):
    def fault(trial, _job, stall):
        for pid in backends(trial.session, trial.database, name):
            trial.session.query(f"select pg_terminate_backend({pid}, 10000)")
        stall.release()
    return fault


def check_killed(trial, step):
    """The backend of a killed job that is in its commit commits; else it finds nobody and ends."""
    if step == IN_COMMIT:
        trial.expect_published()
        return
    trial.expect_unpublished()
    if step not in STEPS_WITHOUT_ROW:
        expect(died(trial), "status does not tell that the run died")


def check_stopped(trial, job, step, number):
    """Before the commit: not published. In it: as the exit code says."""
    if step == IN_COMMIT and job.code == 0:
        trial.expect_published()
        return
    job.expect_code(ENDED_BY_SIGNAL[number])
    job.expect_error(f"stopped by {number.name}, what was being done was not published")
    trial.expect_unpublished()
    if step not in STEPS_WITHOUT_ROW:
        status, error = trial.last_run()
        expect_equal(status, "failed", "the run's row")
        expect("stopped" in error or "cancel" in error, f"the ledger's error: {error}")


def check_terminated(trial, job, step, name):
    if step == IN_COMMIT and name == LEADER:
        job.expect_code(74).expect_error("the connection died while publishing",
                                         "tierclose status")
        trial.expect_unpublished()
        expect(died(trial), "status does not tell that the run died")
        return
    if job.wait() == 0:
        # The reader's work may be done by then.
        expect(name == READER, f"it went on without its {name}; {job.told()}")
        trial.expect_published()
        return
    job.expect_code(69).expect_error("connection")
    trial.expect_unpublished()
    if step in STEPS_WITHOUT_ROW:
        return
    if name == LEADER:
        expect(died(trial), "status does not tell that the run died")
    else:
        status, error = trial.last_run()
        expect_equal(status, "failed", "the run's row")
        expect("connection" in error, f"the ledger's error: {error}")


def disturb(action, step, fault, check):
    """One run with one fault; then the step is free again."""
    gated = gate_config()
    config = gated.name if step == "events are read" else CONFIG
    with SHARED[action.name] as trial:
        with STEPS[step](trial) as stall, trial.start(config=config) as job:
            stall.reached(job)
            fault(trial, job, stall)
            job.wait()
        check(trial, job)
        if step == IN_COMMIT:
            trial.finish()


def lose_connections(action, step):
    names = (LEADER, READER, WORKER) if step == "events are read" else (LEADER,)
    for name in names:
        disturb(action, step, terminated(name),
                lambda trial, job, name=name: check_terminated(trial, job, step, name))


def send_signal(action, step, number):
    disturb(action, step, stopped(number),
            lambda trial, job: check_stopped(trial, job, step, number))


def try_step(action, step):
    """All faults at one step."""
    lose_connections(action, step)
    if step != IN_COMMIT:
        send_signal(action, step, signal.SIGINT)
        send_signal(action, step, signal.SIGTERM)
    disturb(action, step, kill_9, lambda trial, _job: check_killed(trial, step))


def try_before_commit(action):
    """Every row is written and the server waits for the commit: the job is stopped right there."""
    with SHARED[action.name] as trial:
        for fault, codes in ((signal.SIGKILL, (-9,)), (signal.SIGINT, (130,)),
                             (signal.SIGTERM, (143,)), ("terminate", (69, 74))):
            with table_lock(trial, "tierclose.program", "share", LEADER) as stall, \
                    trial.start() as job:
                stall.reached(job)
                job.stop_process()
                stall.release()
                wait_until(lambda: trial.session.query(
                    "select pid from pg_stat_activity where state = 'idle in transaction'"
                    f" and datname = '{trial.database}' and application_name = '{LEADER}'"),
                           "the last answer")
                if fault == "terminate":
                    terminated(LEADER)(trial, job, stall)
                else:
                    job.kill(fault)
                job.kill(signal.SIGCONT)
                job.expect_code(*codes)
            trial.expect_unpublished()


def try_stop_while_waiting(step):
    """A signal ends the job although the server does not answer it."""
    gated = gate_config()
    config = gated.name if step == "events are read" else CONFIG
    with SHARED["close"] as trial:
        with STEPS[step](trial) as stall, trial.start(config=config) as job:
            stall.reached(job)
            job.kill(signal.SIGTERM)
            ended = job.ends_within(STOP_SECONDS)
            stall.release()
            job.wait()
        expect(ended, f"it waited on for more than {STOP_SECONDS} seconds after SIGTERM, until the "
                      "server answered; " + job.told())
        job.expect_code(143)
        trial.expect_unpublished()


def try_next_run(action):
    """After all of that."""
    with SHARED[action.name] as trial:
        trial.finish()


def register():
    for step in STEPS_OF_ALL:
        for action in ACTIONS:
            add_case(f"{action}: ended where {step}", try_step, action, step)
    for step in STEPS:
        if step not in STEPS_OF_ALL:
            add_case(f"settle: ended where {step}", try_step, ACTIONS[1], step)
    for action in ACTIONS:
        add_case(f"{action}: ended where nothing is left but the commit", try_before_commit, action)
    for step in STEPS_OF_STOPS:
        add_case(f"close: SIGTERM ends the wait for the server where {step}",
                 try_stop_while_waiting, step)
    for action in ACTIONS:
        add_case(f"{action}: the next run after all of these", try_next_run, action)
    for action, number in zip(ACTIONS, (signal.SIGINT, signal.SIGTERM) * 2):
        add_case(f"{action}: {number.name} where {IN_COMMIT}", send_signal, action, IN_COMMIT,
                 number)
