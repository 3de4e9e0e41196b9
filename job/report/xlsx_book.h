/*
 * Inside report/: a workbook under the hand of libxlsxwriter, with the values of a report's tables
 * as cells of their type.
 *
 * Whole numbers are numbers, amounts are numbers in units of the currency with two places, dates
 * and times are a workbook's, texts are texts whatever they begin with. What a workbook cannot hold
 * is not changed in silence: a number of more than 15 digits stands as text, and so does a date
 * before March 1900; a text of more than 32,767 characters is cut. Such cells are counted.
 *
 * Memory does not grow with the rows: a sheet's rows are written as they come, in their order, and
 * must not be touched again.
 *
 * Call order: xlsx_book_open; for each sheet xlsx_book_add_sheet, xlsx_put_ for its cells row by
 * row, xlsx_book_good now and then; xlsx_book_close, or xlsx_book_abandon as CLEANUP_XLSX_BOOK.
 */
#pragma once

#include "ledger/report_data.h"
#include "report/output_folder.h"

#include <xlsxwriter.h>

enum {
    XLSX_ROWS_MAX = 1048576, /* of a sheet, by the format */
    XLSX_TEXT_MAX = 32767,   /* characters of a cell, by the format */
    XLSX_SHEET_NAME_BYTES = 32,
    XLSX_WIDTH_MAX = 60, /* characters of a column that is as wide as what is in it */
};

/* 15 digits: what a workbook's number holds, and a spreadsheet shows. */
#define XLSX_NUMBER_MAX INT64_C(999999999999999)

typedef enum XlsxStyle {
    XLSX_STYLE_TEXT,
    XLSX_STYLE_LONG_TEXT, /* more than a cell of the type text shows */
    XLSX_STYLE_COUNT,     /* 1,234 */
    XLSX_STYLE_ID,        /* 1234: the number of a member, an event, a run */
    XLSX_STYLE_MONEY,
    XLSX_STYLE_DATE,
    XLSX_STYLE_TIME,
    XLSX_STYLE_BOOLEAN,
    XLSX_STYLE_HEAD,
    XLSX_STYLE_HEAD_RIGHT,  /* above numbers */
    XLSX_STYLE_HEAD_FILTER, /* above numbers, with room for the filter's arrow */
    XLSX_STYLE_TITLE,
    XLSX_STYLE_SECTION,
    XLSX_STYLE_NOTE,
    XLSX_STYLE_LINK,
    XLSX_STYLES,
} XlsxStyle;

typedef struct XlsxSheet {
    char name[XLSX_SHEET_NAME_BYTES];
    int64_t row_count; /* without its head */
} XlsxSheet;

typedef struct XlsxBook {
    OutputFolder *folder;
    const char *name;
    const char *path;
    const char *currency;
    uint32_t rows_max; /* of a sheet */
    lxw_workbook *workbook;
    lxw_format *styles[XLSX_STYLES];
    XlsxSheet *sheets;
    size_t sheet_count;
    size_t sheet_capacity;
    int64_t numbers_as_text;
    int64_t dates_as_text;
    int64_t texts_cut;
    lxw_error failed; /* the first error of the library */
    char *text;       /* of one cell */
    size_t text_capacity;
} XlsxBook;

typedef struct XlsxBookFacts {
    const char *name; /* of the file */
    const char *title;
    const char *currency;
    const char *made_at; /* YYYY-MM-DDTHH:MM:SS[...]Z; NULL: not known. Never the clock's. */
    uint32_t rows_max;   /* XLSX_ROWS_MAX, but in a test */
} XlsxBookFacts;

MUST_CHECK bool xlsx_book_open(OutputFolder *folder, const XlsxBookFacts *facts, XlsxBook *ret_book,
                               Error *reterr);

/* A sheet of that name, or NULL after an error, which xlsx_book_good has. *ret_index: in sheets. */
lxw_worksheet *xlsx_book_add_sheet(XlsxBook *book, const char *name, size_t *ret_index);

/* False with *reterr set once anything has failed. */
MUST_CHECK bool xlsx_book_good(const XlsxBook *book, Error *reterr);

/* Writes the file and takes it into the folder. Frees the book, also on failure. */
MUST_CHECK bool xlsx_book_close(XlsxBook *book, Error *reterr);
void xlsx_book_abandon(XlsxBook *book);
#define CLEANUP_XLSX_BOOK __attribute__((cleanup(xlsx_book_abandon)))

/* The cells. Each returns how many characters wide it is. */
size_t xlsx_put_cell(XlsxBook *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                     const ReportColumn *shape, const ReportCell *cell);
size_t xlsx_put_text(XlsxBook *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                     const char *text, XlsxStyle style);
size_t xlsx_put_count(XlsxBook *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                      int64_t number);
/* A column's title with the unit: "Value (EUR)", "Finished at (UTC)". */
size_t xlsx_put_head(XlsxBook *book, lxw_worksheet *sheet, uint32_t row, uint16_t column,
                     const ReportColumn *shape);
enum { XLSX_TITLE_BYTES = 2 * REPORT_TITLE_BYTES };
const char *xlsx_title(const XlsxBook *book, const ReportColumn *shape,
                       char text[XLSX_TITLE_BYTES]);

/* A column as wide as `characters`, within reason; how wide it is now. */
size_t xlsx_set_width(XlsxBook *book, lxw_worksheet *sheet, uint16_t column, size_t characters,
                      size_t characters_max);

/* How a sheet whose columns are together as wide as `characters` is printed: A4 across, on as many
 * pages side by side as keep it readable. */
void xlsx_set_page(XlsxBook *book, lxw_worksheet *sheet, size_t characters);
