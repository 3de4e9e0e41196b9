/*
 * Why a member has the points and the level it has: every event of the window with its words.
 *
 * explain_build folds a member's events with the job's own rules (programme/earn.h), month by month
 * from the newest, and words every line; it knows no database. explain_read.h gets its input from
 * one, explain_print.h writes the result. Everything an Explanation points to lives in the arena.
 *
 * The sums hold: the lines' points add up to their month's, the months' to the points (contract 9).
 * Two rules make that so. A credit's points stand on its first event, and a split shipment's other
 * events have 0. And where the window's sum is below 0, so that contract 5.1 raises the points to
 * 0, a line of the kind "floor" on the period's last day, without an event, holds the difference;
 * it counts in its month's points.
 */
#pragma once

#include "base/arena.h"
#include "programme/calendar.h"
#include "programme/rules.h"

/* One event of the member, as the table has it, with its kind found. */
typedef struct MemberEvent {
    int64_t event_id;
    int64_t occurred_at_us; /* UTC */
    int64_t order_id;
    int64_t item_cents;
    int64_t discount_cents; /* 0 where missing */
    const int32_t *categories;
    uint32_t category_count;
    int32_t points;
    const char *kind; /* for people, also where no rule knows it */
    uint8_t slot;     /* SLOT_UNKNOWN: no rule of the file names the kind */
    bool has_order;
    bool has_item;
    bool has_points;
    bool is_late; /* recorded after the published run had read the events */
} MemberEvent;

/* A published standing of the member, or that there is none. */
typedef struct PublishedStanding {
    bool closed;  /* the period is closed: somebody's standings stand */
    bool present; /* the member's is among them */
    int64_t run_id;
    int64_t points;
    const char *level;
} PublishedStanding;

/* A run that gave the member another standing in the period than the one before; the first run. */
typedef struct Publication {
    int64_t run_id;
    const char *action;
    const char *day; /* the local date that the run took for today, YYYY-MM-DD */
    bool present;    /* false: it left the member without a standing */
    int64_t points;
    const char *level;
} Publication;

typedef struct ExplainInput {
    const Programme *programme;
    const Calendar *calendar; /* of the window that ends with `period` */
    Period period;
    LocalDay today;
    bool open; /* the period has not ended */
    int64_t member_id;
    LocalDay registered_on;
    LocalDay closed_on; /* INT32_MAX: open */
    const MemberEvent
        *events; /* by (occurred_at, event_id); those outside the window are left out */
    size_t event_count;
    PublishedStanding published;     /* of `period` */
    PublishedStanding before;        /* of the period before */
    const Publication *publications; /* of `period`, oldest first */
    size_t publication_count;
    bool late_known;  /* is_late tells; false: the events or the run do not say */
    bool other_rules; /* the published run had another programme file than this one */
} ExplainInput;

typedef struct ExplainLine {
    LocalDay day;
    bool has_event;
    bool has_order;
    int64_t event_id;
    int64_t order_id;
    const char *kind;
    const char *fate; /* as in the run's summary; "earning" for a category bonus; "floor" */
    bool is_late;
    int64_t points;
    const char *why;
} ExplainLine;

typedef struct ExplainMonth {
    Period month;
    int64_t points;
    size_t first; /* its lines: lines[first .. first + count) */
    size_t count;
} ExplainMonth;

/* What has changed since the period was published. */
typedef struct ExplainSince {
    bool differs;        /* what is published is not what the events give now */
    size_t late_count;   /* of the window's events; 0 where it is not known */
    bool late_explains;  /* without the late events it is what is published */
    bool then_present;   /* there is a standing without the late events, */
    int64_t then_points; /* with these points */
    const char *then_level;
} ExplainSince;

typedef struct Explanation {
    const ExplainInput *input;
    const char *no_standing; /* why there is no standing in the period; NULL: there is one */
    int64_t sum;             /* of the window, may be below 0 */
    int64_t points;
    const Level *level;         /* NULL without standing */
    const Level *next_level;    /* NULL on the highest */
    int64_t expiring_points;    /* of the window's oldest month */
    const ExplainMonth *months; /* all of the window, oldest first */
    size_t month_count;
    const ExplainLine *lines; /* by month, then by (day, occurred_at, event_id) */
    size_t line_count;
    ExplainSince since;
} Explanation;

/* EXIT_CONFIG: no rules are in force for the period. EXIT_DATA: points or amounts leave int64. */
MUST_CHECK bool explain_build(Arena *arena, const ExplainInput *input, Explanation *ret_explanation,
                              Error *reterr);
