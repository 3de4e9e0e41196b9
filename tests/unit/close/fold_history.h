/*
 * A history of some members, seen by a base but for what is late, and folded from that base and in
 * full: for the tests of close/fold_base.
 */
#pragma once

#include "close/result.h"
#include "close_builders.h"

enum { HISTORY_EVENTS_MAX = 2600 };

typedef struct History {
    Programme programme;
    RuleSet rules;
    MemberTable members;
    MemberEvent events[HISTORY_EVENTS_MAX];
    bool is_late[HISTORY_EVENTS_MAX]; /* the base has not seen it */
    size_t event_count;
} History;

extern History history;
extern const Period base_period; /* December 2025 */

/* Empties it. */
void end_history(void);

/* What the base sees: nothing that is late. The caller destroys the result. */
PeriodResult base_result(void);

/* The base as a fold takes it; borrows all. */
FoldBase base_of(const PeriodResult *result, const FoldLate *late, size_t late_count);

/* The standings of a run; the test fails if there are none, or their months are not kept. */
PeriodResult history_result(FoldRun *run, Period period);

/* `period` from the base and in full: member by member and byte by byte the same. Returns the
 * months of the first member that were folded again, the oldest lowest. */
uint64_t check_period(const PeriodResult *base, Period period, uint64_t seed);
