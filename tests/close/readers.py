"""Readers while runs publish: they see a whole period, and nobody waits for them."""

from cases import add_case, expect, expect_equal
from live import Session
from setting import PERIOD, event, new_world


def tables(world):
    """The runs whose standings are stored."""
    return [int(row[0].rpartition("_")[2]) for row in world.session.query(
        "select relname from pg_class where relnamespace = 'tierclose'::regnamespace"
        " and relkind = 'r' and relname like 'standing_run_%' order by oid")]


def settle_again(world, today):
    world.session.query(event(5001, 1000))
    world.expect_settled(world.close(today), late=1)


def try_dropped():
    """Standings that another run replaced go with a later run; those that stand stay."""
    with new_world() as world:
        world.close("2025-12-31")
        expect_equal(tables(world), [1, 2, 3], "stored after the close")
        settle_again(world, "2026-01-01")
        expect_equal(tables(world), [1, 2, 3, 4], "stored after the first settling")
        world.expect_stands(world.close("2026-01-02"))
        expect_equal(tables(world), [1, 2, 4], "stored after a quiet night")
        rows = world.session.query("select run_id, superseded_by from tierclose.superseded")
        expect_equal(rows, [["3", "4"]], "which run replaced which")
        expect_equal(len(world.runs()), 4, "runs in the ledger")


def try_cursor():
    """A reader in the middle of the old standings keeps them, and no run waits for it."""
    with new_world() as world:
        world.close("2025-12-31")
        count = len(world.standings())
        with Session(world.database) as reader:
            reader.query("begin; declare reading cursor for select member_id, points from"
                         f" tierclose.standings where period = '{PERIOD}'")
            seen = reader.query("fetch 10 from reading")
            for day in range(1, 4):
                settle_again(world, f"2026-01-0{day}")
            expect(3 in tables(world), "standings were dropped under a reader")
            seen += reader.query("fetch all from reading")
            expect_equal(len(seen), count, "rows that the reader saw")
            expect_equal(dict(map(tuple, seen))["5001"], "0", "points of 5001 for the reader")
            reader.query("commit")
        expect_equal(world.standing(5001), (30, "Silver"), "5001")
        world.expect_stands(world.close("2026-01-04"))
        expect_equal(tables(world), [1, 2, 6], "stored in the end")


def try_repeatable_read():
    """One transaction sees one publication in all views, before and after each other."""
    with new_world() as world:
        world.close("2025-12-31")
        query = ("select (select sum(points) from tierclose.standings), (select count(*) from"
                 " tierclose.level_changes), (select count(*) from tierclose.coupon_grants),"
                 " (select sum(points) from tierclose.member_center)")
        with Session(world.database) as reader:
            reader.query("begin isolation level repeatable read;"
                         " set tierclose.today = '2026-01-07'")
            before = reader.query(query)
            world.session.query(event(5001, 20000))
            world.expect_settled(world.close("2026-01-01"), late=1)
            expect_equal(reader.query(query), before, "the second look in one transaction")
            reader.query("commit")
            expect(reader.query(query) != before, "the settling is not seen after the commit")


def register():
    add_case("standings that were replaced are dropped by a later run", try_dropped)
    add_case("a reader with an open cursor", try_cursor)
    add_case("a reader in repeatable read", try_repeatable_read)
