"""The workbook of a report: every value is that of the JSON, of its type, and can be seen."""

import datetime
import json

from cases import expect, expect_equal
from setting import rows_of

NAME = "report.xlsx"
FIRST_SHEETS = ["Summary", "Changes", "Grants", "Anomalies", "Reconciliation"]
DIGITS_OF_A_NUMBER = 15
MONEY, DATE, TIME = "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


def open_book(folder):
    import openpyxl  # pylint: disable=import-outside-toplevel
    return openpyxl.load_workbook(folder / NAME)


def unescape(text):
    """As the format has what XML has not."""
    from openpyxl.utils import escape  # pylint: disable=import-outside-toplevel
    return escape.unescape(text)


def sheet_name(table):
    return table[0].upper() + table[1:].replace("_", " ")


def rows_of_sheet(sheet):
    return [list(row) for row in sheet.iter_rows(min_row=2) if any(
        cell.value is not None for cell in row)]


def title_of(column, currency):
    """The head that a column must have."""
    title = sheet_name(column)
    if column.endswith("_cents"):
        return f"{title.removesuffix(' cents')} ({currency})"
    return f"{title} (UTC)" if column.endswith("_at") else title


def check_number(cell, column, value):
    """A whole number, or an amount in cents."""
    money = column.endswith("_cents")
    if len(str(abs(value))) > DIGITS_OF_A_NUMBER:
        units, cents = divmod(abs(value), 100)
        text = f"{'-' if value < 0 else ''}{units}.{cents:02}" if money else str(value)
        expect_equal((cell.data_type, cell.value), ("s", text), column)
    elif money:
        expect_equal((cell.data_type, cell.value, cell.number_format), ("n", value / 100, MONEY),
                     column)
    else:
        style = "0" if column.endswith(("_id", "_by")) else "#,##0"
        expect_equal((cell.data_type, cell.value, cell.number_format), ("n", value, style), column)


def check_text(cell, column, value):
    """A text, or a date or time, which JSON has as text."""
    if column.endswith("_at"):
        wanted = datetime.datetime.fromisoformat(value.removesuffix("Z"))
        expect_equal(cell.number_format, TIME, f"{column}: format")
        expect(abs((cell.value - wanted).total_seconds()) < 0.001,
               f"{column}: {cell.value}, wanted {wanted}")
    elif column.endswith(("_on", "issue_from", "issue_until")) or column == "as_of":
        expect_equal((cell.number_format, cell.value),
                     (DATE, datetime.datetime.fromisoformat(value)), column)
    else:
        expect_equal((cell.data_type, unescape(cell.value)), ("s", value), column)


def check_cell(cell, column, value):
    """One value of the JSON as the workbook has it."""
    if value is None:
        expect_equal(cell.value, None, column)
    elif isinstance(value, dict):
        expect_equal(json.loads(cell.value), value, column)
    elif isinstance(value, bool):
        expect_equal((cell.data_type, cell.value), ("b", value), column)
    elif isinstance(value, int):
        check_number(cell, column, value)
    else:
        check_text(cell, column, value)


def check_table(sheet, table, rows, columns, currency):
    """All rows of a table; its head, which stays in sight and has a filter."""
    found = rows_of_sheet(sheet)
    expect_equal([cell.value for cell in sheet[1]],
                 [title_of(column, currency) for column in columns], f"{table}: head")
    expect_equal(len(found), len(rows), f"{table}: rows")
    for number, (cells, row) in enumerate(zip(found, rows)):
        for cell, (column, value) in zip(cells, row.items()):
            check_cell(cell, column, value)
        expect_equal(len(cells), len(row), f"{table}, row {number}: columns")
    expect_equal(sheet.freeze_panes, "A2", f"{table}: what stays in sight")
    last = sheet.cell(1, len(columns)).column_letter
    expect_equal(sheet.auto_filter.ref, f"A1:{last}{max(len(rows), 1) + 1}", f"{table}: filter")
    check_widths(sheet, table, columns)


