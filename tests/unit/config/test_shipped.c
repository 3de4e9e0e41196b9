/*
 * The programmes that ship, field by field. Run from the source's top level, or build with
 * -DSOURCE_ROOT="..." (in quotation marks).
 */
#include "config/load.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#ifndef SOURCE_ROOT
#define SOURCE_ROOT "."
#endif

#define US_PER_DAY (INT64_C(86400) * 1000000)

static Arena arena;

static void end_arena(void)
{
    arena_destroy(&arena);
}

TestSuite(config_shipped, .fini = end_arena);

static const Programme *load(const char *file, const char *name)
{
    Error error = {0};
    const Programme *programme = NULL;
    bool loaded = config_load_file(&arena, file, &programme, &error);
    cr_assert(loaded, "%s (%s)", error.message, error.hint);
    cr_expect_str_eq(programme->file, file);
    cr_expect_str_eq(programme->name, name);
    cr_expect_str_eq(programme->timezone, "America/Los_Angeles");
    cr_expect_str_eq(programme->currency, "USD");
    cr_expect(programme->window_months == 12);
    cr_expect(programme->effective_day == 8);
    cr_expect(programme->settle);
    cr_expect_str_eq(programme->source_members, "loyalty.member");
    cr_expect_str_eq(programme->source_events, "loyalty.point_event");
    cr_expect_str_eq(programme->source_kinds, "loyalty.event_kind");
    cr_expect(strlen(programme->sha256) == 64);
    cr_assert(programme->ruleset_count == 1);
    cr_expect(programme->rulesets[0].from == 1990 * 12);
    return programme;
}

static void expect_levels(const RuleSet *rules, const Level *expected, size_t count)
{
    cr_assert(rules->level_count == count);
    for (size_t i = 0; i < count; i++) {
        cr_expect_str_eq(rules->levels[i].name, expected[i].name);
        cr_expect(rules->levels[i].min_points == expected[i].min_points);
        cr_expect_str_eq(rules->levels[i].benefits_json, expected[i].benefits_json, "%s",
                         rules->levels[i].benefits_json);
        json_t *json = json_loads(rules->levels[i].benefits_json, JSON_REJECT_DUPLICATES, NULL);
        cr_expect(json_is_object(json));
        json_decref(json);
    }
}

static void expect_kinds(const Programme *programme, const char *const *names, size_t count)
{
    static const char *const built_in[] = {"purchase", "refund", "fraud", "category_bonus"};
    cr_assert(programme->kind_count == SLOT_FIRST_OTHER + count);
    for (size_t slot = 0; slot < programme->kind_count; slot++) {
        cr_expect_str_eq(programme->kinds[slot],
                         slot < SLOT_FIRST_OTHER ? built_in[slot] : names[slot - SLOT_FIRST_OTHER]);
    }
}

static void expect_rule(const RuleSet *rules, size_t slot, KindRule expected)
{
    const KindRule *rule = &rules->kinds[slot];
    cr_expect(rule->in_force, "slot %zu", slot);
    cr_expect(rule->recorded == expected.recorded, "slot %zu", slot);
    cr_expect(rule->once_per_day == expected.once_per_day, "slot %zu", slot);
    cr_expect(rule->points == expected.points, "slot %zu", slot);
    cr_expect(rule->min_amount_cents == expected.min_amount_cents, "slot %zu", slot);
}

static void expect_cap(const Cap *cap, KindSet kinds, int64_t max_points, const char *text)
{
    cr_expect(cap->kinds == kinds);
    cr_expect(!cap->per_day);
    cr_expect(cap->max_points == max_points);
    cr_expect_str_eq(cap->text, text);
}

/* The slots of aliexpress.yaml and aliexpress-flat.yaml. */
enum { REVIEW = SLOT_FIRST_OTHER, VISIT, FOLLOW, CLUB_POST, BONUS, ADJUSTMENT };
enum { FLAT_CLUB_POST = VISIT + 1, FLAT_BONUS, FLAT_ADJUSTMENT };

#define SET(slot) ((KindSet)1 << (slot))

