/*
 * What the ledger says of the newest closed period and of the last runs, counted: what metrics show
 * beside status.h.
 *
 * Reads what is published and computes nothing from events; tierclose_auditor suffices. Statements
 * that take longer than HEALTH_SECONDS_MAX are given up: monitoring must not hold up a night.
 */
#pragma once

#include "base/arena.h"
#include "ledger/connection.h"

#include <stddef.h>
#include <stdint.h>

enum { HEALTH_SECONDS_MAX = 30, HEALTH_LABELS_MAX = 3 };

/* A number by one to three words. */
typedef struct HealthCount {
    const char *labels[HEALTH_LABELS_MAX];
    int64_t count;
} HealthCount;

typedef struct HealthCounts {
    const HealthCount *rows; /* in the arena */
    size_t row_count;
} HealthCounts;

typedef struct Health {
    const char *program;           /* as published; NULL: nothing was */
    HealthCounts publications;     /* action: seconds since 1970 of its last success */
    HealthCounts members;          /* level */
    HealthCounts fates;            /* fate, "anomaly" for all of them */
    HealthCounts anomalies;        /* reason; no row where no run has stored them */
    HealthCounts anomalies_before; /* likewise, of the period before */
    HealthCounts changes;          /* direction */
    HealthCounts grants;           /* coupon, level, status */
    int64_t overgranted;           /* of all periods, as their newest runs found */
} Health;

MUST_CHECK bool health_read(Connection *connection, Arena *arena, Health *ret_health,
                            Error *reterr);

/* When a local day begins, in seconds since 1970. `day`: days since 2000-01-01. */
MUST_CHECK bool health_midnight(Connection *connection, const char *zone, int32_t day,
                                int64_t *ret_seconds, Error *reterr);
