/*
 * The tables in which to look for the events of some members (events_read_members), rather than
 * through the source, which would look into each of its partitions.
 */
#pragma once

#include "base/error.h"
#include "ledger/connection.h"
#include "ledger/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Some table's stretch of time. No event of the span that was asked for is in two pieces. */
typedef struct EventPiece {
    char *relation; /* quoted: a table or the source */
    int64_t from_us;
    int64_t until_us;
    int64_t table_us; /* how long the table's own span is, where it is asked by its name; else 0 */
    int64_t rows;     /* about; -1: no guess */
    bool finds_times; /* an index finds a stretch of time */
} EventPiece;

/* The pieces of [from_us, until_us), in no order; free with events_pieces_free. */
MUST_CHECK bool events_pieces(Connection *connection, const Source *source, int64_t from_us,
                              int64_t until_us, EventPiece **ret_pieces, size_t *ret_count,
                              Error *reterr);
void events_pieces_free(EventPiece *pieces, size_t count);
