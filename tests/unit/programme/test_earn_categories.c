/*
 * programme/earn: the category bonus of a day (contract 3.7).
 */
#include "builders.h"

#include <criterion/criterion.h>

static void two_points_at_most_three(RuleSet *rules)
{
    rules->purchase.bonus_points = 2;
    rules->purchase.bonus_max_per_day = 3;
}

static void no_bonus(RuleSet *rules)
{
    rules->purchase.bonus_points = 0;
    rules->purchase.bonus_max_per_day = 0;
}

static void doubled_purchases(RuleSet *rules)
{
    static Campaign campaign = {.name = "twice", .multiply_hundredths = 200};
    campaign.kinds = KIND_SET(SLOT_PURCHASE) | KIND_SET(SLOT_CATEGORY_BONUS);
    campaign.from_local_us = at("2025-05-01 00:00");
    campaign.until_local_us = at("2025-06-01 00:00");
    rules->campaigns = &campaign;
    rules->campaign_count = 1;
}

/* An order of 2.00 with these categories. */
#define BASKET(id, when, order, ...)                                                               \
    with_categories(buy((id), (when), (order), 200), CATEGORIES(__VA_ARGS__))

Test(earn_categories, one_point_for_each_category_after_the_first)
{
    const FoldCase cases[] = {
        {"none", .events = {buy(1, "2025-05-10 12:00", 7, 200)}, .points = 2, .fates = "earning"},
        {"one", .events = {BASKET(1, "2025-05-10 12:00", 7, 11)}, .points = 2, .fates = "earning"},
        {"one twice", .events = {BASKET(1, "2025-05-10 12:00", 7, 11, 11)}, .points = 2,
         .fates = "earning"},
        {"two", .events = {BASKET(1, "2025-05-10 12:00", 7, 11, 12)}, .points = 3,
         .fates = "earning"},
        {"two, one of them twice, unsorted",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 12, 11, 12)}, .points = 3, .fates = "earning"},
        {"five", .events = {BASKET(1, "2025-05-10 12:00", 7, 1, 2, 3, 4, 5)}, .points = 6,
         .fates = "earning"},
        {"six earn five", .events = {BASKET(1, "2025-05-10 12:00", 7, 1, 2, 3, 4, 5, 6)},
         .points = 7, .fates = "earning"},
        {"seven earn five", .events = {BASKET(1, "2025-05-10 12:00", 7, 1, 2, 3, 4, 5, 6, 7)},
         .points = 7, .fates = "earning"},
        {"0 and negative ids are categories",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 0, -1, INT32_MIN, INT32_MAX)}, .points = 5,
         .fates = "earning"},
        {"two points each, at most three", two_points_at_most_three,
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1, 2),
                    BASKET(2, "2025-05-11 12:00", 8, 1, 2, 3)},
         .points = 2 + 2 + 2 + 3, .fates = "earning earning"},
        {"without the rule no bonus", no_bonus,
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1, 2, 3)}, .points = 2, .fates = "earning"},
        {"no campaign multiplies it", doubled_purchases,
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1, 2, 3)}, .points = 4 + 2,
         .fates = "earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_categories, a_day_is_a_local_day)
{
    const FoldCase cases[] = {
        {"over the day's orders",
         .events = {BASKET(1, "2025-05-10 00:00", 7, 1),
                    BASKET(2, "2025-05-10 23:59:59.999999", 8, 2)},
         .points = 5, .fates = "earning earning"},
        {"not over two days",
         .events = {BASKET(1, "2025-05-10 23:59:59.999999", 7, 1),
                    BASKET(2, "2025-05-11 00:00", 8, 2)},
         .points = 4, .fates = "earning earning"},
        {"not over a month's end",
         .events = {BASKET(1, "2025-05-31 23:59:59.999999", 7, 1),
                    BASKET(2, "2025-06-01 00:00", 8, 2)},
         .points = 4, .fates = "earning earning"},
        {"each day its own maximum",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1, 2, 3, 4, 5, 6, 7),
                    BASKET(2, "2025-05-11 12:00", 8, 1, 2, 3, 4, 5, 6, 7)},
         .points = 14, .fates = "earning earning"},
        {"each shipment on its own day",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1, 2), BASKET(2, "2025-05-11 12:00", 7, 1, 2)},
         .points = 4 + 1 + 1, .fates = "earning earning"},
        {"two shipments of different days hold one category each",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1), BASKET(2, "2025-05-11 12:00", 7, 2)},
         .points = 4, .fates = "earning earning"},
        {"two shipments of a day",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1), BASKET(2, "2025-05-10 13:00", 7, 2)},
         .points = 5, .fates = "earning earning"},
    };
    check_fold_cases(cases, COUNT(cases));
    RuleSet rules = standard_rules();
    /* 25 hours: the clocks of Los Angeles went back on 2 November. */
    const Event autumn[] = {
        in_wall_clock(BASKET(1, "2025-11-02 07:00", 7, 1), "2025-11-02 00:00"),
        in_wall_clock(BASKET(2, "2025-11-03 07:59:59.999999", 8, 2), "2025-11-02 23:59:59.999999"),
        in_wall_clock(BASKET(3, "2025-11-03 08:00", 9, 3), "2025-11-03 00:00"),
    };
    cr_expect_eq(fold(&rules, autumn, COUNT(autumn)).points, 7);
}

Test(earn_categories, only_of_earning_credits)
{
    const FoldCase cases[] = {
        {"a credit below the minimum lends none",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1),
                    with_categories(buy(2, "2025-05-10 12:00", 8, 199), CATEGORIES(2, 3))},
         .points = 2, .fates = "earning ineligible"},
        {"a refunded one lends none",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1), BASKET(2, "2025-05-10 12:00", 8, 2),
                    refund_all(3, "2025-07-10 12:00", 8)},
         .points = 2, .fates = "earning ineligible refunds"},
        {"a partly refunded one lends all",
         .events = {with_categories(buy(1, "2025-05-10 12:00", 7, 1000), CATEGORIES(1, 2)),
                    refund(2, "2025-05-11 12:00", 7, 800)},
         .points = 3, .fates = "earning refunds"},
        {"a shipment of 0 within an earning credit lends its own",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1),
                    with_categories(buy(2, "2025-05-10 12:00", 7, 0), CATEGORIES(2))},
         .points = 3, .fates = "earning earning"},
        {"an event that was left out lends none",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1),
                    without_order(BASKET(2, "2025-05-10 12:00", 8, 2))},
         .points = 2, .fates = "earning missing_order_id"},
        {"a review's categories do not count",
         .events = {BASKET(1, "2025-05-10 12:00", 7, 1),
                    with_categories(review(2, "2025-05-10 12:00", 500), CATEGORIES(2, 3))},
         .points = 3, .fates = "earning earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_categories, the_line_has_no_event)
{
    RuleSet rules = standard_rules();
    const Event events[] = {BASKET(1, "2025-05-10 12:00", 7, 1, 2, 3, 4, 5, 6, 7)};
    Folded folded = fold(&rules, events, COUNT(events));
    cr_assert(folded.done);
    cr_assert_eq(folded.line_count, 2);
    const Earned *line = folded_line(&folded, 0);
    cr_assert_not_null(line);
    cr_expect_eq(line->slot, SLOT_CATEGORY_BONUS);
    cr_expect_eq(line->points, 5);
    cr_expect_eq(line->event_index, 7, "the count of categories");
    cr_expect(line->order_capped);
    char day[DAY_TEXT_BYTES];
    cr_expect_str_eq(day_format(line->day, day), "2025-05-10");
}
