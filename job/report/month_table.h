/*
 * Members by level and points by source, a line a month and a column a level or a source: what the
 * pictures of a report show. Made from the report's tables; texts are theirs.
 */
#pragma once

#include "ledger/report_data.h"

typedef struct MonthTable {
    const char **months;
    size_t month_count;
    const char **names; /* of the columns */
    const char **keys;  /* of the columns, as the report's table has them; the same for levels */
    size_t name_count;
    int64_t *values; /* line by line, name_count each */
} MonthTable;

/* The last 13 closed periods. The levels of the newest from the lowest up, then those that only
 * older ones had, the newest of them first. */
MonthTable month_table_of_levels(const Report *report);

/* The months of the window, each as its own close counted it. The sources that have points in some
 * month; of a month whose sources were not stored its points stand under MONTH_TABLE_UNKNOWN. */
MonthTable month_table_of_sources(const Report *report);
#define MONTH_TABLE_UNKNOWN "unknown"

int64_t month_table_value(const MonthTable *table, size_t month, size_t name);

void month_table_free(MonthTable *table);
#define CLEANUP_MONTH_TABLE __attribute__((cleanup(month_table_free)))
