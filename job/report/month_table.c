#include "report/month_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const source_keys[] = {"purchases", "activities", "bonus", "other",
                                          MONTH_TABLE_UNKNOWN};
static const char *const source_names[] = {"Purchases", "Fan activities", "Bonus", "Other",
                                           "Source not stored"};
enum { SOURCE_COUNT = sizeof source_keys / sizeof source_keys[0], SOURCE_UNKNOWN = 4 };

static MonthTable new_table(size_t month_count, size_t name_count)
{
    return (MonthTable){
        .months = memory_alloc(month_count + 1, sizeof(char *)),
        .names = memory_alloc(name_count + 1, sizeof(char *)),
        .keys = memory_alloc(name_count + 1, sizeof(char *)),
    };
}

static size_t index_of(const char *const *texts, size_t count, const char *text)
{
    size_t index = 0;
    while (index < count && strcmp(texts[index], text) != 0) {
        index++;
    }
    return index;
}

static void add_month(MonthTable *table, const char *month)
{
    if (index_of(table->months, table->month_count, month) == table->month_count) {
        table->months[table->month_count++] = month;
    }
}

static void add_name(MonthTable *table, const char *key, const char *name)
{
    if (index_of(table->keys, table->name_count, key) == table->name_count) {
        table->keys[table->name_count] = key;
        table->names[table->name_count++] = name;
    }
}

/* Once all months and names are known. */
static void begin_values(MonthTable *table)
{
    table->values = memory_alloc(table->month_count * table->name_count + 1, sizeof *table->values);
}

static void add_value(MonthTable *table, const char *month, const char *key, int64_t value)
{
    size_t line = index_of(table->months, table->month_count, month);
    size_t column = index_of(table->keys, table->name_count, key);
    assert(line < table->month_count && column < table->name_count);
    table->values[line * table->name_count + column] += value;
}

MonthTable month_table_of_levels(const Report *report)
{
    const ReportTable *history = report_table(report, "level_history");
    MonthTable table = new_table(history->row_count, history->row_count);
    for (size_t row = 0; row < history->row_count; row++) {
        add_month(&table, report_text(history, row, "period"));
    }
    for (size_t month = table.month_count; month-- > 0;) {
        for (size_t row = 0; row < history->row_count; row++) {
            const char *level = report_text(history, row, "level");
            if (strcmp(report_text(history, row, "period"), table.months[month]) == 0) {
                add_name(&table, level, level);
            }
        }
    }
    begin_values(&table);
    for (size_t row = 0; row < history->row_count; row++) {
        add_value(&table, report_text(history, row, "period"), report_text(history, row, "level"),
                  report_number(history, row, "members"));
    }
    return table;
}

/* Which sources have points in some month. */
static void find_sources(const ReportTable *window, const ReportTable *sources,
                         bool used[SOURCE_COUNT])
{
    for (size_t row = 0; row < sources->row_count; row++) {
        size_t source =
            index_of(source_keys, SOURCE_COUNT, report_text(sources, row, "source_group"));
        assert(source < SOURCE_UNKNOWN);
        used[source] = used[source] || report_number(sources, row, "points") != 0;
    }
    for (size_t row = 0; row < window->row_count; row++) {
        used[SOURCE_UNKNOWN] =
            used[SOURCE_UNKNOWN] || (report_is_null(window, row, "points_at_close") &&
                                     report_number(window, row, "points") != 0);
    }
}

MonthTable month_table_of_sources(const Report *report)
{
    const ReportTable *window = report_table(report, "months");
    const ReportTable *sources = report_table(report, "sources");
    MonthTable table = new_table(window->row_count, SOURCE_COUNT);
    bool used[SOURCE_COUNT] = {false};
    find_sources(window, sources, used);
    for (size_t i = 0; i < SOURCE_COUNT; i++) {
        if (used[i]) {
            add_name(&table, source_keys[i], source_names[i]);
        }
    }
    for (size_t row = 0; row < window->row_count; row++) {
        add_month(&table, report_text(window, row, "month"));
    }
    begin_values(&table);
    for (size_t row = 0; row < window->row_count; row++) {
        if (report_is_null(window, row, "points_at_close") &&
            report_number(window, row, "points") != 0) {
            add_value(&table, report_text(window, row, "month"), MONTH_TABLE_UNKNOWN,
                      report_number(window, row, "points"));
        }
    }
    for (size_t row = 0; row < sources->row_count; row++) {
        if (report_number(sources, row, "points") != 0) {
            add_value(&table, report_text(sources, row, "month"),
                      report_text(sources, row, "source_group"),
                      report_number(sources, row, "points"));
        }
    }
    return table;
}

int64_t month_table_value(const MonthTable *table, size_t month, size_t name)
{
    assert(month < table->month_count && name < table->name_count);
    return table->values[month * table->name_count + name];
}

void month_table_free(MonthTable *table)
{
    free((void *)table->months);
    free((void *)table->names);
    free((void *)table->keys);
    free(table->values);
    *table = (MonthTable){0};
}
