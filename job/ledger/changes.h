/*
 * The level changes of a period, and what a later run changed in its standings
 * (contract 5.3, 7.2, 8.3).
 *
 * A change that is no longer true keeps its row and names the run that superseded it; one that
 * stays true keeps its row and its run. All inside the caller's transaction.
 */
#pragma once

#include "base/arena.h"
#include "ledger/connection.h"

#include <stddef.h>
#include <stdint.h>

typedef struct ChangeRow {
    int64_t member_id;
    const char *from_level;
    const char *to_level;
    const char *direction;
    int64_t points;
} ChangeRow;

/* The changes that stand, by member_id; names in the arena, the rows are the caller's to free. */
MUST_CHECK bool changes_read(Connection *connection, Arena *arena, const char *period,
                             ChangeRow **ret_rows, size_t *ret_count, Error *reterr);

/* Supersedes the changes of the members in `gone`, then adds rows. */
MUST_CHECK bool changes_replace(Connection *connection, const char *period, int64_t run_id,
                                int32_t effective_on, const int64_t *gone, size_t gone_count,
                                const ChangeRow *rows, size_t row_count, Error *reterr);

/* A member whose standing in a period is another than an earlier run's; NULL level: no standing. */
typedef struct RestatementRow {
    int64_t member_id;
    int64_t points_before;
    const char *level_before;
    int64_t points_after;
    const char *level_after;
    int64_t expiring_before; /* these two are shown by verify, not stored */
    int64_t expiring_after;
} RestatementRow;

MUST_CHECK bool restatements_write(Connection *connection, const char *period, int64_t run_id,
                                   int64_t superseded_run_id, const RestatementRow *rows,
                                   size_t row_count, Error *reterr);
