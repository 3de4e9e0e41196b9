#include "ledger/anomalies.h"

#include "ledger/copy_in.h"
#include "ledger/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool write_counts(Connection *connection, const char *run_id, const AnomalyCount *counts,
                         size_t count_count, Error *reterr)
{
    for (size_t i = 0; i < count_count; i++) {
        char month[24];
        char window[24];
        (void)snprintf(month, sizeof month, "%" PRId64, counts[i].month_count);
        (void)snprintf(window, sizeof window, "%" PRId64, counts[i].window_count);
        const char *values[] = {run_id, counts[i].reason, month, window};
        CLEANUP_RESULT PGresult *result = NULL;
        if (!query_run(connection,
                       "insert into tierclose.anomaly_count (run_id, reason, month_count,"
                       " window_count) values ($1::bigint, $2, $3::bigint, $4::bigint)",
                       4, values, &result, reterr)) {
            return false;
        }
    }
    return true;
}

bool anomalies_write(Connection *connection, const char *period, int64_t run_id,
                     const AnomalyCount *counts, size_t count_count, const AnomalyRow *rows,
                     size_t row_count, Error *reterr)
{
    char run_text[24];
    (void)snprintf(run_text, sizeof run_text, "%" PRId64, run_id);
    if (!write_counts(connection, run_text, counts, count_count, reterr)) {
        return false;
    }
    if (row_count == 0) {
        return true;
    }
    CopyIn copy;
    if (!copy_in_begin(connection,
                       "copy tierclose.anomaly (run_id, period, reason, member_id, event_id,"
                       " occurred_at, detail) from stdin (format binary)",
                       &copy, reterr)) {
        return false;
    }
    for (size_t i = 0; i < row_count; i++) {
        copy_encode_row(&copy.buffer, 7);
        copy_encode_int64(&copy.buffer, run_id);
        copy_encode_text(&copy.buffer, period);
        copy_encode_text(&copy.buffer, rows[i].reason);
        if (rows[i].has_member) {
            copy_encode_int64(&copy.buffer, rows[i].member_id);
        } else {
            copy_encode_null(&copy.buffer);
        }
        copy_encode_int64(&copy.buffer, rows[i].event_id);
        copy_encode_int64(&copy.buffer, rows[i].occurred_at_us);
        copy_encode_text(&copy.buffer, rows[i].detail);
        if (!copy_in_flush(&copy, reterr)) {
            return false;
        }
    }
    return copy_in_finish(&copy, reterr);
}

static bool counts_equal(const PGresult *stored, const AnomalyCount *counts, size_t count_count)
{
    for (size_t i = 0; i < count_count; i++) {
        char expected[24];
        (void)snprintf(expected, sizeof expected, "%" PRId64, counts[i].month_count);
        const char *found = "0";
        for (int row = 0; row < PQntuples(stored); row++) {
            if (strcmp(PQgetvalue(stored, row, 0), counts[i].reason) == 0) {
                found = PQgetvalue(stored, row, 1);
            }
        }
        if (strcmp(found, expected) != 0) {
            return false;
        }
    }
    return true;
}

bool anomalies_equal(Connection *connection, int64_t run_id, const AnomalyCount *counts,
                     size_t count_count, const AnomalyRow *rows, size_t row_count, bool *ret_equal,
                     Error *reterr)
{
    char run_text[24];
    (void)snprintf(run_text, sizeof run_text, "%" PRId64, run_id);
    const char *values[] = {run_text};
    CLEANUP_RESULT PGresult *stored_counts = NULL;
    CLEANUP_RESULT PGresult *stored = NULL;
    if (!query_run(connection,
                   "select reason, month_count from tierclose.anomaly_count"
                   " where run_id = $1::bigint",
                   1, values, &stored_counts, reterr) ||
        !query_run(connection,
                   "select reason, event_id, detail from tierclose.anomaly"
                   " where run_id = $1::bigint order by reason, event_id, occurred_at, member_id",
                   1, values, &stored, reterr)) {
        return false;
    }
    bool equal =
        (size_t)PQntuples(stored) == row_count && counts_equal(stored_counts, counts, count_count);
    /* Rows of one reason are in the order of the event ids on both sides; the reasons need not be.
     */
    for (size_t i = 0; equal && i < row_count; i++) {
        char event_id[24];
        (void)snprintf(event_id, sizeof event_id, "%" PRId64, rows[i].event_id);
        bool found = false;
        for (int row = 0; row < PQntuples(stored) && !found; row++) {
            found = strcmp(PQgetvalue(stored, row, 0), rows[i].reason) == 0 &&
                    strcmp(PQgetvalue(stored, row, 1), event_id) == 0 &&
                    strcmp(PQgetvalue(stored, row, 2), rows[i].detail) == 0;
        }
        equal = found;
    }
    *ret_equal = equal;
    return true;
}
