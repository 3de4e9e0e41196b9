/*
 * programme/earn: purchases, credits and their points (contract 3.1, 3.2, 3.6).
 */
#include "builders.h"

#include <criterion/criterion.h>

static void five_an_order(RuleSet *rules)
{
    rules->purchase.points_per_order = 5;
    rules->purchase.points_per_unit_hundredths = 0;
    rules->purchase.max_per_order = NO_LIMIT;
}

static void five_an_order_and_half_a_unit(RuleSet *rules)
{
    rules->purchase.points_per_order = 5;
    rules->purchase.points_per_unit_hundredths = 50;
}

static void hundredth_a_unit(RuleSet *rules)
{
    rules->purchase.points_per_unit_hundredths = 1;
}

static void no_minimum_no_maximum(RuleSet *rules)
{
    rules->purchase.min_amount_cents = 0;
    rules->purchase.max_per_order = NO_LIMIT;
}

static void purchases_not_listed(RuleSet *rules)
{
    rules->purchase = (PurchaseRule){.in_force = false};
}

Test(earn_orders, a_member_without_events_earns_nothing)
{
    RuleSet rules = standard_rules();
    EarnWorkspace *workspace = earn_workspace_create();
    TakeList takes = {NULL, 0, 0};
    int64_t points = -5;
    Error error = {0};
    cr_expect(earn_month(workspace, &rules, month(2025, 5), NULL, 0, &takes, &points, &error));
    cr_expect_eq(points, 0);
    size_t line_count = 9;
    (void)earn_lines(workspace, &line_count);
    cr_expect_eq(line_count, 0);
    cr_expect_eq(takes.count, 0);
    earn_workspace_destroy(workspace);
    earn_workspace_destroy(NULL);
}

