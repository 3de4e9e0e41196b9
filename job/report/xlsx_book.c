#include "report/xlsx_book.h"

#include "base/format.h"
#include "report/output_file.h"
#include "report/xlsx_files.h"
#include "report/xlsx_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    WIDTH_MIN = 8,
    ROOM_WIDTH = 3, /* beside what is in a column */
    FILTER_ARROW_WIDTH = 2,
    PAGE_WIDTH_MAX = 190, /* characters that can still be read on a page */
    TIME_WIDTH = sizeof "2025-12-31 23:59:59" - 1,
    DATE_WIDTH = sizeof "2025-12-31" - 1,
    TEXT_STYLE_MAX = 255, /* characters that a cell of the type text shows everywhere */
    PAPER_A4 = 9,
    HEAD_COLOR = 0xE3EAF3,
    LINE_COLOR = 0x6B7685,
    SOFT_COLOR = 0x53606F,
    LINK_COLOR = 0x1A5A9E,
};

/* What a style has besides the default; "@" keeps a text a text also when somebody edits it. */
static const struct {
    const char *number_format;
    enum lxw_format_alignments align;
    double size;    /* 0: the default */
    uint8_t indent; /* from the side to which it is aligned */
    bool bold, head;
    lxw_color_t color;
} style_facts[XLSX_STYLES] = {
    [XLSX_STYLE_TEXT] = {.number_format = "@", .align = LXW_ALIGN_LEFT, .indent = 1},
    [XLSX_STYLE_LONG_TEXT] = {.align = LXW_ALIGN_LEFT, .indent = 1},
    [XLSX_STYLE_COUNT] = {.number_format = "#,##0", .align = LXW_ALIGN_RIGHT},
    [XLSX_STYLE_ID] = {.number_format = "0", .align = LXW_ALIGN_RIGHT},
    [XLSX_STYLE_MONEY] = {.number_format = "#,##0.00", .align = LXW_ALIGN_RIGHT},
    [XLSX_STYLE_DATE] = {.number_format = "yyyy-mm-dd", .align = LXW_ALIGN_LEFT, .indent = 1},
    [XLSX_STYLE_TIME] = {.number_format = "yyyy-mm-dd hh:mm:ss",
                         .align = LXW_ALIGN_LEFT,
                         .indent = 1},
    /* Not every spreadsheet tells a boolean from a number. */
    [XLSX_STYLE_BOOLEAN] = {.number_format = "\"TRUE\";\"TRUE\";\"FALSE\"",
                            .align = LXW_ALIGN_LEFT,
                            .indent = 1},
    [XLSX_STYLE_HEAD] = {.align = LXW_ALIGN_LEFT, .indent = 1, .bold = true, .head = true},
    [XLSX_STYLE_HEAD_RIGHT] = {.align = LXW_ALIGN_RIGHT, .bold = true, .head = true},
    [XLSX_STYLE_HEAD_FILTER] = {.align = LXW_ALIGN_RIGHT, .indent = 2, .bold = true, .head = true},
    [XLSX_STYLE_TITLE] = {.align = LXW_ALIGN_LEFT, .bold = true, .size = 16},
    [XLSX_STYLE_SECTION] = {.align = LXW_ALIGN_LEFT, .bold = true, .size = 12},
    [XLSX_STYLE_NOTE] = {.align = LXW_ALIGN_LEFT, .color = SOFT_COLOR},
    [XLSX_STYLE_LINK] = {.align = LXW_ALIGN_LEFT, .indent = 1, .color = LINK_COLOR},
};

static void add_styles(XlsxBook *book)
{
    for (size_t i = 0; i < XLSX_STYLES; i++) {
        lxw_format *format = workbook_add_format(book->workbook);
        if (style_facts[i].number_format != NULL) {
            format_set_num_format(format, style_facts[i].number_format);
        }
        format_set_align(format, (uint8_t)style_facts[i].align);
        format_set_indent(format, style_facts[i].indent);
        if (style_facts[i].size > 0) {
            format_set_font_size(format, style_facts[i].size);
        }
        if (style_facts[i].bold) {
            format_set_bold(format);
        }
        if (style_facts[i].head) {
            format_set_bg_color(format, HEAD_COLOR);
            format_set_bottom(format, LXW_BORDER_THIN);
            format_set_bottom_color(format, LINE_COLOR);
        }
        if (style_facts[i].color != 0) {
            format_set_font_color(format, style_facts[i].color);
        }
        book->styles[i] = format;
    }
}

/* Without a time the library takes the clock's; the first second of 1970 stands for none. */
static time_t seconds_of(const char *text)
{
    lxw_datetime time = {.year = 1970, .month = 1, .day = 1, .sec = 1};
    if (text != NULL) {
        (void)xlsx_time(text, &time);
    }
    struct tm parts = {
        .tm_year = time.year - 1900,
        .tm_mon = time.month - 1,
        .tm_mday = time.day,
        .tm_hour = time.hour,
        .tm_min = time.min,
        .tm_sec = (int)time.sec,
    };
    return timegm(&parts);
}

