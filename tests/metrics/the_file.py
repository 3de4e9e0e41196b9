"""The file of --metrics: what it says, how it is replaced, what must not be touched."""

import itertools
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading

from cases import add_case, expect, expect_equal, wait_until
from job import PROGRAM, Job, changed_config, run_job
from live import Copy, Session, psql
from rules import run_promtool
from sample_data import late_events

MEMBERS = 60
LOADED = "tierclose_metrics_loaded"
LOCK = "select pg_advisory_lock(127996022383468)"  # RUNS_LOCK_KEY
SAMPLE = re.compile(r'(tierclose_\w+)\{((?:\w+="(?:[^"\\]|\\.)*",?)+)\} (-?[\d.]+)')
NOWHERE = "/nonexistent"
JANUARY_ENDS = 1769932800  # 2026-02-01 in Los Angeles

_numbers = itertools.count(1)


def parse(text):
    """{(name, (labels but program)): value}; every line is one of the format's."""
    found = {}
    for line in text.splitlines():
        if line.startswith(("# HELP tierclose_", "# TYPE tierclose_")):
            continue
        match = SAMPLE.fullmatch(line)
        expect(match, f"no sample: {line!r}")
        labels = tuple((name, value) for name, value in
                       re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2]) if name != "program")
        key = (match[1].removeprefix("tierclose_"), labels)
        expect(key not in found, f"twice: {line}")
        found[key] = float(match[3])
    return found


def wait_for_connection(place):
    wait_until(lambda: psql("postgres", "select count(*) from pg_stat_activity where datname = "
                            f"'{place.database}' and application_name like 'tierclose%'").strip()
               != "0", "the job to connect")


class Place:
    """A database of its own and a file that is not there yet."""

    def __init__(self):
        self._copy = Copy(LOADED, f"tierclose_metrics_{next(_numbers)}")
        self._folder = tempfile.TemporaryDirectory(prefix="tierclose-metrics.")
        self.folder = pathlib.Path(self._folder.name)
        self.path = self.folder / "tierclose.prom"

    def __enter__(self):
        self.database = self._copy.__enter__()
        return self

    def __exit__(self, *error):
        self._copy.__exit__(*error)
        self._folder.cleanup()

    def run(self, *words, **options):
        return run_job(self.database, *words, "--metrics", self.path, **options)

    def values(self):
        return parse(self.path.read_text(encoding="utf-8"))

    def value(self, name, **labels):
        return self.values().get((name, tuple(labels.items())))

    def by(self, name):
        """{labels' values: value} of one metric."""
        return {tuple(value for _, value in labels) if len(labels) > 1 else labels[0][1]: value
                for (found, labels), value in self.values().items() if found == name}

    def sql(self, query):
        rows = [line.split("|") for line in psql(self.database, query).splitlines()]
        return {tuple(row[:-1]) if len(row) > 2 else row[0]: float(row[-1]) for row in rows}

    def expect_alone(self):
        """Nothing lies beside it."""
        expect_equal(sorted(path.name for path in self.folder.iterdir()), [self.path.name],
                     "files in the folder")


