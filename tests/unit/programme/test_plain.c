/*
 * programme/plain: counts of events of plain kinds come to what earn_month makes of the events
 * themselves (contract 4), and a kind is plain only where that holds.
 */
#include "builders.h"
#include "programme/calendar.h"
#include "programme/plain.h"

#include <criterion/criterion.h>

enum { SEEDS = 4000, EVENTS = 40 };

static Programme programme_of(const RuleSet *rules, size_t count)
{
    return (Programme){
        .window_months = 12,
        .kind_count = SLOT_STANDARD_END,
        .rulesets = rules,
        .ruleset_count = count,
    };
}

/* What a month's plain kinds are once the standard rules are changed. */
typedef struct KindsCase {
    const char *name;
    void (*change)(RuleSet *rules); /* NULL: the standard rules */
    KindSet kinds;
} KindsCase;

#define ALL_PLAIN                                                                                  \
    (KIND_SET(SLOT_REVIEW) | KIND_SET(SLOT_VISIT) | KIND_SET(SLOT_FOLLOW) |                        \
     KIND_SET(SLOT_CLUB_POST))

static void campaign_in_month(RuleSet *rules)
{
    static Campaign campaign = {
        .name = "double visits", .kinds = KIND_SET(SLOT_VISIT), .multiply_hundredths = 200};
    campaign.from_local_us = at("2025-05-31 23:59:59.999999");
    campaign.until_local_us = at("2025-06-01 00:00");
    rules->campaigns = &campaign;
    rules->campaign_count = 1;
}

static void campaigns_beside_month(RuleSet *rules)
{
    static Campaign campaigns[2] = {{.name = "before", .kinds = KIND_SET(SLOT_VISIT)},
                                    {.name = "after", .kinds = KIND_SET(SLOT_VISIT)}};
    campaigns[0].from_local_us = at("2025-04-01 00:00");
    campaigns[0].until_local_us = at("2025-05-01 00:00");
    campaigns[1].from_local_us = at("2025-06-01 00:00");
    campaigns[1].until_local_us = at("2025-07-01 00:00");
    rules->campaigns = campaigns;
    rules->campaign_count = 2;
}

static void day_cap(RuleSet *rules)
{
    static const Cap caps[] = {{KIND_SET(SLOT_FOLLOW), true, 1, "follow: at most 1 a day"}};
    rules->caps = caps;
    rules->cap_count = COUNT(caps);
}

static void shared_cap(RuleSet *rules)
{
    static const Cap caps[] = {
        {KIND_SET(SLOT_FOLLOW) | KIND_SET(SLOT_BONUS), false, 9, "at most 9 a month"}};
    rules->caps = caps;
    rules->cap_count = COUNT(caps);
}

static void many_points(RuleSet *rules)
{
    rules->kinds[SLOT_CLUB_POST].points = 1000001;
}

static void visits_not_listed(RuleSet *rules)
{
    rules->kinds[SLOT_VISIT].in_force = false;
}

static void voided_members(RuleSet *rules)
{
    rules->fraud_voids_member = true;
}

