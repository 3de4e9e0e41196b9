"""What may change between a close and its settling besides events: members, the programme."""

from cases import add_case, expect, expect_equal
from job import changed_config
from setting import PERIOD, new_world, one_line


def settle_expecting(world, today, changed):
    """It computes anew although no event came."""
    job = world.close(today)
    world.expect_settled(job, late=0)
    found = world.session.value("select changed from tierclose.run order by run_id desc limit 1")
    expect_equal(found, "t" if changed else "f", "whether the run changed something")
    world.expect_verified()


def try_registered():
    """A member who registered in the month, but is known only after its close."""
    with new_world() as world:
        world.close("2025-12-31")
        world.session.query("insert into loyalty.member values (5009, '2025-12-31'),"
                            " (5010, '2026-01-01')")
        settle_expecting(world, "2026-01-02", changed=True)
        expect_equal(world.standing(5009), (0, "Silver"), "5009")
        expect_equal(world.standing(5010), None, "5010, who registered in January")
        world.expect_stands(world.close("2026-01-03"))


def try_closed():
    """A member who closed on the last day loses standing, change and grant; in January keeps it."""
    with new_world() as world:
        world.close("2025-12-31")
        world.session.query("update loyalty.member set closed_on = '2026-01-01'"
                            " where member_id = 5003")
        world.expect_stands(world.close("2026-01-02"))
        world.session.query("update loyalty.member set closed_on = '2025-12-31'"
                            " where member_id = 5004")
        settle_expecting(world, "2026-01-03", changed=True)
        expect_equal(world.standing(5003), (600, "Platinum"), "5003")
        expect_equal(world.standing(5004), None, "5004")
        expect_equal(world.changes().get(5004), None, "change of 5004")
        expect_equal([row[2] for row in world.grants().values() if row[0] == 5004], ["revoked"],
                     "grants of 5004")


def try_deleted():
    """A member who is gone: the events are anomalies then."""
    with new_world() as world:
        world.close("2025-12-31")
        world.session.query("delete from loyalty.member where member_id = 5004")
        settle_expecting(world, "2026-01-03", changed=True)
        expect_equal(world.standing(5004), None, "5004")
        expect_equal(world.session.query("select reason, event_id from tierclose.anomalies where"
                                         f" member_id = 5004 and period = '{PERIOD}'"),
                     [["unknown_member", "50041"]], "its anomalies")


def try_levels_changed():
    """Another threshold: settled by it, and settled back to exactly what was."""
    with new_world() as world, changed_config(("min_points: 501}", "min_points: 601}")) as config:
        world.close("2025-12-31")
        before = world.standings()
        world.config, normal = config, world.config
        settle_expecting(world, "2026-01-02", changed=True)
        expect_equal(world.standing(5003), (600, "Gold"), "5003 by the new rules")
        expect_equal(world.changes()[5003][:3], ("Silver", "Gold", "600"), "its change")
        world.expect_stands(world.close("2026-01-03"))
        world.config = normal
        settle_expecting(world, "2026-01-04", changed=True)
        expect_equal(world.standings(), before, "the standings by the first rules")


def try_comment_changed():
    """Another text, the same rules: computed anew, and nothing changes."""
    with new_world() as world, changed_config(("program:", "# A remark.\nprogram:")) as config:
        world.close("2025-12-31")
        before = world.fingerprint(exact=True)
        world.config = config
        settle_expecting(world, "2026-01-02", changed=False)
        expect_equal(world.fingerprint(exact=True), before, "the public views")
        world.expect_stands(world.close("2026-01-03"))


def try_no_settling():
    """settle: false leaves a closed month to `close --period` and restate."""
    with new_world() as world, changed_config(("settle: true", "settle: false")) as config:
        world.config = config
        world.close("2025-12-31")
        world.session.query("insert into loyalty.member values (5009, '2025-12-31')")
        job = world.close("2026-01-02")
        expect("Nothing is due" in one_line(job.out), job.told())
        expect_equal(world.standing(5009), None, "5009")


def register():
    add_case("a member registers between close and settling", try_registered)
    add_case("a member closes between close and settling", try_closed)
    add_case("a member disappears between close and settling", try_deleted)
    add_case("the levels change between close and settling", try_levels_changed)
    add_case("only a comment changes between close and settling", try_comment_changed)
    add_case("settling is switched off", try_no_settling)
