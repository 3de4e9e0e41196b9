/*
 * What a period comes to: standings, level changes, deserved coupons (contract 5).
 *
 * Made from a fold and the levels before, in memory, in the order of member_id, so that it can be
 * compared with what stands, written, or shown by a dry run. Rows' names point into the rules and
 * the arena of the run.
 */
#pragma once

#include "base/sha256.h"
#include "close/fold.h"
#include "close/job.h"
#include "ledger/changes.h"
#include "ledger/grants.h"
#include "ledger/standing.h"

/* The standings of the period before, with the names of their levels by rank. */
typedef struct LevelsBefore {
    const StandingRow *rows; /* by member_id */
    size_t row_count;
    const char *names[LEVELS_MAX];
    size_t level_count;
} LevelsBefore;

typedef struct PeriodResult {
    const RuleSet *rules;
    Period period;
    bool months_kept;
    bool month_sums_known; /* not where one leaves int64 */
    bool points_overflow;  /* their sum does not fit */
    StandingRow *standings;
    size_t standing_count;
    MonthPool months;                      /* of the standings; empty where they are not kept */
    size_t month_count;                    /* of the window */
    int64_t month_sums[WINDOW_MONTHS_MAX]; /* of all standings' points by month */
    OrderRange orders[WINDOW_MONTHS_MAX];  /* of its months */
    ChangeRow *changes;
    size_t change_count;
    GrantRow *grants; /* deserved; grant_id 0; by (member_id, level, coupon) */
    size_t grant_count;
    int64_t points; /* the sum */
    int64_t upgrades;
    int64_t downgrades;
    int64_t program_changes;
    LevelFlow *flows; /* from each level to each, where anybody goes */
    size_t flow_count;
    Tally *tally; /* NULL: the events were not read (levels carried forward) */
    char checksum[SHA256_HEX_BYTES];
} PeriodResult;

/* The standings of those who get one (contract 2.2), with their points by month. EXIT_DATA where a
 * member's sum leaves int64. */
MUST_CHECK bool result_standings(PeriodResult *result, const MemberTable *members, Fold *fold,
                                 Error *reterr);

/* Checks that the own month's points by source add up to its sum; EXIT_BUG where not. */
MUST_CHECK bool result_reconcile_sources(const PeriodResult *result, Error *reterr);

/*
 * Changes, flows and the coupons that they deserve, from the standings and the levels before
 * (contract 5.2 to 5.4, without once_per_level).
 */
void result_changes(PeriodResult *result, const LevelsBefore *before);

/*
 * once_per_level: drops the grants whose coupon the member holds already, in another period
 * (`elsewhere`, by member_id); those that stand in this period (`standing`) stay.
 */
void result_once_per_level(PeriodResult *result, const GrantRow *elsewhere, size_t elsewhere_count,
                           const GrantRow *standing, size_t standing_count);

/*
 * The checksum of standings, changes and deserved grants: SHA-256 over tab-separated lines
 * "member_id points level expiring_points", then "member_id from_level to_level direction points",
 * then "member_id level coupon", each part in the order of member_id. `psql` can compute the same.
 */
void result_checksum(PeriodResult *result);

void result_destroy(PeriodResult *result);

/* Order of grants: member_id, level, coupon. */
int grant_compare(const void *left, const void *right);
