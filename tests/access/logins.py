"""Users with a login and one role each: what tierclose, psql and SET ROLE let them do."""

import re
import subprocess

from cases import add_case, expect_equal
from live import Copy, Session
from published import fingerprint
from setting import (ALL_COMMANDS, CLOSED, FOLDER, OPEN, SOURCE, USERS, changed_config,
                     environment_of, run, socket_dsn)

REFUSED = "42501"  # insufficient_privilege
# Of ALL_COMMANDS; what publishes needs the job's role, what looks the auditor's.
LOOKS = ("verify", "status", "explain")

# Beyond their role, whoever tries. The first two would make the rest easy.
FOR_NOBODY = (
    "set role postgres", "set session authorization postgres",
    "select * from shop.secret", "insert into shop.secret values ('x')",
    "alter user current_user superuser", "alter system set port = 1",
    "create publication mine for all tables",
    "create subscription mine connection '' publication x",
    "create foreign data wrapper mine",
    "do $$ begin execute 'copy (select 1) to program ''true'''; end $$",
    "select pg_cancel_backend({pid})", "select pg_terminate_backend({pid})",
    "create event trigger mine on sql_drop execute function suppress_redundant_updates_trigger()",
)
# Whoever has no right in a schema does not get in, whatever lies in it.
OUTSIDE = {
    "access_service": ("select * from loyalty.member", "select * from tierclose.standings",
                       "select * from tierclose.config", "select * from tierclose.runs"),
    "access_nobody": ("select * from loyalty.point_event", "select * from tierclose.member_center",
                      "select * from tierclose.coupon_grants", "select tierclose.today_in('UTC')"),
}


def answers(database, user, statements):
    """The SQLSTATE of each, in a session of the user's own; 00000 where it is allowed."""
    script = "".join(f"{statement};\n\\echo \002 :SQLSTATE\n" for statement in statements)
    done = subprocess.run(["psql", "-XAtq", "-d", socket_dsn(database, user)], input=script,
                          text=True, capture_output=True, env=environment_of(), check=False)
    return re.findall("^\002 (\\S+)$", done.stdout, flags=re.M)


def try_beyond():
    """Each with a session of its own, unlike in tests/sql, so that SET ROLE tells the truth."""
    with Copy(CLOSED, "tierclose_access_beyond") as database, Session(database) as session:
        session.query("create schema shop; create table shop.secret (word text);"
                      "grant connect on database tierclose_access_beyond to public")
        before = fingerprint(session, exact=True)
        for user, role in USERS.items():
            others = [f"set role {name}" for name in USERS.values() if name not in (None, role)]
            statements = [statement.replace("{pid}", str(session.pid()))
                          for statement in (*FOR_NOBODY, *others, *OUTSIDE.get(user, ()))]
            expect_equal(list(zip(statements, answers(database, user, statements))),
                         [(statement, REFUSED) for statement in statements], user)
            if role is not None:
                expect_equal(answers(database, user, [f"set role {role}"]), ["00000"],
                             f"{user}: its own role")
        expect_equal(fingerprint(session, exact=True), before, "what readers see")


def try_commands():
    """Of the user with no role and of the shop nothing runs; of the auditor what looks."""
    with Copy(OPEN, "tierclose_access_commands") as database, Session(database) as session:
        before = fingerprint(session, exact=True)
        for user in USERS:
            for words in ALL_COMMANDS:
                looks = words[0] in LOOKS or "--dry-run" in words
                if user == "access_job" or (user == "access_auditor" and looks):
                    continue
                ended = run(words, socket_dsn(database, user)).expect(78, "error: ", "hint: ")
                if words[0] != "check":  # which shows the programme before it asks the database
                    expect_equal(ended.out, "", f"{user}: stdout of {words}")
        expect_equal(fingerprint(session, exact=True), before, "what readers see")
        for words in ALL_COMMANDS:
            run(words, socket_dsn(database, "access_job")).expect(0)


# Says who reads. A function in a view runs with the rights of whoever reads the view.
WHO = """
create schema shop;
create function shop.is_job() returns boolean language plpgsql as $$
begin
    if current_user <> 'tierclose_job' then
        raise exception 'read as %', current_user;
    end if;
    return true;
end $$;
create view shop.member as select * from loyalty.member where shop.is_job();
create view shop.point_event as select * from loyalty.point_event where shop.is_job();
create view shop.event_kind as select * from loyalty.event_kind where shop.is_job();
grant usage on schema shop to tierclose_job;
grant select on all tables in schema shop to tierclose_job;
"""


def try_acting_role():
    """A superuser's job reads and writes as tierclose_job on every connection, too."""
    with Copy(OPEN, "tierclose_access_acting") as database, Session(database) as session:
        session.query(WHO)
        config = changed_config(FOLDER,
                                (SOURCE, SOURCE.replace("loyalty.", "shop.")))
        for user in ("postgres", "access_job"):
            for words in (("close", "--today", "2026-01-02", "--full", "--workers", "3"),
                          ("backfill", "--from", "2025-11", "--to", "2025-12", "--today",
                           "2026-01-02")):
                run(words, socket_dsn(database, user), config).expect(0)
        run(("check", "--db"), socket_dsn(database, "postgres"), config).expect(0)
        owners = session.query("select distinct relowner::regrole from pg_class"
                               " where relname ~ '^standing_run'")
        expect_equal(owners, [["tierclose_job"]], "who owns the standings")


def try_hidden_rows():
    """A policy that would hide rows from the job is an error, not a result without them."""
    with Copy(OPEN, "tierclose_access_policy") as database, Session(database) as session:
        before = fingerprint(session, exact=True)
        for table in ("member", "point_event"):
            session.query(f"create policy hide on loyalty.{table} for select using"
                          f" (member_id <> 5001); alter table loyalty.{table}"
                          " enable row level security")
            run(("close", "--today", "2026-01-02"), socket_dsn(database, "access_job")).expect(
                78, "row-level security")
            session.query(f"alter table loyalty.{table} disable row level security")
        expect_equal(fingerprint(session, exact=True), before, "what readers see")


def register():
    add_case("what nobody may do with a login of his own", try_beyond)
    add_case("commands that a role does not allow", try_commands)
    add_case("the job acts as tierclose_job on every connection", try_acting_role)
    add_case("rows hidden by a policy are an error", try_hidden_rows)
