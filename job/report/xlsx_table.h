/*
 * Inside report/: one table of the report as a sheet, or as several where a sheet has no more rows.
 *
 * The head is frozen and has a filter; the columns are as wide as what is in them. The second sheet
 * of the table `changes` is called "Changes 2".
 */
#pragma once

#include "report/xlsx_book.h"

enum { XLSX_COLUMNS_MAX = 64 };

typedef struct XlsxTable {
    XlsxBook *book;
    const ReportTable *table;
    lxw_worksheet *sheet;
    size_t sheet_index; /* in book->sheets */
    uint32_t part;      /* 1 for the first sheet */
    uint32_t row;       /* the next one */
    size_t widths[XLSX_COLUMNS_MAX];
} XlsxTable;

/* Begins the first sheet. */
MUST_CHECK bool xlsx_table_begin(XlsxBook *book, const ReportTable *table, XlsxTable *ret_table,
                                 Error *reterr);
/* A ReportRowSink; the context is the XlsxTable. */
MUST_CHECK bool xlsx_table_put_row(void *context, const ReportCell *cells, Error *reterr);
MUST_CHECK bool xlsx_table_end(XlsxTable *table, Error *reterr);

/* All of it. */
MUST_CHECK bool xlsx_table_write(XlsxBook *book, Report *report, const ReportTable *table,
                                 Error *reterr);
