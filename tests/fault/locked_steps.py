"""The job waits at a step, and there it is killed, stopped, or loses a connection.

Four ways to end it: kill -9, SIGINT, SIGTERM, and pg_terminate_backend of each of its connections.
"""

import signal

from actions import ACTIONS, SHARED, died
from cases import add_case, expect, expect_equal, wait_until
from job import CONFIG, LEADER, READER, WORKER, backends
from published import unpublished_tables
from stalls import STEPS, WRITER, gate_config, last_attach, table_lock

# The steps that every action is disturbed at; every_message.py has all the others.
STEPS_OF_ALL = ("events are read", "standings are written", "standings are kept",
                "standings are attached", "the last row is written", "the commit is done")
# Where the server makes it wait: a stop may not take until the server is done.
STEPS_OF_STOPS = ("members are read", "events are read", "standings are written",
                  "standings are kept", "the last row is written")
# Of a close and a settle.
STEPS_WITHOUT_ROW = ("dead runs are marked", "members are read")
# Connections that are lost at a step, beside the leader's. What needs no writer any more goes on.
LOST_TOO = {
    "events are read": (READER, WORKER),
    "standings are written": (WRITER,),
    "standings are kept": (WRITER,),
    "standings are attached": (WRITER,),
}
STOP_SECONDS = 3
ENDED_BY_SIGNAL = {signal.SIGINT: 130, signal.SIGTERM: 143}
IN_COMMIT = "the commit is done"


def tables_left(action, step):
    """How many tables of standings a job leaves that dies there: those that are committed. The
    backend of a dead writer commits what it was told to; it ends where the next word should come.
    """
    if step in ("standings are attached", IN_COMMIT):
        return (action.tables,)
    if step in ("standings are kept", "the period is published"):
        return (1,)
    if step == "the last row is written" and action.tables == 1:
        return (1,)
    # Written side by side with the standings, in a backfill all but the last period's.
    if step in ("changes are written", "grants are written", "the last row is written"):
        return (0, 1)
    return (0,)


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
    expect(not trial.published(), "something was published")
    if step not in STEPS_WITHOUT_ROW:
        expect(died(trial), "status does not tell that the run died")
    trial.expect_unpublished(tables_left(trial.action, step))


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
        expect(not trial.published(), "something was published")
        expect(died(trial), "status does not tell that the run died")
        # For all that the job knows it may be published, so it drops nothing.
        trial.expect_unpublished((trial.action.tables,))
        return
    if job.wait() == 0:
        # The reader's work may be done by then, the writer's is once its tables are attached.
        expect(name == READER or (name, step) == (WRITER, "standings are attached"),
               f"it went on without its {name}; {job.told()}")
        trial.expect_published()
        return
    job.expect_code(69).expect_error("connection")
    expect(not trial.published(), "something was published")
    if step not in STEPS_WITHOUT_ROW:
        check_word_left(trial, name)
    # The job drops its tables on the writer's connection. Where that is lost, its open transaction
    # is lost too; only in a backfill others may have been committed before.
    trial.expect_unpublished()


def check_word_left(trial, name):
    """Without its leader the job cannot say in the ledger what became of the run."""
    if name == LEADER:
        expect(died(trial), "status does not tell that the run died")
        return
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
    for name in (LEADER, *LOST_TOO.get(step, ())):
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
    """Every table is attached and the server waits for the commit: the job is stopped right there.

    Killed, it leaves its tables; also where it learns only from its commit that the connection is
    lost, and so not whether it was published.
    """
    all_tables = (action.tables,)
    with SHARED[action.name] as trial:
        for fault, code, tables in ((signal.SIGKILL, -9, all_tables), (signal.SIGINT, 130, (0,)),
                                    (signal.SIGTERM, 143, (0,)), ("terminate", 74, all_tables)):
            with last_attach(trial) as stall, trial.start() as job:
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
                job.expect_code(code)
            trial.expect_unpublished(tables)


def try_writer_lost_between(action):
    """The writer is lost where a backfill has written the first table and needs it for the next."""
    with SHARED[action.name] as trial:
        with table_lock(trial, "tierclose.program", "share", LEADER) as stall, \
                trial.start() as job:
            stall.reached(job)
            wait_until(lambda: unpublished_tables(trial.session), "the first table")
            terminated(WRITER)(trial, job, stall)
            job.expect_code(69).expect_error("connection")
        expect(not trial.published(), "something was published")
        check_word_left(trial, WRITER)
        # Only the writer's connection drops what it wrote.
        trial.expect_unpublished((0, 1))


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
    add_case("backfill: the writer is lost between two tables", try_writer_lost_between, ACTIONS[3])
    for step in STEPS_OF_STOPS:
        add_case(f"close: SIGTERM ends the wait for the server where {step}",
                 try_stop_while_waiting, step)
    for action in ACTIONS:
        add_case(f"{action}: the next run after all of these", try_next_run, action)
    for action, number in zip(ACTIONS, (signal.SIGINT, signal.SIGTERM) * 2):
        add_case(f"{action}: {number.name} where {IN_COMMIT}", send_signal, action, IN_COMMIT,
                 number)
