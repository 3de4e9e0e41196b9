/*
 * Plain kinds: those of which, in a given month, only the number of a member's events counts.
 *
 * A visit's time, id and amount decide nothing where no campaign multiplies visits, no cap mixes
 * them with other kinds and no fraud can void them: any of a day's visits may be the one that
 * earns, and any of the month's the one that the cap cuts. So they need no list in the order of
 * time: a count, or the days for a kind that earns once a day, gives the same points and the same
 * number of events by fate as earn_month would. That is half of all events.
 *
 * Pure. Call order: plain_rules for a month; for each event that plain_takes, plain_add to its
 * member's and kind's count; plain_earn for each count.
 *
 * Example: visits earn 1 point, once a day, at most 10 a month. 14 visits on 12 days: 10 points;
 * 10 earning, 2 capped, 2 ineligible.
 */
#pragma once

#include "programme/rules.h"

/* The plain kinds of one month. */
typedef struct PlainRules {
    KindSet kinds;
    const RuleSet *rules; /* in force in the month; NULL: none are, and no kind is plain */
} PlainRules;

PlainRules plain_rules(const Programme *programme, Period month);

/* A member's events of one plain kind in one month; all zero before the first. */
typedef struct PlainCount {
    uint32_t days; /* with an eligible event: bit (day & 31) */
    uint32_t eligible;
    uint32_t events;
} PlainCount;

/* Whether an event is one of a plain kind and none of the anomalies of contract 6. Inline, as the
 * next two: they run for each event there is. */
static inline bool plain_takes(const PlainRules *plain, uint8_t slot, bool has_item,
                               int64_t item_cents)
{
    return slot < SLOTS_MAX && ((plain->kinds >> slot) & 1) != 0 &&
           (!plain->rules->kinds[slot].has_minimum || (has_item && item_cents >= 0));
}

/* Whether its amount is enough to earn (contract 4.2). */
static inline bool plain_eligible(const PlainRules *plain, uint8_t slot, int64_t item_cents)
{
    const KindRule *kind = &plain->rules->kinds[slot];
    return !kind->has_minimum || item_cents >= kind->min_amount_cents;
}

/* `day`: the local day, or its last five bits, which tell a month's days apart. */
static inline void plain_add(PlainCount *count, uint32_t day, bool eligible)
{
    count->events++;
    count->eligible += eligible;
    count->days |= (uint32_t)eligible << (day & 31);
}

/* What a count comes to (contract 4.1 to 4.4); the three numbers of events add up to its events. */
typedef struct PlainEarned {
    int64_t points;
    int64_t earning;
    int64_t capped;
    int64_t ineligible;
} PlainEarned;

PlainEarned plain_earn(const RuleSet *rules, uint8_t slot, const PlainCount *count);
