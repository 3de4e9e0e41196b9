/*
 * What a right file may look like, and what it then means: defaults, orders, forms.
 */
#include "bad_case.h"

#include "config/load.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static Arena arena;

static void end_arena(void)
{
    arena_destroy(&arena);
}

TestSuite(config_good, .fini = end_arena);

static const Programme *load(const char *text)
{
    Error error = {0};
    const Programme *programme = NULL;
    bool loaded = config_load_text(&arena, "shop.yaml", text, strlen(text), &programme, &error);
    cr_assert(loaded, "%s (%s)", error.message, error.hint);
    return programme;
}

static const Programme *load_shop_with(const char *find, const char *put)
{
    char *text = shop_with(find, put);
    const Programme *programme = load(text);
    free(text);
    return programme;
}

#define HEAD                                                                                       \
    "program: a\ntimezone: UTC\ncurrency: EUR\nrules:\n  - from: 2025-01\n"                        \
    "    levels: [{name: A, min_points: 0}]\n"

Test(config_good, defaults)
{
    const Programme *programme = load(HEAD "    earning: {visit: {points: 1}}\n");
    cr_expect(programme->window_months == 12);
    cr_expect(programme->effective_day == 8);
    cr_expect(programme->settle);
    cr_expect_str_eq(programme->source_members, "loyalty.member");
    cr_expect_str_eq(programme->source_events, "loyalty.point_event");
    cr_expect_str_eq(programme->source_kinds, "loyalty.event_kind");
    cr_expect(programme->ruleset_count == 1);
    const RuleSet *rules = &programme->rulesets[0];
    cr_expect(!rules->purchase.in_force);
    cr_expect(rules->cap_count == 0 && rules->campaign_count == 0);
    cr_expect(!rules->refund_voids_order && !rules->fraud_voids_member);
    cr_expect(rules->coupons.issue_from_day == 8);
    cr_expect(rules->coupons.issue_until_day == 14);
    cr_expect(rules->coupons.valid_days == 7);
    cr_expect(!rules->coupons.each_level && !rules->coupons.once_per_level);
    cr_expect(rules->coupons.coupon_count == 0);
    cr_expect_str_eq(rules->levels[0].benefits_json, "{}");
    const KindRule *visit = &rules->kinds[SLOT_FIRST_OTHER];
    cr_expect(visit->in_force && !visit->recorded && !visit->once_per_day);
    cr_expect(visit->points == 1 && visit->min_amount_cents == 0);
    for (size_t slot = 0; slot < SLOT_FIRST_OTHER; slot++) {
        cr_expect(programme->kind_places[slot].line == 0, "slot %zu", slot);
    }
}

Test(config_good, purchase_defaults)
{
    const Programme *programme = load(HEAD "    earning: {purchase: {points_per_unit: 0.01}}\n");
    const PurchaseRule *purchase = &programme->rulesets[0].purchase;
    cr_expect(purchase->in_force);
    cr_expect(purchase->points_per_unit_hundredths == 1);
    cr_expect(purchase->points_per_order == 0);
    cr_expect(purchase->min_amount_cents == 0);
    cr_expect(purchase->max_per_order == NO_LIMIT);
    cr_expect(purchase->bonus_points == 0);
}

Test(config_good, top_level_values)
{
    const Programme *programme =
        load_shop_with("currency: EUR", "currency: EUR\nwindow_months: 60\neffective_day: 28\n"
                                        "settle: false\nsource: {kinds: '\"My kinds\".k'}");
    cr_expect(programme->window_months == 60);
    cr_expect(programme->effective_day == 28);
    cr_expect(!programme->settle);
    cr_expect_str_eq(programme->source_kinds, "\"My kinds\".k");
    cr_expect_str_eq(programme->source_members, "loyalty.member");
    cr_expect_str_eq(programme->name, "shop");
    cr_expect_str_eq(programme->timezone, "Europe/Paris");
    cr_expect(programme->timezone_place.line == 2 && programme->timezone_place.column == 11);
    cr_expect_str_eq(programme->currency, "EUR");
    cr_expect_str_eq(programme->file, "shop.yaml");
}

