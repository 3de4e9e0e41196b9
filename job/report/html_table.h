/*
 * Tables of the report's page.
 *
 * A table is made of a report's table (html_put_table, of which it shows the columns that it is
 * told and no more rows than HTML_ROWS_MAX), or cell by cell (html_begin_table, html_begin_row,
 * html_put_..._cell, html_end_row, html_end_table). Each scrolls within itself where it is wider
 * than the screen, and can be scrolled by keyboard.
 */
#pragma once

#include "ledger/report_data.h"
#include "report/html_write.h"

enum {
    HTML_ROWS_MAX = 200,  /* of a table that is small as a rule */
    HTML_ROWS_FIRST = 25, /* shown of one with a row a member */
};

/* How a column looks. */
typedef enum HtmlKind {
    HTML_TEXT,
    HTML_WORDS,      /* a name with _ between words */
    HTML_MONTH,      /* YYYY-MM and YYYY-MM-DD: not broken */
    HTML_TIME,       /* 2025-12-31 23:30:05 UTC */
    HTML_CODE,       /* a digest: broken anywhere */
    HTML_ID,         /* a number that is a name */
    HTML_COUNT,      /* a number */
    HTML_SUM,        /* a number that the last line adds up */
    HTML_DIFFERENCE, /* a number with its sign */
    HTML_CENTS,
    HTML_JSON,
    HTML_PHRASE, /* a text of some words */
    HTML_YES,    /* a boolean */
} HtmlKind;

typedef struct HtmlColumn {
    const char *head;
    const char *name; /* of the report's column */
    HtmlKind kind;
} HtmlColumn;

typedef struct HtmlTable {
    const char *id;      /* of the element, unique in the page */
    const char *caption; /* plain words, no data */
    const char *empty;   /* said instead of a table without rows */
    const HtmlColumn *columns;
    size_t column_count;
} HtmlTable;

#define HTML_COLUMN_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HTML_COLUMNS(array) .columns = (array), .column_count = HTML_COLUMN_COUNT(array)

void html_begin_table(OutputFile *file, const HtmlTable *table);
void html_begin_row(OutputFile *file);
/* The first cell of a row names it. */
void html_begin_cell(OutputFile *file, HtmlKind kind, bool names_the_row);
void html_end_cell(OutputFile *file, bool names_the_row);
void html_put_text_cell(OutputFile *file, const char *text, bool names_the_row);
void html_put_count_cell(OutputFile *file, int64_t value);
/* `known`: false of a sum that is too large to be told. */
void html_put_sum_cell(OutputFile *file, bool known, int64_t sum);
void html_end_row(OutputFile *file);
/* The line of the sums follows; its cells are a row's. */
void html_begin_total(OutputFile *file);
void html_end_table(OutputFile *file);

/* A table of the report that is not large. */
void html_put_table(OutputFile *file, const ReportTable *source, const HtmlTable *table);
/* One value of such a table, which must be there. */
void html_put_named_value(OutputFile *file, const ReportTable *source, size_t row,
                          const HtmlColumn *column);
/* One row of `source` with the table's columns. */
void html_put_row(OutputFile *file, const ReportTable *source, const ReportCell *cells,
                  const HtmlTable *table);
