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
 * whom fold_reopened names: who have a refund of the own month that is still open, late events, or
 * nothing to start from. Only the own month's events are tallied; the others were, in their own
 * close.
 */
#pragma once

#include "close/event_store.h"
#include "close/order_ranges.h"
#include "close/tally.h"
#include "ledger/standing.h"
#include "programme/calendar.h"

typedef struct Fold Fold;

/* What one thread needs to fold; zero-initialise, then fold_worker_init. */
typedef struct FoldWorker {
    EarnWorkspace *workspace;
    EventBatch batch;
    TakeList takes;
    CalendarSpan span; /* of the last event */
    Tally *tally;
    OrderRange orders[WINDOW_MONTHS_MAX]; /* of the purchases that it has folded */
} FoldWorker;

void fold_worker_init(FoldWorker *worker);
void fold_worker_destroy(FoldWorker *worker);

/* Borrows all it is given. `period` is the window's last month: calendar->first + month_count - 1.
 */
Fold *fold_create(const Programme *programme, const Calendar *calendar, const MemberTable *members,
                  EventStore *store);
void fold_destroy(Fold *fold);

/* From now on events of plain kinds may be put as such: only where no event can come twice, since
 * what has no id cannot be told apart. */
void fold_count_plain(Fold *fold);

/* Which events of a month are to be put as plain ones; none before fold_count_plain. */
const PlainRules *fold_plain_rules(const Fold *fold, size_t month_index);

/* Folds one partition of one month; its newer months must be done. EXIT_DATA on overflow. */
MUST_CHECK bool fold_partition(Fold *fold, FoldWorker *worker, size_t month_index, size_t partition,
                               Error *reterr);

/* After the last month of a partition: what became of the refunds that were still open. */
void fold_finish_partition(Fold *fold, FoldWorker *worker, size_t partition);

/* Adds what a worker has found: to the tally, and to the fold's orders. */
void fold_worker_merge(Fold *fold, const FoldWorker *worker, Tally *tally);

/* Takes back what was folded of the months from first_month on in the partitions [first, until), to
 * fold them again. */
void fold_forget(Fold *fold, size_t first_month, size_t first, size_t until);

/* An event of an older month that the base has not seen. */
typedef struct FoldLate {
    int64_t member_id;
    int64_t order_id;
    bool has_order;
    bool voids_member; /* may void all that the member has */
    size_t month_index;
} FoldLate;

/* What an incremental fold starts from. */
typedef struct FoldBase {
    const StandingRow *rows; /* by member_id */
    size_t row_count;
    const MonthPool *months;  /* of the rows: the months `first` and later, month_count of them */
    const OrderRange *orders; /* of the same months */
    Period first;
    size_t month_count;
    const FoldLate *late; /* by member_id */
    size_t late_count;
} FoldBase;

/*
 * Starts from stored points by month, of which those of the window before the period count. Members
 * who stand in the period and have no row are to be folded anew; those with a late event from its
 * month on, or from the oldest one that may hold its order. EXIT_DATA where a row cannot be read.
 *
 * After the period's own month is folded, an older month of a member is to be folded again if a
 * refund may take from it (fold_reopen) or if the member is folded anew. All months between are
 * folded with it: their refunds have a part in what the older one comes to.
 */
MUST_CHECK bool fold_use_months(Fold *fold, const FoldBase *base, Error *reterr);

/*
 * After the own month: which older months its open refunds may take from. The months that may hold
 * a refund's order are those whose orders' range holds its number; a fraud that voids its member
 * concerns all.
 */
void fold_reopen(Fold *fold);

/* The members whose months are to be folded again from this one on, ascending; the caller frees the
 * list. */
size_t fold_reopened(const Fold *fold, size_t first_month, int64_t **ret_ids);

/* Whether each month of each member fits into 32 bits; otherwise they are not kept, and an
 * incremental fold has failed. */
bool fold_months_fit(const Fold *fold);

/* Adds the months that do not fit, of the members with a standing, to sums by month; false where a
 * sum leaves int64. */
bool fold_add_wide(const Fold *fold, int64_t sums[WINDOW_MONTHS_MAX]);

/* A member's points by month, oldest first; as many as the calendar has months. */
size_t fold_month_count(const Fold *fold);
void fold_months(const Fold *fold, size_t slot, int32_t ret_points[WINDOW_MONTHS_MAX]);

/* The orders of each month of the calendar. */
const OrderRange *fold_orders(const Fold *fold);

/*
 * After the last month: a member's sum over the window, not yet raised to 0, and the oldest month's
 * part of it. EXIT_DATA where the sum leaves int64.
 */
MUST_CHECK bool fold_sum(const Fold *fold, size_t slot, int64_t *ret_points, int64_t *ret_expiring,
                         Error *reterr);