static void set_properties(XlsxBook *book, const XlsxBookFacts *facts)
{
    char title[256];
    char author[] = "tierclose";
    (void)snprintf(title, sizeof title, "%s", facts->title);
    lxw_doc_properties properties = {
        .title = title, .author = author, .created = seconds_of(facts->made_at)};
    book->failed = workbook_set_properties(book->workbook, &properties);
}

bool xlsx_book_open(OutputFolder *folder, const XlsxBookFacts *facts, XlsxBook *ret_book,
                    Error *reterr)
{
    XlsxBook book = {
        .folder = folder,
        .name = facts->name,
        .path = output_folder_path(folder, facts->name),
        .currency = facts->currency,
        .rows_max = facts->rows_max,
    };
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    xlsx_files_begin(folder);
    book.workbook = workbook_new_opt(book.path, &options);
    if (book.workbook == NULL) {
        xlsx_files_end();
        return error_set(reterr, EXIT_BUG, NULL, "%.800s cannot be begun", book.path);
    }
    add_styles(&book);
    set_properties(&book, facts);
    *ret_book = book;
    return true;
}

lxw_worksheet *xlsx_book_add_sheet(XlsxBook *book, const char *name, size_t *ret_index)
{
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);
    if (sheet == NULL) {
        book->failed = LXW_ERROR_PARAMETER_VALIDATION;
        return NULL;
    }
    book->sheets = array_grow(book->sheets, &book->sheet_capacity, book->sheet_count + 1,
                              sizeof *book->sheets);
    XlsxSheet *fact = &book->sheets[book->sheet_count];
    *fact = (XlsxSheet){0};
    (void)snprintf(fact->name, sizeof fact->name, "%s", name);
    *ret_index = book->sheet_count++;
    return sheet;
}

bool xlsx_book_good(const XlsxBook *book, Error *reterr)
{
    if (book->failed != LXW_NO_ERROR) {
        return error_set(reterr, EXIT_BUG, NULL, "%.800s cannot be put together: %.300s",
                         book->path, lxw_strerror(book->failed));
    }
    return xlsx_files_good(book->path, reterr);
}

/* Remembers the first error of the library. */
static void note_error(XlsxBook *book, lxw_error error)
{
    if (book->failed == LXW_NO_ERROR) {
        book->failed = error;
    }
}

static void free_book(XlsxBook *book)
{
    xlsx_files_end();
    free(book->sheets);
    free(book->text);
    *book = (XlsxBook){0};
}

/*
 * The library also tells of its errors on stderr, where only the job's own last line stands: here
 * its stderr leads nowhere. The stream stays open, since another thread may have just taken it.
 */
static lxw_error close_in_silence(lxw_workbook *workbook)
{
    static FILE *nowhere;
    FILE *before = stderr;
    if (nowhere == NULL) {
        nowhere = fopen("/dev/null", "we");
    }
    stderr = nowhere != NULL ? nowhere : before;
    errno = 0;
    lxw_error error = workbook_close(workbook);
    int number = errno;
    stderr = before;
    errno = number;
    return error;
}

bool xlsx_book_close(XlsxBook *book, Error *reterr)
{
    if (!xlsx_book_good(book, reterr)) {
        xlsx_book_abandon(book);
        return false;
    }
    lxw_error error = close_in_silence(book->workbook);
    int number = errno;
    book->workbook = NULL;
    bool done = xlsx_files_good(book->path, reterr);
    if (done && error != LXW_NO_ERROR) {
        /* All that is left to fail is writing the file itself. */
        done = output_fail(number != 0 ? number : ENOSPC, book->path, reterr);
    } else if (done && xlsx_files_count() < book->sheet_count) {
        done = error_set(reterr, EXIT_BUG, "use the libxlsxwriter that tierclose was tested with.",
                         "%.800s: the library's temporary files are not the job's", book->path);
    }
    done = done && output_folder_adopt(book->folder, book->name, reterr);
    free_book(book);
    return done;
}

void xlsx_book_abandon(XlsxBook *book)
{
    if (book->workbook != NULL) {
        lxw_workbook_free(book->workbook);
        free_book(book);
    }
}

size_t xlsx_put_text(XlsxBook *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                     const char *text, XlsxStyle style)
{
    book->text = array_grow(book->text, &book->text_capacity, xlsx_text_bytes(text), 1);
    book->texts_cut += xlsx_text(text, XLSX_TEXT_MAX, book->text);
    size_t width = format_width(book->text);
    if (style == XLSX_STYLE_TEXT && width > TEXT_STYLE_MAX) {
        style = XLSX_STYLE_LONG_TEXT;
    }
    note_error(book, worksheet_write_string(sheet, row, column, book->text, book->styles[style]));
    return width;
}

