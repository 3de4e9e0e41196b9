/*
 * One period of a command: its run row, its computation, its publication or its dry run, its
 * summary.
 *
 * close, settle, restate and backfill differ in which periods they take, in what order they commit,
 * and in nothing else; what they share is here.
 */
#pragma once

#include "close/compute.h"
#include "close/publish.h"

typedef struct PeriodRun {
    Session *session;
    Reading *reading; /* NULL: carry levels forward into the standings that stand */
    Period period;
    const char *action;
    int64_t run_id;      /* 0: a dry run */
    int64_t late_events; /* for the summary */
    bool may_be_incremental;
    bool followed; /* by another period in the same transaction: the result must stay where it is
                      until that one has run (standings_write.h) */
    const PeriodResult
        *previous;        /* the period before, computed from the same reading; NULL: none */
    const char *mode;     /* set by period_run */
    const char *why_full; /* likewise */
} PeriodRun;

/* Starts a run's row, to be seen while it works; a dry run has none. */
MUST_CHECK bool period_run_start(Session *session, Period period, const char *action,
                                 int64_t *ret_run_id, Error *reterr);

/*
 * Computes the period, compares it with what stands and, unless this is a dry run, writes it into
 * the open transaction; keeps the summary until session_tell. *ret_result is the caller's;
 * *ret_changed tells whether anything differed.
 */
MUST_CHECK bool period_run(PeriodRun *run, PeriodResult *ret_result, bool *ret_changed,
                           Error *reterr);

/*
 * After `result` of a period that was closed before: gives the later closed periods their new
 * levels before, as long as that changes anything (contract 8.3). In the open transaction.
 */
MUST_CHECK bool period_run_carry(Session *session, const PeriodResult *result, const char *action,
                                 Error *reterr);

/* The result's summary; its lists and names live as long as the session. */
RunSummary period_run_summary(Session *session, const PeriodResult *result,
                              const PeriodDifference *difference);
