"""Every number of a report equals the views; its own sums hold; all formats say the same."""

import calendar
import json
import os
import pathlib

import expected
import odd
import page
import real_data
import workbook
from cases import Failure, Skipped, add_case, expect, expect_equal
from database import Failure as DatabaseFailure
from job import run_job
from live import ROOT, drop_database
from setting import (FEW, MANY, PERIODS, dicts, expect_same, make, new_folder, read_csv, read_json,
                     rows_of, session_of)

SCHEMA = ROOT / "config/report.schema.json"
REAL_PERIODS = ("2010-12", "2011-10")


def compare_tables(session, period, report):
    """The tables that the views have; how many rows were compared of each."""
    counts = {}
    for name, table in expected.TABLES.items():
        wanted = table(session, period)
        columns = set(wanted[0]) if wanted else set()
        found = [{column: row[column] for column in row if column in columns}
                 for row in report[name]]
        expect_same(found, wanted, f"{period} {name}")
        counts[name] = len(wanted)
    return counts


def check_period(session, period, report):
    """The one row about the period."""
    row = report["period"]
    run = dicts(session, "select * from tierclose.runs where period = "
                         f"'{period}' and status = 'published' order by run_id desc limit 1")[0]
    standing = expected.standings(session, period)
    status = [grant["status"] for grant in expected.grants(session, period)]
    directions = [change["direction"] for change in expected.changes(session, period)]
    wanted = {
        "period": period, "run_id": expected.standing_run(session, period),
        "newest_run_id": run["run_id"], "result_checksum": run["result_checksum"],
        "as_of": expected.as_of(session, period), "effective_on": run["effective_on"],
        "timezone": run["timezone"], "members": len(standing),
        "points": sum(one["points"] for one in standing.values()),
        "upgrades": directions.count("up"), "downgrades": directions.count("down"),
        "program_changes": directions.count("program"),
        "grants_granted": status.count("granted"), "grants_lapsed": status.count("lapsed"),
        "grants_revoked": status.count("revoked"),
        "grants_overgranted": len(expected.overgranted(session, period)),
        "anomalies": sum(one["events"] for one in expected.anomalies_by_reason(session, period)),
        "details_stored": True,
    }
    expect_equal({column: row[column] for column in wanted}, wanted, f"{period}")


def check_sums(report):
    """What must add up within the report."""
    period = report["period"]
    months = sum(month["points"] for month in report["months"])
    expect_equal(months + period["points_raised"], period["points"], "points by month")
    by_month = {}
    for source in report["sources"]:
        by_month[source["month"]] = by_month.get(source["month"], 0) + source["points"]
    expect_equal({month["month"]: month["points_at_close"] for month in report["months"]
                  if month["points_at_close"] is not None}, by_month, "points by source")
    own = report["months"][-1]
    expect_equal((own["month"], own["changed_since"]), (period["period"], 0), "the own month")
    expect_equal(len(report["months"]), 12, "months of the window")
    fates = {row["fate"]: row["events"] for row in report["reconciliation"]}
    kinds = dict.fromkeys(fates, 0)
    for row in report["events_by_kind"]:
        kinds[row["fate"]] += row["events"]
    expect_equal(kinds, fates, "events by kind")
    expect_equal({reason: fates[reason] for reason in expected.REASONS},
                 {row["reason"]: row["events"] for row in report["anomalies_by_reason"]},
                 "anomalies")
    expect_equal(sum(flow["members"] for flow in report["flows"] if flow["to_level"] is not None),
                 period["members"], "members who flow")


def check_csv(folder, report, schema):
    """The same in CSV: columns as the schema has them, values as the JSON has them."""
    for table in schema["properties"]:
        if table in ("report", "layout"):
            continue
        raw = (folder / f"{table}.csv").read_bytes()
        expect(raw.endswith(b"\r\n") and b"\n" not in raw.replace(b"\r\n", b""),
               f"{table}.csv: line ends")
        head = raw.split(b"\r\n", 1)[0].decode("ascii").split(",")
        described = schema["properties"][table]
        described = described if table == "period" else described["items"]
        expect_equal(head, list(described["properties"]), f"columns of {table}")
        expect_equal(described["required"], head, f"required columns of {table}")
        texts = [{column: text_of(value) for column, value in row.items()}
                 for row in rows_of(report, table)]
        rows = [{column: json.loads(value) if column == "benefits" and value else value
                 for column, value in row.items()} for row in read_csv(folder, table)]
        expect_same(rows, texts, f"{table}.csv")


