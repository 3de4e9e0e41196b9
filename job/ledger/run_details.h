/*
 * What a run counted, in the detail that the report shows: points by month and source, events by
 * kind and fate. In the publishing transaction, after the periods before it are published.
 *
 * A run counts the sources of its period's own month. Those of the window's older months are taken
 * over from the runs that stand for these months, so that a run's sources stay as they were also
 * where an older month is restated later; and so that it does not matter whether the older months'
 * events were read.
 */
#pragma once

#include "ledger/connection.h"

#include <stddef.h>
#include <stdint.h>

typedef struct RunMonth {
    const char *month; /* YYYY-MM */
    int64_t points;
} RunMonth;

typedef struct RunSource {
    const char *source;
    int64_t points;
} RunSource;

typedef struct RunFate {
    const char *kind;
    const char *fate;
    int64_t events;
} RunFate;

typedef struct RunDetails {
    int64_t run_id;
    const char *period;
    const char *first_month; /* of the window */
    const RunMonth *months;
    size_t month_count;
    const RunSource *sources; /* of the period's own month */
    size_t source_count;
    const RunFate *fates; /* of the period's own month */
    size_t fate_count;
} RunDetails;

MUST_CHECK bool run_details_write(Connection *connection, const RunDetails *details, Error *reterr);