def a_close():
    with Place() as place:
        place.run("backfill", "--from", "2025-10", "--to", "2025-11", "--today", "2025-12-02")
        # In full, so that the window has anomalies and events that the month has not.
        place.run("close", "--full", "--today", "2025-12-31")
        expect_equal(place.path.stat().st_mode & 0o7777, 0o644, "the mode")
        place.expect_alone()
        run_promtool("check", "metrics", input=place.path.read_text(encoding="utf-8"))
        period = "where period = '2025-12'"
        expect_equal(place.by("members"), place.sql(
            f"select level, count(*) from tierclose.standings {period} group by level"), "members")
        changes = place.sql("select direction, count(*) from tierclose.level_changes"
                            f" {period} group by direction")
        expect_equal(place.by("level_changes"), {"up": 0.0, "down": 0.0, "program": 0.0, **changes},
                     "changes")
        grants = place.sql("select coupon, level, status, count(*) from tierclose.coupon_grants"
                           f" {period} group by 1, 2, 3")
        expect(grants, "no grants in the sample")
        expect_equal({key: value for key, value in place.by("coupon_grants").items() if value},
                     grants, "grants")
        anomalies = place.by("anomalies")
        expect_equal({reason: value for reason, value in anomalies.items() if value}, place.sql(
            "select c.reason, c.month_count from tierclose.anomaly_count c join tierclose.published"
            f" p using (run_id) {period} and c.month_count > 0"), "anomalies")
        events = place.by("events")
        expect_equal(events["anomaly"], sum(anomalies.values()), "events that are anomalies")
        expect_equal(sum(events.values()), float(psql(
            place.database, "select count(*) from loyalty.point_event where"
            " to_char(occurred_at at time zone 'America/Los_Angeles', 'YYYY-MM') = '2025-12'")),
            "events of the month")
        expect_equal(len(place.by("anomalies_before")), len(anomalies), "reasons before")
        expect_equal(set(place.by("run_exit_code").items()), {("backfill", 0.0), ("close", 0.0)},
                     "exit codes")
        expect({("close", "read members"), ("close", "read events"), ("close", "write results"),
                ("backfill", "read events")} <= set(place.by("run_phase_seconds")),
               f"phases: {place.by('run_phase_seconds')}")
        expect_equal(place.by("newest_closed_period_info"), {"2025-12": 1.0}, "the period")
        expect_equal(place.value("next_period_end_timestamp_seconds"), JANUARY_ENDS, "its end")
        expect_equal((place.value("periods_overdue"), place.value("overdue_seconds"),
                      place.value("database_up")), (0, 0, 1), "overdue, database")


def overdue():
    with Place() as place:
        run_job(place.database, "close", "--today", "2025-12-31")
        place.run("status", "--check", "--today", "2026-03-02", code=2)
        expect_equal(place.value("periods_overdue"), 2, "periods")
        expect_equal(place.value("overdue_seconds"), 29 * 86400, "seconds since the end of January")
        expect_equal(place.value("last_success_timestamp_seconds", command="status"), None,
                     "a success")


def a_failed_close():
    """The last success keeps its value; what the ledger said too where it cannot be asked."""
    with Place() as place:
        place.run("close", "--today", "2025-12-31")
        before = place.values()
        place.run("close", "--today", "2026-01-20", "--period", "2026-03", code=65)
        after = place.values()
        success = ("last_success_timestamp_seconds", (("command", "close"),))
        code = ("run_exit_code", (("command", "close"),))
        expect_equal((after[code], after[success]), (65, before[success]), "after code 65")
        expect_equal(place.value("database_up"), 1, "the database after code 65")
        place.run("close", host=NOWHERE, code=69)
        lost = place.values()
        expect_equal((lost[code], lost[success]), (69, before[success]), "after code 69")
        expect_equal(place.value("database_up"), 0, "the database after code 69")
        for name in ("members", "events", "level_changes", "coupon_grants", "anomalies",
                     "newest_closed_period_info", "next_period_end_timestamp_seconds",
                     "ledger_timestamp_seconds"):
            expect_equal({key: value for key, value in lost.items() if key[0] == name},
                         {key: value for key, value in after.items() if key[0] == name}, name)
        # It is past the end of January 2026 by the machine's clock.
        expect(place.value("overdue_seconds") > 0 and place.value("periods_overdue") >= 1,
               "time stands still without a database")
        run_promtool("check", "metrics", input=place.path.read_text(encoding="utf-8"))


def first_words_without_database():
    with Place() as place:
        place.run("close", host=NOWHERE, code=69)
        names = {name for name, _ in place.values()}
        expect_equal(names, {"build_info", "run_exit_code", "run_timestamp_seconds",
                             "run_duration_seconds", "database_up"}, "what is known")
        # A file that was lost gets its last success from the ledger.
        run_job(place.database, "close", "--today", "2025-12-31")
        place.run("close", "--period", "2027-01", "--today", "2026-01-02", code=65)
        published = float(psql(place.database, "select floor(extract(epoch from max(finished_at)))"
                                               " from tierclose.runs"))
        expect_equal(place.value("last_success_timestamp_seconds", command="close"), published,
                     "the last success")


