/*
 * programme/earn: what cannot count is counted by its reason (contract 6).
 */
#include "builders.h"

#include <criterion/criterion.h>
#include <string.h>

static void nothing_but_purchases(RuleSet *rules)
{
    memset(rules->kinds, 0, sizeof rules->kinds);
}

static void recorded_with_minimum(RuleSet *rules)
{
    rules->kinds[SLOT_BONUS].has_minimum = true;
    rules->kinds[SLOT_BONUS].min_amount_cents = 200;
}

static void visit_recorded(RuleSet *rules)
{
    rules->kinds[SLOT_VISIT].recorded = true;
}

Test(earn_anomalies, names_are_those_of_the_tables)
{
    static const char *const names[] = {
        "earning",         "refunds",        "capped",           "ineligible",
        "unknown_member",  "unknown_kind",   "missing_order_id", "missing_amount",
        "negative_amount", "missing_points", "unmatched_refund",
    };
    cr_assert_eq(COUNT(names), FATE_COUNT);
    for (unsigned fate = 0; fate < FATE_COUNT; fate++) {
        cr_expect_str_eq(fate_name((Fate)fate), names[fate]);
    }
    cr_expect_eq(FATE_FIRST_ANOMALY, FATE_UNKNOWN_MEMBER);
}

Test(earn_anomalies, of_purchases)
{
    const FoldCase cases[] = {
        {"each reason",
         .events = {without_order(buy(1, "2025-05-10 12:00", 7, 1000)),
                    without_item(buy(2, "2025-05-10 12:00", 7, 1000)),
                    buy(3, "2025-05-10 12:00", 7, -1),
                    with_discount(buy(4, "2025-05-10 12:00", 7, 1000), -1),
                    buy(5, "2025-05-10 12:00", 7, 0)},
         .points = 0,
         .fates = "missing_order_id missing_amount negative_amount negative_amount ineligible"},
        {"their order of precedence",
         .events = {without_order(without_item(buy(1, "2025-05-10 12:00", 7, -1))),
                    without_order(buy(2, "2025-05-10 12:00", 7, -1)),
                    without_item(with_discount(buy(3, "2025-05-10 12:00", 7, 0), -1))},
         .points = 0, .fates = "missing_order_id missing_order_id missing_amount"},
        {"they are left out whole, the others of the order stay",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), buy(2, "2025-05-11 12:00", 7, -500),
                    without_item(buy(3, "2025-05-12 12:00", 7, 0)),
                    with_discount(buy(4, "2025-05-13 12:00", 7, 900), -100)},
         .points = 10, .fates = "earning negative_amount missing_amount negative_amount"},
        {"the limits of an amount",
         .events = {buy(1, "2025-05-10 12:00", 7, INT64_MIN),
                    with_discount(buy(2, "2025-05-10 12:00", 7, 100), INT64_MIN),
                    with_discount(buy(3, "2025-05-10 12:00", 7, 0), INT64_MAX)},
         .points = 0, .fates = "negative_amount negative_amount ineligible"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_anomalies, of_refunds_and_fraud)
{
    const FoldCase cases[] = {
        {"a refund without order, negative, or both",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000),
                    without_order(refund(2, "2025-05-11 12:00", 7, 500)),
                    refund(3, "2025-05-11 12:00", 7, -500),
                    without_order(refund(4, "2025-05-11 12:00", 7, -500)),
                    refund(5, "2025-05-11 12:00", 7, INT64_MIN)},
         .points = 10,
         .fates = "earning missing_order_id negative_amount missing_order_id negative_amount"},
        {"a refund's discount does not matter",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000),
                    with_discount(refund(2, "2025-05-11 12:00", 7, 500), -100)},
         .points = 5, .fates = "earning refunds"},
        {"a fraud without order",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000),
                    without_order(fraud(2, "2025-05-11 12:00", 7))},
         .points = 10, .fates = "earning missing_order_id"},
        {"they need no rule of their own", nothing_but_purchases,
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), refund(2, "2025-05-11 12:00", 7, 500),
                    fraud(3, "2025-05-12 12:00", 7), fraud(4, "2025-05-12 12:00", 8)},
         .points = 0, .fates = "ineligible refunds refunds unmatched_refund"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_anomalies, of_other_kinds)
{
    Event coins = visit(1, "2025-05-10 12:00");
    coins.slot = SLOT_UNKNOWN;
    const FoldCase cases[] = {
        {"a kind that no rule names", .events = {coins}, .points = 0, .fates = "unknown_kind"},
        {"a kind whose rule is not in force", nothing_but_purchases,
         .events = {visit(1, "2025-05-10 12:00"), review(2, "2025-05-10 12:00", -1),
                    without_points(bonus(3, "2025-05-10 12:00", 1))},
         .points = 0, .fates = "unknown_kind unknown_kind unknown_kind"},
        {"recorded points that are not there",
         .events = {without_points(bonus(1, "2025-05-10 12:00", 50)),
                    without_points(adjustment(2, "2025-05-10 12:00", 50))},
         .points = 0, .fates = "missing_points missing_points"},
        {"the amount is looked at before the points", recorded_with_minimum,
         .events = {without_points(bonus(1, "2025-05-10 12:00", 5)),
                    with_item(without_points(bonus(2, "2025-05-10 12:00", 5)), -1),
                    with_item(without_points(bonus(3, "2025-05-10 12:00", 5)), 199),
                    with_item(bonus(4, "2025-05-10 12:00", 5), 199),
                    with_item(bonus(5, "2025-05-10 12:00", 5), 200)},
         .points = 5, .fates = "missing_amount negative_amount missing_points ineligible earning"},
        {"an anomaly does not use up the day", visit_recorded,
         .events = {visit(1, "2025-05-10 12:00"),
                    {.event_id = 2,
                     .slot = SLOT_VISIT,
                     .points = 1,
                     .present = EVENT_HAS_POINTS,
                     .occurred_at_us = at("2025-05-10 13:00"),
                     .local_us = at("2025-05-10 13:00")}},
         .points = 1, .fates = "missing_points earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* Decided: without rules in force for the month every event of it is unknown_kind. */
Test(earn_anomalies, of_a_month_without_rules)
{
    EarnWorkspace *workspace = earn_workspace_create();
    TakeList takes = {NULL, 0, 0};
    Event events[] = {
        without_order(buy(1, "2025-05-10 12:00", 7, -1)), refund(2, "2025-05-11 12:00", 7, -1),
        without_order(fraud(3, "2025-05-11 12:00", 7)),   visit(4, "2025-05-11 12:00"),
        without_points(bonus(5, "2025-05-11 12:00", 5)),
    };
    events[3].slot = SLOT_UNKNOWN;
    int64_t points = -1;
    Error error = {0};
    cr_expect(earn_month(workspace, NULL, month(2025, 5), events, COUNT(events), &takes, &points,
                         &error));
    cr_expect_eq(points, 0);
    cr_expect_eq(takes.count, 0);
    size_t line_count = 9;
    (void)earn_lines(workspace, &line_count);
    cr_expect_eq(line_count, 0, "no line of an earlier call is left");
    for (size_t i = 0; i < COUNT(events); i++) {
        cr_expect_eq(events[i].fate, FATE_UNKNOWN_KIND, "event %zu", i + 1);
    }
    earn_workspace_destroy(workspace);
}

/* A refund of a later month, with rules, finds nothing in a month without: its purchase is no
 * credit. */
Test(earn_anomalies, a_month_without_rules_has_no_credits)
{
    RuleSet rules = standard_rules();
    rules.from = month(2025, 6);
    const Event events[] = {buy(1, "2025-05-10 12:00", 7, 1000),
                            refund(2, "2025-06-11 12:00", 7, 500)};
    Folded folded = fold(&rules, events, COUNT(events));
    cr_expect_str_eq(folded.fates, "unknown_kind unmatched_refund");
}

/* A view may give a row twice; one id with two times are two events. */
Test(earn_anomalies, an_event_that_stands_twice_is_refused)
{
    RuleSet rules = standard_rules();
    Event events[] = {bonus(1, "2025-05-10 12:00", 5), bonus(7, "2025-05-10 12:00", 5),
                      bonus(7, "2025-05-10 12:00:00.000001", 5), bonus(2, "2025-05-10 12:00", 5)};
    Folded folded = fold(&rules, events, COUNT(events));
    cr_expect(folded.done, "%s", folded.error.message);
    cr_expect_eq(folded.points, 20);
    events[3] = bonus(7, "2025-05-10 12:00", 6);
    folded = fold(&rules, events, COUNT(events));
    cr_expect_not(folded.done);
    cr_expect_eq(folded.error.code, EXIT_DATA);
    cr_expect_str_eq(folded.error.message, "event 7 stands twice in the events' table");
    cr_expect_str_eq(folded.error.hint, "give the job a source with one row for each event.");
}
