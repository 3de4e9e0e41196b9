"""What `meson install` leaves: nobody but the owner may write it, whatever the umask was."""

import pathlib
import re
import stat
import subprocess
import tempfile

from cases import add_case, expect
from live import ROOT
from setting import PROGRAM

NIGHTLY = {"tierclose.service", "tierclose.timer", "tierclose.cron", "cronjob.yaml",
           "tierclose_dag.py"}
# `build`, unless the program under test lies in another one.
BUILD = PROGRAM.resolve().parents[1]
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
SPECIAL = stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX


def wanted_mode(path):
    if path.is_dir() or "bin" in path.parts:
        return 0o755
    return 0o644


def try_install(umask):
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder) / "top"
        done = subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", top],
                              umask=umask, cwd=ROOT, text=True, capture_output=True, check=False)
        expect(done.returncode == 0, done.stdout + done.stderr)
        paths = [path for path in top.rglob("*") if not path.is_symlink()]
        for path in paths:
            mode = stat.S_IMODE(path.lstat().st_mode)
            name = path.relative_to(top)
            expect(mode & (OTHERS_WRITE | SPECIAL) == 0,
                   f"umask {umask:03o}: {name} has {mode:04o}")
            expect(mode == wanted_mode(path), f"umask {umask:03o}: {name} has {mode:04o}, "
                                              f"not {wanted_mode(path):04o}")
        names = {path.name for path in paths}
        expect(NIGHTLY <= names, f"not installed: {NIGHTLY - names}")
        service = next(path for path in paths if path.name == "tierclose.service")
        started = re.search(r"^ExecStart=(\S+)", service.read_text(encoding="utf-8"), flags=re.M)
        expect((top / started.group(1).lstrip("/")).is_file(), f"no {started.group(1)}")
        programs = [path.name for path in paths if path.is_file() and "bin" in path.parts]
        expect(programs == ["tierclose"], f"programs: {programs}")


def register():
    for umask in (0o000, 0o022, 0o077):
        add_case(f"modes of installed files with umask {umask:03o}", try_install, umask)
