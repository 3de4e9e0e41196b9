/*
 * Small builders, so that a case of a unit test is one readable line.
 *
 * Times are texts such as "2025-05-10 12:00:00.000001". Unless a test says otherwise the wall clock
 * is UTC, so that a case reads without a zone. Dates are turned into numbers by the C library, not
 * by the modules under test. Builders end the test when a text makes no sense.
 *
 * Example:
 *     const FoldCase cases[] = {
 *         {"a refund takes its part", .events = {buy(1, "2025-05-10 12:00", 7, 12050),
 *                                                refund(2, "2025-06-01 12:00", 7, 2050)},
 *          .points = 100, .fates = "earning refunds"},
 *     };
 *     check_fold_cases(cases, COUNT(cases));
 */
#pragma once

#include "programme/earn.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The slots of the kinds in standard_rules, after the built-in ones. */
enum {
    SLOT_REVIEW = SLOT_FIRST_OTHER,
    SLOT_VISIT,
    SLOT_FOLLOW,
    SLOT_CLUB_POST,
    SLOT_BONUS,
    SLOT_ADJUSTMENT,
    SLOT_STANDARD_END,
};

#define KIND_SET(slot) (UINT64_C(1) << (slot))

/* A wall clock time in microseconds since 2000-01-01 00:00. */
int64_t at(const char *when);
/* The month of a wall clock time, as a Period. */
Period month_of_local(int64_t local_us);
Period month(int32_t year, int32_t month_of_year);

/* The programme of contract 10, without its campaign. */
RuleSet standard_rules(void);

/* Events. The wall clock is UTC; in_wall_clock changes that. */
Event event_of(uint8_t slot, int64_t event_id, const char *when);
Event buy(int64_t event_id, const char *when, int64_t order_id, int64_t item_cents);
Event refund(int64_t event_id, const char *when, int64_t order_id, int64_t item_cents);
Event refund_all(int64_t event_id, const char *when, int64_t order_id);
Event fraud(int64_t event_id, const char *when, int64_t order_id);
Event review(int64_t event_id, const char *when, int64_t item_cents);
Event visit(int64_t event_id, const char *when);
Event follow(int64_t event_id, const char *when);
Event club_post(int64_t event_id, const char *when);
Event bonus(int64_t event_id, const char *when, int32_t points);
Event adjustment(int64_t event_id, const char *when, int32_t points);

Event with_discount(Event event, int64_t discount_cents);
Event with_categories(Event event, size_t count, const int32_t *categories);
Event with_item(Event event, int64_t item_cents);
Event without_order(Event event);
Event without_item(Event event);
Event without_points(Event event);
Event in_wall_clock(Event event, const char *local);

/* with_categories(buy(...), CATEGORIES(1, 2, 3)) */
#define CATEGORIES(...)                                                                            \
    sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t), (const int32_t[])                    \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

enum { FOLD_EVENTS_MAX = 64, FOLD_MONTHS_MAX = 24, FOLD_LINES_MAX = 128, FATES_TEXT_BYTES = 2048 };

/* What a member's months came to. */
typedef struct Folded {
    bool done;
    Error error;
    int64_t points;                 /* of all months */
    Period months[FOLD_MONTHS_MAX]; /* newest first */
    int64_t month_points[FOLD_MONTHS_MAX];
    size_t month_count;
    Event events[FOLD_EVENTS_MAX]; /* with their fates, by event_id */
    size_t event_count;
    char fates[FATES_TEXT_BYTES]; /* their names in that order, with blanks between */
    Earned lines[FOLD_LINES_MAX]; /* as earn_lines gave them, month after month */
    size_t line_count;
} Folded;

/* Folds the months that have events, newest first, under a programme or under one rule set. */
Folded fold_programme(const Programme *programme, const Event *events, size_t event_count);
Folded fold(const RuleSet *rules, const Event *events, size_t event_count);

/* The points of a month in what fold returned; 0 where it had no event. */
int64_t folded_month(const Folded *folded, Period wanted);
/* The line of an event, the category bonus line for id 0; NULL if there is none. */
const Earned *folded_line(const Folded *folded, int64_t event_id);

enum { CASE_EVENTS_MAX = 14 };

/* A row of a table: standard rules, changed, and events; their points and fates by event_id. */
typedef struct FoldCase {
    const char *name;
    void (*change)(RuleSet *rules); /* NULL: the standard rules */
    Event events[CASE_EVENTS_MAX];  /* until the first with event_id 0 */
    int64_t points;
    const char *fates;
} FoldCase;

void check_fold_cases(const FoldCase *cases, size_t case_count);

/* A generator of random numbers that gives the same on every machine (splitmix64). */
typedef struct Random {
    uint64_t state;
} Random;

uint64_t random_next(Random *random);
/* A number from 0 to bound - 1. */
int64_t random_below(Random *random, int64_t bound);
/* The first seed of a property test: 1, or TIERCLOSE_SEED from the environment. */
uint64_t first_seed(void);