static void expect_aliexpress_earning(const RuleSet *rules)
{
    cr_expect(rules->purchase.in_force);
    cr_expect(rules->purchase.points_per_unit_hundredths == 100);
    cr_expect(rules->purchase.points_per_order == 0);
    cr_expect(rules->purchase.min_amount_cents == 200);
    cr_expect(rules->purchase.max_per_order == 500);
    cr_expect(rules->purchase.bonus_points == 1);
    cr_expect(rules->purchase.bonus_max_per_day == 5);
    expect_rule(rules, REVIEW, (KindRule){.points = 1, .min_amount_cents = 200});
    expect_rule(rules, VISIT, (KindRule){.points = 1, .once_per_day = true});
    expect_rule(rules, FOLLOW, (KindRule){.points = 1});
    expect_rule(rules, CLUB_POST, (KindRule){.points = 2});
    expect_rule(rules, BONUS, (KindRule){.recorded = true});
    expect_rule(rules, ADJUSTMENT, (KindRule){.recorded = true});
}

static void expect_aliexpress_coupons(const CouponRules *coupons)
{
    static const Coupon expected[] = {
        {1, "LEVEL-GOLD", 300, 2000},
        {2, "LEVEL-PLATINUM", 600, 4000},
        {3, "LEVEL-DIAMOND", 1500, 8000},
    };
    cr_expect(coupons->issue_from_day == 8);
    cr_expect(coupons->issue_until_day == 14);
    cr_expect(coupons->valid_days == 7);
    cr_expect(!coupons->each_level && !coupons->once_per_level);
    cr_assert(coupons->coupon_count == 3);
    for (size_t i = 0; i < 3; i++) {
        cr_expect(coupons->coupons[i].level_rank == expected[i].level_rank);
        cr_expect_str_eq(coupons->coupons[i].code, expected[i].code);
        cr_expect(coupons->coupons[i].value_cents == expected[i].value_cents);
        cr_expect(coupons->coupons[i].min_spend_cents == expected[i].min_spend_cents);
    }
}

/* The default programme: contract 10 to the letter. */
Test(config_shipped, aliexpress)
{
    static const Level levels[] = {
        {"Silver", 0, "{\"top_weekly_brands_percent\": 5}"},
        {"Gold", 101, "{\"top_weekly_brands_percent\": 8}"},
        {"Platinum", 501, "{\"top_weekly_brands_percent\": 10, \"fast_refund_up_to\": 25.00}"},
        {"Diamond", 1501,
         "{\"top_weekly_brands_percent\": 15, \"fast_refund_up_to\": 100.00, "
         "\"limited_daily_coupons\": true}"},
    };
    static const char *const kinds[] = {"review",    "visit", "follow",
                                        "club_post", "bonus", "adjustment"};
    const Programme *programme = load(SOURCE_ROOT "/config/aliexpress.yaml", "aliexpress-member");
    const RuleSet *rules = &programme->rulesets[0];
    expect_levels(rules, levels, 4);
    expect_kinds(programme, kinds, 6);
    expect_aliexpress_earning(rules);
    cr_assert(rules->cap_count == 3);
    expect_cap(&rules->caps[0], SET(VISIT), 10, "visit: at most 10 points a month");
    expect_cap(&rules->caps[1], SET(FOLLOW), 10, "follow: at most 10 points a month");
    expect_cap(&rules->caps[2], SET(CLUB_POST), 10, "club_post: at most 10 points a month");
    cr_expect(!rules->refund_voids_order && !rules->fraud_voids_member);
    cr_assert(rules->campaign_count == 1);
    const Campaign *campaign = &rules->campaigns[0];
    cr_expect_str_eq(campaign->name, "11.11");
    cr_expect(campaign->kinds == SET(SLOT_PURCHASE));
    cr_expect(campaign->from_local_us == day_from_date((Date){2025, 11, 11}) * US_PER_DAY);
    cr_expect(campaign->until_local_us == day_from_date((Date){2025, 11, 12}) * US_PER_DAY);
    cr_expect(campaign->multiply_hundredths == 200);
    expect_aliexpress_coupons(&rules->coupons);
}

