/*
 * Builders for the tests of job/close: members, and a whole fold without a database.
 *
 * Times are texts in UTC; the fold's zone is America/Los_Angeles in 2024 to 2026, as the AliExpress
 * programme has it. The builders of the rules' tests are here too.
 */
#pragma once

#include "../programme/builders.h"
#include "close/fold.h"

/* A day that exists, "2025-12-31". */
LocalDay day_of(const char *text);

/* Appends a member; `closed_on` NULL: never closed. */
void add_member(MemberTable *members, int64_t id, const char *registered_on, const char *closed_on);
/* Ends the table; the test fails if that fails. */
void finish_members(MemberTable *members);

#define SLOT_NONE SIZE_MAX
/* The member's place in the whole table, or SLOT_NONE. */
size_t slot_of_member(const MemberTable *members, int64_t id);

typedef struct MemberEvent {
    int64_t member_id;
    Event event;
} MemberEvent;

/* A fold from its events to its points. */
typedef struct FoldRun {
    Calendar calendar;
    EventStore *store;
    Fold *fold;
    Tally *tally; /* of all workers */
    const MemberTable *members;
    bool done;
    Error error;
} FoldRun;

/*
 * Puts the events of the window into `lane_count` lanes in turn, and folds with as many workers,
 * which take the partitions in turn. Events outside the window are left out, as readers do. End it
 * with fold_run_end.
 */
FoldRun fold_run(const Programme *programme, Period period, const MemberTable *members,
                 const MemberEvent *events, size_t event_count, size_t lane_count);
void fold_run_end(FoldRun *run);

/*
 * The same from a base: the period's own month, then of the older months only those that are folded
 * again, as an incremental close does. The base must stay until the run's end.
 */
FoldRun fold_run_from(const Programme *programme, Period period, const MemberTable *members,
                      const MemberEvent *events, size_t event_count, size_t lane_count,
                      const FoldBase *base);

/* As fold_run with one lane, but the period's own month is folded, taken back, and folded again
 * with all the others. */
FoldRun fold_run_forgotten(const Programme *programme, Period period, const MemberTable *members,
                           const MemberEvent *events, size_t event_count);

/* The month of a window that ends with `period` in which the event lies; negative: outside. */
int32_t month_index_of(const Programme *programme, Period period, const Event *event);

/* A member's points and expiring points. */
/* A member's sum over the window, which must fit. */
typedef struct SlotSum {
    int64_t points;
    int64_t expiring;
} SlotSum;
SlotSum slot_sum(const Fold *fold, size_t slot);

int64_t run_points(const FoldRun *run, int64_t member_id);
int64_t run_expiring(const FoldRun *run, int64_t member_id);

/* The wall clock in America/Los_Angeles. */
int64_t los_angeles_us(int64_t utc_us);

/* Field by field. */
bool same_tally(const Tally *left, const Tally *right);
