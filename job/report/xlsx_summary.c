#include "report/xlsx_summary.h"

#include "base/format.h"
#include "report/xlsx_chart.h"

#include <inttypes.h>
#include <string.h>

enum {
    LABEL_COLUMN,
    VALUE_COLUMN,
    CHART_COLUMN = 3,
    VALUE_WIDTH_MIN = 18,
    VALUE_WIDTH_MAX = 40,
    OTHER_WIDTH = 14, /* of the columns with numbers of levels and sources */
    SENTENCE_BYTES = 200,
};

typedef struct Summary {
    XlsxBook *book;
    lxw_worksheet *sheet;
    const Report *report;
    uint32_t row; /* the next one */
    size_t label_width;
    size_t value_width;
} Summary;

/* Texts as long as a checksum: they run into the columns beside, where no picture is. */
static const char *const proof_columns[] = {"config_file", "config_sha256", "result_checksum"};
static const char *const run_columns[] = {
    "run_id",
    "action",
    "mode",
    "run_by",
    "started_at",
    "finished_at",
    "acted_on",
    "workers",
    "events",
    "late_events",
    "snapshot",
    "snapshot_taken_at",
    "system_identifier",
    "members_digest",
};

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}
#define IS_AMONG(name, names) is_among(name, names, sizeof(names) / sizeof((names)[0]))

static size_t max_size(size_t left, size_t right)
{
    return left > right ? left : right;
}

static void put_section(Summary *summary, const char *title)
{
    (void)xlsx_put_text(summary->book, summary->sheet, summary->row++, LABEL_COLUMN, title,
                        XLSX_STYLE_SECTION);
}

/* A value of a table with its title before it. */
static size_t put_pair(Summary *summary, const ReportTable *table, size_t row, size_t column)
{
    char title[XLSX_TITLE_BYTES];
    const ReportColumn *shape = &table->columns[column];
    const ReportCell *cell = &table->cells[row * table->column_count + column];
    size_t width = xlsx_put_text(summary->book, summary->sheet, summary->row, LABEL_COLUMN,
                                 xlsx_title(summary->book, shape, title), XLSX_STYLE_TEXT);
    summary->label_width = max_size(summary->label_width, width);
    return xlsx_put_cell(summary->book, summary->sheet, summary->row++, VALUE_COLUMN, shape, cell);
}

static void put_heading(Summary *summary)
{
    const ReportTable *period = report_table(summary->report, "period");
    char text[SENTENCE_BYTES];
    (void)snprintf(text, sizeof text, "%.80s %s", report_text(period, 0, "program"),
                   report_text(period, 0, "period"));
    (void)xlsx_put_text(summary->book, summary->sheet, 0, 0, text, XLSX_STYLE_TITLE);
    (void)xlsx_put_text(summary->book, summary->sheet, 1, 0,
                        "What tierclose published for the month. Times are UTC, dates and months "
                        "those of the programme's time zone.",
                        XLSX_STYLE_NOTE);
    summary->row = 3;
}

static void put_period(Summary *summary)
{
    const ReportTable *period = report_table(summary->report, "period");
    put_section(summary, "Period");
    for (size_t i = 0; i < period->column_count; i++) {
        if (!IS_AMONG(period->columns[i].name, proof_columns)) {
            summary->value_width = max_size(summary->value_width, put_pair(summary, period, 0, i));
        }
    }
}

static void put_sheet_list(Summary *summary)
{
    const XlsxBook *book = summary->book;
    put_section(summary, "Sheets");
    (void)xlsx_put_text(summary->book, summary->sheet, summary->row, LABEL_COLUMN, "Sheet",
                        XLSX_STYLE_HEAD);
    (void)xlsx_put_text(summary->book, summary->sheet, summary->row++, VALUE_COLUMN, "Rows",
                        XLSX_STYLE_HEAD_RIGHT);
    for (size_t i = 1; i < book->sheet_count; i++, summary->row++) {
        char url[XLSX_SHEET_NAME_BYTES + 20];
        (void)snprintf(url, sizeof url, "internal:'%s'!A1", book->sheets[i].name);
        (void)worksheet_write_url_opt(summary->sheet, summary->row, LABEL_COLUMN, url,
                                      book->styles[XLSX_STYLE_LINK], book->sheets[i].name, NULL);
        (void)xlsx_put_count(summary->book, summary->sheet, summary->row, VALUE_COLUMN,
                             book->sheets[i].row_count);
    }
}

