"""report.html says what the views say, to the unit: tables, key figures, pictures, captions.

The page is read by a strict XML parser, so every element of it is closed and no name is a mark.
"""

import itertools
import json
import xml.etree.ElementTree

import expected
from cases import expect, expect_equal

XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
NO_VALUE = "–"
ROWS_SHOWN = 25
SAMPLES_A_REASON = 5
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")
GROUPS = {"purchases": "Purchases", "activities": "Fan activities", "bonus": "Bonus",
          "other": "Other"}

# Each table of the page: the report's table and its columns; a + stands behind what is added up.
TABLES = {
    "levels": ("levels", "level min_points members+ members_before+ near_next+ falling+ benefits"),
    "flows": ("flows", "from_level to_level direction members+"),
    "outlook-levels": ("levels", "level next_level near_from next_min_points near_next+ falling+"),
    "falls": ("falls", "from_level to_level members+"),
    "months": ("months", "month points_at_close+ changed_since points+"),
    "reconciliation": ("reconciliation", "fate anomaly events+"),
    "events_by_kind": ("events_by_kind", "kind fate events+"),
    "changes_by_level": ("changes_by_level", "from_level to_level direction members+ points+"),
    "changes": ("changes", "member_id from_level to_level direction points effective_on run_id"),
    "grants_by_coupon": (
        "grants_by_coupon", "coupon level value_cents min_spend_cents issue_from issue_until"
        " expires_on granted+ lapsed+ revoked+ overgranted+ granted_cents"),
    "overgranted": ("overgranted", "grant_id member_id coupon level value_cents issue_from status"
                    " run_id overgranted_by"),
    "anomalies_by_reason": ("anomalies_by_reason", "reason events+ samples+"),
    "anomalies": ("anomalies", "reason event_id member_id occurred_at detail"),
    "restated_by_level": ("restated_by_level", "level_before level_after members points_before"
                          " points_after run_id superseded_run_id"),
    "restatements": ("restatements", "member_id level_before level_after points_before points_after"
                     " run_id"),
    "changes_withdrawn": ("changes_withdrawn", "member_id from_level to_level direction points"
                          " run_id superseded_by"),
    "runs": ("runs", "run_id action mode status run_by started_at finished_at changed stands"
             " superseded_by error"),
    "run_counts": ("runs", "run_id events late_events members points upgrades downgrades grants"
                   " anomalies"),
    "run_digests": ("runs", "run_id config_sha256 result_checksum"),
}
FIRST_ROWS = ("changes", "overgranted", "restatements", "changes_withdrawn")
# Tables that are not there at all where another one has no rows.
ONLY_WITH_ROWS = {"changes": "changes_by_level", "anomalies_by_reason": "anomalies",
                  "restatements": "restated_by_level", "changes_withdrawn": "restated_by_level"}
NAMES = ("member_id", "event_id", "grant_id", "run_id", "superseded_run_id", "superseded_by",
         "overgranted_by")
WORDS = ("fate", "kind", "reason")


def count(number, sign=False):
    text = f"{abs(number):,}"
    return ("−" if number < 0 else "+" if sign and number > 0 else "") + text


def month_in_words(month):
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def benefits_in_words(benefits):
    def value(one):
        return {True: "yes", False: "no"}.get(one) if isinstance(one, bool) else str(one)
    # In the database's order: shorter names first.
    names = sorted(benefits, key=lambda name: (len(name.encode()), name))
    return ", ".join(f"{name.replace('_', ' ')}: {value(benefits[name])}" for name in names)


