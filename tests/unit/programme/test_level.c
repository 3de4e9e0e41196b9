/*
 * programme/level: points to levels, changes and coupons (contract 5).
 */
#include "builders.h"
#include "programme/level.h"

#include <criterion/criterion.h>
#include <stdio.h>

Test(level, highest_whose_min_points_is_not_above)
{
    static const struct {
        int64_t points;
        int32_t rank;
    } cases[] = {
        {0, 0},   {1, 0},   {100, 0},  {101, 1},  {102, 1},  {500, 1},
        {501, 2}, {502, 2}, {1500, 2}, {1501, 3}, {1502, 3}, {INT64_MAX, 3},
    };
    RuleSet rules = standard_rules();
    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(level_rank(&rules, cases[i].points), cases[i].rank, "%lld points",
                     (long long)cases[i].points);
    }
}

Test(level, thresholds_of_the_legacy_programme)
{
    static const Level levels[] = {
        {"A0", 0, "{}"}, {"A1", 1, "{}"}, {"A2", 101, "{}"}, {"A3", 500, "{}"}, {"A4", 2000, "{}"},
    };
    const RuleSet rules = {.levels = levels, .level_count = COUNT(levels)};
    static const struct {
        int64_t points;
        int32_t rank;
    } cases[] = {
        {0, 0},   {1, 1},   {2, 1},   {100, 1},  {101, 2},  {102, 2},
        {499, 2}, {500, 3}, {501, 3}, {1999, 3}, {2000, 4}, {2001, 4},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(level_rank(&rules, cases[i].points), cases[i].rank, "%lld points",
                     (long long)cases[i].points);
    }
}

Test(level, a_single_level_holds_everyone)
{
    static const Level levels[] = {{"All", 0, "{}"}};
    const RuleSet rules = {.levels = levels, .level_count = 1};
    cr_expect_eq(level_rank(&rules, 0), 0);
    cr_expect_eq(level_rank(&rules, INT64_MAX), 0);
}

/* Contract 5.1: the sum over the window counts at least 0. */
Test(level, points_are_at_least_zero)
{
    cr_expect_eq(level_points(INT64_MIN), 0);
    cr_expect_eq(level_points(-1), 0);
    cr_expect_eq(level_points(0), 0);
    cr_expect_eq(level_points(1), 1);
    cr_expect_eq(level_points(INT64_MAX), INT64_MAX);
}

Test(level, change_by_rank)
{
    static const struct {
        int32_t before;
        int32_t after;
        const char *direction;
    } cases[] = {
        {0, 0, ""},
        {1, 1, ""},
        {0, 1, "up"},
        {0, 3, "up"},
        {2, 3, "up"},
        {1, 0, "down"},
        {3, 0, "down"},
        {3, 2, "down"},
        /* 5.2: without a standing before, the first level */
        {LEVEL_NONE, 0, ""},
        {LEVEL_NONE, 1, "up"},
        {LEVEL_NONE, 3, "up"},
        /* 5.3: a level that the rules no longer have, whatever the level now */
        {LEVEL_FOREIGN, 0, "program"},
        {LEVEL_FOREIGN, 2, "program"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *direction = direction_name(level_change(cases[i].before, cases[i].after));
        cr_expect_str_eq(direction, cases[i].direction, "from %d to %d: \"%s\"", cases[i].before,
                         cases[i].after, direction);
    }
}

/* Two coupons for Gold, one for Platinum, none for Diamond, one for Ruby. */
static RuleSet coupon_rules(bool each_level)
{
    static const Level levels[] = {
        {"Silver", 0, "{}"},     {"Gold", 101, "{}"},  {"Platinum", 501, "{}"},
        {"Diamond", 1501, "{}"}, {"Ruby", 5001, "{}"},
    };
    static const Coupon coupons[] = {
        {1, "GOLD-A", 300, 0},
        {1, "GOLD-B", 100, 0},
        {2, "PLATINUM", 600, 0},
        {4, "RUBY", 2500, 0},
    };
    return (RuleSet){
        .levels = levels,
        .level_count = COUNT(levels),
        .coupons = {.each_level = each_level, .coupons = coupons, .coupon_count = COUNT(coupons)},
    };
}

static void check_coupons(bool each_level, int32_t before, int32_t after, const char *expected)
{
    RuleSet rules = coupon_rules(each_level);
    size_t first = SIZE_MAX;
    size_t until = SIZE_MAX;
    level_coupons(&rules, before, after, &first, &until);
    char codes[256] = "";
    size_t used = 0;
    cr_assert_leq(first, until);
    cr_assert_leq(until, rules.coupons.coupon_count);
    for (size_t i = first; i < until; i++) {
        used += (size_t)snprintf(codes + used, sizeof codes - used, "%s%s", i == first ? "" : " ",
                                 rules.coupons.coupons[i].code);
    }
    cr_expect_str_eq(codes, expected, "each %d, from %d to %d: \"%s\", expected \"%s\"", each_level,
                     before, after, codes, expected);
}

/* Contract 5.4, skipped_levels: target_only. */
Test(level, coupons_of_the_level_reached)
{
    check_coupons(false, 0, 1, "GOLD-A GOLD-B");
    check_coupons(false, LEVEL_NONE, 1, "GOLD-A GOLD-B");
    check_coupons(false, 0, 2, "PLATINUM");
    check_coupons(false, 1, 2, "PLATINUM");
    check_coupons(false, 0, 3, "");
    check_coupons(false, 0, 4, "RUBY");
    check_coupons(false, LEVEL_NONE, 4, "RUBY");
}

/* Contract 5.4, skipped_levels: each. */
Test(level, coupons_of_each_level_passed)
{
    check_coupons(true, 0, 1, "GOLD-A GOLD-B");
    check_coupons(true, 0, 2, "GOLD-A GOLD-B PLATINUM");
    check_coupons(true, LEVEL_NONE, 2, "GOLD-A GOLD-B PLATINUM");
    check_coupons(true, 1, 2, "PLATINUM");
    check_coupons(true, 1, 3, "PLATINUM");
    check_coupons(true, 2, 3, "");
    check_coupons(true, 0, 4, "GOLD-A GOLD-B PLATINUM RUBY");
    check_coupons(true, 2, 4, "RUBY");
    check_coupons(true, 3, 4, "RUBY");
}

Test(level, no_coupons_without_a_step_up)
{
    for (int each_level = 0; each_level <= 1; each_level++) {
        check_coupons(each_level == 1, 0, 0, "");
        check_coupons(each_level == 1, 2, 2, "");
        check_coupons(each_level == 1, 4, 1, "");
        check_coupons(each_level == 1, 2, 1, "");
        check_coupons(each_level == 1, LEVEL_NONE, 0, "");
        check_coupons(each_level == 1, LEVEL_FOREIGN, 4, "");
        check_coupons(each_level == 1, LEVEL_FOREIGN, 1, "");
    }
}

Test(level, no_coupons_where_the_rules_list_none)
{
    RuleSet rules = coupon_rules(true);
    rules.coupons.coupons = NULL;
    rules.coupons.coupon_count = 0;
    size_t first = 9;
    size_t until = 9;
    level_coupons(&rules, 0, 4, &first, &until);
    cr_expect_eq(first, until);
}
