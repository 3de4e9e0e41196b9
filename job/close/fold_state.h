/*
 * What the files of the fold share. Private to close/fold*.c.
 */
#pragma once

#include "close/fold.h"
#include "close/month_sets.h"

#include <stdatomic.h>

/* A refund that older months may still satisfy. */
typedef struct OpenTake {
    uint32_t slot; /* within the partition */
    Take take;
} OpenTake;

typedef struct OpenTakes {
    OpenTake *items; /* by slot */
    size_t count;
    size_t capacity;
} OpenTakes;

/* A member's month whose points leave 32 bits. */
typedef struct WideMonth {
    size_t slot;
    size_t month_index;
    int64_t points;
} WideMonth;

/* What members bought in a month, as month_points.h keeps it: for each who bought something the
 * slot within the partition (two bytes, the lower first), the count, the marks. */
typedef struct OrderNotes {
    unsigned char *bytes; /* by slot */
    size_t size;
    size_t capacity;
    size_t read; /* fold_ties has come to here */
} OrderNotes;

/* What only the worker that folds the partition touches. */
typedef struct PartitionState {
    OpenTakes open;
    OrderNotes orders[ORDER_MONTHS]; /* of the period, the month before, ... */
    WideMonth *wide;
    size_t wide_count;
    size_t wide_capacity;
} PartitionState;

struct Fold {
    const Programme *programme;
    const Calendar *calendar;
    const MemberTable *members;
    EventStore *store;
    int32_t *month_points; /* [month][slot]: touched month by month; 0 where the month is wide */
    OrderRange orders[WINDOW_MONTHS_MAX];
    PlainRules plain[WINDOW_MONTHS_MAX];
    PartitionState *partitions;
    atomic_bool months_overflow;
    MonthSets taking;  /* month_points.h */
    MonthSets reached; /* likewise */
    bool incremental;
    FoldBase base;      /* incremental */
    MonthSets reopened; /* incremental: the older months that are folded again */
    size_t base_read;   /* fold_ties has come to this row of the base */
    LocalDay last_day;
    Period period;
};

/* A member's month, also one whose points leave 32 bits. */
void fold_keep_points(Fold *fold, size_t slot, size_t month_index, int64_t points);

/* The stored points and ties of a partition's members, before its own month is folded; EXIT_DATA
 * where a row cannot be read. */
MUST_CHECK bool fold_base_begin(Fold *fold, size_t partition, Error *reterr);

/* Which months of a partition's members are to be folded again, after its own month is. */
void fold_base_reopen(Fold *fold, size_t partition);

/* Drops the takes that an older month would have spent, had it been folded (fold_base.c). */
void fold_base_pass(const Fold *fold, size_t month_index, size_t slot, TakeList *takes);

/* Whether this run folds the member's month. */
static inline bool fold_has_month(const Fold *fold, size_t month_index, size_t slot)
{
    return !fold->incremental || month_index + 1 == fold->calendar->month_count ||
           month_sets_hold(&fold->reopened, month_index, slot);
}

/* Notes what ties a member's month to the others, before it is folded. `takes`: what later months
 * left open. */
void fold_ties_note(Fold *fold, size_t month_index, size_t slot, const Event *events,
                    size_t event_count, const TakeList *takes);

/* Forgets that for a partition's months. */
void fold_ties_forget(Fold *fold, size_t partition);
void fold_ties_destroy(Fold *fold);
