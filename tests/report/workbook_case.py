"""What a workbook makes of texts, numbers and times that it cannot hold, or should not believe."""

import zipfile
from xml.etree import ElementTree

import workbook
from cases import add_case, expect, expect_equal
from live import psql
from setting import CLOSED, FEW, MANY, SHORT, make, new_database, new_folder, read, read_json

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
LONGEST_TEXT = 32767

# Formulas, what XML has not, what looks like the format's own marks, and what is not ASCII.
HOSTILE = (
    "=1+1", "=HYPERLINK(\"http://example.org\")", "+1", "-1+1", "@SUM(A1)", "'quoted", "{=A1}",
    "\x01\x08\x0b\x1f\x7f", "line\r\nline\ttab", "_x0041_", "_x005F_x0041_", "<b>&amp;\"</b>",
    " space ", "\ufffe\uffff", "Größe 日本 🎉", "http://example.org", "TRUE", "2025-01-01", "007",
)


def literal(text):
    return "e'" + "".join(f"\\x{byte:02x}" for byte in text.encode()) + "'"


def put_hostile_texts(database):
    """One in each change taken back, and in the detail of an anomaly."""
    for number, text in enumerate(HOSTILE):
        psql(database, f"""
            insert into tierclose.anomaly (run_id, period, reason, member_id, event_id, detail)
            select run_id, period, 'missing_points', 7000 + {number}, null, {literal(text)}
            from tierclose.published where period = '2025-12'""")


def hostile_texts():
    with new_database(CLOSED) as database, new_folder() as place:
        put_hostile_texts(database)
        make(database, "2025-12", place / "report")
        report = read_json(place / "report")
        book = workbook.check_book(place / "report", report)
        found = {workbook.unescape(row[4].value) for row in book["Anomalies"].iter_rows()
                 if row[4].value is not None}
        expect(set(HOSTILE) <= found, f"missing: {set(HOSTILE) - found}")
        check_parts(place / "report", formulas=0)


def check_parts(folder, formulas):
    """Every part is XML, and no cell is a formula."""
    with zipfile.ZipFile(folder / workbook.NAME) as archive:
        for part in archive.infolist():
            root = ElementTree.fromstring(archive.read(part))
            if part.filename.startswith("xl/worksheets/sheet"):
                found = len(root.findall(".//{*}f"))
                expect_equal(found, formulas, f"formulas in {part.filename}")


def large_numbers():
    """A number of more than 15 digits is a text, to its last digit; the first sheet says so."""
    with new_database(CLOSED) as database, new_folder() as place:
        psql(database, """
            update tierclose.level_change set points = 9007199254740993
                where run_id = (select max(run_id) from tierclose.level_change);
            update tierclose.anomaly set event_id = 999999999999999 where event_id % 2 = 0;
            update tierclose.anomaly set event_id = -9223372036854775808 where event_id % 2 = 1
                and event_id < 999999999999999;
            update tierclose.coupon_grant set value_cents = 123456789012345678
                where member_id % 2 = 0;
            update tierclose.coupon_grant set value_cents = 999999999999999
                where member_id % 2 = 1;""")
        make(database, "2025-12", place / "report")
        report = read_json(place / "report")
        book = workbook.check_book(place / "report", report)
        large = sum(len(str(abs(value))) > workbook.DIGITS_OF_A_NUMBER for table in report.values()
                    if isinstance(table, list) for row in table for value in row.values()
                    if isinstance(value, int) and not isinstance(value, bool))
        expect(large > 5, f"{large} large numbers")
        expect_equal(remarks(book), [f"Numbers of more than 15 digits, which stand as text, since"
                                     f" a workbook's numbers have no more: {large}"], "remarks")


def remarks(book):
    """What the first sheet says below its tables."""
    labels = [cell.value for cell in book["Summary"]["A"]]
    if "Remarks" not in labels:
        return []
    return [label for label in labels[labels.index("Remarks") + 1:] if label is not None]


def long_texts():
    """A cell has 32,767 characters at most; the first sheet says what was cut."""
    with new_database(SHORT) as database, new_folder() as place:
        for number, size in enumerate((LONGEST_TEXT, LONGEST_TEXT + 1, 300)):
            psql(database, f"""
                insert into tierclose.anomaly (run_id, period, reason, member_id, detail)
                select run_id, period, 'missing_points', {number}, repeat('x', {size})
                from tierclose.published where period = '2025-11'""")
        make(database, "2025-11", place / "report", "--format", "xlsx")
        book = workbook.open_book(place / "report")
        texts = {row[2].value: row[4].value for row in book["Anomalies"].iter_rows()
                 if row[2].value in (0, 1, 2)}
        expect_equal(texts[0], "x" * LONGEST_TEXT, "the longest text")
        expect_equal(texts[1], "x" * (LONGEST_TEXT - 9) + "... (cut)", "a longer one")
        expect_equal(texts[2], "x" * 300, "a long one")
        expect_equal(remarks(book), ["Texts that are cut after 32,767 characters; CSV and JSON"
                                     " have them whole: 1"], "remarks")


def nothing_to_remark():
    with read("2025-11", FEW, "--format", "xlsx") as folder:
        expect_equal(remarks(workbook.open_book(folder)), [], "remarks")
        expect_equal([path.name for path in sorted(folder.iterdir())],
                     ["manifest.json", "report.xlsx"], "files")


def times_are_those_of_the_run():
    """None is the clock's, so that the same report has the same bytes at any time."""
    with read("2025-12", MANY, "--format", "xlsx,json") as folder:
        report = read_json(folder)
        run = next(run for run in report["runs"]
                   if run["run_id"] == report["period"]["newest_run_id"])
        finished = run["finished_at"][:19]
        properties = workbook.open_book(folder).properties
        expect_equal((properties.created.isoformat(), properties.modified.isoformat()),
                     (finished, finished), "when the workbook says that it was made")
        with zipfile.ZipFile(folder / workbook.NAME) as archive:
            times = {part.date_time for part in archive.infolist()}
        expect(times <= {ZIP_TIME}, f"times of the parts: {times}")


def register():
    add_case("workbook: hostile texts", hostile_texts)
    add_case("workbook: numbers of more than 15 digits", large_numbers)
    add_case("workbook: texts of more than 32,767 characters", long_texts)
    add_case("workbook: nothing to remark", nothing_to_remark)
    add_case("workbook: its times are those of the run", times_are_those_of_the_run)
