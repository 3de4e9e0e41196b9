"""A disk so small that it is full at will, with a tablespace of the server on it."""

import contextlib
import os
import pathlib
import subprocess
import tempfile

from cases import Skipped
from live import psql

DISK_BYTES = 256 * 1024
PAGE_BYTES = 8192


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


@contextlib.contextmanager
def tiny_tablespace(name):
    """A tablespace that the job may use: its name and the disk's folder. It must be empty again in
    the end: drop the database before."""
    with tiny_disk() as folder:
        place = folder / "space"
        place.mkdir(mode=0o700)
        os.chown(place, folder.stat().st_uid, folder.stat().st_gid)
        psql("postgres", f"drop tablespace if exists {name};\n"
             f"create tablespace {name} location '{place}';\n"
             f"grant create on tablespace {name} to tierclose_job;")
        try:
            yield name, folder
        finally:
            psql("postgres", f"drop tablespace {name}")
