/*
 * The fold of a run: from buckets of events to points by member.
 *
 * Months are folded from the newest to the oldest, each partition of members on its own, so that
 * any number of workers may fold different partitions of one month at once. What refunds still want
 * is kept by partition from month to month. After the last month fold_finish_partition gives the
 * open refunds their fate.
 *
 * An incremental fold starts from the points by month that an earlier run left (fold_use_months).
 * It needs all events of the period's own month, and of the older months only those of the members
 * whom fold_pending names: who have a refund of the own month that is still open, late events, or
 * nothing to start from. Only the own month's events are tallied; the others were, in their own
 * close.
 */
#pragma once

#include "close/event_store.h"
#include "close/tally.h"
#include "ledger/standing.h"
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

/*
 * Starts from stored points by month: `rows`, ascending by member_id, hold the months base_first
 * and later, of which those of the window before the period count. Members who stand in the period
 * and have no row are to be folded anew, and so are `late` ones (ascending ids). EXIT_DATA where a
 * row cannot be read.
 */
MUST_CHECK bool fold_use_months(Fold *fold, const StandingRow *rows, size_t row_count,
                                const MonthPool *months, Period base_first, size_t base_count,
                                const int64_t *late, size_t late_count, Error *reterr);

/* The members whose events of the next older month an incremental fold needs; the caller frees the
 * list. */
size_t fold_pending(const Fold *fold, int64_t **ret_ids);

/* After the last partition of the last month of an incremental fold. */
void fold_sum_months(Fold *fold);

/* Whether each month of each member fits into 32 bits; otherwise they are not kept, and an
 * incremental fold has failed. */
bool fold_months_fit(const Fold *fold);

/* A member's points by month, oldest first; as many as the calendar has months. */
size_t fold_month_count(const Fold *fold);
const int32_t *fold_months(const Fold *fold, size_t slot);

/* By slot: the sum over the window, not yet raised to 0, and the oldest month's part of it. */
const int64_t *fold_points(const Fold *fold);
const int64_t *fold_expiring(const Fold *fold);