def shown(column, value):
    """What a cell of the page must say."""
    if isinstance(value, dict):
        return benefits_in_words(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return NO_VALUE
    if column in NAMES:
        return str(value)
    if column.endswith("_cents"):
        return f"{value // 100:,}.{value % 100:02}"
    if isinstance(value, int):
        return count(value, sign=column == "changed_since")
    if column.endswith("_at"):
        return f"{value[:10]} {value[11:19]} UTC"
    return value.replace("_", " ") if column in WORDS else value


def text_of(element):
    return "".join(element.itertext())


class Page:
    """A parsed page."""

    def __init__(self, path):
        self.root = xml.etree.ElementTree.parse(path).getroot()
        self.tables = {}
        for table in self.root.iter(f"{XHTML}table"):
            name = table.find(f"{XHTML}caption").get("id")
            expect(name not in self.tables, f"two tables are called {name}")
            self.tables[name] = [[[text_of(cell) for cell in row] for row in body]
                                 for body in table.iterfind(f"{XHTML}tbody")]

    def figure(self, name):
        """(caption, titles of what is drawn)"""
        for figure in self.root.iter(f"{XHTML}figure"):
            caption = figure.find(f"{XHTML}figcaption")
            if caption.find(f"{XHTML}strong").get("id") == f"{name}-title":
                return text_of(caption), [text_of(one) for one in figure.iter(f"{SVG}title")]
        raise AssertionError(name)

    def facts(self, look):
        """{name: value} of a list."""
        for facts in self.root.iter(f"{XHTML}dl"):
            if facts.get("class") == look:
                return {text_of(one[0]): text_of(one[1]) for one in facts}
        raise AssertionError(look)


def rows_shown(name, rows):
    if name in FIRST_ROWS:
        return rows[:ROWS_SHOWN]
    if name == "anomalies":
        reasons = itertools.groupby(rows, key=lambda row: row["reason"])
        return [row for _, group in reasons for row in list(group)[:SAMPLES_A_REASON]]
    return rows


def check_table(page, name, rows, columns):
    """One table, its line of sums included."""
    plain = [column.rstrip("+") for column in columns]
    wanted = [[shown(column, row[column]) for column in plain] for row in rows_shown(name, rows)]
    bodies = page.tables.get(name, [[]])
    expect_equal(bodies[0], wanted, f"{name} of the page")
    if rows and plain != columns:
        sums = ["Total"] + [
            count(sum(row[column[:-1]] or 0 for row in rows)) if column.endswith("+") else ""
            for column in columns[1:]]
        expect_equal(bodies[1:], [[sums]], f"the sums of {name}")


def check_tables(page, tables):
    for name, (source, columns) in TABLES.items():
        rows = tables[source]
        if not tables.get(ONLY_WITH_ROWS.get(name), True):
            rows = []
        check_table(page, name, rows, columns.split())


def check_key_figures(page, tables):
    changes = [row["direction"] for row in tables["changes"]]
    status = [row["status"] for row in tables["grants"]]
    wanted = {
        "Members": sum(row["members"] for row in tables["levels"]),
        "Points": tables["period"]["points"],
        "Went up": changes.count("up"), "Went down": changes.count("down"),
        "Coupons granted": len(status) - status.count("revoked"),
        "Close to the next level": sum(row["near_next"] or 0 for row in tables["levels"]),
        "Will fall at the next close": sum(row["falling"] for row in tables["levels"]),
        "Anomalies": sum(row["events"] for row in tables["anomalies_by_reason"]),
    }
    if "program" in changes:
        wanted["Changed by the programme"] = changes.count("program")
    expect_equal(page.facts("key"), {name: count(value) for name, value in wanted.items()},
                 "key figures")


def check_pictures(page, tables):
    """What is drawn is named by its number, and nothing is drawn twice."""
    def named(rows, name):
        return sorted(f"{name(row)}: {count(row['members'])}" for row in rows if row["members"])
    _, titles = page.figure("history")
    expect_equal(sorted(titles), named(
        tables["level_history"], lambda row: f"{row['level']}, {month_in_words(row['period'])}"),
        "the picture of the levels")
    _, titles = page.figure("flow")
    expect_equal(sorted(titles), named(
        [row for row in tables["flows"] if row["direction"] != "same"],
        lambda row: f"{row['from_level'] or 'new members'} → {row['to_level'] or 'left'}"),
        "the picture of the flow")
    points = {}
    for row in tables["sources"]:
        key = (GROUPS[row["source_group"]], row["month"])
        points[key] = points.get(key, 0) + row["points"]
    for row in tables["months"]:
        if row["points_at_close"] is None:
            points["Source not stored", row["month"]] = row["points"]
    _, titles = page.figure("sources")
    expect_equal(sorted(titles), sorted(
        f"{group}, {month_in_words(month)}: {count(number)}"
        for (group, month), number in points.items() if number), "the picture of the sources")
    caption, _ = page.figure("outlook")
    near = sum(row["near_next"] or 0 for row in tables["levels"])
    falling = sum(row["falling"] for row in tables["levels"])
    expect(f" {count(near)} within 10\u00a0% of" in caption
           and f" {count(falling)} will fall at" in caption, f"the outlook: {caption}")


def sums_by(rows, key, column):
    """{key: the sum, as the page shows it}"""
    sums = {}
    for row in rows:
        sums[row[key]] = sums.get(row[key], 0) + row[column]
    return {name: count(number) for name, number in sums.items()}


def check_sums(page, tables):
    """The tables behind the pictures, whose last column is a line's sum."""
    months = [{**row, "sum": row["points"] if row["points_at_close"] is None
               else row["points_at_close"]} for row in tables["months"]]
    for name, wanted in (
            ("level_history", sums_by(tables["level_history"], "period", "members")),
            ("sources_by_month", sums_by(months, "month", "sum")),
            ("sources_by_kind", {name.replace("_", " "): number for name, number in
                                 sums_by(tables["sources"], "source", "points").items()})):
        expect_equal({line[0]: line[-1] for line in page.tables[name][0]}, wanted, name)


def check_run(page, tables):
    """The run that is behind the page."""
    run = next(row for row in tables["runs"]
               if row["run_id"] == tables["period"]["checked_run_id"])
    facts = page.facts("facts")
    for name, column in (
            ("Run", "run_id"), ("Action", "action"), ("Mode", "mode"), ("Run by", "run_by"),
            ("Started", "started_at"), ("Finished", "finished_at"), ("Snapshot", "snapshot"),
            ("Configuration", "config_file"), ("SHA-256 of it", "config_sha256"),
            ("Result checksum", "result_checksum")):
        expect_equal(facts[name], shown(column, run[column]), f"the run: {name}")


def check(session, period, folder):
    """The whole page; what the views do not have is compared with the JSON beside it."""
    page = Page(folder / "report.html")
    tables = json.loads((folder / "report.json").read_text(encoding="utf-8"), parse_float=str)
    for name, table in expected.TABLES.items():
        # Times and benefits are the JSON's, everything else the views'.
        tables[name] = [{**row, **wanted, **({"benefits": row["benefits"]} if name == "levels"
                                             else {})}
                        for row, wanted in zip(tables[name], table(session, period), strict=True)]
    check_tables(page, tables)
    check_key_figures(page, tables)
    check_pictures(page, tables)
    check_sums(page, tables)
    check_run(page, tables)
