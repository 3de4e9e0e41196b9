/* The pictures of months: members by level, points by source. */
#include "report/html_pictures.h"

#include "base/error.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What a picture of months is made of: rows of a report's table, sorted by month. */
typedef struct Months {
    const char **months;
    size_t month_count;
    ChartSeries *series;
    size_t series_count;
    int64_t *values;
} Months;

static Months months_new(size_t month_count, size_t series_count)
{
    return (Months){
        .months = memory_alloc(month_count + 1, sizeof(char *)),
        .series = memory_alloc(series_count + 1, sizeof(ChartSeries)),
    };
}

static void months_free(Months *months)
{
    free((void *)months->months);
    free(months->series);
    free(months->values);
}
#define CLEANUP_MONTHS __attribute__((cleanup(months_free)))

static void add_month(Months *months, const char *month)
{
    if (months->month_count == 0 || strcmp(months->months[months->month_count - 1], month) != 0) {
        months->months[months->month_count++] = month;
    }
}

static size_t month_of(const Months *months, const char *month)
{
    size_t index = 0;
    while (strcmp(months->months[index], month) != 0) {
        index++;
        assert(index < months->month_count);
    }
    return index;
}

/* series_count where there is none of that name. */
static size_t series_of(const Months *months, const char *name)
{
    size_t index = 0;
    while (index < months->series_count && strcmp(months->series[index].name, name) != 0) {
        index++;
    }
    return index;
}

static void make_values(Months *months)
{
    months->values =
        memory_alloc(months->month_count * months->series_count + 1, sizeof *months->values);
}

static int64_t *value_of(const Months *months, size_t month, size_t series)
{
    return &months->values[month * months->series_count + series];
}

static ColumnChart chart_of(const Months *months, const char *id)
{
    return (ColumnChart){
        .id = id,
        .series = months->series,
        .series_count = months->series_count,
        .months = months->months,
        .month_count = months->month_count,
        .values = months->values,
    };
}

/* The levels of the newest period from the lowest up, then those that only older ones had. */
static Months read_history(const ReportTable *history)
{
    Months months = months_new(history->row_count, history->row_count);
    for (size_t row = 0; row < history->row_count; row++) {
        add_month(&months, report_text(history, row, "period"));
    }
    for (size_t month = months.month_count; month-- > 0;) {
        for (size_t row = 0; row < history->row_count; row++) {
            const char *level = report_text(history, row, "level");
            if (strcmp(report_text(history, row, "period"), months.months[month]) == 0 &&
                series_of(&months, level) == months.series_count) {
                months.series[months.series_count++].name = level;
            }
        }
    }
    for (size_t i = 0; i < months.series_count; i++) {
        months.series[i].look = chart_level_look(i, months.series_count);
    }
    make_values(&months);
    for (size_t row = 0; row < history->row_count; row++) {
        size_t month = month_of(&months, report_text(history, row, "period"));
        size_t series = series_of(&months, report_text(history, row, "level"));
        *value_of(&months, month, series) += report_number(history, row, "members");
    }
    return months;
}

/* A line a month, a column a series, and the sum of the line. */
static void put_months_table(OutputFile *file, const Months *months, const char *id,
                             const char *caption)
{
    HtmlColumn *columns = memory_alloc(months->series_count + 2, sizeof *columns);
    columns[0] = (HtmlColumn){.head = "Month", .kind = HTML_MONTH};
    for (size_t i = 0; i < months->series_count; i++) {
        columns[i + 1] = (HtmlColumn){.head = months->series[i].name, .kind = HTML_COUNT};
    }
    columns[months->series_count + 1] = (HtmlColumn){.head = "All", .kind = HTML_COUNT};
    html_begin_table(file, &(HtmlTable){.id = id,
                                        .caption = caption,
                                        .columns = columns,
                                        .column_count = months->series_count + 2});
    for (size_t month = 0; month < months->month_count; month++) {
        int64_t sum = 0;
        bool known = true;
        html_begin_row(file);
        html_begin_cell(file, HTML_MONTH, true);
        html_put_text(file, months->months[month]);
        html_end_cell(file, true);
        for (size_t i = 0; i < months->series_count; i++) {
            html_put_count_cell(file, *value_of(months, month, i));
            known = known && !__builtin_add_overflow(sum, *value_of(months, month, i), &sum);
        }
        html_put_sum_cell(file, known, sum);
        html_end_row(file);
    }
    html_end_table(file);
    free(columns);
}

