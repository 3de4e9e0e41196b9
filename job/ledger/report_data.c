#include "ledger/report_data.h"

#include "ledger/query.h"
#include "ledger/report_tables.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FETCH_ROWS = 2000, KEY_COLUMNS = 7, TABLES_MAX = 32 };

/* What every query is about; its parameters are the columns of key_sql in their order. */
#define SQL_KEY                                                                                    \
    "with k as (select $1::text as period, $2::text as previous, $3::bigint as run_id,"            \
    " $4::bigint as checked_run_id, $5::bigint as newest_run_id, $6::bigint as previous_run_id,"   \
    " $7::date as as_of)"

static const char key_sql[] =
    "select p.period, b.month, p.run_id, p.checked_run_id, n.run_id, q.run_id, n.as_of\n"
    "from tierclose.published p\n"
    "cross join lateral (select pg_catalog.to_char(pg_catalog.to_date(p.period, 'YYYY-MM')\n"
    "    - interval '1 month', 'YYYY-MM') as month) b\n"
    "cross join lateral (select max(r.run_id) as run_id, max(r.acted_on) as as_of\n"
    "  from tierclose.run r where r.period = p.period and r.status = 'published') n\n"
    "left join tierclose.published q on q.period = b.month\n"
    "where p.period = $1";

struct Report {
    Connection *connection;
    Arena *arena;
    const atomic_int *stop_signal;
    const char *key[KEY_COLUMNS];
    ReportTable tables[TABLES_MAX];
    const char *sql[TABLES_MAX];
    size_t table_count;
};

static bool read_key(Report *report, const char *period, Error *reterr)
{
    const char *values[] = {period};
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(report->connection, key_sql, 1, values, &result, reterr)) {
        return false;
    }
    if (PQntuples(result) == 0) {
        return error_set(reterr, EXIT_DATA, "`tierclose status` tells which periods are closed.",
                         "%s was never closed: there is nothing to report", period);
    }
    for (int column = 0; column < KEY_COLUMNS; column++) {
        report->key[column] = PQgetisnull(result, 0, column)
                                  ? NULL
                                  : arena_strdup(report->arena, PQgetvalue(result, 0, column));
    }
    return true;
}

/* One value as a cell; its text is the result's. */
static bool cell_of(const ReportColumn *column, const PGresult *result, int row, int index,
                    ReportCell *ret_cell, Error *reterr)
{
    ReportCell cell = {0};
    if (PQgetisnull(result, row, index)) {
        if (!column->nullable) {
            return error_set(reterr, EXIT_BUG, NULL, "the database's answer has no %s",
                             column->name);
        }
        *ret_cell = cell;
        return true;
    }
    cell.text = PQgetvalue(result, row, index);
    if (column->type == REPORT_INTEGER || column->type == REPORT_CENTS) {
        if (!query_int64(result, row, index, &cell.number, reterr)) {
            return false;
        }
    } else if (column->type == REPORT_BOOLEAN) {
        cell.number = cell.text[0] == 't';
        cell.text = cell.number != 0 ? "true" : "false";
    }
    *ret_cell = cell;
    return true;
}

static bool cells_of(const ReportTable *table, const PGresult *result, int row, ReportCell *cells,
                     Error *reterr)
{
    for (size_t column = 0; column < table->column_count; column++) {
        if (!cell_of(&table->columns[column], result, row, (int)column, &cells[column], reterr)) {
            return error_prefix(reterr, "table %s", table->name);
        }
    }
    return true;
}

/* Checks that a query gives the columns that its table promises. */
static bool check_shape(const ReportTable *table, const PGresult *result, Error *reterr)
{
    return PQnfields(result) == (int)table->column_count ||
           error_set(reterr, EXIT_BUG, NULL, "table %s: the query has %d columns and not %zu",
                     table->name, PQnfields(result), table->column_count);
}

static bool read_table(Report *report, size_t index, Error *reterr)
{
    ReportTable *table = &report->tables[index];
    CLEANUP_TEXT char *sql = text_printf(SQL_KEY "%s", report->sql[index]);
    CLEANUP_RESULT PGresult *result = NULL;
    if (!query_run(report->connection, sql, KEY_COLUMNS, report->key, &result, reterr) ||
        !check_shape(table, result, reterr)) {
        return false;
    }
    size_t row_count = (size_t)PQntuples(result);
    ReportCell *cells =
        arena_alloc(report->arena, row_count * table->column_count + 1, sizeof *cells);
    for (size_t row = 0; row < row_count; row++) {
        ReportCell *first = cells + row * table->column_count;
        if (!cells_of(table, result, (int)row, first, reterr)) {
            return false;
        }
        for (size_t column = 0; column < table->column_count; column++) {
            if (first[column].text != NULL) {
                first[column].text = arena_strdup(report->arena, first[column].text);
            }
        }
    }
    table->cells = cells;
    table->row_count = row_count;
    return true;
}

static void add_tables(Report *report, const ReportDefinition *definitions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert(report->table_count < TABLES_MAX);
        report->tables[report->table_count] = definitions[i].table;
        /* The first lines of a query may add to the common table expression. */
        report->sql[report->table_count++] =
            definitions[i].sql[0] == ',' ? definitions[i].sql
                                         : arena_printf(report->arena, "\n%s", definitions[i].sql);
    }
}

