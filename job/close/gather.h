/*
 * Reading and folding side by side: workers take chunks of events and partitions of months from one
 * queue.
 *
 * Chunks come newest first. As soon as all chunks of a month are read its partitions are folded, by
 * any worker that is free; a chunk for each worker is read ahead at most, so memory holds little
 * more than one month. Where that is still more than the store may hold, the caller reads the
 * chunks several times, each time for a range of partitions. A worker that has nothing to do waits;
 * the first failure stops all.
 */
#pragma once

#include "close/fold.h"
#include "close/reading.h"
#include "ledger/events.h"

/* A chunk of which only what is folded again is kept, of the months [first_month, until_month): the
 * times of chunks reach a little over the ends of their months, and so do their neighbours'. */
typedef struct MemberChunk {
    const int64_t *ids; /* of the members to ask for; NULL: it holds everybody */
    size_t id_count;
    size_t first_month;
    size_t until_month;
} MemberChunk;

typedef struct GatherInput {
    const Reading *reading;
    const char *name;         /* of the run, for the server's list of connections */
    const EventChunk *chunks; /* newest first */
    size_t chunk_count;
    const MemberChunk *member_chunks; /* of an incremental fold's older months, one for each chunk;
                                         what they hold is not counted as read. Else NULL */
    const Calendar *calendar;
    size_t first_month; /* of the calendar: 0 for the whole window; older ones are passed over */
    size_t until_month;
    size_t first_partition; /* the others' events are passed over */
    size_t until_partition;
    EventStore *store; /* with a lane for each worker */
    Fold *fold;
    bool (*beside)(void *context, Error *reterr); /* may be NULL: what the caller's thread does
                                                     while the workers read; only then they fold */
    void *beside_context;
} GatherInput;

typedef enum GatherEnd {
    GATHER_DONE,
    GATHER_FAILED,
    GATHER_NO_ROOM, /* the store was full before a month could be folded: ask for less at once */
} GatherEnd;

/* Reads and folds everything; *ret_tally gets the workers' sum. */
MUST_CHECK GatherEnd gather(const GatherInput *input, Tally *ret_tally, Error *reterr);
