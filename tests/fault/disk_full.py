"""The disk is full where the standings are written: in a tablespace on a tiny disk.

There is room for no page of them, for one, for two ... until there is enough.
"""

import contextlib
import itertools
import os
import pathlib
import subprocess
import tempfile

from actions import ACTIONS, Trial
from cases import Skipped, add_case, expect, expect_equal
from live import psql

DISK_BYTES = 256 * 1024
PAGE_BYTES = 8192
# Of a table: rows, their visibility, the key; and the index of what is stored out of line.
PAGES_MIN = 4


@contextlib.contextmanager
def tiny_disk():
    """A folder on a disk of its own, for the server's user."""
    if os.geteuid() != 0:
        raise Skipped("only root can mount a tiny disk")
    folder = tempfile.mkdtemp(prefix="pg_fault_disk.", dir="/tmp")
    data_folder = psql("postgres", "show data_directory").strip()
    owner = os.stat(data_folder)
    options = f"size={DISK_BYTES},mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder],
                             stderr=subprocess.PIPE, text=True, check=False)
    try:
        if mounted.returncode != 0:
            raise Skipped(f"a tiny disk cannot be mounted: {mounted.stderr.strip()}")
        try:
            yield pathlib.Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        os.rmdir(folder)


def fill_but(folder, pages):
    """Leaves room for so many of the server's pages; the file that takes the rest."""
    path = folder / "filler"
    # Unbuffered, and in the disk's own blocks.
    with open(path, "wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        file.truncate(file.tell() // 4096 * 4096 - pages * PAGE_BYTES)
    return path


def disk_is_full(action):
    tablespace = f"tierclose_fault_tiny_{action}"
    with tiny_disk() as folder:
        place = folder / "space"
        place.mkdir(mode=0o700)
        os.chown(place, folder.stat().st_uid, folder.stat().st_gid)
        psql("postgres", f"drop tablespace if exists {tablespace};\n"
             f"create tablespace {tablespace} location '{place}';\n"
             f"grant create on tablespace {tablespace} to tierclose_job;")
        try:
            with Trial(action, f"disk_full_{action}") as trial:
                psql("postgres", f'alter database "{trial.database}"'
                                 f" set default_tablespace = {tablespace}")
                try_full_disk(trial, folder)
        finally:
            psql("postgres", f"drop tablespace {tablespace}")


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
