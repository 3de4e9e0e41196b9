"""Transactions that overlap the close: what it did not see, the next nightly run finds, exactly."""

from cases import add_case, expect, expect_equal
from live import Session
from setting import PERIOD, event, new_world, one_line


def begin(world, *statements):
    """A transaction of its own that has written, and goes on."""
    session = Session(world.database)
    session.query("begin;\n" + "".join(statements))
    return session


def expect_kept(before, after, but):
    """Rows of others than `but` are the same, run and all."""
    kept = {key: row for key, row in before.items() if key not in but}
    expect_equal({key: row for key, row in after.items() if key not in but}, kept, "other rows")


def try_commits_after_close():
    """It began before the close and commits after it: settled, and only its members change."""
    with new_world() as world:
        # 5001 to Gold, 5002 to Platinum, 5003 stays Platinum with more points.
        writer = begin(world, event(5001, 20000), event(5002, 30000), event(5002, 20000),
                       event(5003, 7000))
        world.close("2025-12-31")
        expect_equal(world.standing(5001), (0, "Silver"), "5001 at the close")
        expect_equal(world.standing(5003), (600, "Platinum"), "5003 at the close")
        standings, changes, grants = world.standings(), world.changes(), world.grants()
        closing_run = changes[5003][-1]
        writer.query("commit")
        writer.close()
        world.expect_settled(world.close("2026-01-01"), late=4)
        settling_run = world.last_run()[0]
        expect_equal(world.standing(5001), (200, "Gold"), "5001")
        expect_equal(world.standing(5002), (590, "Platinum"), "5002")
        expect_equal(world.standing(5003), (670, "Platinum"), "5003")
        after = world.changes()
        expect_equal(after[5001], ("Silver", "Gold", "200", settling_run), "change of 5001")
        expect_equal(after[5003], ("Silver", "Platinum", "670", settling_run), "change of 5003")
        expect_equal(after[5004], ("Silver", "Gold", "150", closing_run), "change of 5004")
        expect_kept(changes, after, but=(5001, 5002, 5003))
        expect_kept(standings, world.standings(), but=("5001", "5002", "5003"))
        now = world.grants()
        expect_kept(grants, now, but=set(now) - set(grants))
        expect_equal(sorted(now[grant][:3] for grant in set(now) - set(grants)),
                     [(5001, "LEVEL-GOLD", "granted"), (5002, "LEVEL-PLATINUM", "granted")],
                     "new grants")
        world.expect_verified()


def try_commits_on_many_nights():
    """Each night finds what was committed since the night before, and a quiet night nothing."""
    with new_world() as world:
        writers = {"2026-01-01": begin(world, event(5001, 1000)),
                   "2026-01-04": begin(world, event(5001, 2000), event(5001, 4000)),
                   "2026-01-07": begin(world, event(5001, 20000))}
        world.close("2025-12-31")
        points = {"2026-01-01": (10, "Silver"), "2026-01-04": (70, "Silver"),
                  "2026-01-07": (270, "Gold")}
        for day in range(1, 8):
            today = f"2026-01-{day:02d}"
            if today not in writers:
                runs = world.runs()
                world.expect_stands(world.close(today))
                expect_equal(world.runs(), runs, "the ledger after a quiet night")
                continue
            writers[today].query("commit")
            writers[today].close()
            world.expect_settled(world.close(today), late=2 if today == "2026-01-04" else 1)
            expect_equal(world.standing(5001), points[today], f"5001 on {today}")
        world.expect_verified()


def try_effective_day():
    """From the 8th on the period is final; restate takes the late event in."""
    with new_world() as world:
        writer = begin(world, event(5001, 20000))
        world.close("2025-12-31")
        writer.query("commit")
        writer.close()
        before, runs = world.fingerprint(exact=True), world.runs()
        job = world.close("2026-01-08")
        expect("Nothing is due: 2025-12 is closed" in one_line(job.out), job.told())
        job = world.close("2026-01-08", "--period", PERIOD)
        expect("final since 2026-01-08" in one_line(job.out), job.told())
        expect_equal(world.fingerprint(exact=True), before, "the public views on the 8th")
        expect_equal(world.runs(), runs, "the ledger on the 8th")
        world.job("verify", "--period", PERIOD, code=1)
        # It was not lost: the next month has it.
        world.close("2026-01-31")
        expect_equal(world.standing(5001, "2026-01"), (200, "Gold"), "5001 in January")
        expect_equal(world.standing(5001), (0, "Silver"), "5001 in December")
        world.job("restate", "--period", PERIOD, "--today", "2026-02-01")
        expect_equal(world.standing(5001), (200, "Gold"), "5001 in December, restated")
        expect_equal(world.changes("2026-01").get(5001), None, "its change of January")
        world.expect_verified()
        world.expect_verified("2026-01")


