/*
 * report/explain: the words of every line, and sums that hold (contract 9).
 */
#include "explained.h"

#include <criterion/criterion.h>
#include <string.h>

enum { DECEMBER = 2025 * 12 + 11 };

static MemberEvent *refund(Explained *explained, int64_t event_id, int64_t occurred_at_us,
                           int64_t order_id, int64_t item_cents)
{
    MemberEvent *event =
        explained_purchase(explained, event_id, occurred_at_us, order_id, item_cents);
    event->kind = "refund";
    event->slot = SLOT_REFUND;
    return event;
}

static MemberEvent *bonus(Explained *explained, int64_t event_id, int64_t occurred_at_us,
                          int32_t points)
{
    MemberEvent *event = explained_event(explained, "bonus", event_id, occurred_at_us);
    event->points = points;
    event->has_points = true;
    return event;
}

Test(explain, a_purchase_and_its_refund_of_a_later_month)
{
    Explained *e = explained_create(NULL, DECEMBER);
    explained_purchase(e, 1, at(2025, 5, 3, 12), 9, 14000);
    refund(e, 2, at(2025, 6, 3, 12), 9, 2050);
    explained_build(e);
    expect_line(e, 1, 119, "earning", "order 9: floor(119.50) = 119 points, 20.50 refunded");
    expect_line(e, 2, 0, "refunds", "took 20.50 off order 9");
    cr_expect_eq(e->explanation.points, 119);
    cr_expect_str_eq(e->explanation.level->name, "Gold");
    cr_expect_str_eq(e->explanation.next_level->name, "Platinum");
    cr_expect_eq(explained_line(e, 1)->order_id, 9);
    explained_destroy(e);
}

Test(explain, what_an_order_earns_and_what_bounds_it)
{
    Explained *e = explained_create(NULL, DECEMBER);
    explained_purchase(e, 1, at(2025, 10, 1, 12), 1, 60000);
    explained_purchase(e, 2, at(2025, 10, 1, 13), 2, 199);
    explained_purchase(e, 3, at(2025, 10, 1, 14), 3, 299);
    explained_purchase(e, 4, at(2025, 10, 1, 15), 4, 0);
    explained_purchase(e, 5, at(2025, 11, 11, 0), 5, 10100);
    explained_purchase(e, 6, at(2025, 11, 11, 1), 6, 50000)->discount_cents = 100;
    explained_build(e);
    expect_line(e, 1, 500, "earning", "order 1: floor(600.00) = 600 points, order at most 500");
    expect_line(e, 2, 0, "ineligible", "order 2: 1.99, below 2.00");
    expect_line(e, 3, 2, "earning", "order 3: floor(2.99) = 2 points");
    expect_line(e, 4, 0, "ineligible", "order 4: nothing paid, the amount is 0.00");
    expect_line(e, 5, 151, "earning",
                "order 5: floor(101.00) = 101 points, campaign 11.11: x 1.5 = 151 points");
    expect_line(e, 6, 500, "earning",
                "order 6: floor(499.00) = 499 points, campaign 11.11: x 1.5 = 748 points, order at "
                "most 500");
    explained_destroy(e);
}

Test(explain, split_shipments_are_one_credit_on_the_first_event)
{
    Explained *e = explained_create(NULL, DECEMBER);
    explained_purchase(e, 10, at(2025, 3, 3, 12), 8, 10000);
    explained_purchase(e, 11, at(2025, 3, 4, 12), 8, 9950);
    explained_purchase(e, 12, at(2025, 4, 1, 0), 8, 300);
    explained_build(e);
    expect_line(e, 10, 199, "earning", "order 8 in 2 shipments: floor(199.50) = 199 points");
    expect_line(e, 11, 0, "earning", "part of order 8");
    expect_line(e, 12, 3, "earning", "order 8: floor(3.00) = 3 points");
    explained_destroy(e);
}

