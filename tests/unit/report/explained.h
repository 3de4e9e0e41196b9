/*
 * Support for the tests of report/explain: a programme from YAML, a member, its events, an
 * explanation.
 *
 * The zone is 8 hours behind UTC all year, so at(2025, 1, 3, 12) is noon of that local day.
 */
#pragma once

#include "base/arena.h"
#include "report/explain.h"

enum { EXPLAINED_EVENTS_MAX = 64 };

typedef struct Explained {
    Arena arena;
    const Programme *programme;
    Calendar calendar;
    ExplainInput input;
    MemberEvent events[EXPLAINED_EVENTS_MAX];
    Explanation explanation;
} Explained;

/* The programme of the tests, or another one as YAML; the window ends with `period`. */
Explained *explained_create(const char *yaml, Period period);
void explained_destroy(Explained *explained);

/* UTC microseconds of a local hour. */
int64_t at(int32_t year, int32_t month, int32_t day, int32_t hour);

/* Adds an event of a kind; the caller fills the rest. Events must be added in time. */
MemberEvent *explained_event(Explained *explained, const char *kind, int64_t event_id,
                             int64_t occurred_at_us);
MemberEvent *explained_purchase(Explained *explained, int64_t event_id, int64_t occurred_at_us,
                                int64_t order_id, int64_t item_cents);

/* Builds, and checks that the lines add up to the months and the months to the points. */
void explained_build(Explained *explained);

/* The line of an event, which must be there; event_id 0: the first line without an event. */
const ExplainLine *explained_line(const Explained *explained, int64_t event_id);

void expect_line(const Explained *explained, int64_t event_id, int64_t points, const char *fate,
                 const char *why);
