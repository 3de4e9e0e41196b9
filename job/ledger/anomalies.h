/*
 * The anomalies of a period: counts by reason and samples (contract 6, 7.2). In the caller's
 * transaction.
 */
#pragma once

#include "ledger/connection.h"

#include <stddef.h>
#include <stdint.h>

typedef struct AnomalyRow {
    const char *reason;
    int64_t member_id;
    int64_t event_id;
    int64_t occurred_at_us;
    const char *detail;
    bool has_member;
} AnomalyRow;

typedef struct AnomalyCount {
    const char *reason;
    int64_t month_count;  /* of the period's own month */
    int64_t window_count; /* of all months read */
} AnomalyCount;

MUST_CHECK bool anomalies_write(Connection *connection, const char *period, int64_t run_id,
                                const AnomalyCount *counts, size_t count_count,
                                const AnomalyRow *rows, size_t row_count, Error *reterr);

/*
 * Whether a run's stored anomalies of the period's own month are these: the same counts and the
 * same events.
 */
MUST_CHECK bool anomalies_equal(Connection *connection, int64_t run_id, const AnomalyCount *counts,
                                size_t count_count, const AnomalyRow *rows, size_t row_count,
                                bool *ret_equal, Error *reterr);
