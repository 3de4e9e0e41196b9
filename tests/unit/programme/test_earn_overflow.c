/*
 * programme/earn: the limits of int64. Beyond them is an error with exit 65, never a wrapped
 * number, and ret_points stays as it was.
 */
#include "builders.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { UNTOUCHED = -12345 };

/* Folds a month that must fail with this message and hint. */
static void check_failure(const RuleSet *rules, Event *events, size_t event_count,
                          const char *message, const char *hint)
{
    EarnWorkspace *workspace = earn_workspace_create();
    TakeList takes = {NULL, 0, 0};
    int64_t points = UNTOUCHED;
    Error error = {0};
    cr_expect_not(
        earn_month(workspace, rules, month(2025, 5), events, event_count, &takes, &points, &error),
        "it earned %lld points", (long long)points);
    cr_expect_eq(points, UNTOUCHED);
    cr_expect_eq(error.code, EXIT_DATA);
    cr_expect_str_eq(error.message, message);
    cr_expect_str_eq(error.hint, hint);
    earn_workspace_destroy(workspace);
    free(takes.items);
}

static RuleSet point_per_cent(void)
{
    RuleSet rules = standard_rules();
    rules.purchase.points_per_unit_hundredths = 100 * 100;
    rules.purchase.max_per_order = NO_LIMIT;
    return rules;
}

Test(earn_overflow, amounts_up_to_the_limit)
{
    RuleSet rules = point_per_cent();
    Event events[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX - 1),
                      buy(2, "2025-05-11 12:00", 7, 1)};
    Folded folded = fold(&rules, events, COUNT(events));
    cr_expect(folded.done, "%s", folded.error.message);
    cr_expect_eq(folded.points, INT64_MAX);
    RuleSet standard = standard_rules();
    folded = fold(&standard, events, COUNT(events));
    cr_expect_eq(folded.points, 500);
    standard.purchase.max_per_order = NO_LIMIT;
    folded = fold(&standard, events, COUNT(events));
    cr_expect_eq(folded.points, INT64_MAX / 100);
}

Test(earn_overflow, amounts_of_an_order)
{
    RuleSet rules = standard_rules();
    Event events[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX), buy(2, "2025-05-11 12:00", 7, 1)};
    check_failure(&rules, events, COUNT(events),
                  "the amounts of order 7 add up to more than a bigint holds",
                  "correct the order's events at their source.");
}

Test(earn_overflow, the_same_amounts_in_two_orders_or_months)
{
    RuleSet rules = standard_rules();
    const Event orders[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX),
                            buy(2, "2025-05-11 12:00", 8, INT64_MAX)};
    const Event months[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX),
                            buy(2, "2025-06-11 12:00", 7, INT64_MAX)};
    cr_expect_eq(fold(&rules, orders, 2).points, 1000);
    cr_expect_eq(fold(&rules, months, 2).points, 1000);
}

Test(earn_overflow, points_of_an_order)
{
    RuleSet rules = point_per_cent();
    rules.purchase.points_per_order = 1;
    Event fits[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX - 1)};
    cr_expect_eq(fold(&rules, fits, 1).points, INT64_MAX);
    Event events[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX)};
    check_failure(&rules, events, COUNT(events), "an order earns more points than a bigint holds",
                  "correct the amount with a refund or an adjustment.");
}

Test(earn_overflow, points_of_a_campaign)
{
    static Campaign campaign = {.name = "much", .multiply_hundredths = 200};
    campaign.kinds = ~UINT64_C(0);
    campaign.from_local_us = at("2025-05-01 00:00");
    campaign.until_local_us = at("2025-06-01 00:00");
    RuleSet rules = point_per_cent();
    rules.campaigns = &campaign;
    rules.campaign_count = 1;
    Event fits[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX / 2)};
    cr_expect_eq(fold(&rules, fits, 1).points, INT64_MAX - 1);
    Event events[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX / 2 + 1)};
    check_failure(&rules, events, COUNT(events), "an event earns more points than a bigint holds",
                  "lower the campaign's multiplier.");
    campaign.multiply_hundredths = INT64_MAX;
    Event lowest[] = {adjustment(1, "2025-05-10 12:00", INT32_MIN)};
    check_failure(&rules, lowest, COUNT(lowest), "an event earns more points than a bigint holds",
                  "lower the campaign's multiplier.");
}

Test(earn_overflow, points_of_a_month)
{
    RuleSet rules = point_per_cent();
    Event fits[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX - 200),
                    buy(2, "2025-05-10 12:00", 8, 200)};
    cr_expect_eq(fold(&rules, fits, 2).points, INT64_MAX);
    Event events[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX - 200),
                      buy(2, "2025-05-10 12:00", 8, 201)};
    check_failure(&rules, events, COUNT(events),
                  "a month's points add up to more than a bigint holds",
                  "look at the member's recorded points.");
}

