/*
 * The run ledger: the lock, the run rows, which periods are closed and by whom (contract 8).
 *
 * Call order of a run that publishes: runs_lock, runs_sweep, runs_start (committed at once, so that
 * the run is seen while it works), the work in a transaction of snapshot_begin, runs_publish within
 * it, runs_commit. A run that fails says so with runs_fail. All on the leader's connection: the
 * lock ends with it, so a run whose connection died cannot publish beside its successor.
 */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "ledger/connection.h"
#include "ledger/snapshot.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* The role that the job acts under (sql/deploy/roles.sql). */
#define JOB_ROLE "tierclose_job"

/* "tiercl" in ASCII: the key of the advisory lock, one a database. Text, as SQL needs it. */
#define RUNS_LOCK_KEY "127996022383468"

enum { PERIOD_BYTES = sizeof "YYYY-MM", SHA256_BYTES = 65 };

/*
 * Takes the job's lock for this database, waiting for it if told to. EXIT_LOCKED: another run holds
 * it. While it waits it looks at *stop_signal (NULL: none), and at a signal ends with
 * EXIT_INTERRUPTED.
 */
MUST_CHECK bool runs_lock(Connection *connection, bool wait, const atomic_int *stop_signal,
                          Error *reterr);

/*
 * With the lock held: marks the running rows of dead runs as failed, and drops the standings of
 * runs that were superseded. What readers still use stays for the next sweep.
 */
MUST_CHECK bool runs_sweep(Connection *connection, Error *reterr);

typedef struct RunStart {
    const char *period;
    const char *action;
    const char *mode;
    const char *config_sha256;
    const char *config_file;
    const char *config_text;
    int32_t acted_on; /* days since 2000-01-01 */
    int32_t effective_on;
    const char *timezone;
    const char *program;
    const char *currency;
    int workers;
} RunStart;

enum { ENCODING_NAME_BYTES = 64 };

/* Whether the programme's text can be stored; EXIT_CONFIG: the database's encoding lacks a letter.
 * Gives back the encoding's name. */
MUST_CHECK bool runs_check_text(Connection *connection, const char *file, const char *text,
                                char encoding[ENCODING_NAME_BYTES], Error *reterr);

/* Adds a running row, in the open transaction or in one of its own. */
MUST_CHECK bool runs_start(Connection *connection, const RunStart *start, int64_t *ret_run_id,
                           Error *reterr);

/* Marks running rows as failed, in a transaction of its own. */
MUST_CHECK bool runs_fail(Connection *connection, const int64_t *run_ids, size_t count,
                          const char *why, Error *reterr);

/* What a run found, for its row; -1 where it did not look (levels carried forward). */
typedef struct RunFigures {
    int64_t members;
    int64_t points;
    int64_t events;
    int64_t events_earning;
    int64_t events_refund;
    int64_t events_capped;
    int64_t events_ineligible;
    int64_t events_anomalous;
    int64_t upgrades;
    int64_t downgrades;
    int64_t program_changes;
    int64_t grants;
    int64_t revoked;
    int64_t overgranted;
    int64_t anomalies; /* of the period's own month */
} RunFigures;

typedef struct RunResult {
    int64_t run_id;
    const char *period;
    bool changed;
    bool standings_written; /* false: the standings that stand are another run's */
    bool carried; /* only the levels before changed: the run that read the events stays the one
                     whose snapshot counts */
    RunFigures figures;
    const char *result_checksum;
    const char *members_digest;
    const char
        *month_rules; /* by which rules the points by month came about; NULL: they are not kept */
    const char *month_orders; /* the orders' ranges of the same months */
    const char
        *mode; /* full, incremental: known at the end, as an incremental run may have to go full */
    const char *snapshot_visible;
    const char *system_identifier; /* "": not known */
    int64_t snapshot_taken_at_us;
    int64_t late_events; /* recorded since the run before; -1: not looked for */
} RunResult;

/* In the publishing transaction: the run's row, and the period's pointer to it. */
MUST_CHECK bool runs_publish(Connection *connection, const RunResult *result, Error *reterr);

/* The programme as the views need it: one row, replaced where it differs. */
MUST_CHECK bool runs_publish_program(Connection *connection, const char *name, const char *zone,
                                     const char *currency, int32_t effective_day, Error *reterr);

/* COMMIT. EXIT_OUTCOME_UNKNOWN: the connection died before the answer came (contract 9). */
MUST_CHECK bool runs_commit(Connection *connection, Error *reterr);

/* Ends the open transaction without a trace; for errors, so it reports none. */
void runs_rollback(Connection *connection);

typedef struct ClosedPeriod {
    char period[PERIOD_BYTES];
    int64_t run_id;         /* whose standings stand */
    int64_t checked_run_id; /* the newest that computed it */
    char *snapshot_visible; /* of the run that checked it; NULL: none stored */
    int64_t snapshot_taken_at_us;
    char system_identifier[32];
    /* Of the run whose standings stand: what its points by month rest on. NULL: not kept. */
    char *base_snapshot_visible;
    int64_t base_snapshot_taken_at_us;
    char base_system_identifier[32];
    char *base_month_rules;
    char *base_month_orders;
    char config_sha256[SHA256_BYTES];
    char members_digest[SHA256_BYTES];
    char result_checksum[SHA256_BYTES];
} ClosedPeriod;

/* The closed periods, oldest first. Free with runs_closed_free. EXIT_CONFIG: sql/ is not deployed.
 */
MUST_CHECK bool runs_closed(Connection *connection, ClosedPeriod **ret_periods, size_t *ret_count,
                            Error *reterr);
void runs_closed_free(ClosedPeriod *periods, size_t count);

/* One run's row, for who has only its number. */
typedef struct LedgerRun {
    bool found;
    const char *period; /* texts in the arena; "" for what the row lacks */
    const char *status;
    const char *result_checksum;
} LedgerRun;
MUST_CHECK bool runs_find(Connection *connection, Arena *arena, int64_t run_id, LedgerRun *ret_run,
                          Error *reterr);
