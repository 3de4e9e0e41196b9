/*
 * The fold of a run: from buckets of events to points by member.
 *
 * Months are folded from the newest to the oldest, each partition of members on its own, so that
 * any number of workers may fold different partitions of one month at once. What refunds still want
 * is kept by partition from month to month. After the last month fold_finish gives the open refunds
 * their fate.
 */
#pragma once

#include "close/event_store.h"
#include "close/tally.h"
#include "programme/calendar.h"

typedef struct Fold Fold;

/* What one thread needs to fold; zero-initialise, then fold_worker_init. */
typedef struct FoldWorker {
    EarnWorkspace *workspace;
    EventBatch batch;
    TakeList takes;
    Tally *tally;
} FoldWorker;

void fold_worker_init(FoldWorker *worker);
void fold_worker_destroy(FoldWorker *worker);

/* Borrows all it is given. `period` is the window's last month: calendar->first + month_count - 1.
 */
Fold *fold_create(const Programme *programme, const Calendar *calendar, const MemberTable *members,
                  EventStore *store);
void fold_destroy(Fold *fold);

/* Folds one partition of one month; its newer months must be done. EXIT_DATA on overflow. */
MUST_CHECK bool fold_partition(Fold *fold, FoldWorker *worker, size_t month_index, size_t partition,
                               Error *reterr);

/* After the last month of a partition: what became of the refunds that were still open. */
void fold_finish_partition(Fold *fold, FoldWorker *worker, size_t partition);

/* By slot: the sum over the window, not yet raised to 0, and the oldest month's part of it. */
const int64_t *fold_points(const Fold *fold);
const int64_t *fold_expiring(const Fold *fold);