/* The sum must hold at each event, so which events fit does not depend on how they are added. */
Test(earn_overflow, points_of_a_month_add_up_in_time)
{
    RuleSet rules = point_per_cent();
    Event fits[] = {adjustment(1, "2025-05-09 12:00", -1), buy(2, "2025-05-10 12:00", 7, INT64_MAX),
                    bonus(3, "2025-05-11 12:00", 1)};
    cr_expect_eq(fold(&rules, fits, COUNT(fits)).points, INT64_MAX);
    Event events[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX), bonus(2, "2025-05-11 12:00", 1),
                      adjustment(3, "2025-05-12 12:00", -1)};
    check_failure(&rules, events, COUNT(events),
                  "a month's points add up to more than a bigint holds",
                  "look at the member's recorded points.");
}

/* Just beyond int32, where sums are made with more care. */
Test(earn_overflow, points_around_int32)
{
    RuleSet rules = point_per_cent();
    static const int64_t points[] = {INT32_MAX, INT64_C(1) + INT32_MAX, INT64_C(1) << 32};
    for (size_t i = 0; i < COUNT(points); i++) {
        Event events[] = {buy(1, "2025-05-10 12:00", 7, points[i]),
                          buy(2, "2025-05-10 12:00", 8, points[i]),
                          adjustment(3, "2025-05-10 12:00", INT32_MIN)};
        cr_expect_eq(fold(&rules, events, COUNT(events)).points, 2 * points[i] + INT32_MIN);
    }
}

/* With two errors in a month the order's is told, wherever it stands. */
Test(earn_overflow, an_order_before_a_campaign)
{
    static Campaign campaign = {.name = "much", .multiply_hundredths = INT64_MAX};
    campaign.kinds = KIND_SET(SLOT_ADJUSTMENT);
    campaign.from_local_us = at("2025-05-01 00:00");
    campaign.until_local_us = at("2025-06-01 00:00");
    RuleSet rules = standard_rules();
    rules.campaigns = &campaign;
    rules.campaign_count = 1;
    Event events[] = {adjustment(1, "2025-05-09 12:00", INT32_MIN),
                      buy(2, "2025-05-10 12:00", 7, INT64_MAX), buy(3, "2025-05-11 12:00", 7, 1)};
    check_failure(&rules, events, COUNT(events),
                  "the amounts of order 7 add up to more than a bigint holds",
                  "correct the order's events at their source.");
}

Test(earn_overflow, points_of_a_capped_set)
{
    static const Cap caps[] = {{KIND_SET(SLOT_PURCHASE), false, 10, "purchase: at most 10"}};
    RuleSet rules = point_per_cent();
    rules.caps = caps;
    rules.cap_count = 1;
    Event events[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX - 200),
                      buy(2, "2025-05-10 12:00", 8, 201)};
    check_failure(&rules, events, COUNT(events), "points add up to more than a bigint holds", "");
    Event fits[] = {buy(1, "2025-05-10 12:00", 7, INT64_MAX - 200),
                    buy(2, "2025-05-10 12:00", 8, 200)};
    cr_expect_eq(fold(&rules, fits, 2).points, 10);
}

/* The sum of the set leaves bigint, that of all does not. */
Test(earn_overflow, points_of_a_set_that_is_capped_by_day)
{
    static const Cap caps[] = {{KIND_SET(SLOT_PURCHASE), true, 10, "purchase: at most 10 a day"}};
    RuleSet rules = point_per_cent();
    rules.caps = caps;
    rules.cap_count = 1;
    Event events[] = {adjustment(1, "2025-05-10 11:00", -1),
                      buy(2, "2025-05-10 12:00", 7, INT64_MAX - 200),
                      buy(3, "2025-05-10 12:00", 8, 201)};
    check_failure(&rules, events, COUNT(events), "points add up to more than a bigint holds", "");
    Event days[] = {adjustment(1, "2025-05-10 11:00", -1),
                    buy(2, "2025-05-10 12:00", 7, INT64_MAX - 200),
                    buy(3, "2025-05-11 12:00", 8, 201)};
    cr_expect_eq(fold(&rules, days, COUNT(days)).points, 19);
}

Test(earn_overflow, points_of_a_category_day)
{
    RuleSet rules = standard_rules();
    rules.purchase.bonus_points = INT64_MAX / 2 + 1;
    rules.purchase.bonus_max_per_day = 5;
    Event fits[] = {with_categories(buy(1, "2025-05-10 12:00", 7, 200), CATEGORIES(1, 2))};
    cr_expect_eq(fold(&rules, fits, 1).points, 7);
    Event events[] = {with_categories(buy(1, "2025-05-10 12:00", 7, 200), CATEGORIES(1, 2, 3))};
    check_failure(&rules, events, COUNT(events),
                  "a day's category bonus is more than a bigint holds", "");
}

