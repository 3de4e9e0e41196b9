/*
 * close/result: the coupons that changes deserve, and the checksum (contract 5.4).
 */
#include "base/arena.h"
#include "close/result.h"
#include "close_builders.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static PeriodResult result;
static RuleSet rules;

static void begin_result(void)
{
    rules = standard_rules();
    result = (PeriodResult){.period = month(2025, 12), .rules = &rules};
}

static void end_result(void)
{
    result_destroy(&result);
}

TestSuite(result_coupons, .init = begin_result, .fini = end_result);

/* One change of one member from a level to a level, by rank; from -1: no level before. */
static void change_levels(int64_t member_id, int16_t from, int16_t to)
{
    static const int64_t points[] = {0, 101, 501, 1501};
    result_destroy(&result);
    result = (PeriodResult){.period = month(2025, 12), .rules = &rules};
    result.standings = memory_alloc(1, sizeof *result.standings);
    result.standings[0] = (StandingRow){member_id, points[to], 0, to, 0, 0};
    result.standing_count = 1;
    StandingRow was = {member_id, 0, 0, from, 0, 0};
    LevelsBefore before = {.rows = &was,
                           .row_count = from < 0 ? 0 : 1,
                           .names = {"Silver", "Gold", "Platinum", "Diamond"},
                           .level_count = 4};
    result_changes(&result, &before);
}

typedef struct CouponCase {
    int16_t from;
    int16_t to;
    const char *coupons; /* "level/code", with blanks between, by level and code */
} CouponCase;

static void check_coupons(const CouponCase *cases, size_t case_count)
{
    for (size_t i = 0; i < case_count; i++) {
        char text[512] = "";
        change_levels(7, cases[i].from, cases[i].to);
        for (size_t j = 0; j < result.grant_count; j++) {
            const GrantRow *grant = &result.grants[j];
            cr_expect_eq(grant->member_id, 7);
            cr_expect_eq(grant->grant_id, 0);
            cr_expect_not(grant->overgranted);
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s/%s",
                           j == 0 ? "" : " ", grant->level, grant->coupon);
        }
        cr_expect_str_eq(text, cases[i].coupons, "from %d to %d: %s", cases[i].from, cases[i].to,
                         text);
    }
}

Test(result_coupons, target_only_grants_those_of_the_level_reached)
{
    static const CouponCase cases[] = {
        {0, 0, ""},
        {0, 1, "Gold/LEVEL-GOLD"},
        {0, 2, "Platinum/LEVEL-PLATINUM"},
        {0, 3, "Diamond/LEVEL-DIAMOND"},
        {1, 3, "Diamond/LEVEL-DIAMOND"},
        {3, 2, ""},
        {2, 2, ""},
        {3, 0, ""},
        {-1, 0, ""},
        {-1, 2, "Platinum/LEVEL-PLATINUM"},
    };
    check_coupons(cases, COUNT(cases));
    change_levels(7, 0, 2);
    cr_expect_eq(result.grants[0].value_cents, 600);
    cr_expect_eq(result.grants[0].min_spend_cents, 4000);
}

Test(result_coupons, each_grants_those_of_the_levels_passed_too)
{
    static const CouponCase cases[] = {
        {0, 1, "Gold/LEVEL-GOLD"},
        {0, 2, "Gold/LEVEL-GOLD Platinum/LEVEL-PLATINUM"},
        {0, 3, "Diamond/LEVEL-DIAMOND Gold/LEVEL-GOLD Platinum/LEVEL-PLATINUM"},
        {1, 3, "Diamond/LEVEL-DIAMOND Platinum/LEVEL-PLATINUM"},
        {-1, 3, "Diamond/LEVEL-DIAMOND Gold/LEVEL-GOLD Platinum/LEVEL-PLATINUM"},
        {2, 1, ""},
        {3, 3, ""},
    };
    rules.coupons.each_level = true;
    check_coupons(cases, COUNT(cases));
}

Test(result_coupons, several_for_a_level_are_sorted_by_code)
{
    static const Coupon coupons[] = {{1, "ZEBRA", 1, 2}, {1, "APPLE", 3, 4}, {3, "TOP", 5, 6}};
    static const CouponCase cases[] = {
        {0, 1, "Gold/APPLE Gold/ZEBRA"}, {0, 2, ""}, {0, 3, "Diamond/TOP"}};
    rules.coupons.coupons = coupons;
    rules.coupons.coupon_count = COUNT(coupons);
    check_coupons(cases, COUNT(cases));
}

Test(result_coupons, grants_are_ordered_by_member_level_and_code)
{
    static const GrantRow ordered[] = {
        {.member_id = INT64_MIN, .level = "Z", .coupon = "Z"},
        {.member_id = -1, .level = "Gold", .coupon = "A"},
        {.member_id = -1, .level = "Gold", .coupon = "B"},
        {.member_id = -1, .level = "gold", .coupon = "A"}, /* by bytes, whatever the locale */
        {.member_id = 0, .level = "A", .coupon = "A"},
        {.member_id = INT64_MAX, .level = "", .coupon = ""},
    };
    for (size_t i = 0; i < COUNT(ordered); i++) {
        for (size_t j = 0; j < COUNT(ordered); j++) {
            int order = grant_compare(&ordered[i], &ordered[j]);
            cr_expect_eq(order < 0, i < j, "%zu and %zu", i, j);
            cr_expect_eq(order > 0, i > j, "%zu and %zu", i, j);
        }
    }
}

