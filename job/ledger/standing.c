#include "ledger/standing.h"

#include "base/arena.h"
#include "ledger/copy_in.h"
#include "ledger/query.h"
#include "ledger/runs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SQL_BYTES = 512 };

typedef struct RowList {
    StandingRow *rows;
    size_t count;
    size_t capacity;
    MonthPool months;
} RowList;

bool month_pool_add(MonthPool *pool, StandingRow *row, const unsigned char *bytes, size_t size)
{
    if (pool->size + size > UINT32_MAX || size > UINT16_MAX) {
        return false;
    }
    pool->bytes = array_grow(pool->bytes, &pool->capacity, pool->size + size + 1, 1);
    memcpy(pool->bytes + pool->size, bytes, size);
    row->months_at = (uint32_t)pool->size;
    row->months_size = (uint16_t)size;
    pool->size += size;
    return true;
}

static bool add_row(void *context, CopyRow *row, Error *reterr)
{
    RowList *list = context;
    StandingRow standing = {0};
    if (!copy_row_int64(row, NULL, &standing.member_id, reterr) ||
        !copy_row_int64(row, NULL, &standing.points, reterr) ||
        !copy_row_int64(row, NULL, &standing.expiring_points, reterr) ||
        !copy_row_int16(row, NULL, &standing.level_rank, reterr)) {
        return false;
    }
    const char *months = NULL;
    size_t size = 0;
    if (row->fields_left > 0 && !copy_row_text(row, NULL, &months, &size, reterr)) {
        return false;
    }
    if (size > 0 &&
        !month_pool_add(&list->months, &standing, (const unsigned char *)months, size)) {
        return error_set(reterr, EXIT_DATA, "close this period with --full.",
                         "the stored points by month are more than the job holds");
    }
    list->rows = array_grow(list->rows, &list->capacity, list->count + 1, sizeof *list->rows);
    list->rows[list->count++] = standing;
    return true;
}

static int compare_rows(const void *left, const void *right)
{
    const StandingRow *a = left;
    const StandingRow *b = right;
    return a->member_id < b->member_id ? -1 : a->member_id > b->member_id;
}

static bool read_rows(Connection *connection, int64_t run_id, bool with_months, RowList *list,
                      Error *reterr)
{
    char sql[SQL_BYTES];
    (void)snprintf(sql, sizeof sql,
                   "copy (select member_id, points, expiring_points, level_rank%s"
                   " from tierclose.standing where run_id = %" PRId64 ") to stdout (format binary)",
                   with_months ? ", month_points" : "", run_id);
    if (!query_copy_rows(connection, sql, with_months ? 5 : 4, add_row, list, reterr)) {
        return false;
    }
    /* Written in this order; a dump and restore may have changed it. */
    for (size_t i = 1; i < list->count; i++) {
        if (list->rows[i - 1].member_id > list->rows[i].member_id) {
            qsort(list->rows, list->count, sizeof *list->rows, compare_rows);
            break;
        }
    }
    return true;
}

bool standing_read(Connection *connection, int64_t run_id, bool with_months, StandingSet *ret_set,
                   Error *reterr)
{
    char run_text[24];
    (void)snprintf(run_text, sizeof run_text, "%" PRId64, run_id);
    const char *values[] = {run_text};
    CLEANUP_RESULT PGresult *levels = NULL;
    RowList list = {0};
    list.rows = array_grow(NULL, &list.capacity, 1, sizeof *list.rows);
    if (!query_run(connection,
                   "select name, min_points, benefits::text from tierclose.run_level"
                   " where run_id = $1::bigint order by rank",
                   1, values, &levels, reterr) ||
        !read_rows(connection, run_id, with_months, &list, reterr)) {
        free(list.rows);
        free(list.months.bytes);
        return false;
    }
    StandingSet set = {
        .rows = list.rows,
        .row_count = list.count,
        .months = list.months,
        .level_count = (size_t)PQntuples(levels),
    };
    set.levels = memory_alloc(set.level_count + 1, sizeof *set.levels);
    for (size_t rank = 0; rank < set.level_count; rank++) {
        set.levels[rank].name = text_printf("%s", PQgetvalue(levels, (int)rank, 0));
        set.levels[rank].benefits_json = text_printf("%s", PQgetvalue(levels, (int)rank, 2));
        if (!query_int64(levels, (int)rank, 1, &set.levels[rank].min_points, reterr)) {
            standing_set_destroy(&set);
            return false;
        }
    }
    *ret_set = set;
    return true;
}

bool standing_benefits_equal(Connection *connection, int64_t run_id, const StandingLevel *levels,
                             size_t level_count, bool *ret_equal, Error *reterr)
{
    bool equal = true;
    char run_text[24];
    (void)snprintf(run_text, sizeof run_text, "%" PRId64, run_id);
    for (size_t rank = 0; equal && rank < level_count; rank++) {
        char rank_text[24];
        (void)snprintf(rank_text, sizeof rank_text, "%zu", rank);
        const char *values[] = {run_text, rank_text, levels[rank].benefits_json};
        CLEANUP_RESULT PGresult *result = NULL;
        if (!query_run(connection,
                       "select exists (select from tierclose.run_level where run_id = $1::bigint"
                       " and rank = $2::smallint and benefits = $3::jsonb)",
                       3, values, &result, reterr) ||
            !query_bool(result, 0, 0, &equal, reterr)) {
            return false;
        }
    }
    *ret_equal = equal;
    return true;
}

