/*
 * Which periods are due, final or refused (contract 8.3, 8.4). Pure: a function of the day and of
 * what is closed.
 */
#pragma once

#include "programme/period.h"

/* The closed periods are a stretch without gaps: first..last, or none. */
typedef struct ClosedRange {
    bool any;
    Period first;
    Period last;
} ClosedRange;

typedef struct PeriodRange {
    Period first;
    Period last; /* before first: empty */
} PeriodRange;

/* The newest period that may be closed today: this month on its last day, else the month before. */
Period plan_newest_due(LocalDay today);

/* What a plain `close` closes: all after the last closed one; before any close the newest due
 * alone. */
PeriodRange plan_due(ClosedRange closed, LocalDay today);

/* From its effective day on a period is final (contract 8.3). */
bool plan_is_final(Period period, int32_t effective_day, LocalDay today);

/*
 * Checks that first..last may be closed today: each has reached its last day, and no gap would be
 * left beside what is closed. EXIT_DATA. `open_month_allowed`: a dry run may look at a month that
 * has not ended.
 */
MUST_CHECK bool plan_check_range(PeriodRange range, ClosedRange closed, LocalDay today,
                                 bool open_month_allowed, Error *reterr);

/* Checks that a period was closed; EXIT_DATA. */
MUST_CHECK bool plan_check_closed(Period period, ClosedRange closed, Error *reterr);
