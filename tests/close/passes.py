"""Memory is short, so the events are read several times, each time for a part of the members.

The result is the same, and every event is counted once: also those of nobody and of members who do
not exist.
"""

import contextlib
import functools
import subprocess
import threading
import types

from cases import add_case, expect, expect_equal
from job import JOB_SECONDS_MAX, PROGRAM, run_job
from live import copy_database, drop_database, psql
from repetition import summary
from setting import LOADED, PERIOD, WINDOW, checksum_of, new_world
from sources import own_config

CROWDED = "tierclose_close_crowded"
# With the sample's more than two of the job's partitions, which have 2048 members each.
CROWD_FIRST, CROWD_LAST = 10_001, 15_000
# In memory each takes 6000 bytes, in a block of 8 kB: together more than the 16 MB that the job
# reads with at least. A pass that has room for December's may find none for October's, when it has
# folded December.
LARGE_OF_DECEMBER, LARGE_OF_OCTOBER, CATEGORIES = 2500, 4500, 1500
# What the statistics are made to say of a month; the job then plans several passes.
ROWS_CLAIMED = 2_000_000

CROWD = f"""
create schema own;
create table own.point_event (like loyalty.point_event including defaults)
    partition by range (occurred_at);
alter table own.point_event alter member_id drop not null;
do $$ begin for n in 0..26 loop
    execute format('create table own.month_%s partition of own.point_event for values from (%L)'
        ' to (%L) with (autovacuum_enabled = off)', n,
        timestamptz '2024-01-01 00:00+00' + n * interval '1 month',
        timestamptz '2024-01-01 00:00+00' + (n + 1) * interval '1 month');
end loop; end $$;
insert into own.point_event select * from loyalty.point_event;

-- No member has a number that ends with 77; they have events all the same.
insert into loyalty.member (member_id, registered_on)
    select n, '2025-01-01' from generate_series({CROWD_FIRST}, {CROWD_LAST}) n where n % 100 <> 77;
insert into own.point_event (event_id, member_id, kind, occurred_at, order_id, item_cents)
    select 40000000 + n * 10 + month, n, 1,
        timestamptz '2025-09-10 12:00-07' + month * interval '1 month' + n % 18 * interval '1 day',
        40000000 + n * 10 + month, 1000 + n % 70 * 100
    from generate_series({CROWD_FIRST}, {CROWD_LAST}) n, generate_series(0, 3) month;
insert into own.point_event (event_id, member_id, kind, occurred_at, order_id, category_ids,
        item_cents)
    select 41000000 + n, {CROWD_FIRST} + n % ({CROWD_LAST} - {CROWD_FIRST} + 1), 1,
        case when n <= {LARGE_OF_DECEMBER} then timestamptz '2025-12-02 12:00-08'
            else timestamptz '2025-10-03 12:00-07' end + n % 25 * interval '1 day', 41000000 + n,
        array_fill(n % 5, array[{CATEGORIES}]), 300
    from generate_series(1, {LARGE_OF_DECEMBER + LARGE_OF_OCTOBER}) n;
-- Refunds of orders of this month, of older ones, and of none.
insert into own.point_event (event_id, member_id, kind, occurred_at, order_id, item_cents)
    select 42000000 + n, n, 2, timestamptz '2025-12-30 12:00-08',
        case when n % 4 = 0 then 1 else 40000000 + n * 10 + n % 4 end, 500
    from generate_series({CROWD_FIRST}, {CROWD_LAST}, 31) n;
-- Of nobody, and of numbers below and above all members.
insert into own.point_event (event_id, member_id, kind, occurred_at, order_id, item_cents)
    select 43000000 + n, (array[null, -5, 500, 99999999, null])[n % 5 + 1], n % 9 + 1,
        timestamptz '2025-08-01 12:00-07' + n % 150 * interval '1 day', 43000000 + n, 900
    from generate_series(1, 600) n;
grant usage on schema own to tierclose_job, tierclose_auditor;
grant select on all tables in schema own to tierclose_job, tierclose_auditor;
analyze;
"""

# Recorded after the close: in its month and in older ones, of members and of others.
LATE = f"""
insert into own.point_event (event_id, member_id, kind, occurred_at, order_id, item_cents)
    select 44000000 + n, case when n % 7 = 0 then null else {CROWD_FIRST} + n * 97 end, 1,
        timestamptz '2025-12-28 12:00-08' - n % 3 * interval '1 month', 44000000 + n, 7000
    from generate_series(1, 50) n;
"""

CLAIM = f"update pg_class set reltuples = {ROWS_CLAIMED} where oid = 'own.month_23'::regclass"

# Of a run: all its figures, and the rows that it wrote.
RUN = """
select to_jsonb(r) - array['run_id', 'started_at', 'finished_at', 'snapshot', 'snapshot_taken_at',
    'workers'] from tierclose.run r where run_id = {run}
union all select to_jsonb(a) - 'run_id' from tierclose.anomaly_count a where run_id = {run}
union all select to_jsonb(a) - 'run_id' from tierclose.anomaly a where run_id = {run}
union all select to_jsonb(t) - array['run_id', 'superseded_run_id'] from tierclose.restatement t
    where run_id = {run}
union all select jsonb_build_object('standings', count(*), 'of', md5(string_agg(concat_ws(' ',
    member_id, points, expiring_points, level_rank, month_points), ',' order by member_id)))
    from tierclose.standing where run_id = {run}
order by 1"""

