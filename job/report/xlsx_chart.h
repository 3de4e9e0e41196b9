/*
 * Inside report/: a table of months on a sheet, and its picture with stacked columns.
 */
#pragma once

#include "report/month_table.h"
#include "report/xlsx_book.h"

/* How tall a picture is, in rows of a sheet, and the row that may follow it. */
enum { XLSX_CHART_ROWS = 22 };

typedef struct XlsxChart {
    const char *title;
    const char *unit; /* of the values */
    const MonthTable *data;
    lxw_color_t (*color)(const MonthTable *data, size_t name);
} XlsxChart;

/* Colours as the other formats have them: levels by their height, sources by what they are. */
lxw_color_t xlsx_level_color(const MonthTable *data, size_t name);
lxw_color_t xlsx_source_color(const MonthTable *data, size_t name);

/* The numbers, with a title and a head; the row after them. */
uint32_t xlsx_chart_put_numbers(XlsxBook *book, lxw_worksheet *sheet, uint32_t row,
                                const XlsxChart *chart);

/* The picture of the numbers that xlsx_chart_put_numbers puts at `numbers_row`. */
void xlsx_chart_draw(XlsxBook *book, lxw_worksheet *sheet, const char *sheet_name, uint32_t row,
                     uint16_t column, const XlsxChart *chart, uint32_t numbers_row);
