/* The pictures of months: members by level, points by source. */
#include "report/html_pictures.h"

#include "base/error.h"
#include "report/month_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The class of one of its columns. */
typedef const char *LookOf(const MonthTable *months, size_t index);

/* A line a month, a column a series, and the sum of the line. */
static void put_months_table(OutputFile *file, const MonthTable *months, const char *id,
                             const char *caption)
{
    HtmlColumn *columns = memory_alloc(months->name_count + 2, sizeof *columns);
    columns[0] = (HtmlColumn){.head = "Month", .kind = HTML_MONTH};
    for (size_t i = 0; i < months->name_count; i++) {
        columns[i + 1] = (HtmlColumn){.head = months->names[i], .kind = HTML_COUNT};
    }
    columns[months->name_count + 1] = (HtmlColumn){.head = "All", .kind = HTML_COUNT};
    html_begin_table(file, &(HtmlTable){.id = id,
                                        .caption = caption,
                                        .columns = columns,
                                        .column_count = months->name_count + 2});
    for (size_t month = 0; month < months->month_count; month++) {
        int64_t sum = 0;
        bool known = true;
        html_begin_row(file);
        html_begin_cell(file, HTML_MONTH, true);
        html_put_text(file, months->months[month]);
        html_end_cell(file, true);
        for (size_t i = 0; i < months->name_count; i++) {
            html_put_count_cell(file, month_table_value(months, month, i));
            known =
                known && !__builtin_add_overflow(sum, month_table_value(months, month, i), &sum);
        }
        html_put_sum_cell(file, known, sum);
        html_end_row(file);
    }
    html_end_table(file);
    free(columns);
}

/* Its legend has the sums from `first_month` on; words where there is nothing to draw. */
static void put_picture(OutputFile *file, const MonthTable *months, const char *id, LookOf *look_of,
                        size_t first_month, const char *empty)
{
    ChartSeries *series = memory_alloc(months->name_count + 1, sizeof *series);
    for (size_t i = 0; i < months->name_count; i++) {
        series[i] = (ChartSeries){months->names[i], look_of(months, i)};
    }
    ColumnChart chart = {
        .id = id,
        .series = series,
        .series_count = months->name_count,
        .months = months->months,
        .month_count = months->month_count,
        .values = months->values,
    };
    if (chart_is_empty(&chart)) {
        output_printf(file, "<p class=\"empty\">%s</p>\n", empty);
    } else {
        chart_put_columns(file, &chart);
        chart_put_legend(file, &chart, first_month);
    }
    free(series);
}

static const char *look_of_level(const MonthTable *months, size_t index)
{
    return chart_level_look(index, months->name_count);
}

void html_put_history(OutputFile *file, const Report *report)
{
    CLEANUP_MONTH_TABLE MonthTable months = month_table_of_levels(report);
    chart_begin_figure(file, "history", "Members by level", months.name_count + 2);
    output_put_text(file, months.month_count == 1
                              ? "The only closed period so far; from the next one on they stand "
                                "side by side."
                              : "The closed periods from ");
    if (months.month_count > 1) {
        html_put_month(file, months.months[0]);
        output_put_text(file, " to ");
        html_put_month(file, months.months[months.month_count - 1]);
        output_put_text(file, ", as they stand now. The legend counts the last one.");
    }
    chart_end_caption(file);
    put_picture(file, &months, "history", look_of_level, months.month_count - 1,
                "There were no members.");
    chart_begin_numbers(file, "Members by level");
    put_months_table(file, &months, "level_history", "Members by level and period");
    chart_end_numbers(file);
}

static const char *look_of_source(const MonthTable *months, size_t index)
{
    static const char *const looks[][2] = {
        {"purchases", "g-purchases"}, {"activities", "g-activities"},     {"bonus", "g-bonus"},
        {"other", "g-other"},         {MONTH_TABLE_UNKNOWN, "g-unknown"},
    };
    size_t look = 0;
    while (strcmp(looks[look][0], months->keys[index]) != 0) {
        look++;
        assert(look < sizeof looks / sizeof looks[0]);
    }
    return looks[look][1];
}

void html_put_sources(OutputFile *file, const Report *report)
{
    CLEANUP_MONTH_TABLE MonthTable months = month_table_of_sources(report);
    chart_begin_figure(file, "sources", "Points by source", months.name_count + 2);
    output_put_text(file,
                    "What each month of the window earned, as its own close counted it, after "
                    "caps and refunds. The legend has the sums.");
    chart_end_caption(file);
    if (months.month_count == 0) {
        output_put_text(file, "<p class=\"empty\">The run is from before points were stored by "
                              "source.</p>\n");
    } else {
        put_picture(file, &months, "sources", look_of_source, 0,
                    "No month of the window earned a point.");
    }
    chart_begin_numbers(file, "Points by source");
    if (months.month_count > 0) {
        put_months_table(file, &months, "sources_by_month", "Points by source and month");
    }
    chart_end_numbers(file);
}
