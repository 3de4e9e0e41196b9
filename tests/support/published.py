"""What readers see, as one checksum; and what a run may have left behind.

A run that failed has used up a number, so run_id and grant_id are not the same after it. In the
checksum a run counts as "the n-th that published", which is the same.
"""

from cases import expect, expect_equal

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
    """All public views but the ledger, a row a line. exact: with run_id and grant_id."""
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


# Every table that a run writes rows with its number into.
_WRITTEN = " union ".join(f"select run_id from tierclose.{table}" for table in (
    "run_level", "standing", "anomaly", "anomaly_count", "level_change", "coupon_grant",
    "restatement", "run_month", "run_source", "run_fate"))

# A table that is attached although nobody published it would be a half publication.
_TABLES = """
select substr(c.relname, 14)::bigint, c.relispartition from pg_class c
where c.relnamespace = 'tierclose'::regnamespace and c.relname ~ '^standing_run_[0-9]+$'
    and c.relkind = 'r' and not exists (select from tierclose.run r
        where r.status = 'published' and c.relname = 'standing_run_' || r.run_id)
order by 1"""

_LEFT = f"""
with published as (select run_id from tierclose.run where status = 'published')
select 'rows of run ' || run_id from ({_WRITTEN}) w where run_id not in (table published)
union all
select 'advisory lock' from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())
"""


def unpublished_tables(session):
    """The runs whose standings have a table of their own, but were not published."""
    found = session.query(_TABLES)
    expect_equal([run for run, attached in found if attached == "t"], [],
                 "attached though not published")
    return [int(run) for run, _ in found]


def leftovers(session):
    """What stands in nobody's name: tables and rows of runs that did not publish, locks."""
    return [f"table standing_run_{run}" for run in unpublished_tables(session)] + \
        [row[0] for row in session.query(_LEFT)]


def expect_nothing_left(session):
    expect_equal(leftovers(session), [], "left in the way")


def expect_tables_left(session, counts):
    """Nothing but tables that nobody published and nobody sees; `counts`: how many may be."""
    left = [what for what in leftovers(session) if not what.startswith("table ")]
    expect_equal(left, [], "left in the way")
    tables = unpublished_tables(session)
    expect(len(tables) in counts,
           f"standings left of the runs {tables}: wanted {' or '.join(map(str, counts))} tables")


def run_rows(session, condition="true"):
    """The ledger's rows, oldest first: run_id, period, action, status, error."""
    return session.query("select run_id, period, action, status, error from tierclose.run"
                         f" where {condition} order by run_id")
