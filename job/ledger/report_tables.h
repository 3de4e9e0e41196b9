/*
 * Inside ledger/: the report's tables as they are defined, each with its query (report_data.h).
 *
 * A query is put behind a common table expression `k` of one row, which names what it is about:
 *     period, previous (YYYY-MM), run_id (whose standings stand), checked_run_id (the newest that
 *     computed the period), newest_run_id (the newest published for it), previous_run_id (whose
 *     standings stand for the month before; may be null), as_of (the last day on which one of its
 *     runs acted).
 * Its columns are those of the definition, in that order; its order is total.
 */
#pragma once

#include "ledger/report_data.h"

typedef struct ReportDefinition {
    ReportTable table;
    const char *sql;
} ReportDefinition;

/* report_tables.c: the period, its runs, its levels. */
extern const ReportDefinition report_period_tables[];
extern const size_t report_period_table_count;

/* report_counts.c: points and events by what they were, what was changed and granted, counted. */
extern const ReportDefinition report_count_tables[];
extern const size_t report_count_table_count;

/* report_rows.c: those with a row a member. */
extern const ReportDefinition report_row_tables[];
extern const size_t report_row_table_count;

#define REPORT_COLUMNS(array) .columns = (array), .column_count = sizeof(array) / sizeof((array)[0])

/* A time stamp as text: without a fraction where it has none. */
#define SQL_TIME(expression)                                                                       \
    "to_char((" expression ") at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')"                    \
    " || rtrim(rtrim(to_char((" expression ") at time zone 'UTC', '.US'), '0'), '.') || 'Z'"

/* The status of a grant `v` as of the day of the report, as tierclose.coupon_grants has it on that
 * day. */
#define SQL_GRANT_STATUS                                                                           \
    "tierclose.grant_status(v.revoked_by is not null, v.lapsed, v.expires_on,"                     \
    " (select as_of from k))"