Test(plain, a_kind_is_plain_where_only_the_number_of_its_events_counts)
{
    static const KindsCase cases[] = {
        {"standard rules", NULL, ALL_PLAIN},
        {"a campaign in the month's last moment", campaign_in_month,
         ALL_PLAIN & ~KIND_SET(SLOT_VISIT)},
        {"campaigns that end and begin with the month", campaigns_beside_month, ALL_PLAIN},
        {"a day's cap", day_cap, ALL_PLAIN & ~KIND_SET(SLOT_FOLLOW)},
        {"a cap over two kinds", shared_cap, ALL_PLAIN & ~KIND_SET(SLOT_FOLLOW)},
        {"points that could leave int64", many_points, ALL_PLAIN & ~KIND_SET(SLOT_CLUB_POST)},
        {"a kind that is not listed", visits_not_listed, ALL_PLAIN & ~KIND_SET(SLOT_VISIT)},
        {"frauds that void members", voided_members, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        RuleSet rules = standard_rules();
        if (cases[i].change != NULL) {
            cases[i].change(&rules);
        }
        const Programme programme = programme_of(&rules, 1);
        PlainRules plain = plain_rules(&programme, month(2025, 5));
        cr_expect_eq(plain.kinds, cases[i].kinds, "%s: %llx", cases[i].name,
                     (unsigned long long)plain.kinds);
        cr_expect_eq(plain.rules, &rules, "%s", cases[i].name);
    }
}

Test(plain, no_kind_is_plain_without_rules_or_before_rules_that_void_members)
{
    RuleSet rules[2] = {standard_rules(), standard_rules()};
    rules[0].from = month(2025, 1);
    rules[1].from = month(2026, 1);
    rules[1].fraud_voids_member = true;
    const Programme one = programme_of(rules, 1);
    const Programme both = programme_of(rules, 2);
    cr_expect_eq(plain_rules(&one, month(2024, 12)).kinds, 0);
    cr_expect_null(plain_rules(&one, month(2024, 12)).rules);
    cr_expect_eq(plain_rules(&one, month(2025, 1)).kinds, ALL_PLAIN);
    cr_expect_eq(plain_rules(&both, month(2025, 1)).kinds, 0);
}

/* Caps, points, minima and repetition, of each kind on its own. */
static RuleSet random_rules(Random *random, Cap caps[SLOTS_MAX])
{
    RuleSet rules = standard_rules();
    rules.caps = caps;
    rules.cap_count = 0;
    for (uint8_t slot = SLOT_REVIEW; slot <= SLOT_CLUB_POST; slot++) {
        KindRule *kind = &rules.kinds[slot];
        kind->points = random_below(random, 4);
        kind->once_per_day = random_below(random, 2) == 0;
        kind->has_minimum = random_below(random, 2) == 0;
        kind->min_amount_cents = random_below(random, 3) * 100;
        for (int64_t count = random_below(random, 3); count > 0; count--) {
            caps[rules.cap_count++] =
                (Cap){KIND_SET(slot), false, random_below(random, 12), "at most so much a month"};
        }
    }
    return rules;
}

static Event random_event(Random *random, int64_t event_id)
{
    Event event = {
        .event_id = event_id,
        .slot = (uint8_t)(SLOT_REVIEW + random_below(random, 4)),
        .occurred_at_us = at("2025-05-01 00:00") + random_below(random, 31) * US_PER_DAY +
                          random_below(random, 3) * US_PER_DAY / 4,
        .item_cents = random_below(random, 4) * 100,
        .present = EVENT_HAS_ITEM,
    };
    event.local_us = event.occurred_at_us;
    return event;
}

Test(plain, counts_come_to_what_the_events_do)
{
    for (uint64_t seed = first_seed(), end = seed + SEEDS; seed < end; seed++) {
        Random random = {seed};
        Cap caps[SLOTS_MAX];
        RuleSet rules = random_rules(&random, caps);
        const Programme programme = programme_of(&rules, 1);
        PlainRules plain = plain_rules(&programme, month(2025, 5));
        cr_assert_eq(plain.kinds, ALL_PLAIN);
        Event events[EVENTS];
        PlainCount counts[SLOTS_MAX] = {0};
        for (int64_t i = 0; i < EVENTS; i++) {
            Event event = events[i] = random_event(&random, i + 1);
            cr_assert(plain_takes(&plain, event.slot, true, event.item_cents));
            plain_add(&counts[event.slot], (uint32_t)calendar_day(event.local_us),
                      plain_eligible(&plain, event.slot, event.item_cents));
        }
        PlainEarned sum = {0};
        for (uint8_t slot = SLOT_REVIEW; slot <= SLOT_CLUB_POST; slot++) {
            PlainEarned earned = plain_earn(&rules, slot, &counts[slot]);
            sum.points += earned.points;
            sum.earning += earned.earning;
            sum.capped += earned.capped;
            sum.ineligible += earned.ineligible;
        }
        Folded folded = fold(&rules, events, EVENTS);
        int64_t fates[FATE_COUNT] = {0};
        for (size_t i = 0; i < folded.event_count; i++) {
            fates[folded.events[i].fate]++;
        }
        cr_assert_eq(sum.points, folded.points, "seed %llu", (unsigned long long)seed);
        cr_assert_eq(sum.earning, fates[FATE_EARNING], "seed %llu", (unsigned long long)seed);
        cr_assert_eq(sum.capped, fates[FATE_CAPPED], "seed %llu", (unsigned long long)seed);
        cr_assert_eq(sum.ineligible, fates[FATE_INELIGIBLE], "seed %llu", (unsigned long long)seed);
    }
}

/* Anomalies, and what is not of a plain kind, stay events. */
Test(plain, anomalies_are_not_plain)
{
    RuleSet rules = standard_rules();
    const Programme programme = programme_of(&rules, 1);
    PlainRules plain = plain_rules(&programme, month(2025, 5));
    cr_expect(plain_takes(&plain, SLOT_REVIEW, true, 0));
    cr_expect_not(plain_takes(&plain, SLOT_REVIEW, false, 0), "missing_amount");
    cr_expect_not(plain_takes(&plain, SLOT_REVIEW, true, -1), "negative_amount");
    cr_expect(plain_takes(&plain, SLOT_VISIT, false, 0));
    cr_expect_not(plain_takes(&plain, SLOT_PURCHASE, true, 500));
    cr_expect_not(plain_takes(&plain, SLOT_BONUS, true, 500));
    cr_expect_not(plain_takes(&plain, SLOT_UNKNOWN, true, 500));
    cr_expect(plain_eligible(&plain, SLOT_REVIEW, 200));
    cr_expect_not(plain_eligible(&plain, SLOT_REVIEW, 199));
}