def bad_configuration():
    with Place() as place:
        place.run("close", "--today", "2025-12-31")
        program = re.search(r'program="([^"]+)"', place.path.read_text(encoding="utf-8"))[1]
        place.run("close", config=NOWHERE, host=NOWHERE, code=78)
        text = place.path.read_text(encoding="utf-8")
        expect_equal(set(re.findall(r'program="([^"]*)"', text)), {program}, "the programme")
        expect_equal(place.value("run_exit_code", command="close"), 78, "the exit code")


def strange_names():
    """A name with what the format must escape."""
    name = 'a "b" c'
    with Place() as place, changed_config(
            ("program: aliexpress-member", f"program: '{name}'")) as config:
        place.run("close", "--today", "2025-12-31", config=config)
        place.run("status", "--today", "2026-01-02", config=config)
        expect('program="a \\"b\\" c"' in place.path.read_text(encoding="utf-8"),
               "not escaped")
        expect_equal(set(place.by("run_exit_code")), {"close", "status"}, "commands")
        run_promtool("check", "metrics", input=place.path.read_text(encoding="utf-8"))
        place.run("status", "--today", "2026-01-02")
        expect_equal(set(place.by("run_exit_code")), {"status"}, "of another programme")


def stopped():
    with Place() as place, Session(place.database) as other:
        other.query(LOCK)
        with Job(place.database, ["close", "--today", "2025-12-31", "--metrics",
                                  place.path]) as job:
            wait_for_connection(place)
            job.kill(signal.SIGTERM)
            job.expect_code(143)
        expect_equal(place.value("run_exit_code", command="close"), 143, "the exit code")
        place.expect_alone()


def killed():
    """It leaves the file as it was, and the next run writes it."""
    with Place() as place:
        place.run("close", "--today", "2025-11-30")
        before = place.path.read_bytes()
        with Session(place.database) as other:
            other.query(LOCK)
            with Job(place.database, ["close", "--today", "2025-12-31", "--metrics",
                                      place.path]) as job:
                wait_for_connection(place)
                job.kill_9()
        expect_equal(place.path.read_bytes(), before, "the file of a killed run")
        place.expect_alone()
        # One that was killed while it wrote leaves a work file, which the next one takes.
        (place.folder / ".tierclose.prom.new").write_text("half a li", encoding="utf-8")
        place.run("close", "--today", "2025-12-31")
        expect_equal(place.by("newest_closed_period_info"), {"2025-12": 1.0}, "the period")
        place.expect_alone()


def whole():
    """A reader that reads all the time never sees half a file, whoever writes it."""
    with Place() as place:
        run_job(place.database, "close", "--today", "2025-12-31")
        place.run("status", "--today", "2026-01-02")
        length = len(place.path.read_text(encoding="utf-8").splitlines())
        ended = threading.Event()
        broken = []
        reads = itertools.count()

        def read():
            while not ended.is_set():
                text = place.path.read_text(encoding="utf-8")
                next(reads)
                if not text.endswith("\n") or len(text.splitlines()) < length:
                    broken.append(text)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            for _ in range(5):
                jobs = [Job(place.database, [command, "--today", "2026-01-02", *more, "--metrics",
                                             place.path])
                        for command, *more in (["status"], ["verify", "--period", "2025-12"],
                                               ["status", "--check"])]
                for job in jobs:
                    job.expect_code(0)
        finally:
            ended.set()
            reader.join()
        expect_equal(broken[:1], [], "half a file")
        expect(next(reads) > 10, "nothing was read")
        # Neither of those that ran at once has lost the other's words.
        expect_equal(set(place.by("run_exit_code")), {"status", "verify"}, "commands")
        place.expect_alone()


