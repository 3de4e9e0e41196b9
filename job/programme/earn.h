/*
 * One member's month: what its events earn (contract 3, 4 and 6).
 *
 * No I/O and no clock, so a month closed last year replays to the same points.
 *
 * The months of a window are folded from the newest to the oldest. A refund acts on its own month
 * and earlier ones, the latest credit first, so what a month's refunds leave untaken is handed
 * down, as Takes, to the month before; nothing ever has to be looked up in a month that was already
 * folded. Call order for a member: an empty TakeList, earn_month for each month with events (newest
 * first), then take_fate for each take that is left in the list.
 *
 * Example: a credit of 120.50 in May, a refund of 20.50 in June. earn_month(June) finds no credit
 * of the order and leaves the take in the list; earn_month(May) takes 20.50 off the credit:
 * floor(100.00) = 100 points, dated on the day of the credit (contract 3.2, 3.3).
 *
 * A fraud that voids its member (contract 3.5) reaches the events of its own local month and
 * earlier months, like any take. That differs from "occurred at or before it" only where clocks go
 * back over a month's end, as St John's did until 2011: what occurred before it, but in the next
 * local month, stays.
 *
 * A workspace is one thread's; its buffers grow to the largest member-month seen and are reused.
 */
#pragma once

#include "programme/rules.h"

/* What became of an event. The anomalies come last, in the order in which they are looked for. */
typedef enum Fate {
    FATE_EARNING,
    FATE_REFUND,
    FATE_CAPPED,
    FATE_INELIGIBLE,
    FATE_UNKNOWN_MEMBER,
    FATE_UNKNOWN_KIND,
    FATE_MISSING_ORDER_ID,
    FATE_MISSING_AMOUNT,
    FATE_NEGATIVE_AMOUNT,
    FATE_MISSING_POINTS,
    FATE_UNMATCHED_REFUND,
    FATE_COUNT,
    FATE_FIRST_ANOMALY = FATE_UNKNOWN_MEMBER,
    FATE_OPEN = FATE_COUNT, /* a refund whose fate earlier months decide */
} Fate;

/* The name that tables and reports use ("earning", "unmatched_refund", ...). */
const char *fate_name(Fate fate);

/* Why an eligible-looking event earned nothing; for people. */
typedef enum Ineligible {
    INELIGIBLE_NOT,
    INELIGIBLE_BELOW_MINIMUM,
    INELIGIBLE_REPEATED_ON_DAY,
    INELIGIBLE_REFUNDED,
    INELIGIBLE_VOIDED,
} Ineligible;

enum {
    EVENT_HAS_ORDER = 1,
    EVENT_HAS_ITEM = 2,
    EVENT_HAS_POINTS = 4,
};

typedef struct Event {
    int64_t event_id;
    int64_t occurred_at_us; /* UTC */
    int64_t local_us;       /* wall clock */
    int64_t order_id;
    int64_t item_cents;
    int64_t discount_cents; /* 0 where missing */
    const int32_t *categories;
    uint32_t category_count;
    int32_t points;
    uint8_t slot;       /* the kind; SLOT_UNKNOWN */
    uint8_t present;    /* EVENT_HAS_* */
    uint8_t fate;       /* out: Fate */
    uint8_t ineligible; /* out: Ineligible */
} Event;

/* What a refund or fraud still wants from its order's credits. */
typedef struct Take {
    int64_t order_id;
    int64_t occurred_at_us;
    int64_t event_id;
    int64_t remaining_cents; /* where it does not want all */
    int64_t taken_cents;
    Period month;   /* its own */
    bool has_order; /* false: a fraud without order that voids its member all the same */
    bool wants_all;
    bool found; /* its order held something when its turn came */
    bool is_fraud;
    bool voids_member; /* contract 3.5 */
} Take;

typedef struct TakeList {
    Take *items;
    size_t count;
    size_t capacity;
} TakeList;

/* A credit, another earning event or a day's category bonus: what adds up to the month's points. */
typedef struct Earned {
    int64_t occurred_at_us; /* INT64_MAX for a category bonus: after the day's events */
    int64_t event_id;       /* a credit's first; 0 for a category bonus */
    int64_t points;         /* what counts, after the caps */
    int64_t uncapped_points;
    int64_t amount_cents; /* a credit's, before refunds */
    int64_t taken_cents;
    const Campaign *campaign; /* NULL: none */
    const Cap *cap;           /* the last one that cut it; NULL: none */
    size_t event_index;       /* its (first) event; the categories' count for a bonus */
    size_t event_count;       /* of a credit */
    LocalDay day;
    uint8_t slot;
    bool order_capped; /* max_per_order or max_per_day of the bonus cut it */
    bool eligible;     /* false: a credit that earns nothing */
} Earned;

typedef struct EarnWorkspace EarnWorkspace;
EarnWorkspace *earn_workspace_create(void);
void earn_workspace_destroy(EarnWorkspace *workspace);

/*
 * Folds one member's events of one local month. `rules`: those in force then, NULL where none are.
 * `events` may come in any order and are sorted by (occurred_at, event_id); each gets its fate,
 * FATE_OPEN for refunds. `takes`: in, what later months' refunds still want; out, that and this
 * month's, after they took from this month's credits. *ret_points is the month's sum. EXIT_DATA
 * where amounts or points leave int64.
 */
MUST_CHECK bool earn_month(EarnWorkspace *workspace, const RuleSet *rules, Period month,
                           Event *events, size_t event_count, TakeList *takes, int64_t *ret_points,
                           Error *reterr);

/* The lines of the last earn_month, by (day, occurred_at, event_id): sorted now, as the close never
 * asks. Valid until the next earn_month. */
const Earned *earn_lines(EarnWorkspace *workspace, size_t *ret_count);

/* Adds the points of the last earn_month by kind (slot); false where a sum does not fit, which is
 * then not to be used. */
bool earn_add_by_kind(const EarnWorkspace *workspace, int64_t points[SLOTS_MAX]);

/* True when no earlier month can change the take's fate. */
bool take_is_settled(const Take *take);
/* The fate of a take when the window ends (or once it is settled): refund, missing order,
 * unmatched. */
Fate take_fate(const Take *take);
void take_list_add(TakeList *list, const Take *take);