def try_order_of_commits():
    """Numbers of transactions say nothing about who commits first."""
    with new_world() as world:
        early = begin(world, event(5001, 1000))
        later = begin(world, event(5001, 2000), event(5001, 4000))
        # Has its number before the close, and writes after it.
        numbered = begin(world, "select pg_current_xact_id();\n")
        later.query("commit")
        world.close("2025-12-31")
        expect_equal(world.standing(5001), (60, "Silver"), "5001 at the close")
        after_close = begin(world, event(5001, 8000))
        numbered.query(event(5001, 16000))
        after_close.query("commit")
        world.expect_settled(world.close("2026-01-01"), late=1)
        expect_equal(world.standing(5001), (140, "Gold"), "5001 on the 1st")
        numbered.query("commit")
        early.query("commit")
        world.expect_settled(world.close("2026-01-02"), late=2)
        expect_equal(world.standing(5001), (310, "Gold"), "5001 on the 2nd")
        world.expect_stands(world.close("2026-01-03"))
        world.expect_verified()
        for session in (early, later, numbered, after_close):
            session.close()


def try_savepoints():
    """What was written in a released savepoint counts, what was rolled back does not."""
    with new_world() as world:
        writer = begin(world, event(5001, 1000), "savepoint one;\n", event(5001, 2000),
                       "release one;\nsavepoint two;\n", event(5001, 50000), "rollback to two;\n",
                       "savepoint three;\n", event(5001, 4000))
        world.close("2025-12-31")
        writer.query("savepoint four;\n" + event(5001, 8000) + "release four;\ncommit")
        writer.close()
        world.expect_settled(world.close("2026-01-01"), late=4)
        expect_equal(world.standing(5001), (150, "Gold"), "5001")
        world.expect_verified()


def try_rolled_back():
    """A transaction that rolls back leaves nothing and causes nothing."""
    with new_world() as world:
        writer = begin(world, event(5001, 20000))
        world.close("2025-12-31")
        before, runs = world.fingerprint(exact=True), world.runs()
        writer.query("rollback")
        world.expect_stands(world.close("2026-01-01"))
        writer.query("begin;\n" + event(5001, 20000) + "rollback")
        writer.close()
        world.expect_stands(world.close("2026-01-02"))
        expect_equal(world.fingerprint(exact=True), before, "the public views")
        expect_equal(world.runs(), runs, "the ledger")


def try_outside_window():
    """Late, but of another month or an expired one: nothing to settle."""
    with new_world() as world:
        world.close("2025-12-31")
        runs = world.runs()
        world.session.query(event(5001, 20000, "2024-12-31") + event(5001, 20000, "2026-01-01"))
        world.expect_stands(world.close("2026-01-02"))
        expect_equal(world.runs(), runs, "the ledger")
        # The window's very ends, in the programme's zone: both count.
        world.session.query(event(5001, 1000, "2025-01-01").replace("12:00-08", "00:00-08")
                            + event(5001, 2000, "2025-12-31").replace(
                                "12:00-08", "23:59:59.999999-08"))
        world.expect_settled(world.close("2026-01-03"), late=2)
        expect_equal(world.standing(5001), (30, "Silver"), "5001")


def try_taken_back():
    """A late refund takes a level back: its change goes, its grant is revoked; it may return."""
    with new_world() as world:
        world.close("2025-12-31")
        grant = next(key for key, row in world.grants().items() if row[0] == 5004)
        world.session.query(
            "insert into loyalty.point_event (event_id, member_id, kind, occurred_at, order_id)"
            " values (50042, 5004, 2, '2025-12-13 12:00-08', 50041)")
        world.expect_settled(world.close("2026-01-02"), late=1)
        expect_equal(world.standing(5004), (0, "Silver"), "5004")
        expect_equal(world.changes().get(5004), None, "change of 5004")
        expect_equal(world.grants()[grant][:3], (5004, "LEVEL-GOLD", "revoked"), "its grant")
        world.session.query(event(5004, 30000))
        world.expect_settled(world.close("2026-01-03"), late=1)
        expect_equal(world.changes()[5004][:3], ("Silver", "Gold", "300"), "change of 5004")
        grants = {key: row[2] for key, row in world.grants().items() if row[0] == 5004}
        expect_equal(sorted(grants.values()), ["granted", "revoked"], "grants of 5004")
        expect_equal(grants[grant], "revoked", "the first grant")
        world.expect_verified()


def register():
    add_case("a transaction that commits after the close is settled", try_commits_after_close)
    add_case("each night from the 1st to the 7th finds its own", try_commits_on_many_nights)
    add_case("the close on the 8th does not touch the closed period", try_effective_day)
    add_case("transactions that commit out of order", try_order_of_commits)
    add_case("savepoints of a transaction that overlaps the close", try_savepoints)
    add_case("a transaction that rolls back", try_rolled_back)
    add_case("late events outside of the window settle nothing", try_outside_window)
    add_case("a late refund takes a level and its coupon back", try_taken_back)
