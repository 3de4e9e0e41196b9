"""A writer at full speed while the job runs: each run is of one snapshot."""

import contextlib
import threading

from cases import add_case, expect, expect_equal, wait_until
from job import Job
from live import Session
from setting import PERIOD, WINDOW, event, late_count, new_world

WRITERS = 2
FIRST_EVENT = 30_000_000

# Small transactions, one after the other.
WRITE = f"""
create table public.stop (stopped boolean);
create procedure public.write(writer int) language plpgsql as $$
declare
    n bigint := 0;
begin
    loop
        insert into loyalty.point_event
            (event_id, member_id, kind, occurred_at, order_id, item_cents)
        select {FIRST_EVENT} + writer * 10000000 + n + i, 1001 + (n + i) % 50, 1,
            timestamptz '2025-12-30 12:00-08' + i * interval '12 hours'
                - (n % 300) * interval '1 day',
            {FIRST_EVENT} + writer * 10000000 + n + i, 1000
        from generate_series(1, 3) i;
        n := n + 3;
        commit;
        exit when exists (select from public.stop);
    end loop;
end $$;
"""


def write(database, writer):
    with Session(database) as session:
        session.query(f"call public.write({writer})")


def expect_snapshot_consistent(world):
    """The run's figures are those of the rows visible in its snapshot."""
    run_id, events, visible, points, standings = world.session.query(
        "select r.run_id, r.events, (select count(*) from loyalty.point_event where "
        f"{WINDOW} and pg_visible_in_snapshot(recorded_xid, r.snapshot)), r.points,"
        f" (select sum(points) from tierclose.standings where period = '{PERIOD}')"
        " from tierclose.runs r order by run_id desc limit 1")[0]
    expect_equal(events, visible, f"events of run {run_id} against those visible to it")
    expect_equal(points, standings, f"points of run {run_id} against its standings")


def unseen(world):
    """Events that the newest run did not see."""
    return int(world.session.value(
        "select count(*) from loyalty.point_event, (select snapshot from tierclose.runs"
        f" order by run_id desc limit 1) r where {WINDOW}"
        " and not pg_visible_in_snapshot(recorded_xid, r.snapshot)"))


@contextlib.contextmanager
def writing(world):
    """Writers that have begun, and go on until the end."""
    world.session.query(WRITE)
    threads = [threading.Thread(target=write, args=(world.database, writer))
               for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: world.session.value(
            f"select exists (select from loyalty.point_event where event_id >= {FIRST_EVENT})")
            == "t", "the writers to begin")
        yield
    finally:
        world.session.query("insert into public.stop values (true)")
        for thread in threads:
            thread.join()


def expect_rest_found(world, today, day_after):
    """Nobody writes any more: the run finds what none has seen, and then there is nothing."""
    rest = unseen(world)
    job = world.close(today)
    expect_equal(late_count(job), rest, "the rest")
    expect_snapshot_consistent(world)
    world.expect_stands(world.close(day_after))
    world.expect_verified()


def try_writers():
    with new_world() as world:
        with writing(world):
            world.close("2025-12-31")
            expect_snapshot_consistent(world)
            for day in range(1, 5):
                wait_until(lambda: unseen(world) > 0, "the writers to go on")
                job = world.close(f"2026-01-{day:02d}")
                expect(late_count(job) > 0, job.told())
                expect_snapshot_consistent(world)
        expect_rest_found(world, "2026-01-06", "2026-01-07")


class Held:
    """A transaction that stays open. Nobody else writes for its member."""

    member = 5001
    cents, points_each = 1000, 10

    def __init__(self, world):
        self._session = Session(world.database)
        self._session.query("begin")
        self.points = 0
        self.write()

    def write(self):
        self._session.query(event(self.member, self.cents))
        self.points += self.points_each

    def commit(self):
        """What it has written."""
        self._session.query("commit")
        self._session.close()
        return self.points


def close_while(world, today, held):
    """A run in whose time a transaction writes on that began before it."""
    with Job(world.database, ("close", "--today", today), config=world.config) as job:
        while job.running():
            held.write()
        return job.expect_code(0)


def try_held():
    """A run sees what was committed before it, and of the rest nothing; the next run sees that."""
    with new_world() as world:
        committed = 0
        two_nights = []  # these stay open across two runs
        with writing(world):
            for today in ("2025-12-31", "2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"):
                before = [Held(world) for _ in range(3)]
                during = Held(world)
                close_while(world, today, during)
                expect_equal(world.standing(Held.member)[0], committed, f"points on {today}")
                expect_snapshot_consistent(world)
                for held in (*two_nights, *before[1:], during):
                    committed += held.commit()
                two_nights = before[:1]
        committed += two_nights[0].commit()
        expect_rest_found(world, "2026-01-06", "2026-01-07")
        expect_equal(world.standing(Held.member)[0], committed, "points in the end")


def register():
    add_case("writers at full speed during a close and four settlings", try_writers)
    add_case("writers at full speed, and transactions that stay open across runs", try_held)
