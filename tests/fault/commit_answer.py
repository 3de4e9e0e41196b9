"""The connection dies at the commit: before the server has it, or before the job has the answer.

The job cannot know what became of it: it ends with 74 and points to `status`, which does.
"""

from actions import ACTIONS, SHARED, died
from cases import add_case, expect, expect_equal
from job import LEADER, run_job
from proxy import Proxy, is_commit


class Cut:
    """Cuts the leader at its commit. `where`: before, at or after the server has it, or later."""

    def __init__(self, where):
        self.where = where
        self.committed = False

    def __call__(self, connection, unit):
        if connection.name != LEADER:
            return
        if self.committed:
            connection.cut()
        elif is_commit(unit):
            self.committed = True
            if self.where == "before the server has it":
                connection.cut()
            elif self.where == "before the answer":
                connection.forward_unanswered(unit)
                connection.cut()


def run_cut(trial, where):
    with Proxy(Cut(where)) as proxy, trial.start(host=proxy.host) as job:
        job.wait()
    expect(proxy.rule.committed, f"it never came to the commit; {job.told()}")
    return job


def newest_of_status(trial):
    out = run_job(trial.database, "status", "--today", "2026-01-10").out
    return next(line.split() for line in out.splitlines() if line.strip().startswith(
        trial.session.value("select max(run_id) from tierclose.run") + " "))


def try_cut(action, where, published):
    with SHARED[action.name] as trial:
        job = run_cut(trial, where)
        job.expect_code(74).expect_error("the connection died while publishing: the outcome is "
                                         "unknown", "tierclose status")
        expect("Period" not in job.out, f"it tells of a publication; {job.told()}")
        expect_equal(trial.published(), published, "published")
        status = newest_of_status(trial)
        expect_equal(status[3], "published" if published else "died", "the status of the run")
        expect_equal(died(trial), not published, "status says that it died")
        if published:
            trial.finish()
        else:
            # The job could not know, so it dropped nothing.
            trial.expect_unpublished((action.tables,))


def try_cut_later():
    """What is published stays so, and the job does not say otherwise."""
    with SHARED["close"] as trial:
        job = run_cut(trial, "later")
        trial.expect_published()
        expect("nothing was published" not in job.err, f"it was published; {job.told()}")
        job.expect_code(0)
        trial.finish()


def register():
    for action in ACTIONS:
        add_case(f"{action}: the connection dies at the commit before the server has it", try_cut,
                 action, "before the server has it", False)
    for action in ACTIONS:
        add_case(f"{action}: the connection dies at the commit before the answer", try_cut,
                 action, "before the answer", True)
    add_case("close: the connection dies after the commit", try_cut_later)