/* The digest of the file's bytes, as sha256sum prints it. */
Test(config_good, text_and_digest)
{
    const Programme *programme = load(shop_yaml);
    cr_expect_str_eq(programme->text, shop_yaml);
    cr_expect_str_eq(programme->sha256,
                     "7f744adf6bb69468471eacabaaf1cebbe62e9eaed4a85706eed6a9f85c60d320", "%s",
                     programme->sha256);
}

/* Slots follow the order of first appearance in any entry; places are those of the first naming. */
Test(config_good, slots)
{
    const Programme *programme =
        load(HEAD "    earning:\n      visit: {points: 1}\n      purchase: {points_per_order: 1}\n"
                  "      game: {points: 2}\n    refund: {voids: order}\n"
                  "  - from: 2025-02\n    levels: [{name: A, min_points: 0}]\n"
                  "    earning:\n      review: {points: 1}\n      game: {points: 3}\n"
                  "      purchase:\n        points_per_order: 1\n"
                  "        category_bonus: {points: 1, max_per_day: 5}\n");
    static const struct {
        const char *name;
        FilePlace place;
    } expected[] = {
        {"purchase", {9, 7}}, {"refund", {11, 5}}, {"fraud", {0, 0}},   {"category_bonus", {19, 9}},
        {"visit", {8, 7}},    {"game", {10, 7}},   {"review", {15, 7}},
    };
    cr_assert(programme->kind_count == sizeof expected / sizeof expected[0]);
    for (size_t slot = 0; slot < programme->kind_count; slot++) {
        cr_expect_str_eq(programme->kinds[slot], expected[slot].name);
        FilePlace place = programme->kind_places[slot];
        cr_expect(place.line == expected[slot].place.line &&
                      place.column == expected[slot].place.column,
                  "%s at %d:%d", expected[slot].name, place.line, place.column);
    }
    cr_expect(programme->ruleset_count == 2);
    cr_expect(programme->rulesets[0].from == 2025 * 12 && programme->rulesets[1].from == 24301);
    cr_expect(programme->rulesets[0].kinds[5].points == 2);
    cr_expect(programme->rulesets[1].kinds[5].points == 3);
    cr_expect(programme->rulesets[0].kinds[4].in_force &&
              !programme->rulesets[1].kinds[4].in_force);
    cr_expect(!programme->rulesets[0].kinds[6].in_force &&
              programme->rulesets[1].kinds[6].in_force);
    cr_expect(programme->rulesets[0].purchase.bonus_points == 0);
    cr_expect(programme->rulesets[1].purchase.bonus_points == 1);
}

/* Days before months, smaller sets before larger ones, else the order of the file. */
Test(config_good, caps_in_biting_order)
{
    const Programme *programme = load_shop_with(
        "      - {kinds: [visit, review], per: month, max_points: 10}\n",
        "      - {kinds: [review, bonus, visit, category_bonus], per: month, max_points: 1}\n"
        "      - {kinds: [visit, review], per: month, max_points: 9}\n"
        "      - {kinds: [visit], per: month, max_points: 8}\n"
        "      - {kinds: [review], per: month, max_points: 0}\n"
        "      - {kinds: [visit, review], per: day, max_points: 3}\n"
        "      - {kinds: [category_bonus], per: day, max_points: 2}\n");
    static const char *const texts[] = {
        "category_bonus: at most 2 points a day",
        "visit, review: at most 3 points a day",
        "visit: at most 8 points a month",
        "review: at most 0 points a month",
        "visit, review: at most 9 points a month",
        "review, bonus, visit, category_bonus: at most 1 point a month",
    };
    const RuleSet *rules = &programme->rulesets[0];
    cr_assert(rules->cap_count == sizeof texts / sizeof texts[0]);
    for (size_t i = 0; i < rules->cap_count; i++) {
        cr_expect_str_eq(rules->caps[i].text, texts[i], "%s", rules->caps[i].text);
        cr_expect(rules->caps[i].per_day == (i < 2));
    }
    cr_expect(rules->caps[0].kinds == (KindSet)1 << SLOT_CATEGORY_BONUS);
    cr_expect(rules->caps[1].kinds == ((KindSet)1 << 4 | (KindSet)1 << 5));
    cr_expect(rules->caps[3].max_points == 0);
}

