"""What `report --check` proves, and that nothing slips through."""

import hashlib
import json
import os
import shutil
import subprocess

from cases import add_case, expect, expect_equal
from job import PROGRAM, run_job
from live import psql
from sample_data import purchase
from setting import CLOSED, FEW, MANY, check, make, read, read_json, reported


def one_line(text):
    return " ".join(text.split())


def differs(job, *parts):
    """Exit code 1, and these words on stdout."""
    job.expect_code(1)
    for part in (*parts, "There are differences."):
        expect(part in one_line(job.out), f"wanted {part!r}; {job.told()}\n{job.out}")
    return job


def untouched():
    with read("2025-12", MANY) as folder:
        told = one_line(run_check(folder).out)
        expect("are as they were written No difference." in told, told)
        told = one_line(check(MANY, folder, "--db").out)
        for part in ("it was published for this period", "the same, byte for byte",
                     "No difference."):
            expect(part in told, told)


def run_check(folder, code=0):
    """Without a database to ask, wherever one may be."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run([PROGRAM, "report", "--check", folder], text=True, capture_output=True,
                          env={**environment, "PGHOST": "/nowhere"}, check=False)
    expect_equal(done.returncode, code, f"exit code; {done.stdout}{done.stderr}")
    done.out = done.stdout
    return done


def change_byte(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGES = (
    ("another byte", lambda folder: change_byte(folder / "changes.csv"),
     "changes.csv is another file than the manifest's"),
    ("a byte less", lambda folder: (folder / "report.json").write_bytes(
        (folder / "report.json").read_bytes()[:-1]), "report.json has"),
    ("a file less", lambda folder: (folder / "levels.csv").unlink(),
     "levels.csv cannot be read: No such file or directory"),
    ("a file more", lambda folder: (folder / "more.csv").write_text("x"),
     "more.csv is not in the manifest"),
    ("a hidden file more", lambda folder: (folder / ".more").write_text("x"),
     ".more is not in the manifest"),
    ("a folder for a file", lambda folder: ((folder / "flows.csv").unlink(),
                                            (folder / "flows.csv").mkdir()), "flows.csv"),
    ("a link for a file", lambda folder: shutil.move(folder / "flows.csv", folder.parent / "f")
     and (folder / "flows.csv").symlink_to(folder.parent / "f"), "flows.csv"),
)


def damaged(damage, part):
    with read() as folder:
        damage(folder)
        told = run_check(folder, code=1).out
        expect(part in one_line(told), told)
        differs(check(FEW, folder, "--db", code=1), part)


def edit_manifest(folder, change):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    change(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")


def forged():
    """A number changed, and the manifest made to fit: only the database knows."""
    def fit(manifest):
        for file in manifest["files"]:
            data = (folder / file["name"]).read_bytes()
            file.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    with read() as folder:
        change_byte(folder / "grants.csv")
        edit_manifest(folder, fit)
        run_check(folder)
        differs(check(FEW, folder, "--db", code=1),
                "grants.csv made anew from the database is another file")


def wrong_manifest(change, *parts):
    with read() as folder:
        edit_manifest(folder, change)
        differs(check(FEW, folder, "--db", code=1), *parts)


MANIFESTS = (
    ("another checksum", lambda manifest: manifest.update(result_checksum="0" * 64),
     "its result has the checksum"),
    ("another configuration", lambda manifest: manifest.update(config_sha256="0" * 64),
     "the period was computed by the configuration"),
    ("another run of the period", lambda manifest: manifest.update(run_id=1),
     "the standings are those of run 2, in the manifest run 1"),
    ("a run of another period",
     lambda manifest: manifest.update(newest_run_id=1), "it is a run of 2025-10"),
    ("a run that there is not", lambda manifest: manifest.update(newest_run_id=99),
     "there is no published run of this number"),
    ("a period that was never closed", lambda manifest: manifest.update(period="2024-01"),
     "2024-01 was never closed"),
)


def no_manifest():
    with read() as folder:
        for text in (None, "", "{}", "[1]"):
            path = folder / "manifest.json"
            path.unlink()
            if text is not None:
                path.write_text(text, encoding="utf-8")
            check(FEW, folder, code=65).expect_error("manifest" if text else "holds no report")
            path.touch()
        check(FEW, folder.parent / "none", code=65).expect_error("holds no report")
    with read() as folder:
        edit_manifest(folder, lambda manifest: manifest.update(formats="papyrus"))
        check(FEW, folder, "--db", code=65).expect_error("there is no format \"papyrus\"")


def superseded():
    with reported("2025-12", CLOSED) as (database, folder):
        psql(database, purchase(40_000_002, 1, "2025-12-20 12:00-08", 70000))
        run_job(database, "restate", "--period", "2025-12", "--today", "2026-01-10")
        differs(check(database, folder, "--db", code=1), "was published for the period since",
                "are as they were written")
        run_check(folder)
        make(database, "2025-12", folder)
        check(database, folder, "--db")


def a_check_changes_the_report():
    """A run that found nothing new is in the ledger all the same, and so in the report."""
    with reported("2025-12", CLOSED) as (database, folder):
        before = read_json(folder)
        run_job(database, "restate", "--period", "2025-12", "--today", "2026-01-10")
        differs(check(database, folder, "--db", code=1), "was published for the period since")
        make(database, "2025-12", folder)
        after = read_json(folder)
        expect_equal(after["period"]["run_id"], before["period"]["run_id"], "whose standings")
        expect_equal(after["period"]["result_checksum"], before["period"]["result_checksum"],
                     "checksum")
        expect_equal(len(after["runs"]), len(before["runs"]) + 1, "runs")


def another_database():
    with read("2025-12", MANY) as folder:
        differs(check(FEW, folder, "--db", code=1), "2025-12 was never closed")


def register():
    add_case("check: an untouched report", untouched)
    for name, damage, part in DAMAGES:
        add_case(f"check: {name}", damaged, damage, part)
    add_case("check: a forged number and a manifest that fits", forged)
    for name, change, part in MANIFESTS:
        add_case(f"check: a manifest with {name}", wrong_manifest, change, part)
    add_case("check: no manifest, or none of ours", no_manifest)
    add_case("check: a report that was restated since", superseded)
    add_case("check: a run that changed nothing", a_check_changes_the_report)
    add_case("check: another database", another_database)