static size_t put_number(XlsxBook *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                         const char *text, int64_t number, XlsxStyle style)
{
    bool money = style == XLSX_STYLE_MONEY;
    if (number > XLSX_NUMBER_MAX || number < -XLSX_NUMBER_MAX) {
        book->numbers_as_text++;
        return xlsx_put_text(book, sheet, row, column,
                             money ? format_cents(number, FORMAT_TEXT) : text, XLSX_STYLE_TEXT);
    }
    double value = money ? (double)number / 100 : (double)number;
    note_error(book, worksheet_write_number(sheet, row, column, value, book->styles[style]));
    return strlen(style == XLSX_STYLE_ID ? text : format_count(number, FORMAT_TEXT)) +
           (money ? 1 : 0);
}

size_t xlsx_put_count(XlsxBook *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                      int64_t number)
{
    char text[FORMAT_TEXT_BYTES];
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    return put_number(book, sheet, row, column, text, number, XLSX_STYLE_COUNT);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* The number of something, which nobody adds up: member_id, revoked_by. */
static bool is_id(const ReportColumn *shape)
{
    return ends_with(shape->name, "_id") || ends_with(shape->name, "_by");
}

static size_t put_when(XlsxBook *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                       ReportType type, const char *text)
{
    lxw_datetime when;
    bool is_date = type == REPORT_DATE;
    if (!(is_date ? xlsx_date(text, &when) : xlsx_time(text, &when))) {
        book->dates_as_text++;
        return xlsx_put_text(book, sheet, row, column, text, XLSX_STYLE_TEXT);
    }
    lxw_format *style = book->styles[is_date ? XLSX_STYLE_DATE : XLSX_STYLE_TIME];
    note_error(book, worksheet_write_datetime(sheet, row, column, &when, style));
    return is_date ? DATE_WIDTH : TIME_WIDTH;
}

size_t xlsx_put_cell(XlsxBook *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                     const ReportColumn *shape, const ReportCell *cell)
{
    if (cell->text == NULL) {
        return 0;
    }
    switch (shape->type) {
    case REPORT_INTEGER:
        return put_number(book, sheet, row, column, cell->text, cell->number,
                          is_id(shape) ? XLSX_STYLE_ID : XLSX_STYLE_COUNT);
    case REPORT_CENTS:
        return put_number(book, sheet, row, column, cell->text, cell->number, XLSX_STYLE_MONEY);
    case REPORT_DATE:
    case REPORT_TIME:
        return put_when(book, sheet, row, column, shape->type, cell->text);
    case REPORT_BOOLEAN:
        note_error(book, worksheet_write_boolean(sheet, row, column, (int)cell->number,
                                                 book->styles[XLSX_STYLE_BOOLEAN]));
        return sizeof "FALSE" - 1;
    case REPORT_TEXT:
    case REPORT_JSON:
        break;
    }
    return xlsx_put_text(book, sheet, row, column, cell->text, XLSX_STYLE_TEXT);
}

const char *xlsx_title(const XlsxBook *book, const ReportColumn *shape, char text[XLSX_TITLE_BYTES])
{
    char title[REPORT_TITLE_BYTES];
    (void)report_column_title(shape, title);
    if (shape->type == REPORT_CENTS && ends_with(title, " cents")) {
        title[strlen(title) - (sizeof " cents" - 1)] = '\0';
    }
    const char *unit = shape->type == REPORT_CENTS  ? book->currency
                       : shape->type == REPORT_TIME ? "UTC"
                                                    : NULL;
    (void)snprintf(text, XLSX_TITLE_BYTES, unit == NULL ? "%s" : "%s (%.40s)", title, unit);
    return text;
}

size_t xlsx_put_head(XlsxBook *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                     const ReportColumn *shape)
{
    char title[XLSX_TITLE_BYTES];
    bool right = shape->type == REPORT_INTEGER || shape->type == REPORT_CENTS;
    return xlsx_put_text(book, sheet, row, column, xlsx_title(book, shape, title),
                         right ? XLSX_STYLE_HEAD_FILTER : XLSX_STYLE_HEAD) +
           FILTER_ARROW_WIDTH;
}

size_t xlsx_set_width(XlsxBook *book, lxw_worksheet *sheet, uint16_t column, size_t characters,
                      size_t characters_max)
{
    size_t width = characters + ROOM_WIDTH;
    width = width < WIDTH_MIN ? WIDTH_MIN : width > characters_max ? characters_max : width;
    note_error(book, worksheet_set_column(sheet, column, column, (double)width, NULL));
    return width;
}

void xlsx_set_page(XlsxBook *book, lxw_worksheet *sheet, size_t characters)
{
    worksheet_set_paper(sheet, PAPER_A4);
    worksheet_set_landscape(sheet);
    worksheet_fit_to_pages(sheet, (uint16_t)((characters + PAGE_WIDTH_MAX - 1) / PAGE_WIDTH_MAX),
                           0);
    note_error(book, worksheet_set_footer(sheet, "&L&A&Rpage &P of &N"));
}