Test(config_good, campaigns)
{
    const Programme *programme = load_shop_with(
        "      - {name: Sale, from: 2025-11-11, until: 2025-11-12, kinds: [purchase], multiply: "
        "2}\n",
        "      - {name: 11.11, from: 2000-01-01T00:00:01, until: 2000-01-02T01:00, multiply: 1.5,\n"
        "         kinds: [purchase, visit]}\n"
        "      - name: \"the same time\"\n        from: '2000-01-01'\n        until: 2000-01-02\n"
        "        kinds:\n          - visit\n        multiply: 0.01\n");
    const RuleSet *rules = &programme->rulesets[0];
    cr_assert(rules->campaign_count == 2);
    cr_expect_str_eq(rules->campaigns[0].name, "11.11");
    cr_expect(rules->campaigns[0].from_local_us == 1000000);
    cr_expect(rules->campaigns[0].until_local_us == INT64_C(90000000000));
    cr_expect(rules->campaigns[0].multiply_hundredths == 150);
    cr_expect(rules->campaigns[0].kinds == ((KindSet)1 << SLOT_PURCHASE | (KindSet)1 << 4));
    cr_expect(rules->campaigns[1].multiply_hundredths == 1);
    cr_expect(rules->campaigns[1].from_local_us == 0);
}

/* By level, then as the file has them. */
Test(config_good, coupons)
{
    const Programme *programme = load_shop_with(
        "      level_up:\n        Gold: [{code: GOLD, value: 3.00, min_spend: 20.00}]\n",
        "      issue_from_day: 1\n      issue_until_day: 28\n      valid_days: 0\n"
        "      skipped_levels: each\n      repeat: once_per_level\n"
        "      level_up:\n"
        "        Diamond: [{code: Z, value: 15}, {code: B, value: 0.5, min_spend: 80.00}]\n"
        "        Gold: [{code: C, value: 3.00, min_spend: 20}]\n");
    const CouponRules *coupons = &programme->rulesets[0].coupons;
    cr_expect(coupons->issue_from_day == 1 && coupons->issue_until_day == 28);
    cr_expect(coupons->valid_days == 0 && coupons->each_level && coupons->once_per_level);
    static const Coupon expected[] = {{1, "C", 300, 2000}, {2, "Z", 1500, 0}, {2, "B", 50, 8000}};
    cr_assert(coupons->coupon_count == 3);
    for (size_t i = 0; i < 3; i++) {
        const Coupon *coupon = &coupons->coupons[i];
        cr_expect(coupon->level_rank == expected[i].level_rank);
        cr_expect_str_eq(coupon->code, expected[i].code);
        cr_expect(coupon->value_cents == expected[i].value_cents);
        cr_expect(coupon->min_spend_cents == expected[i].min_spend_cents);
    }
}

/* Numbers stay as they are written; what is quoted is a text. */
Test(config_good, benefits)
{
    const Programme *programme = load_shop_with(
        "{discount: 8}",
        "{a: 25.00, b: -0.5, c: true, d: \"true\", e: '8', f: 1e5, g: 007,\n"
        "        h: \"say \\\"hi\\\" \\\\\", i: yes, j: été, \"k l\": 12345678901234567890}");
    cr_expect_str_eq(programme->rulesets[0].levels[1].benefits_json,
                     "{\"a\": 25.00, \"b\": -0.5, \"c\": true, \"d\": \"true\", \"e\": \"8\", "
                     "\"f\": \"1e5\", \"g\": \"007\", \"h\": \"say \\\"hi\\\" \\\\\", "
                     "\"i\": \"yes\", \"j\": \"été\", \"k l\": 12345678901234567890}");
    cr_expect_str_eq(programme->rulesets[0].levels[0].benefits_json, "{}");
}

