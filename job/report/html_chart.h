/*
 * Pictures as SVG within the page: drawn in whole numbers, so the same data gives the same bytes.
 *
 * A picture is a figure: its caption says in words what it shows, and is the picture's text for who
 * does not see it; below stand its legend and, to be opened, the numbers as a table. The drawing is
 * CHART_WIDTH units wide, ten a CSS pixel on a phone, whose letters are then still readable.
 * Colours are classes of report.css, which differ in lightness, too.
 */
#pragma once

#include "report/html_table.h"

enum { CHART_WIDTH = 4000, CHART_LOOKS = 8 };

/* <figure> with its caption; after it comes the text, which chart_end_caption ends. Where the
 * numbers have many columns, it takes the whole width of a sheet of paper. */
void chart_begin_figure(OutputFile *file, const char *id, const char *title, size_t column_count);
void chart_end_caption(OutputFile *file);
void chart_begin_svg(OutputFile *file, const char *id, int height);
void chart_end_svg(OutputFile *file);
/* <details>; tables follow. */
void chart_begin_numbers(OutputFile *file, const char *title);
/* Also ends the figure. */
void chart_end_numbers(OutputFile *file);

/* A text at x, y, anchored "start", "middle" or "end", cut where it would be wider than that. */
void chart_put_label(OutputFile *file, int x, int y, const char *anchor, const char *text,
                     int width_max);

/* value * size / whole without overflow; whole is above 0. */
int chart_scale(int64_t value, int64_t whole, int size);

typedef struct ChartSeries {
    const char *name;
    const char *look; /* a class */
} ChartSeries;

/* Stacked columns, a month each. Values below 0 are stacked downwards. */
typedef struct ColumnChart {
    const char *id;
    const ChartSeries *series; /* the lowest first */
    size_t series_count;
    const char *const *months;
    size_t month_count;
    const int64_t *values; /* month by month, series_count each */
} ColumnChart;

/* Whether there is nothing to draw: all values are 0. */
bool chart_is_empty(const ColumnChart *chart);
void chart_put_columns(OutputFile *file, const ColumnChart *chart);
/* The series as they are stacked, the highest first, with their values of one month, or of all. */
void chart_put_legend(OutputFile *file, const ColumnChart *chart, size_t first_month);

/* The class of the level that is the index-th of count from below. */
const char *chart_level_look(size_t index, size_t count);
