/*
 * The standings of a run: read what stands, write a new set (contract 7.2, 8.1).
 *
 * Every run that changes a period writes its standings into a fresh table of its own, by COPY, with
 * the primary key made afterwards; which run's table is a period's is one row in
 * tierclose.published. So a publication touches no row that readers see, and nothing is ever
 * updated in bulk. The table has a transaction of its own; it is attached in the publishing one,
 * and until that commits nobody sees any of it.
 *
 * Call order for writing: standing_write_begin, standing_write_row in the order of member_id,
 * standing_write_finish, on one connection; standing_write_levels and standing_attach on the
 * publishing one. On failure: standing_write_abandon.
 */
#pragma once

#include "base/error.h"
#include "ledger/connection.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef struct StandingRow {
    int64_t member_id;
    int64_t points;
    int64_t expiring_points;
    int16_t level_rank;
    uint16_t months_size; /* of month_points.h, in the set's pool; 0: not kept */
    uint32_t months_at;
} StandingRow;

/* The packed months of many rows. */
typedef struct MonthPool {
    unsigned char *bytes;
    size_t size;
    size_t capacity;
} MonthPool;

/* Appends packed months and lets the row point at them; false where the pool would outgrow its
 * index. */
bool month_pool_add(MonthPool *pool, StandingRow *row, const unsigned char *bytes, size_t size);

/* A level as the run had it. */
typedef struct StandingLevel {
    const char *name;
    int64_t min_points;
    const char *benefits_json;
} StandingLevel;

typedef struct StandingSet {
    StandingRow *rows; /* by member_id */
    size_t row_count;
    MonthPool months;
    StandingLevel *levels; /* by rank */
    size_t level_count;
} StandingSet;

/*
 * What a run published, with or without the points by month; the set is the caller's:
 * standing_set_destroy.
 */
MUST_CHECK bool standing_read(Connection *connection, int64_t run_id, bool with_months,
                              StandingSet *ret_set, Error *reterr);
void standing_set_destroy(StandingSet *set);

/* Whether a run's levels have these benefits, as JSON compares them. */
MUST_CHECK bool standing_benefits_equal(Connection *connection, int64_t run_id,
                                        const StandingLevel *levels, size_t level_count,
                                        bool *ret_equal, Error *reterr);

/* The levels that a run's standings name; in the caller's transaction. */
MUST_CHECK bool standing_write_levels(Connection *connection, int64_t run_id,
                                      const StandingLevel *levels, size_t level_count,
                                      Error *reterr);

typedef struct StandingWriter StandingWriter;
/* Begins a transaction, in which the rows are written already frozen. */
MUST_CHECK bool standing_write_begin(Connection *connection, int64_t run_id,
                                     StandingWriter **ret_writer, Error *reterr);
MUST_CHECK bool standing_write_row(StandingWriter *writer, const StandingRow *row,
                                   const MonthPool *months, Error *reterr);
/* Ends the COPY, makes the key, commits; frees the writer also on failure. */
MUST_CHECK bool standing_write_finish(StandingWriter *writer, Error *reterr);
void standing_write_abandon(StandingWriter *writer);

/* Makes a run's table a partition of tierclose.standing; in the caller's transaction. */
MUST_CHECK bool standing_attach(Connection *connection, int64_t run_id, Error *reterr);

/* Drops a run's table, if it is there and nobody is using it. Not in a transaction. */
MUST_CHECK bool standing_drop(Connection *connection, int64_t run_id, Error *reterr);
