/*
 * The fold of a run: from buckets of events to points by member.
 *
 * Months are folded from the newest to the oldest, each partition of members on its own, so that
 * any number of workers may fold different partitions of one month at once. What refunds still want
 * is kept by partition from month to month. After the last month fold_finish_partition gives the
 * open refunds their fate.
 *
 * An incremental fold starts from the points by month that an earlier run left (fold_use_months).
 * It needs all events of the period's own month; after that fold_reopened tells of which members it
 * needs which older months. Only the own month's events are tallied; the others were, in their own
 * close.
 */
#pragma once

#include "close/event_store.h"
#include "close/order_ranges.h"
#include "close/tally.h"
#include "ledger/month_points.h"
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

/* What a late event has to do with an order. */
typedef enum LateOrder {
    LATE_OTHER,    /* nothing */
    LATE_TAKE,     /* takes from it: a refund or a fraud */
    LATE_PURCHASE, /* adds to it */
} LateOrder;

/* An event that the base has not seen; of the period's own month only purchases matter, and only
 * where the base is the period itself. */
typedef struct FoldLate {
    int64_t member_id;
    int64_t order_id;
    LateOrder order;
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
 * Starts from stored points by month, of which those of the window before the period count; the
 * base's rows must stay where they are. To be called before the first partition of the own month is
 * folded: that is when the partition's rows are looked at (EXIT_DATA where one cannot be read).
 * Members who stand in the period and have no row are folded anew. Which older months of the others
 * are folded again: fold_base.c.
 */
void fold_use_months(Fold *fold, const FoldBase *base);

/* After the own month: the members of whom an older month is folded again (and, if `oldest`, none
 * that is older still), ascending; the caller frees the list. */
size_t fold_reopened(const Fold *fold, size_t month_index, bool oldest, int64_t **ret_ids);

/* Whether an older month of the member is folded again; false of strangers. */
bool fold_is_reopened(const Fold *fold, size_t month_index, MemberPlace place);

/* Whether each month of each member fits into 32 bits; otherwise they are not kept, and an
 * incremental fold has failed. */
bool fold_months_fit(const Fold *fold);

/* Adds the months that do not fit, of the members with a standing, to sums by month; false where a
 * sum leaves int64. */
bool fold_add_wide(const Fold *fold, int64_t sums[WINDOW_MONTHS_MAX]);

/* A member's points by month, oldest first; as many as the calendar has months. */
size_t fold_month_count(const Fold *fold);
void fold_months(const Fold *fold, size_t slot, int32_t ret_points[WINDOW_MONTHS_MAX]);

/* What ties a member's months to each other (month_points.h), borrowed from the fold and its base;
 * once for each member who is asked for, in ascending order. */
MonthTies fold_ties(Fold *fold, size_t slot);

/* The orders of each month of the calendar. */
const OrderRange *fold_orders(const Fold *fold);

/*
 * After the last month: a member's sum over the window, not yet raised to 0, and the oldest month's
 * part of it. EXIT_DATA where the sum leaves int64.
 */
MUST_CHECK bool fold_sum(const Fold *fold, size_t slot, int64_t *ret_points, int64_t *ret_expiring,
                         Error *reterr);
