/*
 * The incremental close: the new month's events, and of older months only what has changed.
 *
 * It starts from the points by month that an earlier run left in its standings: for a first close
 * those of the period before, for a settling those of the period itself. They hold as long as the
 * months' rules are the same, the events are on the same server, and what was recorded since can be
 * told. Totals are summed from the months, never carried, so the result is that of the full close.
 *
 * Example: in April a member returns half of a March order. April is read whole; the refund finds
 * no credit in it, so that one member's March is read and folded again; the other months stand.
 * That the order can only be one of March is known from what is kept of the orders with the points
 * (month_points.h), and from the numbers that each month's orders had (order_ranges.h).
 */
#pragma once

#include "close/fold.h"
#include "close/reading.h"

typedef struct IncrementalBase {
    bool usable;
    const char *why_not; /* for people; NULL where the caller asked for a full close */
    Period period;       /* whose published run it is */
    int64_t run_id;      /* that run; 0: `set` is filled already, and borrowed */
    StandingSet set;     /* with months; see incremental_base_read */
    Period first;        /* of its months */
    size_t month_count;
    OrderRange orders[WINDOW_MONTHS_MAX]; /* of the same months */
    FoldLate *late; /* events of older months that were recorded since; by member_id */
    size_t late_count;
} IncrementalBase;

/*
 * Finds a base for `period` and what was recorded since, but for its standings. Not usable is no
 * failure: then the period is to be read in full. The base is the caller's:
 * incremental_base_destroy.
 */
MUST_CHECK bool incremental_base_find(Session *session, const Reading *reading, Period period,
                                      IncrementalBase *ret_base, Error *reterr);
void incremental_base_destroy(IncrementalBase *base);

/* Fills the set of a usable base, over the leader's connection; nothing where it is filled. */
MUST_CHECK bool incremental_base_read(Session *session, IncrementalBase *base, Error *reterr);

/* The base as the fold takes it, once it is filled; borrows all. */
FoldBase incremental_fold_base(const IncrementalBase *base);

/* The digests of the rules of the window's months, for the run's row; in the arena. */
const char *incremental_month_rules(Arena *arena, const Programme *programme, const KindMap *kinds,
                                    Period period);
