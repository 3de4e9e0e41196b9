"""The disk is full where the standings are written: in a tablespace on a tiny disk.

There is room for no page of them, for one, for two ... until there is enough.
"""

import itertools

from actions import ACTIONS, Trial
from cases import add_case, expect, expect_equal
from live import psql
from tiny_disk import fill_but, tiny_tablespace

# Of a table: rows, their visibility, the key; and the index of what is stored out of line.
PAGES_MIN = 4


def disk_is_full(action):
    with tiny_tablespace(f"tierclose_fault_tiny_{action}") as (tablespace, folder), \
            Trial(action, f"disk_full_{action}") as trial:
        psql("postgres",
             f'alter database "{trial.database}" set default_tablespace = {tablespace}')
        try_full_disk(trial, folder)


def try_full_disk(trial, folder):
    for pages in itertools.count():
        filler = fill_but(folder, pages)
        job = trial.start()
        job.expect_code(0, 69)
        filler.unlink()
        if job.code == 0:
            break
        job.expect_error("No space left on device", "the server's disk is full")
        # Also of the tables that a backfill had written before.
        trial.expect_unpublished()
        status, error = trial.last_run()
        expect_equal(status, "failed", "the run's row")
        expect("No space left on device" in error, f"the ledger's error: {error}")
    expect(pages >= PAGES_MIN * trial.action.tables, f"{pages} pages were enough")
    trial.finish()


def register():
    for action in (ACTIONS[0], ACTIONS[3]):
        add_case(f"{action}: the disk is full where the standings are written", disk_is_full,
                 action)