void standing_set_destroy(StandingSet *set)
{
    for (size_t rank = 0; set->levels != NULL && rank < set->level_count; rank++) {
        free((void *)(uintptr_t)set->levels[rank].name);
        free((void *)(uintptr_t)set->levels[rank].benefits_json);
    }
    free(set->levels);
    free(set->rows);
    free(set->months.bytes);
    *set = (StandingSet){0};
}

struct StandingWriter {
    Connection *connection;
    int64_t run_id;
    CopyIn copy;
};

bool standing_write_levels(Connection *connection, int64_t run_id, const StandingLevel *levels,
                           size_t level_count, Error *reterr)
{
    char run_text[24];
    (void)snprintf(run_text, sizeof run_text, "%" PRId64, run_id);
    for (size_t rank = 0; rank < level_count; rank++) {
        char rank_text[24];
        char min_points[24];
        (void)snprintf(rank_text, sizeof rank_text, "%zu", rank);
        (void)snprintf(min_points, sizeof min_points, "%" PRId64, levels[rank].min_points);
        const char *values[] = {run_text, rank_text, levels[rank].name, min_points,
                                levels[rank].benefits_json};
        CLEANUP_RESULT PGresult *result = NULL;
        if (!query_run(connection,
                       "insert into tierclose.run_level (run_id, rank, name, min_points, benefits)"
                       " values ($1::bigint, $2::smallint, $3, $4::bigint, $5::jsonb)",
                       5, values, &result, reterr)) {
            return false;
        }
    }
    return true;
}

bool standing_write_begin(Connection *connection, int64_t run_id, StandingWriter **ret_writer,
                          Error *reterr)
{
    char sql[SQL_BYTES];
    /* The check spares ATTACH a scan. */
    (void)snprintf(sql, sizeof sql,
                   "begin isolation level read committed read write;"
                   " create table tierclose.standing_run_%" PRId64 " (like tierclose.standing,"
                   " constraint standing_run_check check (run_id = %" PRId64 "))",
                   run_id, run_id);
    if (!connection_execute(connection, sql, reterr)) {
        return false;
    }
    /* Created in this transaction, so the rows can be written as already frozen: no second write
     * later. */
    (void)snprintf(sql, sizeof sql,
                   "copy tierclose.standing_run_%" PRId64 " (run_id, member_id, points,"
                   " expiring_points, level_rank, month_points) from stdin (format binary, freeze)",
                   run_id);
    CopyIn copy;
    if (!copy_in_begin(connection, sql, &copy, reterr)) {
        return false;
    }
    StandingWriter *writer = memory_alloc(1, sizeof *writer);
    writer->connection = connection;
    writer->run_id = run_id;
    writer->copy = copy;
    *ret_writer = writer;
    return true;
}

bool standing_write_row(StandingWriter *writer, const StandingRow *row, const MonthPool *months,
                        Error *reterr)
{
    CopyBuffer *buffer = &writer->copy.buffer;
    copy_encode_row(buffer, 6);
    copy_encode_int64(buffer, writer->run_id);
    copy_encode_int64(buffer, row->member_id);
    copy_encode_int64(buffer, row->points);
    copy_encode_int64(buffer, row->expiring_points);
    copy_encode_int16(buffer, row->level_rank);
    copy_encode_bytes(buffer, months->bytes + (row->months_size > 0 ? row->months_at : 0),
                      row->months_size);
    return copy_in_flush(&writer->copy, reterr);
}

bool standing_write_finish(StandingWriter *writer, Error *reterr)
{
    char sql[SQL_BYTES];
    (void)snprintf(sql, sizeof sql,
                   "alter table tierclose.standing_run_%" PRId64 " add primary key (member_id);"
                   " commit",
                   writer->run_id);
    bool done = copy_in_finish(&writer->copy, reterr) &&
                connection_execute(writer->connection, sql, reterr);
    free(writer);
    return done;
}

bool standing_attach(Connection *connection, int64_t run_id, Error *reterr)
{
    char sql[SQL_BYTES];
    (void)snprintf(sql, sizeof sql,
                   "alter table tierclose.standing attach partition"
                   " tierclose.standing_run_%" PRId64 " for values in (%" PRId64 ");"
                   "alter table tierclose.standing_run_%" PRId64
                   " drop constraint standing_run_check",
                   run_id, run_id, run_id);
    return connection_execute(connection, sql, reterr);
}

bool standing_drop(Connection *connection, int64_t run_id, Error *reterr)
{
    char sql[SQL_BYTES];
    (void)snprintf(sql, sizeof sql,
                   "begin; set local lock_timeout = '200ms';"
                   " drop table if exists tierclose.standing_run_%" PRId64 "; commit",
                   run_id);
    if (connection_execute(connection, sql, reterr)) {
        return true;
    }
    if (!connection_lost(connection)) {
        runs_rollback(connection);
    }
    return false;
}

void standing_write_abandon(StandingWriter *writer)
{
    if (writer != NULL) {
        copy_in_abandon(&writer->copy);
        free(writer);
    }
}