Test(earn_orders, a_point_for_each_whole_unit_from_the_minimum_to_the_maximum)
{
    const FoldCase cases[] = {
        {"1.99 is below the minimum", .events = {buy(1, "2025-05-10 12:00", 7, 199)}, .points = 0,
         .fates = "ineligible"},
        {"2.00 is the minimum", .events = {buy(1, "2025-05-10 12:00", 7, 200)}, .points = 2,
         .fates = "earning"},
        {"2.01 is above it", .events = {buy(1, "2025-05-10 12:00", 7, 201)}, .points = 2,
         .fates = "earning"},
        {"2.99 rounds down", .events = {buy(1, "2025-05-10 12:00", 7, 299)}, .points = 2,
         .fates = "earning"},
        {"499.99", .events = {buy(1, "2025-05-10 12:00", 7, 49999)}, .points = 499,
         .fates = "earning"},
        {"500.00", .events = {buy(1, "2025-05-10 12:00", 7, 50000)}, .points = 500,
         .fates = "earning"},
        {"501.00 is over the order's own cap", .events = {buy(1, "2025-05-10 12:00", 7, 50100)},
         .points = 500, .fates = "earning"},
        {"600.00 earns 500", .events = {buy(1, "2025-05-10 12:00", 7, 60000)}, .points = 500,
         .fates = "earning"},
        {"two orders each have their own cap",
         .events = {buy(1, "2025-05-10 12:00", 7, 60000), buy(2, "2025-05-10 12:00", 8, 60000)},
         .points = 1000, .fates = "earning earning"},
        {"order 0 and negative orders are orders",
         .events = {buy(1, "2025-05-10 12:00", 0, 1000), buy(2, "2025-05-10 12:00", -3, 2000)},
         .points = 30, .fates = "earning earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_orders, other_ways_to_earn)
{
    const FoldCase cases[] = {
        {"five points an order", five_an_order,
         .events = {buy(1, "2025-05-10 12:00", 7, 200), buy(2, "2025-05-10 12:00", 8, 99999),
                    buy(3, "2025-05-10 12:00", 9, 199)},
         .points = 10, .fates = "earning earning ineligible"},
        {"five an order and half a point a unit", five_an_order_and_half_a_unit,
         .events = {buy(1, "2025-05-10 12:00", 7, 399)}, .points = 6, .fates = "earning"},
        {"the order's cap holds both parts", five_an_order_and_half_a_unit,
         .events = {buy(1, "2025-05-10 12:00", 7, 99000)}, .points = 500, .fates = "earning"},
        {"below one point an order still earns, with 0", hundredth_a_unit,
         .events = {buy(1, "2025-05-10 12:00", 7, 9999), buy(2, "2025-05-10 12:00", 8, 10000)},
         .points = 1, .fates = "earning earning"},
        {"without a minimum an amount of 0 earns nothing", no_minimum_no_maximum,
         .events = {buy(1, "2025-05-10 12:00", 7, 0), buy(2, "2025-05-10 12:00", 8, 1)},
         .points = 0, .fates = "ineligible earning"},
        {"without a maximum the sky", no_minimum_no_maximum,
         .events = {buy(1, "2025-05-10 12:00", 7, 123456789)}, .points = 1234567,
         .fates = "earning"},
        {"where purchase is not listed it is no kind", purchases_not_listed,
         .events = {buy(1, "2025-05-10 12:00", 7, 5000)}, .points = 0, .fates = "unknown_kind"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_orders, discounts_never_earn)
{
    const FoldCase cases[] = {
        {"less the discount", .events = {with_discount(buy(1, "2025-05-10 12:00", 7, 10000), 2050)},
         .points = 79, .fates = "earning"},
        {"the discount can bring it below the minimum",
         .events = {with_discount(buy(1, "2025-05-10 12:00", 7, 1000), 801)}, .points = 0,
         .fates = "ineligible"},
        {"or just to it", .events = {with_discount(buy(1, "2025-05-10 12:00", 7, 1000), 800)},
         .points = 2, .fates = "earning"},
        {"a discount above the items is an amount of 0, not less",
         .events = {with_discount(buy(1, "2025-05-10 12:00", 7, 1000), 1500),
                    buy(2, "2025-05-11 12:00", 7, 1000)},
         .points = 10, .fates = "earning earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* Contract 3.2. */
Test(earn_orders, split_shipments_of_a_month_are_one_credit)
{
    const FoldCase cases[] = {
        {"their amounts add up before they are floored",
         .events = {buy(1, "2025-05-10 12:00", 7, 150), buy(2, "2025-05-20 12:00", 7, 150)},
         .points = 3, .fates = "earning earning"},
        {"the minimum is the credit's, not the event's",
         .events = {buy(1, "2025-05-10 12:00", 7, 100), buy(2, "2025-05-20 12:00", 7, 99)},
         .points = 0, .fates = "ineligible ineligible"},
        {"the cap is the credit's too",
         .events = {buy(1, "2025-05-10 12:00", 7, 40000), buy(2, "2025-05-20 12:00", 7, 40000)},
         .points = 500, .fates = "earning earning"},
        {"in different months they are different credits",
         .events = {buy(1, "2025-05-31 23:59:59.999999", 7, 40000),
                    buy(2, "2025-06-01 00:00", 7, 40000)},
         .points = 800, .fates = "earning earning"},
        {"each with its own minimum",
         .events = {buy(1, "2025-05-31 23:59:59.999999", 7, 199),
                    buy(2, "2025-06-01 00:00", 7, 201)},
         .points = 2, .fates = "ineligible earning"},
        {"an event with 0 belongs to the credit all the same",
         .events = {buy(1, "2025-05-10 12:00", 7, 0), buy(2, "2025-05-20 12:00", 7, 500)},
         .points = 5, .fates = "earning earning"},
        {"other orders between them do not matter",
         .events = {buy(1, "2025-05-01 12:00", 7, 150), buy(2, "2025-05-02 12:00", 6, 250),
                    buy(3, "2025-05-03 12:00", 7, 150), buy(4, "2025-05-04 12:00", 8, 250),
                    buy(5, "2025-05-05 12:00", 7, 150)},
         .points = 8, .fates = "earning earning earning earning earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_orders, credit_is_dated_at_its_earliest_event)
{
    RuleSet rules = standard_rules();
    const Event events[] = {
        buy(31, "2025-05-20 12:00", 7, 1000),
        buy(32, "2025-05-10 12:00", 7, 1000),
        buy(30, "2025-05-10 12:00", 7, 1050),
    };
    Folded folded = fold(&rules, events, COUNT(events));
    cr_assert(folded.done);
    cr_assert_eq(folded.line_count, 1);
    const Earned *line = &folded.lines[0];
    cr_expect_eq(line->event_id, 30, "of the same time the smaller event_id comes first");
    cr_expect_eq(line->occurred_at_us, at("2025-05-10 12:00"));
    cr_expect_eq(line->event_count, 3);
    cr_expect_eq(line->amount_cents, 3050);
    cr_expect_eq(line->taken_cents, 0);
    cr_expect_eq(line->points, 30);
    cr_expect_eq(line->uncapped_points, 30);
    cr_expect_eq(line->slot, SLOT_PURCHASE);
    cr_expect(line->eligible);
    cr_expect_not(line->order_capped);
    cr_expect_null(line->campaign);
    cr_expect_null(line->cap);
    char day[DAY_TEXT_BYTES];
    cr_expect_str_eq(day_format(line->day, day), "2025-05-10");
}

Test(earn_orders, order_cap_is_told)
{
    RuleSet rules = standard_rules();
    const Event events[] = {buy(1, "2025-05-10 12:00", 7, 50000),
                            buy(2, "2025-05-11 12:00", 8, 50100)};
    Folded folded = fold(&rules, events, COUNT(events));
    cr_assert(folded.done);
    cr_expect_not(folded_line(&folded, 1)->order_capped);
    cr_expect(folded_line(&folded, 2)->order_capped);
}

/* Many purchases of many orders: the long way of sorting gives what the short way gives. */
Test(earn_orders, many_orders_in_a_month)
{
    RuleSet rules = standard_rules();
    Event events[FOLD_EVENTS_MAX];
    for (int64_t i = 0; i < FOLD_EVENTS_MAX; i++) {
        events[i] = buy(i + 1, "2025-05-10 12:00", (i * 37) % 16, 150);
        events[i].occurred_at_us += (i * 29) % FOLD_EVENTS_MAX;
        events[i].local_us = events[i].occurred_at_us;
    }
    Folded folded = fold(&rules, events, FOLD_EVENTS_MAX);
    cr_assert(folded.done);
    cr_expect_eq(folded.line_count, 16);
    cr_expect_eq(folded.points, 16 * 6, "4 times 1.50 an order");
}

/* Contract 4.5: the newest rules that are not younger than the event's local month. */
Test(earn_orders, rules_are_those_of_the_events_month)
{
    RuleSet rulesets[2] = {standard_rules(), standard_rules()};
    rulesets[0].from = month(2025, 2);
    rulesets[1].from = month(2025, 3);
    five_an_order(&rulesets[1]);
    const Programme programme = {.rulesets = rulesets, .ruleset_count = 2};
    const Event events[] = {
        buy(1, "2025-01-31 23:59:59.999999", 7, 10000), /* before every rule */
        buy(2, "2025-02-01 00:00", 8, 10000),
        buy(3, "2025-02-28 23:59:59.999999", 9, 10000),
        buy(4, "2025-03-01 00:00", 10, 10000),
        refund_all(5, "2025-01-20 00:00", 7),
        fraud(6, "2025-01-20 00:00", 7),
    };
    Folded folded = fold_programme(&programme, events, COUNT(events));
    cr_assert(folded.done);
    cr_expect_str_eq(folded.fates,
                     "unknown_kind earning earning earning unknown_kind unknown_kind");
    cr_expect_eq(folded_month(&folded, month(2025, 1)), 0);
    cr_expect_eq(folded_month(&folded, month(2025, 2)), 200);
    cr_expect_eq(folded_month(&folded, month(2025, 3)), 5);
}
