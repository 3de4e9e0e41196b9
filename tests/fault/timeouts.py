"""Time-outs set for the role that connects: the job waits for a lock for longer, and goes on.

It switches them off for itself. A time-out that the server tells of all the same is one of the
refusals of series.py.
"""

import time

from actions import ACTIONS, SHARED
from cases import add_case, expect
from job import CONFIG
from live import psql
from stalls import STEPS, gate_config

ROLE = "tierclose_fault_impatient"
TIMEOUT_SECONDS = 0.2
SETTINGS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def waits_longer(action, step):
    """Every one of its connections waits in its transaction then, or is idle in it."""
    gated = gate_config()
    config = gated.name if step == "events are read" else CONFIG
    with SHARED[action.name] as trial:
        with STEPS[step](trial) as stall, trial.start(config=config, user=ROLE) as job:
            stall.reached(job)
            time.sleep(3 * TIMEOUT_SECONDS)
            stall.release()
            job.expect_code(0)
        expect(job.err == "", f"it complains; {job.told()}")
        trial.expect_published()


def try_role():
    made = "".join(f"alter role {ROLE} set {name} = '{int(TIMEOUT_SECONDS * 1000)}ms';"
                   for name in SETTINGS)
    psql("postgres", f"drop role if exists {ROLE};"
                     f"create role {ROLE} login in role tierclose_job;{made}")
    try:
        waits_longer(ACTIONS[0], "standings are attached")
        waits_longer(ACTIONS[2], "standings are written")
    finally:
        psql("postgres", f"drop role {ROLE}")


def register():
    add_case("close, restate: the role's time-outs are shorter than the waits", try_role)
