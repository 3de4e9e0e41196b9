/*
 * What the files of the fold share. Private to close/fold*.c.
 */
#pragma once

#include "close/fold.h"

#include <stdatomic.h>

/* Of a member none of whose older months is folded again. */
#define NOT_REOPENED UINT16_MAX

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

/* What only the worker that folds the partition touches. */
typedef struct PartitionState {
    OpenTakes open;
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
    bool incremental;
    uint16_t *reopened; /* by slot; incremental: the months from this one on are folded again */
    LocalDay last_day;
    Period period;
};