Test(explain, refunds_that_leave_nothing_too_little_or_find_nothing)
{
    Explained *e = explained_create(NULL, DECEMBER);
    explained_purchase(e, 1, at(2025, 3, 1, 12), 1, 2000);
    explained_purchase(e, 2, at(2025, 3, 1, 13), 2, 2000);
    explained_purchase(e, 3, at(2025, 3, 1, 14), 3, 2000);
    refund(e, 4, at(2025, 3, 2, 12), 1, 0)->has_item = false;
    refund(e, 5, at(2025, 3, 2, 13), 2, 1850);
    refund(e, 6, at(2025, 3, 2, 14), 3, 3000);
    refund(e, 7, at(2025, 3, 3, 14), 3, 100);
    refund(e, 8, at(2025, 3, 4, 14), 99, 100);
    refund(e, 9, at(2025, 3, 5, 14), 2, 0);
    explained_build(e);
    expect_line(e, 1, 0, "ineligible", "order 1: 20.00 taken back, nothing left");
    expect_line(e, 2, 0, "ineligible", "order 2: 1.50 left, below 2.00, 18.50 refunded");
    expect_line(e, 4, 0, "refunds", "took 20.00 off order 1");
    expect_line(e, 5, 0, "refunds", "took 18.50 off order 2");
    expect_line(e, 6, 0, "unmatched_refund", "took 20.00 off order 3, 10.00 more than it had");
    expect_line(e, 7, 0, "unmatched_refund", "order 3 has nothing left to take");
    expect_line(e, 8, 0, "unmatched_refund", "order 99 not found in the window");
    expect_line(e, 9, 0, "refunds", "took nothing off order 2");
    explained_destroy(e);
}

Test(explain, categories_of_a_day_have_a_line_without_an_event)
{
    static const int32_t six[] = {1, 2, 3, 4, 5, 6};
    Explained *e = explained_create(NULL, DECEMBER);
    MemberEvent *event = explained_purchase(e, 1, at(2025, 3, 1, 12), 1, 2000);
    event->categories = six;
    event->category_count = 6;
    explained_build(e);
    expect_line(e, 0, 3, "earning",
                "6 categories on this day: (6 - 1) x 1 = 5 points, at most 3 a day");
    cr_expect_str_eq(explained_line(e, 0)->kind, "category_bonus");
    cr_expect_eq(e->explanation.points, 23);
    explained_destroy(e);
}

Test(explain, other_kinds_caps_and_repeats)
{
    Explained *e = explained_create(NULL, DECEMBER);
    explained_event(e, "visit", 1, at(2025, 3, 1, 12));
    explained_event(e, "visit", 2, at(2025, 3, 1, 13));
    explained_event(e, "post", 3, at(2025, 3, 2, 12));
    explained_event(e, "post", 4, at(2025, 3, 2, 13));
    explained_event(e, "post", 5, at(2025, 3, 2, 14));
    bonus(e, 6, at(2025, 3, 3, 12), -30);
    MemberEvent *review = explained_event(e, "review", 7, at(2025, 3, 4, 12));
    review->has_item = true;
    review->item_cents = 199;
    bonus(e, 8, at(2025, 11, 11, 12), -3);
    explained_build(e);
    expect_line(e, 1, 1, "earning", "1 point");
    expect_line(e, 2, 0, "ineligible", "not the first visit of the day");
    expect_line(e, 3, 4, "earning", "4 points");
    expect_line(e, 4, 2, "earning", "4 points, post: at most 6 points a month: 2 left");
    expect_line(e, 5, 0, "capped", "4 points, post: at most 6 points a month: none left");
    expect_line(e, 6, -30, "earning", "-30 points, as recorded");
    expect_line(e, 7, 0, "ineligible", "1.99, below 2.00");
    expect_line(e, 8, -5, "earning", "-3 points, as recorded, campaign 11.11: x 1.5 = -5 points");
    explained_destroy(e);
}

