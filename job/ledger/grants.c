#include "ledger/grants.h"

#include "ledger/copy_in.h"
#include "ledger/id_array.h"
#include "ledger/names.h"
#include "ledger/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* Run 42's first grant is 42000000001: readable, and room for a thousand million in a run. */
#define GRANTS_PER_RUN INT64_C(1000000000)

typedef struct GrantList {
    NameTable names;
    GrantRow *rows;
    size_t count;
    size_t capacity;
} GrantList;

static bool add_grant(void *context, CopyRow *row, Error *reterr)
{
    GrantList *list = context;
    GrantRow grant = {0};
    if (!copy_row_int64(row, NULL, &grant.grant_id, reterr) ||
        !copy_row_int64(row, NULL, &grant.member_id, reterr) ||
        !name_table_read(&list->names, row, &grant.level, reterr) ||
        !name_table_read(&list->names, row, &grant.coupon, reterr) ||
        !copy_row_int64(row, NULL, &grant.value_cents, reterr) ||
        !copy_row_int64(row, NULL, &grant.min_spend_cents, reterr) ||
        !copy_row_date(row, NULL, &grant.issue_from, reterr) ||
        !copy_row_bool(row, NULL, &grant.overgranted, reterr)) {
        return false;
    }
    list->rows = array_grow(list->rows, &list->capacity, list->count + 1, sizeof *list->rows);
    list->rows[list->count++] = grant;
    return true;
}

static bool read_grants(Connection *connection, Arena *arena, const char *condition,
                        GrantRow **ret_rows, size_t *ret_count, Error *reterr)
{
    CLEANUP_TEXT char *sql =
        text_printf("copy (select grant_id, member_id, level, coupon, value_cents,"
                    " min_spend_cents, issue_from, overgranted_by is not null"
                    " from tierclose.coupon_grant where revoked_by is null and %s"
                    " order by member_id, level collate \"C\", coupon collate \"C\")"
                    " to stdout (format binary)",
                    condition);
    GrantList list = {.names = {.arena = arena}};
    bool done = query_copy_rows(connection, sql, 8, add_grant, &list, reterr);
    name_table_destroy(&list.names);
    if (!done) {
        free(list.rows);
        return false;
    }
    *ret_rows = list.rows;
    *ret_count = list.count;
    return true;
}

bool grants_read(Connection *connection, Arena *arena, const char *period, GrantRow **ret_rows,
                 size_t *ret_count, Error *reterr)
{
    char condition[64];
    (void)snprintf(condition, sizeof condition, "period = '%.7s'", period);
    return read_grants(connection, arena, condition, ret_rows, ret_count, reterr);
}

bool grants_elsewhere(Connection *connection, Arena *arena, const char *period, int32_t today,
                      GrantRow **ret_rows, size_t *ret_count, Error *reterr)
{
    char condition[160];
    (void)snprintf(condition, sizeof condition,
                   "(period < '%.7s' or period > '%.7s'"
                   " and issue_from <= date '2000-01-01' + %" PRId32 ")",
                   period, period, today);
    return read_grants(connection, arena, condition, ret_rows, ret_count, reterr);
}

bool grants_add(Connection *connection, const char *period, int64_t run_id, const GrantTerms *terms,
                const GrantRow *rows, size_t row_count, Error *reterr)
{
    if (row_count == 0) {
        return true;
    }
    int64_t first_id = 0;
    if ((int64_t)row_count >= GRANTS_PER_RUN ||
        __builtin_mul_overflow(run_id, GRANTS_PER_RUN, &first_id)) {
        return error_set(reterr, EXIT_BUG, NULL, "run %" PRId64 " has no ids for %zu grants",
                         run_id, row_count);
    }
    CopyIn copy;
    if (!copy_in_begin(connection,
                       "copy tierclose.coupon_grant (grant_id, member_id, period, level, coupon,"
                       " value_cents, min_spend_cents, issue_from, issue_until, expires_on, lapsed,"
                       " run_id) from stdin (format binary)",
                       &copy, reterr)) {
        return false;
    }
    for (size_t i = 0; i < row_count; i++) {
        const GrantRow *row = &rows[i];
        copy_encode_row(&copy.buffer, 12);
        copy_encode_int64(&copy.buffer, first_id + (int64_t)i + 1);
        copy_encode_int64(&copy.buffer, row->member_id);
        copy_encode_text(&copy.buffer, period);
        copy_encode_text(&copy.buffer, row->level);
        copy_encode_text(&copy.buffer, row->coupon);
        copy_encode_int64(&copy.buffer, row->value_cents);
        copy_encode_int64(&copy.buffer, row->min_spend_cents);
        copy_encode_date(&copy.buffer, terms->issue_from);
        copy_encode_date(&copy.buffer, terms->issue_until);
        copy_encode_date(&copy.buffer, terms->expires_on);
        copy_encode_bool(&copy.buffer, terms->lapsed);
        copy_encode_int64(&copy.buffer, run_id);
        if (!copy_in_flush(&copy, reterr)) {
            return false;
        }
    }
    return copy_in_finish(&copy, reterr);
}

bool grants_mark(Connection *connection, const char *period, int64_t run_id, GrantMark mark,
                 const int64_t *grant_ids, size_t count, Error *reterr)
{
    static const char *const statements[] = {
        [GRANT_REVOKED] = "update tierclose.coupon_grant set revoked_by = $2::bigint"
                          " where period = $1 and grant_id = any ($3::bigint[])",
        [GRANT_OVERGRANTED] = "update tierclose.coupon_grant set overgranted_by = $2::bigint"
                              " where period = $1 and grant_id = any ($3::bigint[])",
        [GRANT_DESERVED] = "update tierclose.coupon_grant set overgranted_by = null"
                           " where period = $1 and grant_id = any ($3::bigint[])"
                           " and $2::bigint is not null",
    };
    if (count == 0) {
        return true;
    }
    char run_text[24];
    (void)snprintf(run_text, sizeof run_text, "%" PRId64, run_id);
    CLEANUP_TEXT char *ids = id_array_text(grant_ids, count);
    const char *values[] = {period, run_text, ids};
    CLEANUP_RESULT PGresult *result = NULL;
    return query_run(connection, statements[mark], 3, values, &result, reterr);
}
