/*
 * A computed period against what stands: what a publication has to write, and what verify has to
 * report.
 *
 * Everything compared is in the order of member_id on both sides, so each comparison is one merge.
 */
#pragma once

#include "close/result.h"
#include "ledger/anomalies.h"

/* What stands for a period, as read from the results; zero for a period never closed. */
typedef struct Standing {
    bool closed;
    int64_t run_id;
    StandingSet set;
    ChangeRow *changes;
    size_t change_count;
    GrantRow *grants; /* not revoked */
    size_t grant_count;
} Standing;

void standing_destroy(Standing *standing);

typedef struct IdList {
    int64_t *ids;
    size_t count;
    size_t capacity;
} IdList;

typedef struct PeriodDifference {
    RestatementRow *restated; /* members whose standing differs */
    size_t restated_count;
    IdList changes_gone; /* members whose standing change is no longer true */
    ChangeRow *changes_new;
    size_t changes_new_count;
    GrantRow *grants_new;
    size_t grants_new_count;
    IdList grants_revoked;     /* grant ids */
    IdList grants_overgranted; /* newly */
    IdList grants_deserved;    /* overgranted before */
    int64_t overgranted;       /* all that stand in the period after this */
    bool levels;               /* other names or thresholds: next_level and points_to_next follow */
    bool benefits;             /* filled by the caller, as the next: the database compares them */
    bool anomalies;
} PeriodDifference;

/* `today` decides whether a grant's issue has begun (contract 8.3). */
void difference_find(const PeriodResult *result, const Standing *standing, LocalDay today,
                     PeriodDifference *ret_difference);

/* Whether anything differs at all. */
bool difference_any(const PeriodDifference *difference);
void difference_destroy(PeriodDifference *difference);
