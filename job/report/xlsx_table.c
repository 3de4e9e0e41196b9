#include "report/xlsx_table.h"

#include <assert.h>

static bool begin_sheet(XlsxTable *table, Error *reterr)
{
    const ReportColumn as_column = {.name = table->table->name};
    char title[REPORT_TITLE_BYTES], name[REPORT_TITLE_BYTES + 12];
    (void)report_column_title(&as_column, title);
    (void)snprintf(name, sizeof name, table->part == 1 ? "%s" : "%s %u", title, table->part);
    table->sheet = xlsx_book_add_sheet(table->book, name, &table->sheet_index);
    if (table->sheet == NULL) {
        return xlsx_book_good(table->book, reterr);
    }
    for (size_t i = 0; i < table->table->column_count; i++) {
        table->widths[i] =
            xlsx_put_head(table->book, table->sheet, 0, (uint16_t)i, &table->table->columns[i]);
    }
    table->row = 1;
    return true;
}

static void end_sheet(XlsxTable *table)
{
    uint16_t last = (uint16_t)(table->table->column_count - 1);
    lxw_worksheet *sheet = table->sheet;
    size_t width = 0;
    for (uint16_t i = 0; i <= last; i++) {
        width += xlsx_set_width(table->book, sheet, i, table->widths[i], XLSX_WIDTH_MAX);
    }
    xlsx_set_page(table->book, sheet, width);
    worksheet_freeze_panes(sheet, 1, 0);
    (void)worksheet_repeat_rows(sheet, 0, 0);
    (void)worksheet_autofilter(sheet, 0, 0, table->row > 1 ? table->row - 1 : 1, last);
    /* Numbers of more digits than a workbook's numbers have are texts, and rightly so. */
    (void)worksheet_ignore_errors(sheet, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576");
    table->book->sheets[table->sheet_index].row_count = table->row - 1;
}

bool xlsx_table_begin(XlsxBook *book, const ReportTable *table, XlsxTable *ret_table, Error *reterr)
{
    assert(table->column_count > 0 && table->column_count <= XLSX_COLUMNS_MAX &&
           book->rows_max > 1);
    *ret_table = (XlsxTable){.book = book, .table = table, .part = 1};
    return begin_sheet(ret_table, reterr);
}

bool xlsx_table_put_row(void *context, const ReportCell *cells, Error *reterr)
{
    XlsxTable *table = context;
    if (table->row == table->book->rows_max) {
        end_sheet(table);
        table->part++;
        if (!begin_sheet(table, reterr)) {
            return false;
        }
    }
    for (size_t i = 0; i < table->table->column_count; i++) {
        size_t width = xlsx_put_cell(table->book, table->sheet, table->row, (uint16_t)i,
                                     &table->table->columns[i], &cells[i]);
        table->widths[i] = width > table->widths[i] ? width : table->widths[i];
    }
    table->row++;
    return xlsx_book_good(table->book, reterr);
}

bool xlsx_table_end(XlsxTable *table, Error *reterr)
{
    end_sheet(table);
    return xlsx_book_good(table->book, reterr);
}

bool xlsx_table_write(XlsxBook *book, Report *report, const ReportTable *table, Error *reterr)
{
    XlsxTable written;
    return xlsx_table_begin(book, table, &written, reterr) &&
           report_stream(report, table, xlsx_table_put_row, &written, reterr) &&
           xlsx_table_end(&written, reterr);
}