def expect_refused(place, path, code, *parts):
    run_job(place.database, "close", "--today", "2025-12-31", "--metrics", path,
            code=code).expect_error(*parts)
    expect_equal(psql(place.database, "select count(*) from tierclose.run").strip(), "0", "runs")


def unwritable():
    """It is said before the close begins, and nothing is closed."""
    with Place() as place:
        expect_refused(place, place.folder / "none/x.prom", 64, "--metrics", "make its folder")
        expect_refused(place, place.folder, 64, "is no file of tierclose's metrics")
        other = place.folder / "notes.txt"
        other.write_text("mine\n", encoding="utf-8")
        expect_refused(place, other, 64, "is no file of tierclose's metrics")
        expect_equal(other.read_text(encoding="utf-8"), "mine\n", "another's file")
        expect_refused(place, other / "x.prom", 64, "Not a directory", "make its folder")
        unreadable = place.folder / "loop.prom"
        unreadable.symlink_to(unreadable)
        expect_refused(place, unreadable, 70, "cannot be read: ", "let this user read it")
        expect_refused(place, "/proc/x.prom", 64, "--metrics /proc/x.prom")
        run_job(place.database, "close", "--dry-run", "--metrics", place.path,
                code=64).expect_error("--metrics does not go with --dry-run")
        expect(not place.path.exists(), "a refused run wrote its metrics")


def unwritable_by_rights():
    """As a user who may not write there, or where the folder cannot be written at all."""
    with Place() as place:
        other = ["setpriv", "--reuid", "65534", "--clear-groups"] if os.getuid() == 0 else []
        os.chmod(place.folder, 0o555)
        try:
            done = subprocess.run([*other, PROGRAM, "status", "--metrics", place.path, "--dsn",
                                   f"dbname={place.database}"], text=True, capture_output=True,
                                  check=False)
        finally:
            os.chmod(place.folder, 0o755)
        expect_equal(done.returncode, 70, f"the exit code; {done.stderr}")
        expect("cannot be written: Permission denied" in done.stderr, done.stderr)


def lost_on_the_way():
    """What was published stands, whatever became of the folder since."""
    with Place() as place, Session(place.database) as other:
        other.query(LOCK)
        gone = place.folder / "gone"
        gone.mkdir()
        with Job(place.database, ["close", "--today", "2025-12-31", "--metrics",
                                  gone / "x.prom"]) as job:
            wait_for_connection(place)
            gone.rmdir()
            other.close()
            job.expect_code(0)
        expect("warning: --metrics" in job.err and "what was published stands" in job.err, job.err)
        expect_equal(psql(place.database, "select count(*) from tierclose.published").strip(), "1",
                     "closed periods")


def overgranted():
    with Place() as place:
        run_job(place.database, "close", "--today", "2025-12-31")
        psql(place.database, late_events())
        place.run("restate", "--period", "2025-12", "--today", "2026-01-10")
        found = float(psql(place.database,
                           "select count(*) from tierclose.coupon_grants where overgranted"))
        expect(found > 0, "the sample has no grant that is no longer deserved")
        expect_equal(place.value("coupons_overgranted"), found, "overgranted")


def register():
    add_case("a close: the figures are those of the views, and promtool has nothing to say",
             a_close)
    add_case("periods that are overdue, and since when", overdue)
    add_case("a failed close keeps the last success, without a database what the ledger said",
             a_failed_close)
    add_case("a first run without a database says what it knows; the ledger knows the success",
             first_words_without_database)
    add_case("a configuration that cannot be read", bad_configuration)
    add_case("names are escaped, and lines of another programme go", strange_names)
    add_case("a run that was stopped", stopped)
    add_case("a run that was killed leaves the file as it was", killed)
    add_case("a reader never sees half a file, and commands may share it", whole)
    add_case("a file that cannot be written is said before anything is closed", unwritable)
    add_case("a folder without the right to write", unwritable_by_rights)
    add_case("a folder that goes while the close runs: a warning, and the close stands",
             lost_on_the_way)
    add_case("grants that are no longer deserved", overgranted)