def check_widths(sheet, table, columns):
    """Every value fits into its column, or is a text, which may run on."""
    for number, column in enumerate(columns, 1):
        letter = sheet.cell(1, number).column_letter
        width = sheet.column_dimensions[letter].width
        expect(8 <= width <= 60.9, f"{table} {column}: width {width}")
        for cell in sheet[letter]:
            if cell.data_type == "n" and cell.value is not None:
                number = isinstance(cell.value, (int, float))
                text = f"{cell.value:,}" if number else cell.number_format
                expect(len(text) < width, f"{table} {column}: {text} in width {width}")


def check_period(sheet, period):
    """The first sheet has the one row of the period as pairs."""
    values = {}
    for label, value in sheet.iter_rows(min_row=1, max_col=2):
        if label.value not in values or values[label.value].value is None:
            values[label.value] = value
    for column, value in period.items():
        title = title_of(column, period["currency"])
        expect(title in values, f"Summary: no {title}")
        check_cell(values[title], column, value)


def check_pictures(sheet, report):
    """They show the numbers that stand below them, and hide none."""
    expect_equal(len(sheet._charts), 2, "pictures")  # pylint: disable=protected-access
    marks = [picture.anchor for picture in sheet._charts]  # pylint: disable=protected-access
    for mark in marks:
        for row in range(mark._from.row, mark.to.row + 1):
            for column in range(mark._from.col, mark.to.col + 1):
                expect_equal(sheet.cell(row + 1, column + 1).value, None,
                             f"what is under a picture in row {row + 1}")
    expect(marks[0].to.row < marks[1]._from.row, "one picture lies on the other")
    history = {(row["period"], row["level"]): row["members"] for row in report["level_history"]}
    sources = {}
    for row in report["sources"]:
        key = row["month"], row["source_group"]
        sources[key] = sources.get(key, 0) + row["points"]
    for row in report["months"]:
        if row["points_at_close"] is None:
            sources[row["month"], "source not stored"] = row["points"]
    check_picture(sheet, 0, history, {})
    check_picture(sheet, 1, {key: value for key, value in sources.items() if value},
                  {"Fan activities": "activities"})


def check_picture(sheet, number, wanted, names):
    """The cells that a picture refers to, by month and name."""
    known = {name for _, name in wanted}
    found = {}
    for series in sheet._charts[number].series:  # pylint: disable=protected-access
        name = cells_of(sheet, series.tx.strRef.f)[0]
        months = cells_of(sheet, (series.cat.numRef or series.cat.strRef).f)
        for month, value in zip(months, cells_of(sheet, series.val.numRef.f)):
            key = month, names.get(name, name if name in known else name.lower())
            if value or key in wanted:
                found[key] = value
    expect_equal(found, wanted, f"what picture {number} shows")


def cells_of(sheet, reference):
    name, cells = reference.split("!")
    expect_equal(name, "Summary", "the sheet of a picture's numbers")
    found = sheet[cells.replace("$", "")]
    return [row[0].value for row in found] if isinstance(found, tuple) else [found.value]


def check_book(folder, report):
    """Every value of the workbook is that of the JSON, of the right type."""
    book = open_book(folder)
    tables = [table for table in report if table not in ("report", "layout", "period")]
    names = [sheet_name(table) for table in tables]
    rest = [name for name in names if name not in FIRST_SHEETS]
    expect_equal(book.sheetnames, [*FIRST_SHEETS, *rest, "Columns"], "sheets")
    for table in tables:
        head = (folder / f"{table}.csv").read_text(encoding="utf-8").split("\n", 1)[0].strip()
        check_table(book[sheet_name(table)], table, rows_of(report, table), head.split(","),
                    report["period"]["currency"])
    check_period(book["Summary"], report["period"])
    check_pictures(book["Summary"], report)
    return book