/* The run that computed what stands, and what the report is proved by. */
static void put_run(Summary *summary)
{
    const ReportTable *period = report_table(summary->report, "period");
    const ReportTable *runs = report_table(summary->report, "runs");
    int64_t checked = report_number(period, 0, "checked_run_id");
    put_section(summary, "The run that computed it");
    for (size_t row = 0; row < runs->row_count; row++) {
        for (size_t i = 0; report_number(runs, row, "run_id") == checked && i < runs->column_count;
             i++) {
            if (IS_AMONG(runs->columns[i].name, run_columns) &&
                runs->cells[row * runs->column_count + i].text != NULL) {
                (void)put_pair(summary, runs, row, i);
            }
        }
    }
    for (size_t i = 0; i < period->column_count; i++) {
        if (IS_AMONG(period->columns[i].name, proof_columns)) {
            (void)put_pair(summary, period, 0, i);
        }
    }
}

static void put_remark(Summary *summary, int64_t count, const char *what)
{
    if (count > 0) {
        char text[SENTENCE_BYTES];
        (void)snprintf(text, sizeof text, "%s: %s", what, format_count(count, FORMAT_TEXT));
        (void)xlsx_put_text(summary->book, summary->sheet, summary->row++, LABEL_COLUMN, text,
                            XLSX_STYLE_NOTE);
    }
}

/* What a workbook could not hold as it is. */
static void put_remarks(Summary *summary)
{
    const XlsxBook *book = summary->book;
    if (book->numbers_as_text + book->dates_as_text + book->texts_cut > 0) {
        summary->row++;
        put_section(summary, "Remarks");
        put_remark(summary, book->numbers_as_text,
                   "Numbers of more than 15 digits, which stand as text, since a workbook's "
                   "numbers have no more");
        put_remark(summary, book->dates_as_text,
                   "Dates and times that stand as text, since a workbook's begin in 1900");
        put_remark(summary, book->texts_cut,
                   "Texts that are cut after 32,767 characters; CSV and JSON have them whole");
    }
}

static void set_widths(const Summary *summary, size_t data_columns)
{
    size_t value_width = max_size(summary->value_width, VALUE_WIDTH_MIN);
    (void)xlsx_set_width(summary->book, summary->sheet, LABEL_COLUMN, summary->label_width,
                         XLSX_WIDTH_MAX);
    (void)xlsx_set_width(summary->book, summary->sheet, VALUE_COLUMN, value_width, VALUE_WIDTH_MAX);
    for (size_t i = VALUE_COLUMN + 1; i <= data_columns; i++) {
        (void)xlsx_set_width(summary->book, summary->sheet, (uint16_t)i, OTHER_WIDTH,
                             XLSX_WIDTH_MAX);
    }
    xlsx_set_page(summary->book, summary->sheet, 1);
}

bool xlsx_summary_write(XlsxBook *book, lxw_worksheet *sheet, const Report *report, Error *reterr)
{
    const char *name = book->sheets[0].name;
    Summary summary = {.book = book, .sheet = sheet, .report = report};
    CLEANUP_MONTH_TABLE MonthTable levels = month_table_of_levels(report);
    CLEANUP_MONTH_TABLE MonthTable sources = month_table_of_sources(report);
    const XlsxChart charts[] = {
        {"Members by level, as of the end of each month", "members", &levels, xlsx_level_color},
        {"Points by source and month of the window", "points", &sources, xlsx_source_color},
    };
    enum { CHARTS = sizeof charts / sizeof charts[0] };
    put_heading(&summary);
    uint32_t chart_row = summary.row;
    put_period(&summary);
    summary.row++;
    put_sheet_list(&summary);
    if (summary.row < chart_row + CHARTS * XLSX_CHART_ROWS) {
        summary.row = chart_row + CHARTS * XLSX_CHART_ROWS;
    }
    summary.row++;
    lxw_row_t page_breaks[] = {summary.row, 0};
    (void)worksheet_set_h_pagebreaks(sheet, page_breaks);
    put_run(&summary);
    for (size_t i = 0; i < CHARTS; i++) {
        uint32_t numbers_row = summary.row + 1;
        if (charts[i].data->month_count > 0 && charts[i].data->name_count > 0) {
            summary.row = xlsx_chart_put_numbers(book, sheet, numbers_row, &charts[i]);
            xlsx_chart_draw(book, sheet, name, chart_row, CHART_COLUMN, &charts[i], numbers_row);
            chart_row += XLSX_CHART_ROWS;
        }
    }
    put_remarks(&summary);
    set_widths(&summary, max_size(levels.name_count, sources.name_count));
    return xlsx_book_good(book, reterr);
}
