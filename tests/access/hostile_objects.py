"""Objects of the same names as what the job and the views use, in schemas that are looked in first.

Every function, operator, type and table that pg_catalog has gets a twin in another schema. The
functions and operators raise an error when they are called, so one use of them is seen. Where the
twins come before the real ones, whoever lets the search_path decide is trapped.
"""

import subprocess

from cases import add_case, expect, expect_equal
from live import Copy, Session, SqlError, copy_database, drop_database, psql
from published import fingerprint
from setting import (ALL_COMMANDS, CLOSED, FOLDER, OPEN, SOURCE, TODAY, changed_config,
                     environment_of, run, socket_dsn)

TRAPPED = "the trap of"

# Without pseudo-types, of which a function cannot be made in plpgsql, and without aggregates.
TWINS = f"""
create schema {{schema}};
grant usage on schema {{schema}} to public;
set client_min_messages = error;
do $$
declare
    twin record;
begin
    for twin in
        select p.proname, pg_get_function_identity_arguments(p.oid) as arguments, p.oid,
            format_type(p.prorettype, null) as result, p.proretset
        from pg_proc p
        join pg_type r on r.oid = p.prorettype
        where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f'
            and p.provariadic = 0 and r.typtype <> 'p'
            and not exists (select from unnest(p.proargtypes) a join pg_type t on t.oid = a
                            where t.typtype = 'p')
            and p.proargmodes is null
    loop
        execute format(
            'create or replace function {{schema}}.%I(%s) returns %s %s language plpgsql as %L',
            twin.proname, twin.arguments, case when twin.proretset then 'setof' end, twin.result,
            format('begin raise exception ''{TRAPPED} %s''; end', twin.proname));
    end loop;
    for twin in
        select o.oprname, o.oprleft, o.oprright, p.proname
        from pg_operator o
        join pg_proc p on p.oid = o.oprcode
        join pg_type l on l.oid = o.oprleft and l.typtype <> 'p'
        join pg_type r on r.oid = o.oprright and r.typtype <> 'p'
        where o.oprnamespace = 'pg_catalog'::regnamespace
            and to_regprocedure(format('{{schema}}.%I(%s, %s)', p.proname,
            format_type(o.oprleft, null), format_type(o.oprright, null))) is not null
    loop
        execute format('create operator {{schema}}.%s (leftarg = %s, rightarg = %s, '
            'function = {{schema}}.%I)', twin.oprname, format_type(twin.oprleft, null),
            format_type(twin.oprright, null), twin.proname);
    end loop;
    for twin in
        select distinct c.relname from pg_class c
        where c.relnamespace in ('pg_catalog'::regnamespace, 'loyalty'::regnamespace,
                'tierclose'::regnamespace)
            and c.relkind in ('r', 'p', 'v')
    loop
        execute format('create table {{schema}}.%I (hostile text)', twin.relname);
        execute format('grant select on {{schema}}.%I to public', twin.relname);
    end loop;
    for twin in
        select t.typname from pg_type t
        where t.typnamespace = 'pg_catalog'::regnamespace and t.typtype = 'b'
            and t.typname !~ '^_'
            and not exists (select from pg_type h where h.typname = t.typname
                            and h.typnamespace = '{{schema}}'::regnamespace)
    loop
        execute format('create domain {{schema}}.%I as pg_catalog.text', twin.typname);
    end loop;
    create function {{schema}}.today_in(text) returns date language plpgsql as
        $f$ begin raise exception '{TRAPPED} today_in'; end $f$;
    create function {{schema}}.grant_status(boolean, boolean, date, date) returns text
        language plpgsql as $f$ begin raise exception '{TRAPPED} grant_status'; end $f$;
end $$;
"""
HOSTILE = "tierclose_access_hostile"
SCHEMA = "access_job"  # also "$user"
# Before pg_catalog, which is looked in first only where the path does not name it. The place where
# each is set: for the role, for the database, by the user.
PATHS = {"role": '"$user", pg_catalog', "database": f"{SCHEMA}, pg_catalog, tierclose, loyalty",
         "options": f"{SCHEMA},pg_catalog"}


def make_hostile():
    copy_database(OPEN, HOSTILE)
    psql(HOSTILE, TWINS.replace("{schema}", SCHEMA))


def try_traps():
    """The traps work: whoever walks into one is caught."""
    with Session(HOSTILE) as session:
        for sql in ("select now()", "select 1 = 1", "select 'a'::text || 'b'::text",
                    "select substr('a'::text, 1)"):
            try:
                session.query(f"set search_path = {SCHEMA}, pg_catalog; {sql}")
            except SqlError as error:
                expect(TRAPPED in str(error), f"{sql}: {error}")
            else:
                expect(False, f"no trap for {sql}")
        expect_equal(session.query("select hostile from pg_class"), [], "a twin of a table")