/* With the sums from `first_month` on in its legend, or words where there is nothing to draw. */
static void put_picture(OutputFile *file, const ColumnChart *chart, size_t first_month,
                        const char *empty)
{
    if (chart_is_empty(chart)) {
        output_printf(file, "<p class=\"empty\">%s</p>\n", empty);
        return;
    }
    chart_put_columns(file, chart);
    chart_put_legend(file, chart, first_month);
}

void html_put_history(OutputFile *file, const Report *report)
{
    CLEANUP_MONTHS Months months = read_history(report_table(report, "level_history"));
    ColumnChart chart = chart_of(&months, "history");
    chart_begin_figure(file, "history", "Members by level", months.series_count + 2);
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
    put_picture(file, &chart, months.month_count - 1, "There were no members.");
    chart_begin_numbers(file, "Members by level");
    put_months_table(file, &months, "level_history", "Members by level and period");
    chart_end_numbers(file);
}

/* As the report's table names them, and as people read it. */
static const char *const group_keys[] = {"purchases", "activities", "bonus", "other"};
static const ChartSeries source_groups[] = {
    {"Purchases", "g-purchases"}, {"Fan activities", "g-activities"}, {"Bonus", "g-bonus"},
    {"Other", "g-other"},         {"Source not stored", "g-unknown"},
};
enum { GROUP_COUNT = sizeof source_groups / sizeof source_groups[0], GROUP_UNKNOWN = 4 };

static size_t group_of(const char *key)
{
    size_t group = 0;
    while (strcmp(group_keys[group], key) != 0) {
        group++;
        assert(group < GROUP_UNKNOWN);
    }
    return group;
}

/* The groups that have points in some month; of a month without sources its points now. */
static Months read_sources(const Report *report)
{
    const ReportTable *window = report_table(report, "months");
    const ReportTable *sources = report_table(report, "sources");
    Months all = months_new(window->row_count, GROUP_COUNT);
    bool used[GROUP_COUNT] = {false};
    memcpy(all.series, source_groups, sizeof source_groups);
    all.series_count = GROUP_COUNT;
    for (size_t row = 0; row < window->row_count; row++) {
        add_month(&all, report_text(window, row, "month"));
    }
    make_values(&all);
    for (size_t row = 0; row < window->row_count; row++) {
        if (report_is_null(window, row, "points_at_close")) {
            *value_of(&all, row, GROUP_UNKNOWN) = report_number(window, row, "points");
            used[GROUP_UNKNOWN] = used[GROUP_UNKNOWN] || report_number(window, row, "points") != 0;
        }
    }
    for (size_t row = 0; row < sources->row_count; row++) {
        size_t group = group_of(report_text(sources, row, "source_group"));
        size_t month = month_of(&all, report_text(sources, row, "month"));
        *value_of(&all, month, group) += report_number(sources, row, "points");
        used[group] = used[group] || report_number(sources, row, "points") != 0;
    }
    size_t kept = 0;
    for (size_t group = 0; group < GROUP_COUNT; group++) {
        for (size_t month = 0; used[group] && month < all.month_count; month++) {
            *value_of(&all, month, kept) = *value_of(&all, month, group);
        }
        all.series[kept] = all.series[group];
        kept += used[group] ? 1 : 0;
    }
    /* Closes the gaps between the months' values. */
    for (size_t month = 0; month < all.month_count; month++) {
        memmove(all.values + month * kept, all.values + month * GROUP_COUNT,
                kept * sizeof *all.values);
    }
    all.series_count = kept;
    return all;
}

void html_put_sources(OutputFile *file, const Report *report)
{
    CLEANUP_MONTHS Months months = read_sources(report);
    ColumnChart chart = chart_of(&months, "sources");
    chart_begin_figure(file, "sources", "Points by source", months.series_count + 2);
    output_put_text(file,
                    "What each month of the window earned, as its own close counted it, after "
                    "caps and refunds. The legend has the sums.");
    chart_end_caption(file);
    if (months.month_count == 0) {
        output_put_text(file, "<p class=\"empty\">The run is from before points were stored by "
                              "source.</p>\n");
    } else {
        put_picture(file, &chart, 0, "No month of the window earned a point.");
    }
    chart_begin_numbers(file, "Points by source");
    if (months.month_count > 0) {
        put_months_table(file, &months, "sources_by_month", "Points by source and month");
    }
    chart_end_numbers(file);
}