/* Flow or block, quoted or not, with Windows line ends, comments and a document's marks. */
Test(config_good, forms)
{
    const Programme *programme = load(
        "%YAML 1.1\r\n--- # the shop\r\n\"program\": 'a b'\r\ntimezone: UTC\r\n"
        "currency: \"EUR\"\r\n# a\ttab in a comment\r\nrules:\r\n- from: '2025-01'\r\n"
        "  levels:\r\n  - name: \"A\"\r\n    min_points: 0\r\n  - {name: 100, min_points: 1}\r\n"
        "  earning:\r\n    ? visit\r\n    : points: 1\r\n  caps: []\r\n  campaigns: []\r\n"
        "  benefits: {}\r\n  coupons: {level_up: {}}\r\n...\r\n");
    cr_expect_str_eq(programme->name, "a b");
    cr_expect_str_eq(programme->rulesets[0].levels[1].name, "100");
    cr_expect(programme->rulesets[0].cap_count == 0);
    cr_expect(programme->rulesets[0].coupons.coupon_count == 0);
}

Test(config_good, limits_themselves)
{
    char name[101] = "";
    memset(name, 'G', 100);
    const Programme *programme = load_shop_with("name: Diamond", "name: É");
    cr_expect_str_eq(programme->rulesets[0].levels[2].name, "É");
    programme = load_shop_with("Diamond", name);
    cr_expect_str_eq(programme->rulesets[0].levels[2].name, name);
    programme = load_shop_with("min_points: 500", "min_points: 9223372036854775807");
    cr_expect(programme->rulesets[0].levels[2].min_points == INT64_MAX);
    programme = load_shop_with("    coupons:", "    coupons:\n      issue_from_day: 14");
    cr_expect(programme->rulesets[0].coupons.issue_from_day == 14);
    programme = load_shop_with("min_points: 500", "min_points: 102");
    cr_expect(programme->rulesets[0].levels[2].min_points == 102);
    programme = load_shop_with("value: 3.00", "value: 92233720368547758.07");
    cr_expect(programme->rulesets[0].coupons.coupons[0].value_cents == INT64_MAX);
}

/* The voids of refund and fraud, each way. */
Test(config_good, voids)
{
    const RuleSet *rules = load(shop_yaml)->rulesets;
    cr_expect(rules->refund_voids_order && !rules->fraud_voids_member);
    rules =
        load_shop_with("{voids: order}", "{voids: amount}\n    fraud: {voids: member}")->rulesets;
    cr_expect(!rules->refund_voids_order && rules->fraud_voids_member);
}

/* The order in which caps bite: days, then fewer kinds, then as they stand in the file. */
Test(config_good, caps_of_as_many_kinds_keep_their_order)
{
    const RuleSet *rules =
        load_shop_with("      - {kinds: [visit, review], per: month, max_points: 10}",
                       "      [{kinds: [review], per: month, max_points: 1}, "
                       "{kinds: [visit], per: month, max_points: 2},\n"
                       "       {kinds: [bonus], per: month, max_points: 3}]")
            ->rulesets;
    cr_assert_eq(rules->cap_count, 3);
    for (int64_t i = 0; i < 3; i++) {
        cr_expect_eq(rules->caps[i].max_points, i + 1);
    }
}

Test(config_good, coupons_that_name_only_their_days)
{
    const RuleSet *rules =
        load_shop_with(
            "      level_up:\n        Gold: [{code: GOLD, value: 3.00, min_spend: 20.00}]",
            "      issue_from_day: 9")
            ->rulesets;
    cr_expect_eq(rules->coupons.issue_from_day, 9);
    cr_expect_eq(rules->coupons.coupon_count, 0);
}

Test(config_good, a_benefit_that_is_false)
{
    const RuleSet *rules =
        load_shop_with("{discount: 8}", "{gift: false, quoted: 'false'}")->rulesets;
    cr_expect_str_eq(rules->levels[1].benefits_json, "{\"gift\": false, \"quoted\": \"false\"}");
}
