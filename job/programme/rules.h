/*
 * What a programme file says, as immutable structs.
 *
 * config/ builds a Programme in the run's arena and never changes it again; everyone else reads it,
 * from any thread. Amounts are cents, multipliers and points_per_unit are hundredths, so every rule
 * is whole-number arithmetic (contract 10).
 *
 * Kinds of events are known by *slot*: a small index into Programme.kinds, so that a set of kinds
 * is one word. The slots of the four built-in names are fixed; the others follow in the order in
 * which the file names them. The number that the database gives a kind is found at run time
 * (ledger/).
 */
#pragma once

#include "programme/period.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SLOT_PURCHASE = 0,
    SLOT_REFUND = 1,
    SLOT_FRAUD = 2,
    SLOT_CATEGORY_BONUS = 3, /* a kind for caps and reports only: no event has it (contract 3.7) */
    SLOT_FIRST_OTHER = 4,
    SLOTS_MAX = 64,     /* so that a KindSet fits one word */
    SLOT_UNKNOWN = 255, /* an event whose kind no rule of the file names */

    LEVELS_MAX = 100,
    CAPS_MAX = 64,
    CAMPAIGNS_MAX = 1000,
    COUPONS_MAX = 1000,
    RULESETS_MAX = 1000,
    WINDOW_MONTHS_MAX = 60,
    MULTIPLIER_ONE = 100, /* hundredths */
};

#define NO_LIMIT INT64_MAX

typedef uint64_t KindSet; /* bit s: the kind with slot s */

typedef struct Level {
    const char *name;
    int64_t min_points;
    const char *benefits_json; /* one JSON object, "{}" where the file says nothing */
} Level;

/* How one kind other than purchase earns (contract 4.1, 4.2). */
typedef struct KindRule {
    bool in_force; /* listed under earning */
    bool recorded; /* points: recorded */
    bool once_per_day;
    int64_t points;           /* where not recorded; >= 0 */
    bool has_minimum;         /* else the amount is not looked at */
    int64_t min_amount_cents; /* with has_minimum; may be 0: then it must only be there */
} KindRule;

/* How purchases earn (contract 3.6, 3.7). */
typedef struct PurchaseRule {
    bool in_force;
    int64_t points_per_order;
    int64_t points_per_unit_hundredths;
    int64_t min_amount_cents;
    int64_t max_per_order; /* NO_LIMIT: none */
    int64_t bonus_points;  /* category_bonus; 0: none */
    int64_t bonus_max_per_day;
} PurchaseRule;

/* A bound on what a set of kinds earns in a day or a month (contract 4.4). */
typedef struct Cap {
    KindSet kinds;
    bool per_day; /* else per month */
    int64_t max_points;
    const char *text; /* for people: "visit, review: at most 10 a month" */
} Cap;

typedef struct Campaign {
    const char *name;
    KindSet kinds;
    int64_t from_local_us;  /* wall clock, microseconds since 2000-01-01 00:00 local; inclusive */
    int64_t until_local_us; /* exclusive */
    int64_t multiply_hundredths;
} Campaign;

typedef struct Coupon {
    int32_t level_rank; /* the level whose reaching grants it */
    const char *code;
    int64_t value_cents;
    int64_t min_spend_cents;
} Coupon;

typedef struct CouponRules {
    int32_t issue_from_day;  /* 1..28, of the month after the period */
    int32_t issue_until_day; /* >= issue_from_day */
    int32_t valid_days;
    bool each_level;       /* skipped_levels: each */
    bool once_per_level;   /* repeat: once_per_level */
    const Coupon *coupons; /* sorted by level_rank, then in the file's order */
    size_t coupon_count;
} CouponRules;

/* One entry under `rules`, in force from its month until the next entry's (contract 4.5). */
typedef struct RuleSet {
    Period from;
    const Level *levels; /* from the lowest to the highest; levels[0].min_points is 0 */
    size_t level_count;
    PurchaseRule purchase;
    KindRule kinds[SLOTS_MAX]; /* by slot; those of the built-in slots are not used */
    const Cap *caps;           /* in the order in which they bite: days first, smaller sets first */
    size_t cap_count;
    bool refund_voids_order;
    bool fraud_voids_member;
    const Campaign *campaigns;
    size_t campaign_count;
    CouponRules coupons;
} RuleSet;

/* Where in the file something stands, for errors that are found after loading. */
typedef struct FilePlace {
    int32_t line;   /* from 1 */
    int32_t column; /* from 1 */
} FilePlace;

typedef struct Programme {
    const char *file; /* as the user named it */
    const char *text; /* the file's bytes, for the run ledger */
    char sha256[65];  /* of those bytes, in hex */
    const char *name; /* program: */
    const char *timezone;
    FilePlace timezone_place;
    const char *currency;
    int32_t window_months;
    int32_t effective_day; /* 1..28 */
    bool settle;
    const char *source_members; /* as written: name or schema.name */
    const char *source_events;
    const char *source_kinds;
    const char *kinds[SLOTS_MAX];     /* names by slot */
    FilePlace kind_places[SLOTS_MAX]; /* where each is first named; line 0 for a built-in one that
                                         is not */
    size_t kind_count;                /* at least SLOT_FIRST_OTHER */
    const RuleSet *rulesets;          /* by `from`, oldest first; at least one */
    size_t ruleset_count;
} Programme;

/* The rules in force in a month; NULL where the file's oldest entry is younger (contract 4.5). */
const RuleSet *rules_in_force(const Programme *programme, Period month);

/* The rank of a level's name in a rule set, or -1. */
int32_t rules_level_rank(const RuleSet *rules, const char *name);

/* Puts "FILE:LINE:COLUMN: " before the error's message and returns false. */
bool programme_error_at(const Programme *programme, FilePlace place, Error *reterr);
