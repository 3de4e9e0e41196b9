/*
 * Which statements read the events of a span of time, each event exactly once.
 *
 * events_plan gives chunks that connections read side by side with events_read_chunk. Together they
 * hold every event of the span; no event is in two of them. They stand newest first, by until_us: a
 * month has been read once the chunks up to the last one with until_us behind its beginning are,
 * and none of them can be missing at the front of the list. Refunds are then known when their
 * orders come by.
 *
 * A plain COPY of a table is the cheapest way out of PostgreSQL; COPY (SELECT) costs some 6% more,
 * whatever its conditions. So:
 *
 *   - A partition of up to CHUNK_DAYS_MAX days of which two thirds and more are wanted is copied
 *     whole. Of others a stretch of time is asked for.
 *   - A large one that spans more than some days is read in ranges of blocks: workers share it, so
 *     that one month is in memory at a time. So is the last large one, so that all end together.
 *   - A table that spans more (one without partitions, a year, a default partition) is read month
 *     by month where an index finds a month in blocks that lie together. Otherwise it is read once,
 *     in ranges of blocks that each may hold events of the whole span: then nothing can be folded
 *     before all of it is read, and all its events of the span are in memory at once.
 *   - A view, a foreign table, a table with heirs, or with partitions that the role may not read by
 *     their names is read month by month: what is below it is not known. Where that has no index,
 *     each month costs a scan.
 *
 * Statistics only choose between these; with none, a table is read once. Ranges of blocks hold each
 * row once because a row's version never moves, and the last has no end: so all that read them, and
 * events_plan, must see the same snapshot (snapshot.h).
 *
 * Example: of a March partition of 170 MB, the only large one, two workers read
 * `ctid < '(3626,0)'`, `ctid >= '(3626,0)' and ctid < '(7253,0)'`, ..., `ctid >= '(18133,0)'`.
 */
#pragma once

#include "base/error.h"
#include "ledger/connection.h"
#include "ledger/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CHUNK_DAYS_MAX = 45,         /* a longer span of time is split ... */
    CHUNK_DAYS_SPLIT = 31,       /* ... into parts of at most this many days */
    CHUNK_BLOCKS_SPLIT = 2048,   /* of 8 kB: a smaller table is one chunk */
    CHUNK_BLOCKS_AT_ONCE = 4096, /* a chunk of a table that is split */
};

typedef struct EventChunk {
    int64_t from_us; /* exactly the rows with occurred_at in [from_us, until_us) ... */
    int64_t until_us;
    uint32_t block_from;   /* ... in the blocks [block_from, block_until) of the relation; ... */
    uint32_t block_until;  /* ... 0: to its end, wherever that is by now */
    char *relation;        /* quoted: a table or the source */
    bool whole;            /* SQL asks for all times; rows outside are left out while reading */
    int64_t rows_expected; /* about, for progress and memory; -1: no guess */
} EventChunk;

/*
 * The chunks of [from_us, until_us), newest first, for so many workers. `cuts` are time stamps in
 * ascending order, as the local month starts, at which stretches of time end; there may be none.
 * Free with events_plan_free. EXIT_BUG: the span is empty or longer than 200 years.
 */
MUST_CHECK bool events_plan(Connection *connection, const Source *source, int64_t from_us,
                            int64_t until_us, const int64_t *cuts, size_t cut_count, int workers,
                            EventChunk **ret_chunks, size_t *ret_count, Error *reterr);
void events_plan_free(EventChunk *chunks, size_t count);