def results_of(database, commands, path=""):
    """What readers see after the commands, and what explain printed."""
    explained = ""
    for words in commands:
        options = f"-c search_path={path}" if path else ""
        ended = run(words, socket_dsn(database, "access_job"), PGOPTIONS=options).expect(0)
        explained += ended.out if words[0] == "explain" else ""
    with Session(database, options="-c search_path=pg_catalog") as session:
        return fingerprint(session), explained


def try_search_path(place, commands, plain):
    name = f"tierclose_access_path_{place}"
    path = PATHS[place]
    with Copy(HOSTILE, name) as database:
        if place != "options":
            target = {"role": f"role access_job in database {name}", "database": f"database {name}"}
            psql("postgres", f"alter {target[place]} set search_path = {path};")
        expect_equal(results_of(database, commands, path if place == "options" else ""), plain,
                     f"search_path {path} of the {place}")


def try_search_paths():
    """All commands where the role has the path, and a close where somebody else has set it."""
    for commands, places in ((ALL_COMMANDS, ("role",)),
                             (ALL_COMMANDS[:1], ("database", "options"))):
        with Copy(OPEN, "tierclose_access_path") as database:
            plain = results_of(database, commands)
        for place in places:
            try_search_path(place, commands, plain)


VIEWS = """
select count(*), sum(points), string_agg(level, ',' order by member_id)
from tierclose.member_center;
select count(*), string_agg(status, ',' order by grant_id) from tierclose.coupon_grants;
"""
OWN = """
create temp table published (period text, run_id bigint, checked_run_id bigint);
create temp table program (timezone text);
create temp table coupon_grant (grant_id bigint);
create function pg_temp.today_in(text) returns date language sql as 'select date ''1999-01-01''';
create function pg_temp.grant_status(boolean, boolean, date, date) returns text language sql
    as 'select ''free''';
create function pg_temp.eq(bigint, bigint) returns boolean language sql as 'select true';
create operator pg_temp.= (leftarg = bigint, rightarg = bigint, function = pg_temp.eq);
set search_path = pg_temp, pg_catalog, tierclose;
"""


def ask_as_service(database, before):
    done = subprocess.run(
        ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", socket_dsn(database, "access_service")],
        input=before + "set tierclose.today = '2026-01-10';" + VIEWS, text=True,
        capture_output=True, env=environment_of(), check=False)
    expect(done.returncode == 0, done.stderr)
    return done.stdout


def try_views():
    """Views and functions were bound to their names when they were made."""
    with Copy(CLOSED, "tierclose_access_views") as database:
        psql(database, TWINS.replace("{schema}", "hostile"))
        wanted = ask_as_service(database, "")
        expect("Platinum" in wanted, wanted)
        expect_equal(ask_as_service(database, OWN), wanted, "with objects in pg_temp")
        path = "set search_path = hostile, pg_catalog; "
        own = ask_as_service(database, path)
        expect_equal(own, wanted, "with a hostile schema first")
        made = psql(database, path + "select loyalty.ensure_event_months('2031-01-10', "
                                     "'2031-02-10');").strip()
        expect_equal(made, "2", "months made with a hostile schema first")


def try_types():
    """A type of the same name is another type."""
    with Copy(HOSTILE, "tierclose_access_types") as database, Session(database) as session:
        session.query(
            "create schema shop; create view shop.point_event as select event_id, member_id, kind,"
            " occurred_at, order_id, item_cents, discount_cents, category_ids, points,"
            f" recorded_xid::text::{SCHEMA}.xid8 as recorded_xid from loyalty.point_event;"
            "grant usage on schema shop to tierclose_job;"
            "grant select on shop.point_event to tierclose_job")
        config = changed_config(
            FOLDER, (SOURCE, SOURCE.replace("loyalty.point_event", "shop.point_event")))
        run(("close", "--today", TODAY), socket_dsn(database, "access_job"), config).expect(
            78, f"the column recorded_xid has the type {SCHEMA}.xid8, not xid8")


def try_all():
    make_hostile()
    try:
        try_traps()
        try_search_paths()
        try_types()
    finally:
        drop_database(HOSTILE)


def register():
    add_case("hostile objects before pg_catalog change nothing of the job", try_all)
    add_case("hostile objects change nothing of what the views show", try_views)