Test(explain, anomalies_by_reason)
{
    Explained *e = explained_create(NULL, DECEMBER);
    explained_event(e, "coins", 1, at(2025, 3, 1, 12));
    explained_purchase(e, 2, at(2025, 3, 1, 13), 0, 500)->has_order = false;
    explained_purchase(e, 3, at(2025, 3, 1, 14), 5, 0)->has_item = false;
    explained_purchase(e, 4, at(2025, 3, 1, 15), 6, -1);
    explained_event(e, "bonus", 5, at(2025, 3, 1, 16));
    explained_event(e, "fraud", 6, at(2025, 3, 1, 17));
    explained_build(e);
    expect_line(e, 1, 0, "unknown_kind", "no rule for kind coins");
    expect_line(e, 2, 0, "missing_order_id", "missing_order_id: a purchase must name its order");
    expect_line(e, 3, 0, "missing_amount", "missing_amount: item_cents is needed here");
    expect_line(e, 4, 0, "negative_amount", "negative_amount: an amount is below 0");
    expect_line(e, 5, 0, "missing_points", "missing_points: the event must bring its points");
    expect_line(e, 6, 0, "missing_order_id", "missing_order_id: a fraud must name its order");
    explained_destroy(e);
}

Test(explain, a_fraud_that_voids_its_member)
{
    static const char yaml[] = "program: test\n"
                               "timezone: Etc/GMT+8\n"
                               "currency: USD\n"
                               "rules:\n"
                               "  - from: 2025-02\n"
                               "    levels: [{name: Silver, min_points: 0}]\n"
                               "    earning:\n"
                               "      purchase: {points_per_order: 5, points_per_unit: 0.5}\n"
                               "      visit: {points: 1}\n"
                               "    fraud: {voids: member}\n";
    Explained *e = explained_create(yaml, DECEMBER);
    explained_event(e, "visit", 1, at(2025, 1, 31, 23));
    explained_event(e, "visit", 2, at(2025, 3, 1, 12));
    explained_purchase(e, 3, at(2025, 3, 1, 13), 4, 2000);
    MemberEvent *fraud = explained_event(e, "fraud", 4, at(2025, 3, 2, 12));
    fraud->order_id = 77;
    fraud->has_order = true;
    explained_event(e, "fraud", 5, at(2025, 3, 2, 13));
    explained_purchase(e, 6, at(2025, 3, 3, 13), 5, 2100);
    explained_build(e);
    expect_line(e, 1, 0, "unknown_kind", "no rules are in force in 2025-01");
    expect_line(e, 2, 0, "ineligible", "voided by a fraud");
    expect_line(e, 3, 0, "ineligible", "order 4: voided by a fraud");
    expect_line(e, 4, 0, "unmatched_refund",
                "order 77 not found in the window, voids what the member earned until then");
    expect_line(e, 5, 0, "missing_order_id",
                "missing_order_id: a fraud must name its order, voids what the member earned until "
                "then");
    expect_line(e, 6, 15, "earning", "order 5: 5 + floor(21.00 x 0.5) = 15 points");
    cr_expect_null(e->explanation.next_level);
    explained_destroy(e);
}

Test(explain, a_sum_below_zero_is_raised_by_a_line_of_its_own)
{
    Explained *e = explained_create(NULL, DECEMBER);
    bonus(e, 1, at(2025, 1, 1, 0), -50);
    bonus(e, 2, at(2025, 12, 1, 0), 20);
    explained_build(e);
    expect_line(e, 0, 30, "floor", "the window's points are at least 0");
    cr_expect_str_eq(explained_line(e, 0)->kind, "floor");
    cr_expect_eq(explained_line(e, 0)->day, period_last_day(DECEMBER));
    cr_expect_eq(e->explanation.sum, -30);
    cr_expect_eq(e->explanation.points, 0);
    cr_expect_eq(e->explanation.expiring_points, -50);
    cr_expect_str_eq(e->explanation.level->name, "Silver");
    explained_destroy(e);
}

Test(explain, a_sum_of_zero_needs_no_such_line)
{
    Explained *e = explained_create(NULL, DECEMBER);
    bonus(e, 1, at(2025, 1, 1, 0), -20);
    bonus(e, 2, at(2025, 12, 31, 23), 20);
    explained_build(e);
    cr_expect_eq(e->explanation.line_count, 2);
    explained_destroy(e);
}

