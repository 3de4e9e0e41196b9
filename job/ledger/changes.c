#include "ledger/changes.h"

#include "ledger/copy_in.h"
#include "ledger/id_array.h"
#include "ledger/names.h"
#include "ledger/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct ChangeList {
    NameTable names;
    ChangeRow *rows;
    size_t count;
    size_t capacity;
} ChangeList;

static bool add_change(void *context, CopyRow *row, Error *reterr)
{
    ChangeList *list = context;
    ChangeRow change = {0};
    if (!copy_row_int64(row, NULL, &change.member_id, reterr) ||
        !name_table_read(&list->names, row, &change.from_level, reterr) ||
        !name_table_read(&list->names, row, &change.to_level, reterr) ||
        !name_table_read(&list->names, row, &change.direction, reterr) ||
        !copy_row_int64(row, NULL, &change.points, reterr)) {
        return false;
    }
    list->rows = array_grow(list->rows, &list->capacity, list->count + 1, sizeof *list->rows);
    list->rows[list->count++] = change;
    return true;
}

bool changes_read(Connection *connection, Arena *arena, const char *period, ChangeRow **ret_rows,
                  size_t *ret_count, Error *reterr)
{
    char sql[512];
    /* A period is digits and a dash (period_format): COPY takes no parameters. */
    (void)snprintf(sql, sizeof sql,
                   "copy (select member_id, from_level, to_level, direction, points"
                   " from tierclose.level_change where period = '%.7s' and superseded_by is null"
                   " order by member_id) to stdout (format binary)",
                   period);
    ChangeList list = {.names = {.arena = arena}};
    bool done = query_copy_rows(connection, sql, 5, add_change, &list, reterr);
    name_table_destroy(&list.names);
    if (!done) {
        free(list.rows);
        return false;
    }
    *ret_rows = list.rows;
    *ret_count = list.count;
    return true;
}

static bool supersede(Connection *connection, const char *period, int64_t run_id,
                      const int64_t *gone, size_t gone_count, Error *reterr)
{
    char run_text[24];
    (void)snprintf(run_text, sizeof run_text, "%" PRId64, run_id);
    CLEANUP_TEXT char *ids = id_array_text(gone, gone_count);
    const char *values[] = {period, run_text, ids};
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection,
                     "update tierclose.level_change set superseded_by = $2::bigint"
                     " where period = $1 and superseded_by is null"
                     " and member_id = any ($3::bigint[])",
                     3, values, &result, reterr);
}

bool changes_replace(Connection *connection, const char *period, int64_t run_id,
                     int32_t effective_on, const int64_t *gone, size_t gone_count,
                     const ChangeRow *rows, size_t row_count, Error *reterr)
{
    if (gone_count > 0 && !supersede(connection, period, run_id, gone, gone_count, reterr)) {
        return false;
    }
    if (row_count == 0) {
        return true;
    }
    CopyIn copy;
    if (!copy_in_begin(connection,
                       "copy tierclose.level_change (member_id, period, from_level, to_level,"
                       " direction, points, effective_on, run_id) from stdin (format binary)",
                       &copy, reterr)) {
        return false;
    }
    for (size_t i = 0; i < row_count; i++) {
        const ChangeRow *row = &rows[i];
        copy_encode_row(&copy.buffer, 8);
        copy_encode_int64(&copy.buffer, row->member_id);
        copy_encode_text(&copy.buffer, period);
        copy_encode_text(&copy.buffer, row->from_level);
        copy_encode_text(&copy.buffer, row->to_level);
        copy_encode_text(&copy.buffer, row->direction);
        copy_encode_int64(&copy.buffer, row->points);
        copy_encode_date(&copy.buffer, effective_on);
        copy_encode_int64(&copy.buffer, run_id);
        if (!copy_in_flush(&copy, reterr)) {
            return false;
        }
    }
    return copy_in_finish(&copy, reterr);
}

static void encode_standing(CopyBuffer *buffer, int64_t points, const char *level)
{
    if (level == NULL) {
        copy_encode_null(buffer);
    } else {
        copy_encode_int64(buffer, points);
    }
    copy_encode_text(buffer, level);
}

bool restatements_write(Connection *connection, const char *period, int64_t run_id,
                        int64_t superseded_run_id, const RestatementRow *rows, size_t row_count,
                        Error *reterr)
{
    if (row_count == 0) {
        return true;
    }
    CopyIn copy;
    if (!copy_in_begin(connection,
                       "copy tierclose.restatement (run_id, member_id, period, superseded_run_id,"
                       " points_before, level_before, points_after, level_after)"
                       " from stdin (format binary)",
                       &copy, reterr)) {
        return false;
    }
    for (size_t i = 0; i < row_count; i++) {
        copy_encode_row(&copy.buffer, 8);
        copy_encode_int64(&copy.buffer, run_id);
        copy_encode_int64(&copy.buffer, rows[i].member_id);
        copy_encode_text(&copy.buffer, period);
        copy_encode_int64(&copy.buffer, superseded_run_id);
        encode_standing(&copy.buffer, rows[i].points_before, rows[i].level_before);
        encode_standing(&copy.buffer, rows[i].points_after, rows[i].level_after);
        if (!copy_in_flush(&copy, reterr)) {
            return false;
        }
    }
    return copy_in_finish(&copy, reterr);
}
