/*
 * The job: what the commands that close, restate and verify call (contract 8).
 *
 * A Job is built by command/ from options and passed by pointer; nothing here prints. What a person
 * is to read comes back through `on_summary` (one for each period that was computed) and `on_note`
 * (one plain sentence, for example that nothing is due). Long steps report through `progress`.
 *
 * Every function takes the job's lock where it publishes, reads the events under one exported
 * snapshot with `workers` connections, and publishes in one commit. On failure nothing was
 * published, except with EXIT_OUTCOME_UNKNOWN. One thread calls; workers are started and joined
 * inside.
 */
#pragma once

#include "base/progress.h"
#include "programme/earn.h"
#include "programme/level.h"
#include "programme/rules.h"

#include <stdatomic.h>

enum { WORKERS_MAX = 64 };

/* How many members go from one level to another; from == to for those who stay. */
typedef struct LevelFlow {
    const char *from; /* NULL: no standing before */
    const char *to;
    Direction direction;
    int64_t members;
} LevelFlow;

typedef struct CouponCount {
    const char *level;
    const char *code;
    int64_t grants; /* deserved in this period, those that stood before included */
} CouponCount;

/* What a run found and did; the strings live as long as the call of on_summary. */
typedef struct RunSummary {
    int64_t run_id; /* 0: a dry run */
    Period period;
    const char *action; /* close, settle, restate, backfill */
    const char *mode;   /* full, incremental: then only the own month's events are counted */
    const char
        *why_full; /* why an incremental close was not possible; NULL: it was, or was not wanted */
    bool dry_run;
    bool open_month; /* a dry run of a month that has not ended */
    bool changed;    /* false: the result equals what stood, nothing was rewritten */
    bool carried;    /* a later period that only got new levels before (contract 8.3) */
    LocalDay effective_on;
    LocalDay issue_from;
    LocalDay issue_until;
    LocalDay expires_on;
    int64_t late_events; /* recorded since the run before; -1: not known */
    int64_t members;
    int64_t points;
    int64_t events;                   /* read: those of the window */
    int64_t window_fates[FATE_COUNT]; /* they add up to events (contract 6) */
    int64_t month_fates[FATE_COUNT];  /* those of the period's own month */
    int64_t upgrades;
    int64_t downgrades;
    int64_t program_changes;
    int64_t grants;     /* deserved */
    int64_t new_grants; /* of them written by this run */
    int64_t lapsed;     /* of the new ones, those written after their issue (contract 8.3) */
    int64_t revoked;
    int64_t overgranted; /* kept though no longer deserved */
    const LevelFlow *flows;
    size_t flow_count;
    const CouponCount *coupons;
    size_t coupon_count;
    char result_checksum[65];
    double seconds;
} RunSummary;

typedef struct Job {
    const Programme *programme;
    const char *dsn; /* NULL: libpq's own environment */
    int workers;     /* 0: as many as the machine has cores, 4 at most */
    size_t
        memory_bytes; /* to keep within, by reading more than once; 0: a quarter of the machine's */
    bool full;        /* read everything, and compute also where nothing has changed */
    bool dry_run;
    bool no_wait;
    bool has_today;
    LocalDay today; /* else the database's clock in the programme's zone */
    Progress *progress;
    atomic_int *stop_signal; /* SIGINT or SIGTERM once it came, else 0 */
    void (*on_summary)(void *context, const RunSummary *summary);
    void (*on_note)(void *context, const char *sentence);
    void *context;
} Job;

/* Closes what is due, or one period (contract 8.3, 8.4). */
MUST_CHECK bool job_close(const Job *job, bool has_period, Period period, Error *reterr);

/* Closes first..last anew, in one publication, and carries the levels forward (contract 8.3). */
MUST_CHECK bool job_backfill(const Job *job, Period first, Period last, Error *reterr);

/* Computes one closed period anew and carries the levels forward (contract 8.3). */
MUST_CHECK bool job_restate(const Job *job, Period period, Error *reterr);

/* A member whose recomputed standing, change or grant is not what stands. */
typedef struct Difference {
    int64_t member_id;
    const char *what;     /* "standing", "level change", "grant" */
    const char *stands;   /* as published, "none" */
    const char *computed; /* as recomputed now, "none" */
} Difference;

enum { DIFFERENCES_SHOWN_MAX = 20 };

typedef struct VerifyResult {
    RunSummary summary; /* of the recomputation */
    int64_t standing_run_id;
    int64_t differences;
    bool other_levels;   /* one of them: the configuration's levels are not those that stand */
    int64_t late_events; /* recorded since the period was last computed: they explain differences */
    Difference shown[DIFFERENCES_SHOWN_MAX];
    size_t shown_count;
} VerifyResult;

/* Recomputes a closed period in full and compares (contract 9); on_result gets what was found. */
MUST_CHECK bool job_verify(const Job *job, Period period,
                           void (*on_result)(void *context, const VerifyResult *result),
                           bool *ret_equal, Error *reterr);
