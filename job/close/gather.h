/*
 * Reading and folding side by side: workers take chunks of events and partitions of months from one
 * queue.
 *
 * Chunks come newest first. As soon as all chunks of a month are read its partitions are folded, by
 * any worker that is free, while others read the month before; no more than that is ever read
 * ahead, so memory holds the month being folded and the one being read. A worker that has nothing
 * to do waits; the first failure stops all.
 */
#pragma once

#include "base/progress.h"
#include "close/fold.h"
#include "close/watch.h"
#include "ledger/events.h"
#include "ledger/snapshot.h"
#include "programme/kinds.h"

#include <stdatomic.h>

typedef struct GatherInput {
    const char *dsn;
    const char *name; /* of the run, for the server's list of connections */
    const char *role; /* to act as; NULL: the user's own */
    const Snapshot *snapshot;
    const EventChunk *chunks; /* newest first */
    size_t chunk_count;
    const KindMap *kinds;
    const Calendar *calendar;
    size_t first_month; /* 0 for the whole window; older months are neither counted nor folded */
    const MemberTable *members;
    EventStore *store; /* with `workers` lanes */
    Fold *fold;
    int workers;
    Watch *watch;
    Progress *progress;
    atomic_int *stop_signal;
} GatherInput;

/* Reads and folds everything; *ret_tally gets the workers' sum. */
MUST_CHECK bool gather(const GatherInput *input, Tally *ret_tally, Error *reterr);
