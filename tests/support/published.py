"""What readers see, as one checksum; and what a run may have left behind.

A run that failed has used up a number, so run_id and grant_id are not the same after it. In the
checksum a run counts as "the n-th that published", which is the same.
"""

from cases import expect_equal

TODAY = "2026-01-12"

VIEWS = {
    "standings": "standings", "level_changes": "level_changes", "coupon_grants": "coupon_grants",
    "anomalies": "anomalies",
}

_ORDINALS = """ordinal as (
    select run_id, row_number() over (order by run_id) as run
    from tierclose.run where status = 'published')"""

_PART = """select '{view}' as view, (to_jsonb(v) - 'run_id' - 'grant_id'
    || jsonb_build_object('run', o.run) {grant})::text as line
from tierclose.{view} v left join ordinal o using (run_id)"""

_GRANT = "|| jsonb_build_object('grant', v.grant_id % 1000000000, 'grant_run', " \
         "(select g.run from ordinal g where g.run_id = v.grant_id / 1000000000))"


def _lines(exact):
    """All public views but the ledger, a row a line. exact: with run_id and grant_id as they are."""
    if exact:
        parts = [f"select '{view}' as view, to_jsonb(v)::text as line from tierclose.{view} v"
                 for view in VIEWS]
    else:
        parts = [_PART.format(view=view, grant=_GRANT if view == "coupon_grants" else "")
                 for view in VIEWS]
    parts.append("select 'member_center', to_jsonb(m)::text from tierclose.member_center m")
    return f"with {_ORDINALS}, lines as ({' union all '.join(parts)})"


def fingerprint(session, today=TODAY, exact=False):
    """{view: "rows checksum"} of the public views, as of a day."""
    rows = session.query(
        f"set tierclose.today = '{today}'; {_lines(exact)} "
        "select view, count(*) || ' ' || md5(string_agg(line, chr(10) order by line collate \"C\"))"
        " from lines group by view order by view")
    return {view: checksum for view, checksum in rows}


def leftovers(session):
    """What stands in nobody's name: tables of runs that did not publish, locks, transactions."""
    return [row[0] for row in session.query(
        "select 'table ' || c.relname from pg_class c where c.relnamespace = 'tierclose'::regnamespace"
        " and c.relname like 'standing_run%' and c.relkind = 'r' and not exists (select from"
        " tierclose.run r where r.status = 'published' and c.relname = 'standing_run_' || r.run_id)"
        " union all select 'rows of run ' || run_id from (select run_id from tierclose.run_level"
        " union select run_id from tierclose.anomaly_count union select run_id from"
        " tierclose.level_change union select run_id from tierclose.coupon_grant union select run_id"
        " from tierclose.restatement union select run_id from tierclose.standing) w where not exists"
        " (select from tierclose.run r where r.run_id = w.run_id and r.status = 'published')"
        " union all select 'prepared transaction ' || gid from pg_prepared_xacts"
        " where database = current_database()"
        " union all select 'advisory lock' from pg_locks where locktype = 'advisory' and database ="
        " (select oid from pg_database where datname = current_database())")]


def expect_nothing_left(session):
    expect_equal(leftovers(session), [], "left in the way")


def run_rows(session, condition="true"):
    """The ledger's rows, oldest first: run_id, period, action, status, error."""
    return session.query("select run_id, period, action, status, error from tierclose.run"
                         f" where {condition} order by run_id")