def text_of(value):
    """A value of the JSON as CSV has it; a benefit stays an object."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, dict) else str(value)


def validate(report, schema):
    import jsonschema  # pylint: disable=import-outside-toplevel
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    errors = sorted(validator(schema).iter_errors(report), key=str)
    if errors:
        raise Failure(f"{list(errors[0].absolute_path)}: {errors[0].message}")


def check_report(session, period, folder):
    """All of one report; the rows of each table."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    report = read_json(folder)
    validate(report, schema)
    check_csv(folder, report, schema)
    workbook.check_book(folder, report)
    check_period(session, period, report)
    check_sums(report)
    page.check(session, period, folder)
    return compare_tables(session, period, report)


def sample_equals_the_views():
    """In every table some report of the sample has rows, so nothing passes for want of them."""
    seen = dict.fromkeys(expected.TABLES, 0)
    with new_folder() as place, session_of(MANY) as session:
        for period in PERIODS:
            make(MANY, period, place / period)
            for table, count in check_report(session, period, place / period).items():
                seen[table] += count
    expect_equal([table for table, count in seen.items() if count == 0], [], "tables never seen")


def sources_equal_explain():
    """The month's points by kind, and its events by fate, of all members one by one."""
    period = "2025-11"
    sources, fates = {}, {}
    with new_folder() as place, session_of(FEW) as session:
        make(FEW, period, place / "report", "--format", "json")
        report = read_json(place / "report")
        members = [row[0] for row in session.query("select member_id from loyalty.member")]
    for member in members:
        told = json.loads(run_job(FEW, "explain", "--member", member, "--period", period,
                                  "--format", "json").out)
        for line in told["lines"]:
            if line["day"][:7] == period and line["kind"] != "floor":
                sources[line["kind"]] = sources.get(line["kind"], 0) + line["points"]
                if line["event_id"] is not None:
                    fates[line["fate"]] = fates.get(line["fate"], 0) + 1
    expect(len(sources) > 4, f"the sample has few kinds: {sources}")
    expect_equal({row["source"]: row["points"] for row in report["sources"]
                  if row["month"] == period and row["points"] != 0},
                 {kind: points for kind, points in sources.items() if points != 0}, "sources")
    found = {row["fate"]: row["events"] for row in report["reconciliation"]
             if row["events"] != 0 and row["fate"] != "unknown_member"}
    expect_equal(found, fates, "events by fate")


def check_real_data():
    data = pathlib.Path(real_data.DATA)
    if not all((data / name).is_file() for name in real_data.FILES):
        raise Skipped(f"the real data is not there ({data})")
    periods = [row.split(",")[0] for row in
               (data / "expected.csv").read_text(encoding="utf-8").splitlines()[1:]]
    try:
        database = real_data.load("tierclose_report_real", periods[0], "2011-12")
    except DatabaseFailure as failure:
        raise Failure(str(failure)) from None
    try:
        with new_folder() as place, session_of(database.name) as session:
            config = real_data.british_programme(place)
            for period in periods:
                year, month = map(int, period.split("-"))
                last = calendar.monthrange(year, month)[1]
                run_job(database.name, "close", "--period", period, "--today",
                        f"{period}-{last}", config=config)
            for period in REAL_PERIODS:
                make(database.name, period, place / period)
                check_report(session, period, place / period)
                check_events(session, period, read_json(place / period))
    finally:
        database.drop()


def odd_reports(make_odd):
    """Hostile names, huge numbers, or nothing at all: the page still says what the views say."""
    database = f"tierclose_report_{make_odd.__name__}"
    try:
        _, periods = make_odd(database)
        with new_folder() as place, session_of(database) as session:
            for period in periods:
                make(database, period, place / period)
                compare_tables(session, period, read_json(place / period))
                page.check(session, period, place / period)
    finally:
        drop_database(database)


def check_events(session, period, report):
    """Nothing came late: every event of the month is accounted for, kind by kind."""
    wanted = dicts(session, f"""select k.name as kind, count(*) as events from loyalty.point_event e
        join loyalty.event_kind k using (kind)
        where to_char(e.occurred_at at time zone 'Europe/London', 'YYYY-MM') = '{period}'
        group by k.name order by k.name""")
    found = {}
    for row in report["events_by_kind"]:
        found[row["kind"]] = found.get(row["kind"], 0) + row["events"]
    expect_equal(found, {row["kind"]: row["events"] for row in wanted}, "events of the month")


def register():
    add_case("every number of the sample's reports equals the views", sample_equals_the_views)
    add_case("sources and fates are those of every member's explanation", sources_equal_explain)
    add_case(f"every number on real data equals the views ({os.path.basename(real_data.DATA)})",
             check_real_data)
    add_case("hostile names and huge numbers", odd_reports, odd.hostile)
    add_case("nothing to report", odd_reports, odd.nothing)
    add_case("a quiet month", odd_reports, odd.quiet)
