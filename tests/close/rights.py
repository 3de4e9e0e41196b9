"""Least privilege: who runs the job needs tierclose_job and nothing else; who looks, auditor."""

import contextlib
import itertools

from cases import add_case, expect, expect_equal
from live import Session, SqlError, psql
from setting import event, new_world

# Roles belong to the whole server, so each case has its own.
ROLES = {"job": "in role tierclose_job", "auditor": "in role tierclose_auditor", "nobody": ""}
_numbers = itertools.count(1)


@contextlib.contextmanager
def users(*kinds):
    """Their names, for as long as it lasts."""
    names = [f"tierclose_close_{kind}_{next(_numbers)}" for kind in kinds]
    for kind, name in zip(kinds, names):
        psql("postgres", f"drop role if exists {name}; create role {name} login {ROLES[kind]};")
    try:
        yield names
    finally:
        for name in names:
            psql("postgres", f"drop role {name}")


def try_job_user():
    with users("job") as (job_user,), new_world() as world:
        world.close("2025-12-31", user=job_user)
        world.session.query(event(5001, 20000))
        world.expect_settled(world.close("2026-01-02", user=job_user), late=1)
        expect_equal(world.standing(5001), (200, "Gold"), "5001")
        for words in (("restate", "--period", "2025-10"),
                      ("backfill", "--from", "2025-09", "--to", "2025-12"),
                      ("verify", "--period", "2025-12"), ("status",), ("check", "--db"),
                      ("explain", "--member", "5001", "--period", "2025-12")):
            world.job(*words, "--today", "2026-01-10", user=job_user)


FORBIDDEN = (
    "insert into loyalty.point_event (event_id, member_id, kind, occurred_at)"
    " values (1, 1, 1, '2025-12-01 12:00+00')",
    "update loyalty.point_event set points = 1", "delete from loyalty.point_event",
    "truncate loyalty.point_event", "insert into loyalty.member values (1, '2025-01-01')",
    "update loyalty.member set closed_on = null", "delete from loyalty.member",
    "insert into loyalty.event_kind values (200, 'own')", "delete from loyalty.event_kind",
    "select loyalty.ensure_event_months('2027-01-01', '2027-02-01')",
    "update tierclose.run set error = 'x'", "delete from tierclose.run",
    "delete from tierclose.level_change",
    "update tierclose.level_change set points = 0",
    "update tierclose.coupon_grant set coupon = 'x'",
    "delete from tierclose.published", "create table loyalty.own (n int)",
)
FORBIDDEN_TO_AUDITOR = (
    "insert into tierclose.config values ('x', 'x', 'x')",
    "update tierclose.run set status = 'failed'", "update tierclose.published set run_id = 1",
    "create table tierclose.own (n int)",
)


def expect_refused(session, user, sql):
    try:
        session.query(f"set session authorization {user}; {sql}")
    except SqlError as refusal:
        expect("denied" in str(refusal) or "must be owner" in str(refusal),
               f"{user}: {sql}: {refusal}")
    else:
        expect(False, f"{user} may: {sql}")
    session.query("reset session authorization")


def try_forbidden():
    with users("job", "auditor") as (job_user, auditor), new_world() as world:
        partition = world.session.value(
            "select max(inhrelid::regclass::text) from pg_inherits"
            " where inhparent = 'loyalty.point_event'::regclass")
        with Session(world.database) as session:
            for sql in (*FORBIDDEN, f"delete from {partition}"):
                expect_refused(session, job_user, sql)
                expect_refused(session, auditor, sql)
            for sql in FORBIDDEN_TO_AUDITOR:
                expect_refused(session, auditor, sql)


def try_auditor():
    """All that only looks; what publishes is refused."""
    with users("auditor", "nobody") as (auditor, nobody), new_world() as world:
        # Not even by mistake.
        psql("postgres", f"alter role {auditor} set default_transaction_read_only = on")
        as_auditor = world.close("2025-12-31", "--dry-run", user=auditor).out
        expect("would be closed" in as_auditor, as_auditor)
        world.close("2025-12-31")
        world.session.query(event(5001, 20000))
        runs = world.runs()
        for words in (("close", "--dry-run"), ("restate", "--period", "2025-10", "--dry-run"),
                      ("backfill", "--from", "2025-10", "--to", "2025-12", "--dry-run"),
                      ("status",), ("explain", "--member", "5001", "--period", "2025-12")):
            world.job(*words, "--today", "2026-01-02", user=auditor)
        world.job("verify", "--period", "2025-12", user=auditor, code=1)
        for user in (auditor, nobody):
            job = world.close("2026-01-02", user=user, code=78)
            job.expect_error("tierclose_job", "hint: ")
        expect_equal(world.runs(), runs, "the ledger")


def try_nameless_server():
    """Then nobody knows whether the numbers of transactions are still the same: all is read."""
    revoked = "revoke execute on function pg_catalog.pg_control_system() from public"
    untold = "Mode: full, read in full: the server does not tell the job which one it is."
    with users("job") as (job_user,), new_world() as world:
        expect("Mode: incremental." in world.close("2025-12-31", "--dry-run", user=job_user).out,
               "the base is good")
        world.session.query(revoked)
        for words in (("--dry-run",), ()):
            job = world.close("2025-12-31", *words, user=job_user)
            expect(untold in job.out, job.told())
        world.session.query(event(5001, 20000))
        for today in ("2026-01-02", "2026-01-03"):
            job = world.close(today, user=job_user)
            expect(untold in job.out, job.told())
        expect_equal(world.standing(5001), (200, "Gold"), "5001")


def register():
    add_case("the job's user needs tierclose_job only", try_job_user)
    add_case("what the job's user and the auditor may not do", try_forbidden)
    add_case("a server that does not tell the job which one it is", try_nameless_server)
    add_case("the auditor looks and makes dry runs", try_auditor)