static void set_grants(const GrantRow *rows, size_t count)
{
    result.grants = memory_alloc(count, sizeof *rows);
    memcpy(result.grants, rows, count * sizeof *rows);
    result.grant_count = count;
}

/* Contract 5.4, once_per_level: the same code only once in a member's life. */
Test(result_coupons, once_per_level_looks_at_the_other_periods)
{
    static const GrantRow deserved[] = {
        {.member_id = 1, .level = "Gold", .coupon = "G"},         /* nothing else: new */
        {.member_id = 2, .level = "Gold", .coupon = "G"},         /* had: dropped */
        {.member_id = 3, .level = "Gold", .coupon = "G"},         /* had, but stands here: kept */
        {.member_id = 4, .level = "Gold", .coupon = "G"},         /* had another code: kept */
        {.member_id = 4, .level = "Platinum", .coupon = "P"},     /* had: dropped */
        {.member_id = 6, .level = "Gold", .coupon = "G"},         /* only stands here: kept */
        {.member_id = 7, .level = "Gold", .coupon = "G"},         /* another stands here: dropped */
        {.member_id = INT64_MAX, .level = "Gold", .coupon = "G"}, /* had: dropped */
    };
    static const GrantRow elsewhere[] = {
        {.member_id = INT64_MIN, .coupon = "G"}, {.member_id = 2, .coupon = "G"},
        {.member_id = 3, .coupon = "G"},         {.member_id = 4, .coupon = "P"},
        {.member_id = 4, .coupon = "P"},         {.member_id = 5, .coupon = "G"},
        {.member_id = 7, .coupon = "A"},         {.member_id = 7, .coupon = "G"},
        {.member_id = INT64_MAX, .coupon = "G"},
    };
    static const GrantRow standing[] = {
        {.member_id = 0, .level = "Gold", .coupon = "G"},
        {.member_id = 3, .level = "Gold", .coupon = "G"},
        {.member_id = 6, .level = "Gold", .coupon = "G"},
        {.member_id = 7, .level = "Gold", .coupon = "A"},
    };
    static const int64_t kept[] = {1, 3, 4, 6};
    set_grants(deserved, COUNT(deserved));
    result_once_per_level(&result, elsewhere, COUNT(elsewhere), standing, COUNT(standing));
    cr_assert_eq(result.grant_count, COUNT(kept));
    for (size_t i = 0; i < COUNT(kept); i++) {
        cr_expect_eq(result.grants[i].member_id, kept[i]);
        cr_expect_str_eq(result.grants[i].coupon, "G");
    }
    result_once_per_level(&result, NULL, 0, NULL, 0);
    cr_expect_eq(result.grant_count, COUNT(kept));
}

/*
 * The expected sums are sha256sum's:
 *     printf '1\t600\tPlatinum\t400\n2\t0\tSilver\t-5\n1\tSilver\tPlatinum\tup\t600\n'\
 *            '1\tPlatinum\tLEVEL-PLATINUM\n' | sha256sum
 */
Test(result_coupons, checksum_of_a_small_period)
{
    static const StandingRow now[] = {{1, 600, 400, 2, 0, 0}, {2, 0, -5, 0, 0, 0}};
    result.standings = memory_alloc(COUNT(now), sizeof *now);
    memcpy(result.standings, now, sizeof now);
    result.standing_count = COUNT(now);
    LevelsBefore before = {0};
    result_changes(&result, &before);
    result_checksum(&result);
    cr_expect_str_eq(result.checksum,
                     "b72c682aeec38271cfe12429dfde517dcfb14e69ffd09bbed9bdde4a55d8175e");
}

/* printf of "-7 1501 Diamond 0", "MAX 100 Silver 0", their changes and three grants, with tabs. */
Test(result_coupons, checksum_with_each_level_and_extreme_ids)
{
    static const StandingRow was[] = {{INT64_MAX, 200, 0, 1, 0, 0}};
    static const StandingRow now[] = {{-7, 1501, 0, 3, 0, 0}, {INT64_MAX, 100, 0, 0, 0, 0}};
    rules.coupons.each_level = true;
    result.standings = memory_alloc(COUNT(now), sizeof *now);
    memcpy(result.standings, now, sizeof now);
    result.standing_count = COUNT(now);
    LevelsBefore before = {
        .rows = was, .row_count = 1, .names = {"Silver", "Gold"}, .level_count = 2};
    result_changes(&result, &before);
    result_checksum(&result);
    cr_expect_str_eq(result.checksum,
                     "563e9dc9a869de5285dfb64b1edebea0a8a0dab1a3b81ae09e9a26b5c3c9ec01");
}

Test(result_coupons, checksum_of_nothing)
{
    result_checksum(&result);
    cr_expect_str_eq(result.checksum,
                     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
