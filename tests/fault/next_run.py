"""The next run comes at once, while the server is still at work for one that was killed.

It does not wait for the dead one's writer, and what that leaves is dropped by the run after it.
"""

import signal

from actions import ACTIONS, NOTHING_TO_DO, SHARED, Trial
from cases import add_case, expect, expect_equal, wait_until
from job import LEADER, Job, backends, run_job
from live import Session, psql
from published import fingerprint, unpublished_tables
from stalls import KEY_GATE_OFF, STANDING_GATE_OFF, STEPS, WRITER
from two_runs import waits_for_lock

# Step: what lets the next run pass it, and the tables that the dead writer leaves once it goes on.
# It finds nobody to send it rows; but a commit that it was told, it does.
WRITER_STEPS = {
    "standings are written": (STANDING_GATE_OFF, (0,)),
    "standings are kept": (KEY_GATE_OFF, (1,)),
}


def kill_at(trial, stall, words=None):
    """Kills a job where it waits; its writer's backend stays behind."""
    with trial.start() if words is None else Job(trial.database, words) as job:
        stall.reached(job)
        job.kill(signal.SIGKILL)
        job.expect_code(-9)


def expect_at_work(trial, writers):
    """The dead run's; that of the next run may be about to end."""
    expect(set(writers) <= set(backends(trial.session, trial.database, WRITER)),
           "the dead run's writer has ended")


def try_beside_writer(action, step):
    """The dead run's writer is at work from before the next run to after it."""
    gate_off, tables = WRITER_STEPS[step]
    with SHARED[action.name] as trial:
        with STEPS[step](trial) as stall:
            kill_at(trial, stall)
            psql(trial.database, gate_off)
            writers = backends(trial.session, trial.database, WRITER)
            expect_equal(len(writers), 1, "writers of the dead run")
            job = trial.start().expect_code(0)
            expect(action.done in job.out, job.told())
            expect_at_work(trial, writers)
            expect_equal(fingerprint(trial.session), trial.after, "what readers see beside it")
            stall.release()
        trial.expect_published(tables)
        trial.finish()


def try_beside_leader():
    """The dead run's leader holds the lock until the server notices."""
    with SHARED["close"] as trial:
        with STEPS["the last row is written"](trial) as stall:
            kill_at(trial, stall)
            leaders = backends(trial.session, trial.database, LEADER)
            trial.start("--no-wait").expect_code(75).expect_error("another run holds the lock")
            with trial.start() as job:
                wait_until(lambda: waits_for_lock(trial), "the next run to wait")
                stall.release()
                job.expect_code(0)
            expect_equal(len(leaders), 1, "leaders of the dead run")
            expect(trial.action.done in job.out, job.told())
        trial.expect_published()
        trial.finish()


def try_table_in_use():
    """Somebody holds what a dead run left: no run waits for it, and nobody else sees it."""
    with SHARED["settle"] as trial:
        with STEPS["the last row is written"](trial) as stall:
            kill_at(trial, stall)
        expect(not trial.published(), "something was published")
        left = unpublished_tables(trial.session)
        expect_equal(len(left), 1, "tables of the dead run")
        with Session(trial.database) as holder:
            holder.query(f"begin; lock table tierclose.standing_run_{left[0]}"
                         " in access share mode")
            run_job(trial.database, *NOTHING_TO_DO)
            expect_equal(unpublished_tables(trial.session), left, "left beside its holder")
            expect(not trial.published(), "something was published")
            trial.start().expect_code(0)
            expect_equal(unpublished_tables(trial.session), left, "left beside its holder")
            expect(trial.published(), "nothing was published")
        trial.expect_published((1,))
        trial.finish()


def superseded(trial):
    """The runs whose standings were replaced and are still stored."""
    return [row[0] for row in trial.session.query(
        "select run_id from tierclose.superseded"
        " where to_regclass('tierclose.standing_run_' || run_id) is not null order by 1")]


def try_replaced_standings():
    """To drop a partition takes a lock on its parent, which a dead run's writer keeps from all."""
    restate = ACTIONS[2].words
    with Trial(ACTIONS[1], "replaced") as trial, Session(trial.database) as holder:
        trial.start().expect_code(0)
        replaced = superseded(trial)
        expect_equal(len(replaced), 1, "replaced standings")
        # Held until a second run has begun: else that would drop them.
        holder.query(f"begin; lock table tierclose.standing_run_{replaced[0]}"
                     " in access share mode")
        with STEPS["standings are written"](trial) as stall:
            kill_at(trial, stall, restate)
            holder.query("commit")
            psql(trial.database, STANDING_GATE_OFF)
            writers = backends(trial.session, trial.database, WRITER)
            job = run_job(trial.database, *restate)
            expect(ACTIONS[2].done in job.out, job.told())
            expect_at_work(trial, writers)
            expect(replaced[0] in superseded(trial), "they were not in the way of anything")
            before = fingerprint(trial.session, exact=True)
            stall.release()
        run_job(trial.database, *NOTHING_TO_DO)
        expect_equal(superseded(trial), [], "replaced standings")
        expect_equal(fingerprint(trial.session, exact=True), before, "what readers see")


def register():
    for action in ACTIONS:
        for step in WRITER_STEPS:
            add_case(f"{action}: killed where {step}, and the next run at once", try_beside_writer,
                     action, step)
    add_case("close: the next run beside the leader of a killed one", try_beside_leader)
    add_case("settle: the next run beside a holder of what a killed one left", try_table_in_use)
    add_case("restate: the next run beside the writer of a killed one and replaced standings",
             try_replaced_standings)