/* The first article: flat points, reviews and visits capped together. */
Test(config_shipped, aliexpress_flat)
{
#define EVERYBODY "\"birthday_coupon\": true, \"anniversary_coupon\": true"
    static const Level levels[] = {
        {"Silver", 0, "{\"top_weekly_brands_percent\": 5, " EVERYBODY "}"},
        {"Gold", 101, "{\"top_weekly_brands_percent\": 8, " EVERYBODY "}"},
        {"Platinum", 501,
         "{\"top_weekly_brands_percent\": 10, " EVERYBODY
         ", \"event_discounts\": true, \"fast_refund_up_to\": 25.00}"},
        {"Diamond", 1501,
         "{\"top_weekly_brands_percent\": 25, " EVERYBODY
         ", \"event_discounts\": true, \"fast_refund_up_to\": 100.00, "
         "\"limited_daily_coupons\": true}"},
    };
    static const char *const kinds[] = {"review", "visit", "club_post", "bonus", "adjustment"};
    const Programme *programme =
        load(SOURCE_ROOT "/config/aliexpress-flat.yaml", "aliexpress-flat");
    const RuleSet *rules = &programme->rulesets[0];
    expect_levels(rules, levels, 4);
    expect_kinds(programme, kinds, 5);
    cr_expect(rules->purchase.in_force);
    cr_expect(rules->purchase.points_per_unit_hundredths == 0);
    cr_expect(rules->purchase.points_per_order == 5);
    cr_expect(rules->purchase.min_amount_cents == 200);
    cr_expect(rules->purchase.max_per_order == NO_LIMIT);
    cr_expect(rules->purchase.bonus_points == 1);
    cr_expect(rules->purchase.bonus_max_per_day == 1);
    expect_rule(rules, REVIEW, (KindRule){.points = 1});
    expect_rule(rules, VISIT, (KindRule){.points = 1, .once_per_day = true});
    expect_rule(rules, FLAT_CLUB_POST, (KindRule){.points = 2});
    expect_rule(rules, FLAT_BONUS, (KindRule){.recorded = true});
    expect_rule(rules, FLAT_ADJUSTMENT, (KindRule){.recorded = true});
    cr_assert(rules->cap_count == 2);
    expect_cap(&rules->caps[0], SET(FLAT_CLUB_POST), 10, "club_post: at most 10 points a month");
    expect_cap(&rules->caps[1], SET(REVIEW) | SET(VISIT), 10,
               "review, visit: at most 10 points a month");
    cr_expect(rules->refund_voids_order && !rules->fraud_voids_member);
    cr_expect(rules->campaign_count == 0);
    cr_expect(rules->coupons.coupon_count == 0);
}

/* The programme before it: purchases are counted, nothing else. */
Test(config_shipped, aliexpress_legacy)
{
    static const Level levels[] = {
        {"A0", 0, "{}"}, {"A1", 1, "{}"}, {"A2", 101, "{}"}, {"A3", 500, "{}"}, {"A4", 2000, "{}"},
    };
    const Programme *programme =
        load(SOURCE_ROOT "/config/aliexpress-legacy.yaml", "aliexpress-legacy");
    const RuleSet *rules = &programme->rulesets[0];
    expect_levels(rules, levels, 5);
    expect_kinds(programme, NULL, 0);
    cr_expect(rules->purchase.in_force);
    cr_expect(rules->purchase.points_per_unit_hundredths == 0);
    cr_expect(rules->purchase.points_per_order == 1);
    cr_expect(rules->purchase.min_amount_cents == 0);
    cr_expect(rules->purchase.max_per_order == NO_LIMIT);
    cr_expect(rules->purchase.bonus_points == 0);
    cr_expect(rules->cap_count == 0 && rules->campaign_count == 0);
    cr_expect(!rules->refund_voids_order && !rules->fraud_voids_member);
    cr_expect(rules->coupons.coupon_count == 0);
}
