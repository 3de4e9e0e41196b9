/*
 * What a report shows: tables of what was published for one closed period, all under one snapshot.
 *
 * Nothing is computed from events. Every table is one query over schema tierclose, defined once
 * (report_tables.c, report_rows.c) with its columns, so that every format has the same tables, and
 * a test can compare each with the views. The same published state gives the same rows in the same
 * order, whatever the day, the server's settings or the reader's role; tierclose_auditor suffices.
 *
 * Call order: report_open; anything of what follows, any number of times; report_close, which ends
 * the transaction. Texts live in the arena given to report_open, but for those of a streamed row.
 *
 * Most tables are a few rows and are read at once: `cells` has them, and report_number and
 * report_text look one up by its column's name. A table with a row a member (`large`) is only
 * streamed, in pieces, so that a million rows need no more memory than a thousand. report_stream
 * takes both sorts: a format that writes all tables alike needs nothing else.
 *
 *     const ReportTable *levels = report_table(report, "levels");
 *     for (size_t row = 0; row < levels->row_count; row++)
 *         draw_bar(report_text(levels, row, "level"), report_number(levels, row, "members"));
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "ledger/connection.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef enum ReportType {
    REPORT_TEXT,
    REPORT_INTEGER,
    REPORT_CENTS,   /* an amount in cents of the programme's currency, whole */
    REPORT_DATE,    /* YYYY-MM-DD, local */
    REPORT_TIME,    /* YYYY-MM-DDTHH:MM:SS[.ffffff]Z */
    REPORT_BOOLEAN, /* true or false */
    REPORT_JSON,    /* text that is JSON itself */
} ReportType;

typedef struct ReportColumn {
    const char *name; /* as CSV and JSON have it: lower case, _ between words */
    ReportType type;
    bool nullable;
    const char *meaning; /* a phrase for people */
} ReportColumn;

typedef struct ReportCell {
    const char *text; /* UTF-8, as CSV has it; NULL: no value */
    int64_t number;   /* of REPORT_INTEGER and REPORT_CENTS; 1 or 0 of REPORT_BOOLEAN */
} ReportCell;

typedef struct ReportTable {
    const char *name;    /* lower case, _ between words: file, JSON key, sheet */
    const char *title;   /* "Members by level" */
    const char *meaning; /* a sentence or two for people */
    const ReportColumn *columns;
    size_t column_count;
    bool large;              /* only streamed: no cells, row_count is not known */
    const ReportCell *cells; /* row by row, column_count each */
    size_t row_count;
} ReportTable;

typedef struct Report Report;

/*
 * Begins the snapshot and reads all tables that are not large. EXIT_DATA: the period was never
 * closed. `stop_signal` (may be NULL) is looked at between the pieces of a large table; then the
 * error is EXIT_INTERRUPTED.
 */
MUST_CHECK bool report_open(Connection *connection, Arena *arena, const char *period,
                            const atomic_int *stop_signal, Report **ret_report, Error *reterr);
void report_close(Report **report);
#define CLEANUP_REPORT __attribute__((cleanup(report_close)))

/* All tables, in the order in which a reader wants them. */
const ReportTable *report_tables(const Report *report, size_t *ret_count);

/* The table of that name, which must exist. */
const ReportTable *report_table(const Report *report, const char *name);

/* One value of a table that is not large; the column must exist. NULL or 0: no value. */
const char *report_text(const ReportTable *table, size_t row, const char *column);
int64_t report_number(const ReportTable *table, size_t row, const char *column);
bool report_is_null(const ReportTable *table, size_t row, const char *column);

/* Takes one row of table->column_count cells, whose texts are valid until it returns. False with
 * *reterr set ends the stream with that error. */
typedef bool (*ReportRowSink)(void *context, const ReportCell *cells, Error *reterr);

/* All rows of a table in its order. */
MUST_CHECK bool report_stream(Report *report, const ReportTable *table, ReportRowSink sink,
                              void *context, Error *reterr);
/* The first rows only, at least one, of which no more than these are read. */
MUST_CHECK bool report_stream_first(Report *report, const ReportTable *table, size_t row_limit,
                                    ReportRowSink sink, void *context, Error *reterr);

/* "points_before" as "Points before". */
enum { REPORT_TITLE_BYTES = 64 };
const char *report_column_title(const ReportColumn *column, char text[REPORT_TITLE_BYTES]);

/* What the report belongs to: the one row of the table `period`, the parts that its manifest has.
 */
typedef struct ReportIdentity {
    const char *period;
    int64_t run_id;              /* whose standings stand */
    int64_t newest_run_id;       /* the newest published for the period: its checksum is that of
                                    what stands */
    const char *result_checksum; /* of newest_run_id */
    const char *config_sha256;   /* by which the period was last computed */
} ReportIdentity;
ReportIdentity report_identity(const Report *report);
