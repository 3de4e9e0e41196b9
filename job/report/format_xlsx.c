/*
 * XLSX: one workbook, report.xlsx, with a sheet for each table but `period`, which is on the first
 * sheet, Summary, with the pictures; the last one, Columns, explains the columns.
 *
 * The same report gives the same bytes: the workbook's time of creation is that of the run, and the
 * library gives every part of the file the same time.
 */
#include "report/formats.h"
#include "report/xlsx_summary.h"
#include "report/xlsx_table.h"

#include <string.h>

/* What is looked at first; the others follow in the report's order. */
static const char *const first_tables[] = {"changes", "grants", "anomalies", "reconciliation"};
enum { FIRST_TABLES = sizeof first_tables / sizeof first_tables[0] };

static bool is_first(const char *name)
{
    size_t index = 0;
    while (index < FIRST_TABLES && strcmp(first_tables[index], name) != 0) {
        index++;
    }
    return index < FIRST_TABLES;
}

static bool write_tables(XlsxBook *book, Report *report, Error *reterr)
{
    size_t count = 0;
    const ReportTable *tables = report_tables(report, &count);
    for (size_t i = 0; i < FIRST_TABLES; i++) {
        if (!xlsx_table_write(book, report, report_table(report, first_tables[i]), reterr)) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_first(tables[i].name) && strcmp(tables[i].name, "period") != 0 &&
            !xlsx_table_write(book, report, &tables[i], reterr)) {
            return false;
        }
    }
    return true;
}

/* A row for each table, then one for each of its columns. */
static bool write_columns(XlsxBook *book, const Report *report, Error *reterr)
{
    static const ReportColumn columns[] = {
        {"table", REPORT_TEXT, false, "the table: a sheet, a file of CSV, a key of JSON"},
        {"column", REPORT_TEXT, true, "its column; empty: the table itself"},
        {"meaning", REPORT_TEXT, false, "what it says"},
    };
    enum { COLUMNS = sizeof columns / sizeof columns[0] };
    const ReportTable explained = {.name = "columns", .columns = columns, .column_count = COLUMNS};
    size_t count = 0;
    const ReportTable *tables = report_tables(report, &count);
    XlsxTable written;
    bool good = xlsx_table_begin(book, &explained, &written, reterr);
    for (size_t i = 0; good && i < count; i++) {
        const ReportCell head[COLUMNS] = {{tables[i].name, 0}, {0}, {tables[i].meaning, 0}};
        good = xlsx_table_put_row(&written, head, reterr);
        for (size_t j = 0; good && j < tables[i].column_count; j++) {
            const ReportColumn *column = &tables[i].columns[j];
            const ReportCell cells[COLUMNS] = {
                {tables[i].name, 0}, {column->name, 0}, {column->meaning, 0}};
            good = xlsx_table_put_row(&written, cells, reterr);
        }
    }
    return good && xlsx_table_end(&written, reterr);
}

/* When the newest run ended. */
static const char *made_at(const Report *report)
{
    const ReportTable *runs = report_table(report, "runs");
    int64_t newest = report_identity(report).newest_run_id;
    for (size_t row = 0; row < runs->row_count; row++) {
        if (report_number(runs, row, "run_id") == newest) {
            return report_text(runs, row, "finished_at");
        }
    }
    return NULL;
}

static bool write_xlsx(Report *report, OutputFolder *folder, Error *reterr)
{
    const ReportTable *period = report_table(report, "period");
    char title[128];
    (void)snprintf(title, sizeof title, "tierclose report of %s", report_text(period, 0, "period"));
    const XlsxBookFacts facts = {
        .name = "report.xlsx",
        .title = title,
        .currency = report_text(period, 0, "currency"),
        .made_at = made_at(report),
        .rows_max = XLSX_ROWS_MAX,
    };
    CLEANUP_XLSX_BOOK XlsxBook book = {0};
    size_t index = 0;
    if (!xlsx_book_open(folder, &facts, &book, reterr)) {
        return false;
    }
    /* Its rows come last, when those of the others are known. */
    lxw_worksheet *summary = xlsx_book_add_sheet(&book, "Summary", &index);
    return xlsx_book_good(&book, reterr) && write_tables(&book, report, reterr) &&
           write_columns(&book, report, reterr) &&
           xlsx_summary_write(&book, summary, report, reterr) && xlsx_book_close(&book, reterr);
}

const ReportFormat report_format_xlsx = {"xlsx", write_xlsx};
