/*
 * Writing a computed period (contract 8.1 to 8.3): what differs from what stands, and nothing else.
 *
 * In the leader's open transaction; several periods may be written before its one commit. Where
 * nothing differs only the run's row and the period's pointer to the newest check change.
 */
#pragma once

#include "close/difference.h"
#include "close/reading.h"

typedef struct Publication {
    Session *session;
    int64_t run_id;
    const PeriodResult *result;
    const Standing *standing;
    PeriodDifference *difference;
    const Reading *reading; /* NULL: levels carried forward, no events read */
    const char *mode;
    int64_t late_events; /* -1: not looked for */
    bool followed; /* by another period: its standings may still be being written while that one is
                      computed (standings_write.h) */
    const char *month_orders;
    const char *month_rules; /* NULL: points by month are not kept */
} Publication;

/* Compares; also the anomalies, where the events were read. */
MUST_CHECK bool publish_compare(Publication *publication, PeriodDifference *ret_difference,
                                Error *reterr);

/* Writes the difference and the run's row. */
MUST_CHECK bool publish_period(const Publication *publication, Error *reterr);

/* The days of a period's coupons under the rules in force (contract 1.5). */
GrantTerms publish_terms(const PeriodResult *result, LocalDay today);
