/*
 * What the run ledger says of the job's state (contract 9, status).
 *
 * Reads tierclose.runs and tierclose.published; the user's own rights are enough (tierclose_auditor
 * has them). Whether a run that says `running` is at work shows in the job's lock: the server lets
 * go of it when the run's connection ends, so without a holder such a run is dead.
 */
#pragma once

#include "base/arena.h"
#include "ledger/connection.h"

#include <stddef.h>
#include <stdint.h>

enum { STATUS_RUNS_MAX = 10 };

/* All texts live in the arena; times are "YYYY-MM-DDTHH:MM:SSZ". */
typedef struct StatusRun {
    int64_t run_id;
    const char *period;
    const char *action;
    const char *mode;
    const char *status; /* running, published, failed */
    const char *started_at;
    const char *finished_at; /* NULL: not */
    const char *error;       /* NULL: none */
    int64_t milliseconds;    /* -1: not finished */
    int64_t members;         /* these are 0 until it is published */
    int64_t points;
    int64_t events;
    int64_t upgrades;
    int64_t downgrades;
    int64_t grants;
    int64_t anomalies;
    bool changed; /* its result was not what stood */
    bool stands;  /* its standings are what readers see */
    bool carried; /* it read no event: the levels before changed, the standings stayed */
} StatusRun;

typedef struct Status {
    bool lock_held; /* a run is at work now */
    bool any_closed;
    const char *oldest_period; /* all from it to the newest are closed; NULL: none */
    const char *newest_period;
    int64_t newest_run_id;
    int32_t newest_effective_on;     /* days since 2000-01-01 */
    StatusRun runs[STATUS_RUNS_MAX]; /* the newest first */
    size_t run_count;
    bool any_published;
    StatusRun last_published;
} Status;

/* EXIT_CONFIG: sql/ is not deployed to this database, or the user may not read it. */
MUST_CHECK bool status_read(Connection *connection, Arena *arena, Status *ret_status,
                            Error *reterr);
