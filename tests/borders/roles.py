"""Settings of the role and of the database that connects; options of the command."""

import contextlib
import itertools

from cases import add_case, expect, expect_equal
from job import changed_config, run_job
from live import psql
from setting import COLUMNS, GRANT, PERIOD, new_place, own_place

SETTINGS = {
    "DateStyle": "SQL, DMY", "IntervalStyle": "iso_8601", "TimeZone": "Pacific/Apia",
    "search_path": "evil, loyalty, tierclose", "bytea_output": "escape", "extra_float_digits": "-15",
    "standard_conforming_strings": "off", "quote_all_identifiers": "on", "array_nulls": "off",
    "transform_null_equals": "on", "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on", "client_encoding": "LATIN1", "enable_seqscan": "off",
    "plan_cache_mode": "force_custom_plan", "xmloption": "document", "row_security": "on",
    "client_min_messages": "error", "jit_above_cost": "0", "synchronize_seqscans": "off",
}
# Shorter than what the view takes, longer than it takes to connect on a busy machine.
TIMEOUTS = {"statement_timeout": "2s", "lock_timeout": "2s", "idle_session_timeout": "2s",
            "idle_in_transaction_session_timeout": "2s"}
SLOW_VIEW = f"select {', '.join(COLUMNS)} from own.stored, lateral pg_sleep(2.5 + event_id % 1)"
_numbers = itertools.count(1)


@contextlib.contextmanager
def job_user(settings, where=""):
    """A user who may run the job, with settings, of one database or of all."""
    name = f"tierclose_borders_user_{next(_numbers)}"
    psql("postgres", f"drop role if exists {name}; create role {name} login in role tierclose_job;"
         + "".join(f"alter role {name} {where} set {key} = {quoted(value)};"
                   for key, value in settings.items()))
    try:
        yield name
    finally:
        psql("postgres", f"alter role {name} {where} reset all; drop role {name};")


def quoted(value):
    return ", ".join(f"'{part.strip()}'" for part in value.split(",")) if ", " in value \
        else f"'{value}'"


def every_command(place, **options):
    """A close, a settle and all that looks; what was said to stderr is none of a good run's."""
    for words in (("close", "--today", "2026-01-02"), ("status",), ("check", "--db"),
                  ("verify", "--period", PERIOD), ("explain", "--member", 1, "--period", PERIOD),
                  ("restate", "--period", PERIOD, "--today", "2026-01-20")):
        job = place.job(*words, **options)
        expect_equal(job.err, "", f"{job}: stderr")


def try_settings(of_database):
    with new_place("create schema evil; create table evil.run (run_id int);"
                   " create function evil.now() returns timestamptz language sql as"
                   " 'select null::timestamptz'; grant usage on schema evil to public") as place:
        where = f'in database "{place.database}"' if of_database else ""
        with job_user(SETTINGS, where) as user:
            place.add({"event_id": 1, "points": 150},
                      {"event_id": 2, "kind": 1, "order_id": 1, "item_cents": 1050,
                       "category_ids": "{1,NULL,2}"})
            # As a person would find it, so that the test knows that the settings are there.
            expect_equal(psql(place.database, "show DateStyle", PGUSER=user).strip(), "SQL, DMY",
                         "the role's DateStyle")
            every_command(place, user=user)
            expect_equal(place.standings(), {1: 161, 2: 0, 3: 0}, "the standings")
            center = place.query("set tierclose.today = '2026-01-10'; select level from"
                                 " tierclose.member_center where member_id = 1")
            expect_equal(center[-1], ["Gold"], "member_center")


def try_timeouts():
    """The job sets its own: members, and events of a month, take the time that they take."""
    with own_place(view=SLOW_VIEW) as place, job_user(TIMEOUTS) as user, changed_config(
            ("events: loyalty.point_event", "events: own.event"),
            ("members: loyalty.member", "members: own.member")) as place.config:
        place.query("create view own.member as select m.* from loyalty.member m, pg_sleep(2.5);"
                    + GRANT)
        place.add({"event_id": 1, "points": 150}, table="own.stored")
        place.close("--workers", 1, user=user)
        expect_equal(place.standings()[1], 150, "the points")


def try_read_only(of_database):
    with new_place() as place:
        where = f'in database "{place.database}"' if of_database else ""
        with job_user({"default_transaction_read_only": "on"}, where) as user:
            job = place.close(user=user, code=78)
            job.expect_error("read-only transaction", "default_transaction_read_only",
                             "name the primary")
            expect_equal(place.query("table tierclose.run"), [], "the ledger")
            place.close()
            for words in (("status",), ("verify", "--period", PERIOD), ("close", "--dry-run"),
                          ("explain", "--member", 1, "--period", PERIOD)):
                place.job(*words, user=user)


# Options: the exit code, the error.
OPTIONS = {
    ("--workers", "0"): (64, "is not a number from 1 to 64"),
    ("--workers", "100000"): (64, "is not a number from 1 to 64"),
    ("--workers", "99999999999999999999"): (64, "is not a number from 1 to 64"),
    ("--memory", "0"): (64, "is not a size"),
    ("--memory", "999999999999G"): (64, "is not a size"),
    ("--workers", "1"): (0, None),
    ("--workers", "64"): (0, None),
    ("--memory", "1M"): (0, None),
    ("--memory", "8000000G"): (0, None),
}


def try_options():
    with new_place() as place:
        place.query("insert into loyalty.point_event (event_id, member_id, kind, occurred_at, points)"
                    " select n, 1 + n % 3, 8, timestamptz '2025-01-02 12:00-08' + n * interval"
                    " '1 hour', 1 from generate_series(1, 8700) n")
        wanted = None
        for words, (code, message) in OPTIONS.items():
            job = run_job(place.database, "close", "--full", "--dry-run", "--today", "2026-01-02",
                          *words, code=code)
            if message is not None:
                job.expect_error(message)
                continue
            checksum = job.out.partition("checksum")[2].split()[0]
            wanted = wanted or checksum
            expect_equal(checksum, wanted, f"{words}: the checksum")


def register():
    for of_database in (False, True):
        what = "the role in one database" if of_database else "the role"
        add_case(f"strange settings of {what}", try_settings, of_database)
        add_case(f"{what} is set to read only", try_read_only, of_database)
    add_case("time-outs of the role", try_timeouts)
    add_case("options at their ends", try_options)