Test(explain, the_window_is_twelve_local_months)
{
    Explained *e = explained_create(NULL, DECEMBER);
    bonus(e, 1, at(2025, 1, 1, 0) - 1, 1);
    bonus(e, 2, at(2025, 1, 1, 0), 2);
    bonus(e, 3, at(2026, 1, 1, 0) - 1, 4);
    bonus(e, 4, at(2026, 1, 1, 0), 8);
    explained_build(e);
    cr_expect_eq(e->explanation.points, 6);
    cr_expect_eq(e->explanation.month_count, 12);
    cr_expect_eq(e->explanation.line_count, 2);
    explained_destroy(e);
}

Test(explain, members_without_standing_have_a_reason_and_no_points)
{
    static const int32_t two[] = {1, 2};
    Explained *e = explained_create(NULL, DECEMBER);
    MemberEvent *event = explained_purchase(e, 1, at(2025, 3, 1, 12), 1, 2000);
    event->categories = two;
    event->category_count = 2;
    explained_event(e, "coins", 2, at(2025, 3, 2, 12));
    e->input.closed_on = period_last_day(DECEMBER);
    explained_build(e);
    cr_expect_str_eq(e->explanation.no_standing, "closed on 2025-12-31");
    cr_expect_null(e->explanation.level);
    cr_expect_eq(e->explanation.line_count, 2);
    expect_line(e, 1, 0, "ineligible", "no standing: closed on 2025-12-31");
    expect_line(e, 2, 0, "unknown_kind", "no rule for kind coins");

    e->input.closed_on = period_last_day(DECEMBER) + 1;
    e->input.registered_on = period_last_day(DECEMBER);
    explained_build(e);
    cr_expect_null(e->explanation.no_standing);
    cr_expect_eq(e->explanation.points, 21);

    e->input.registered_on = period_last_day(DECEMBER) + 1;
    explained_build(e);
    cr_expect_str_eq(e->explanation.no_standing, "registered only on 2026-01-01");
    explained_destroy(e);
}

/* PostgreSQL's dates reach from 4714 BC to the year 5874897, and to both infinities. */
Test(explain, days_beyond_four_digits_of_a_year_are_told_as_such)
{
    static const struct {
        LocalDay registered_on;
        LocalDay closed_on;
        const char *words;
    } cases[] = {
        {INT32_MAX, INT32_MAX, "not registered"},
        {INT32_MAX - 1, INT32_MAX, "registered only after 9999-12-31"},
        {2921940, INT32_MAX, "registered only after 9999-12-31"},
        {2921939, INT32_MAX, "registered only on 9999-12-31"},
        {INT32_MIN, -730119, "closed on 0001-01-01"},
        {INT32_MIN, -730120, "closed before 0001-01-01"},
        {INT32_MIN, -2451545, "closed before 0001-01-01"},
        {INT32_MIN, INT32_MIN, "closed"},
        {INT32_MIN, INT32_MAX, NULL},
    };
    Explained *e = explained_create(NULL, DECEMBER);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        e->input.registered_on = cases[i].registered_on;
        e->input.closed_on = cases[i].closed_on;
        explained_build(e);
        const char *words = e->explanation.no_standing;
        cr_expect(cases[i].words == NULL ? words == NULL
                                         : words != NULL && strcmp(words, cases[i].words) == 0,
                  "case %zu: %s", i, words == NULL ? "(stands)" : words);
    }
    explained_destroy(e);
}

Test(explain, no_rules_and_sums_beyond_a_bigint_are_errors)
{
    Explained *e = explained_create(NULL, 2023 * 12 + 11);
    Error error = {0};
    Explanation untouched = {.points = -42};
    cr_expect_not(explain_build(&e->arena, &e->input, &untouched, &error));
    cr_expect_eq(error.code, EXIT_CONFIG);
    cr_expect_str_eq(error.message, "no rules are in force in 2023-12");
    cr_expect_eq(untouched.points, -42);
    explained_destroy(e);
}