/* A definite amount is definite up to the largest one: more than there was is unmatched. */
Test(earn_overflow, refunds_up_to_the_limit)
{
    const FoldCase cases[] = {
        {"a refund of all but a cent of the largest amount",
         .events = {buy(1, "2025-05-10 12:00", 7, INT64_MAX),
                    refund(2, "2025-05-11 12:00", 7, INT64_MAX - 200)},
         .points = 2, .fates = "earning refunds"},
        {"of the largest amount, exactly",
         .events = {buy(1, "2025-05-10 12:00", 7, INT64_MAX),
                    refund(2, "2025-05-11 12:00", 7, INT64_MAX)},
         .points = 0, .fates = "ineligible refunds"},
        {"of one less than the largest amount, where there was less",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000),
                    refund(2, "2025-05-11 12:00", 7, INT64_MAX - 1)},
         .points = 0, .fates = "ineligible unmatched_refund"},
        {"of the largest amount, where there was less",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000),
                    refund(2, "2025-05-11 12:00", 7, INT64_MAX)},
         .points = 0, .fates = "ineligible unmatched_refund"},
        {"all of two of the largest amounts",
         .events = {buy(1, "2025-05-10 12:00", 7, INT64_MAX),
                    buy(2, "2025-06-10 12:00", 7, INT64_MAX), refund_all(3, "2025-07-11 12:00", 7)},
         .points = 0, .fates = "ineligible ineligible refunds"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* After a failure the workspace serves the next member as if nothing had been. */
Test(earn_overflow, the_workspace_can_be_used_again)
{
    RuleSet rules = standard_rules();
    EarnWorkspace *workspace = earn_workspace_create();
    TakeList takes = {NULL, 0, 0};
    Event bad[] = {with_categories(buy(1, "2025-05-10 12:00", 6, 500), CATEGORIES(1, 2)),
                   buy(2, "2025-05-10 12:00", 7, INT64_MAX), buy(3, "2025-05-11 12:00", 7, 1)};
    int64_t points = UNTOUCHED;
    Error error = {0};
    cr_expect_not(
        earn_month(workspace, &rules, month(2025, 5), bad, COUNT(bad), &takes, &points, &error));
    Event good[] = {buy(4, "2025-05-10 12:00", 8, 1000)};
    cr_expect(
        earn_month(workspace, &rules, month(2025, 5), good, COUNT(good), &takes, &points, &error));
    cr_expect_eq(points, 10);
    size_t line_count = 0;
    (void)earn_lines(workspace, &line_count);
    cr_expect_eq(line_count, 1);
    earn_workspace_destroy(workspace);
    free(takes.items);
}

Test(earn_overflow, points_that_a_cap_of_a_month_adds_up)
{
    RuleSet rules = standard_rules();
    static Cap cap = {.max_points = 10};
    cap.kinds = KIND_SET(SLOT_VISIT);
    rules.caps = &cap;
    rules.cap_count = 1;
    rules.kinds[SLOT_VISIT].points = INT64_MAX;
    Event events[] = {visit(1, "2025-05-09 12:00"), visit(2, "2025-05-10 12:00")};
    Event one[] = {visit(1, "2025-05-09 12:00")};
    cr_expect_eq(fold(&rules, one, 1).points, 10);
    EarnWorkspace *workspace = earn_workspace_create();
    TakeList takes = {NULL, 0, 0};
    int64_t points = UNTOUCHED;
    Error error = {0};
    cr_expect_not(
        earn_month(workspace, &rules, month(2025, 5), events, 2, &takes, &points, &error));
    cr_expect_eq(error.code, EXIT_DATA);
    cr_expect_eq(points, UNTOUCHED);
    earn_workspace_destroy(workspace);
}

/* What comes after the event that is too large does not make it good again. */
Test(earn_overflow, an_error_stays_one_whatever_follows)
{
    static Campaign campaign = {.name = "much", .multiply_hundredths = INT64_MAX};
    campaign.kinds = KIND_SET(SLOT_BONUS);
    campaign.from_local_us = at("2025-05-01 00:00");
    campaign.until_local_us = at("2025-06-01 00:00");
    RuleSet rules = standard_rules();
    rules.campaigns = &campaign;
    rules.campaign_count = 1;
    Event events[] = {bonus(1, "2025-05-10 12:00", INT32_MAX), visit(2, "2025-05-11 12:00")};
    check_failure(&rules, events, COUNT(events), "an event earns more points than a bigint holds",
                  "lower the campaign's multiplier.");
}