_template_lock = threading.Lock()

STRANGE = "(member_id is null or member_id not in (select member_id from loyalty.member))"


@functools.cache
def _make_template():
    copy_database(LOADED, CROWDED)
    psql(CROWDED, CROWD)
    with own_config() as config:
        run_job(CROWDED, "backfill", "--from", "2025-10", "--to", "2025-11", "--today",
                "2025-12-05", config=config)


def drop_templates():
    drop_database(CROWDED)


@contextlib.contextmanager
def new_crowd(prepare):
    """A World with many members; 2025-10 and 2025-11 are closed."""
    with _template_lock:
        _make_template()
    with new_world(CROWDED) as world, own_config() as config:
        world.config = config
        world.session.query(prepare)
        yield world


def run_loudly(world, *words):
    """Runs it with its progress; what it printed."""
    done = subprocess.run(
        [PROGRAM, *words, "--config", world.config, "--dsn", f"dbname={world.database}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        timeout=JOB_SECONDS_MAX, check=False)
    expect_equal((done.returncode, [line for line in done.stderr.splitlines()
                                    if line.startswith("error")]), (0, []), f"end of {words}")
    return types.SimpleNamespace(out=done.stdout, err=done.stderr)


def expect_counted(world, run, full):
    """Each event is in the run's figures once, as SQL counts them."""
    month = "occurred_at >= '2025-12-01 00:00 America/Los_Angeles'"
    window = WINDOW if full else f"{month} and {WINDOW}"
    expect_equal(
        world.session.query(
            f"select r.events, a.month_count, a.window_count from tierclose.run r join"
            f" tierclose.anomaly_count a using (run_id) where run_id = {run}"
            " and reason = 'unknown_member'"),
        world.session.query(
            f"select count(*) filter (where {window}), count(*) filter (where {month} and {WINDOW}"
            f" and {STRANGE}), count(*) filter (where {window} and {STRANGE})"
            " from own.point_event"), f"events and unknown members of run {run}")


def rows_of(world, run):
    return {row[0] for row in world.session.query(RUN.format(run=run))}


def close_and_settle(options, parts, prepare="select"):
    """What a close and a settling found; `parts`: whether they said that they read in parts."""
    full = "--full" in options
    found = []
    with new_crowd(prepare) as world:
        for today, events in (("2025-12-31", "select"), ("2026-01-02", LATE)):
            world.session.query(events)
            job = run_loudly(world, "close", "--today", today, *options)
            expect_equal("read events, part 1 of" in job.err, parts,
                         f"read in parts with {options}: {job.err}")
            run = world.last_run()[0]
            expect_counted(world, run, full)
            expect_equal(world.session.value(
                f"select mode from tierclose.run where run_id = {run}"),
                         "full" if full else "incremental", "the mode")
            found.append((checksum_of(job), summary(job), world.fingerprint(),
                          rows_of(world, run)))
        world.expect_verified()
    return found


def expect_same(found, wanted, what):
    for number, (left, right) in enumerate(zip(found, wanted), start=1):
        for part, got, want in zip(("checksum", "summary", "public views"), left, right):
            expect_equal(got, want, f"{part} of run {number} {what}")
        expect_equal(left[-1] - right[-1], right[-1] - left[-1], f"rows of run {number} {what}")


def try_passes(*mode):
    wanted = close_and_settle(("--memory", "4G", *mode), parts=False)
    small = ("--memory", "1M", *mode)
    expect_same(close_and_settle(small, parts=True), wanted, "that found no room")
    expect_same(close_and_settle((*small, "--workers", "3"), True, CLAIM), wanted,
                "that expected to find none")


def backfill(options, parts):
    """What a backfill of three months found, two of which were closed."""
    with new_crowd(LATE) as world:
        job = run_loudly(world, "backfill", "--from", "2025-10", "--to", "2025-12", "--today",
                         "2026-01-02", *options)
        expect_equal("read events, part 1 of" in job.err, parts, f"read in parts {job.err}")
        return [([line for line in job.out.splitlines() if "checksum" in line], summary(job),
                 world.fingerprint(), rows_of(world, run[0])) for run in world.runs()[-3:]]


def try_backfill():
    expect_same(backfill(("--memory", "1M"), parts=True),
                backfill(("--memory", "4G"), parts=False), "of the backfill")


def try_little():
    """What needs no memory anyway."""
    with new_world() as world:
        jobs = [world.close("2025-12-31", "--dry-run", *words) for words in (
            (), ("--memory", "1M"), ("--full",), ("--full", "--memory", "1M"))]
        expect_equal(summary(jobs[1]), summary(jobs[0]), "the summary with --memory 1M")
        expect_equal(summary(jobs[3]), summary(jobs[2]), "the summary with --memory 1M --full")
        expect_equal(len({checksum_of(job) for job in jobs}), 1, "checksums")
        job = world.close("2025-12-31", "--memory", "1M")
        expect_equal(checksum_of(job), checksum_of(jobs[0]), "the checksum, published")
        expect("by run" in job.out, job.told())
        world.expect_verified()


def register():
    add_case("memory is short: an incremental close in several passes", try_passes)
    add_case("memory is short: a full close in several passes", try_passes, "--full")
    add_case("memory is short: a backfill in several passes", try_backfill)
    add_case(f"memory is short, and {PERIOD} needs little", try_little)