static bool read_all(Report *report, const char *period, Error *reterr)
{
    if (!connection_execute(report->connection, "begin isolation level repeatable read, read only",
                            reterr) ||
        !read_key(report, period, reterr)) {
        return false;
    }
    for (size_t i = 0; i < report->table_count; i++) {
        if (!report->tables[i].large && !read_table(report, i, reterr)) {
            return false;
        }
    }
    return true;
}

bool report_open(Connection *connection, Arena *arena, const char *period,
                 const atomic_int *stop_signal, Report **ret_report, Error *reterr)
{
    Report *report = memory_alloc(1, sizeof *report);
    report->connection = connection;
    report->arena = arena;
    report->stop_signal = stop_signal;
    add_tables(report, report_period_tables, report_period_table_count);
    add_tables(report, report_count_tables, report_count_table_count);
    add_tables(report, report_row_tables, report_row_table_count);
    if (!read_all(report, period, reterr)) {
        report_close(&report);
        return false;
    }
    *ret_report = report;
    return true;
}

void report_close(Report **report)
{
    if (*report == NULL) {
        return;
    }
    if (!connection_lost((*report)->connection)) {
        Error ignored = {0};
        (void)!connection_execute((*report)->connection, "rollback", &ignored);
    }
    free(*report);
    *report = NULL;
}

const ReportTable *report_tables(const Report *report, size_t *ret_count)
{
    *ret_count = report->table_count;
    return report->tables;
}

const ReportTable *report_table(const Report *report, const char *name)
{
    size_t index = 0;
    while (index < report->table_count && strcmp(report->tables[index].name, name) != 0) {
        index++;
    }
    assert(index < report->table_count);
    return &report->tables[index];
}

static const ReportCell *cell_named(const ReportTable *table, size_t row, const char *column)
{
    size_t index = 0;
    while (index < table->column_count && strcmp(table->columns[index].name, column) != 0) {
        index++;
    }
    assert(index < table->column_count && row < table->row_count);
    return &table->cells[row * table->column_count + index];
}

const char *report_text(const ReportTable *table, size_t row, const char *column)
{
    return cell_named(table, row, column)->text;
}

int64_t report_number(const ReportTable *table, size_t row, const char *column)
{
    return cell_named(table, row, column)->number;
}

bool report_is_null(const ReportTable *table, size_t row, const char *column)
{
    return cell_named(table, row, column)->text == NULL;
}

static bool stop_asked(const Report *report, Error *reterr)
{
    return report->stop_signal != NULL && atomic_load(report->stop_signal) != 0 &&
           !error_set(reterr, EXIT_INTERRUPTED, NULL, "stopped");
}

static bool stream_rows(Report *report, const ReportTable *table, size_t row_limit,
                        ReportRowSink sink, void *context, ReportCell *cells, Error *reterr)
{
    for (size_t left = row_limit;;) {
        int wanted = left < FETCH_ROWS ? (int)left : FETCH_ROWS;
        CLEANUP_TEXT char *fetch = text_printf("fetch %d from report_rows", wanted);
        CLEANUP_RESULT PGresult *result = NULL;
        if (stop_asked(report, reterr) ||
            !query_run(report->connection, fetch, 0, NULL, &result, reterr) ||
            !check_shape(table, result, reterr)) {
            return false;
        }
        int row_count = PQntuples(result);
        for (int row = 0; row < row_count; row++) {
            if (!cells_of(table, result, row, cells, reterr) || !sink(context, cells, reterr)) {
                return false;
            }
        }
        left -= (size_t)row_count;
        if (row_count < FETCH_ROWS || left == 0) {
            return true;
        }
    }
}

bool report_stream(Report *report, const ReportTable *table, ReportRowSink sink, void *context,
                   Error *reterr)
{
    return report_stream_first(report, table, SIZE_MAX, sink, context, reterr);
}

bool report_stream_first(Report *report, const ReportTable *table, size_t row_limit,
                         ReportRowSink sink, void *context, Error *reterr)
{
    if (!table->large) {
        for (size_t row = 0; row < table->row_count && row < row_limit; row++) {
            if (!sink(context, table->cells + row * table->column_count, reterr)) {
                return false;
            }
        }
        return true;
    }
    const char *query = report->sql[table - report->tables];
    CLEANUP_TEXT char *sql =
        text_printf("declare report_rows no scroll cursor for " SQL_KEY "%s", query);
    CLEANUP_RESULT PGresult *declared = NULL;
    if (!query_run(report->connection, sql, KEY_COLUMNS, report->key, &declared, reterr)) {
        return false;
    }
    ReportCell *cells = memory_alloc(table->column_count, sizeof *cells);
    bool done = stream_rows(report, table, row_limit, sink, context, cells, reterr);
    free(cells);
    return done && connection_execute(report->connection, "close report_rows", reterr);
}

const char *report_column_title(const ReportColumn *column, char text[REPORT_TITLE_BYTES])
{
    (void)snprintf(text, REPORT_TITLE_BYTES, "%s", column->name);
    for (char *letter = text; *letter != '\0'; letter++) {
        *letter = (char)(letter == text   ? toupper((unsigned char)*letter)
                         : *letter == '_' ? ' '
                                          : *letter);
    }
    return text;
}

ReportIdentity report_identity(const Report *report)
{
    const ReportTable *period = report_table(report, "period");
    return (ReportIdentity){
        .period = report_text(period, 0, "period"),
        .run_id = report_number(period, 0, "run_id"),
        .newest_run_id = report_number(period, 0, "newest_run_id"),
        .result_checksum = report_text(period, 0, "result_checksum"),
        .config_sha256 = report_text(period, 0, "config_sha256"),
    };
}
