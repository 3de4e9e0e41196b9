"""The Debian package: built, looked at by lintian, installed, upgraded, removed.

dpkg works below a folder with a database of its own (--root), so the machine stays as it is. What
the package depends on is not there: apt-get is asked whether it could install it.
"""

import contextlib
import os
import pathlib
import subprocess
import tempfile

from cases import add_case, expect, expect_equal
from job import JOB_SECONDS_MAX
from live import ROOT

NEWER = "9.9.9"
CONFIG = "etc/tierclose/programme.yaml"
LIBRARIES = ("libc6", "libjansson4", "libpq5", "libxlsxwriter4", "libyaml-0-2")

_scratch = tempfile.TemporaryDirectory(prefix="tierclose-package.")  # pylint: disable=R1732
_folder = pathlib.Path(_scratch.name)
PACKAGE = None
UNPACKED = _folder / "unpacked"


def run(*words, code=0, **options):
    """Its output, both streams; fails with all of it where the exit code is another."""
    done = subprocess.run([str(word) for word in words], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, cwd=ROOT,
                          **options)
    expect_equal(done.returncode, code, f"exit code of {words[0]}\n{done.stdout}")
    return done.stdout


def build():
    global PACKAGE  # pylint: disable=global-statement
    done = subprocess.run([ROOT / "job/support/package.sh"], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{done.stderr[-4000:]}\npackage: 0 passed, 1 failed")
    PACKAGE = pathlib.Path(done.stdout.strip())
    run("dpkg-deb", "-x", PACKAGE, UNPACKED)


def clean_up():
    _scratch.cleanup()


@contextlib.contextmanager
def new_root():
    """A folder in which dpkg has a database, and nothing is installed."""
    with tempfile.TemporaryDirectory(dir=_folder) as name:
        root = pathlib.Path(name)
        for part in ("info", "updates", "triggers"):
            (root / "var/lib/dpkg" / part).mkdir(parents=True)
        (root / "var/lib/dpkg/status").touch()
        yield root


def dpkg(root, *words):
    return run("dpkg", f"--root={root}", "--force-depends", "--force-script-chrootless",
               "--force-confdef", "--force-confold", *words,
               env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})


def files_below(root):
    """All but what belongs to dpkg itself."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*")
                  if not path.is_relative_to(root / "var") and path != root / "var")


def newer_package(name, config_line):
    """The same package with a higher version and another line in its programme."""
    folder = _folder / name
    run("dpkg-deb", "-R", PACKAGE, folder)
    control = folder / "DEBIAN/control"
    text = control.read_text(encoding="utf-8")
    before = next(line for line in text.splitlines() if line.startswith("Version: "))
    control.write_text(text.replace(before, f"Version: {NEWER}"), encoding="utf-8")
    with (folder / CONFIG).open("a", encoding="utf-8") as config:
        config.write(config_line)
    package = _folder / f"{name}.deb"
    run("dpkg-deb", "--root-owner-group", "-b", folder, package)
    return package


def lintian():
    output = run("lintian", "--fail-on", "error", PACKAGE)
    for line in output.splitlines():
        if not line.startswith("running with root"):
            print(f"lintian: {line}")


def depends():
    wanted = run("dpkg-deb", "-f", PACKAGE, "Depends")
    names = [part.split()[0] for part in wanted.split(", ")]
    for library in LIBRARIES:
        expect(library in names, f"{library} is missing: {wanted}")
    expect(not [name for name in names if name.endswith("-dev")], f"a -dev package: {wanted}")
    expect("sqitch" in run("dpkg-deb", "-f", PACKAGE, "Recommends"), "sqitch is not recommended")
    plan = run("apt-get", "install", "--simulate", "--no-install-recommends", PACKAGE)
    expect("\nInst tierclose " in plan, plan)


def version_of(root):
    return run(root / "usr/bin/tierclose", "--version").strip()


def installs_and_runs():
    with new_root() as root:
        dpkg(root, "-i", PACKAGE)
        version = run("dpkg-deb", "-f", PACKAGE, "Version").strip()
        expect_equal(version_of(root), f"tierclose {version}", "--version")
        run(root / "usr/bin/tierclose", "check", "--config", root / CONFIG,
            timeout=JOB_SECONDS_MAX)


def upgrades():
    newer = newer_package("changed", "# A line of a later version.\n")
    with new_root() as root:
        dpkg(root, "-i", PACKAGE)
        dpkg(root, "-i", newer)
        expect((root / CONFIG).read_text(encoding="utf-8").endswith("later version.\n"),
               "a programme that nobody has edited is not the new one")
        expect_equal([name for name in files_below(root) if ".dpkg-" in name], [], "left behind")


def upgrades_with_edits():
    newer = newer_package("edited", "# A line of a later version.\n")
    with new_root() as root:
        dpkg(root, "-i", PACKAGE)
        edited = (root / CONFIG).read_text(encoding="utf-8").replace("window_months: 12",
                                                                     "window_months: 6")
        (root / CONFIG).write_text(edited, encoding="utf-8")
        dpkg(root, "-i", newer)
        expect_equal((root / CONFIG).read_text(encoding="utf-8"), edited, "an edited programme")
        # The new one lies beside it, to compare.
        expect((root / f"{CONFIG}.dpkg-dist").exists(), str(files_below(root)))


def removes():
    with new_root() as root:
        dpkg(root, "-i", PACKAGE)
        dpkg(root, "--remove", "tierclose")
        expect_equal(files_below(root), ["etc", "etc/tierclose", CONFIG], "after a removal")
        dpkg(root, "--purge", "tierclose")
        expect_equal(files_below(root), [], "after a purge")


def register():
    add_case("lintian finds no error", lintian)
    add_case("it depends on what it links with, and apt-get can have that", depends)
    add_case("it installs, runs, and its programme is good", installs_and_runs)
    add_case("an upgrade brings a new programme to who has not edited it", upgrades)
    add_case("an upgrade leaves an edited programme as it is", upgrades_with_edits)
    add_case("a removal keeps the programme, a purge nothing", removes)
