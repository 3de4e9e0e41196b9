/*
 * programme/earn: fraud, which takes an order or everything before it (contract 3.5).
 */
#include "builders.h"

#include <criterion/criterion.h>

static void fraud_voids_member(RuleSet *rules)
{
    rules->fraud_voids_member = true;
}

Test(earn_fraud, takes_all_of_its_order_as_a_refund_would)
{
    const FoldCase cases[] = {
        {"all credits of its month and earlier",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), buy(2, "2025-06-10 12:00", 7, 10000),
                    buy(3, "2025-07-10 12:00", 7, 10000), fraud(4, "2025-06-01 12:00", 7)},
         .points = 100, .fates = "ineligible ineligible earning refunds"},
        {"other orders and kinds stay",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), buy(2, "2025-05-10 12:00", 8, 5000),
                    visit(3, "2025-05-10 12:00"), fraud(4, "2025-05-11 12:00", 7)},
         .points = 51, .fates = "ineligible earning earning refunds"},
        {"an amount on it does not matter",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000),
                    with_item(fraud(2, "2025-05-11 12:00", 7), 1)},
         .points = 0, .fates = "ineligible refunds"},
        {"not even a negative or a huge one",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000),
                    with_item(fraud(2, "2025-05-11 12:00", 7), -1),
                    buy(3, "2025-05-10 12:00", 8, 10000),
                    with_item(fraud(4, "2025-05-11 12:00", 8), INT64_MAX)},
         .points = 0, .fates = "ineligible refunds ineligible refunds"},
        {"of an order that is not there", .events = {fraud(1, "2025-05-11 12:00", 7)}, .points = 0,
         .fates = "unmatched_refund"},
        {"of an order already refunded",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund_all(2, "2025-05-11 12:00", 7),
                    fraud(3, "2025-05-12 12:00", 7)},
         .points = 0, .fates = "ineligible refunds unmatched_refund"},
        {"a refund after it finds nothing",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), fraud(2, "2025-05-11 12:00", 7),
                    refund(3, "2025-05-12 12:00", 7, 100)},
         .points = 0, .fates = "ineligible refunds unmatched_refund"},
        {"without order it does nothing",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000),
                    without_order(fraud(2, "2025-05-11 12:00", 7))},
         .points = 100, .fates = "earning missing_order_id"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* The edge of time: at or before the fraud, to the microsecond. */
Test(earn_fraud, voids_what_occurred_at_or_before_it)
{
    const FoldCase cases[] = {
        {"an event at the same microsecond is void, one after it is not", fraud_voids_member,
         .events = {bonus(1, "2025-05-10 11:59:59.999999", 1), bonus(2, "2025-05-10 12:00", 10),
                    bonus(3, "2025-05-10 12:00:00.000001", 100), fraud(4, "2025-05-10 12:00", 7)},
         .points = 100, .fates = "ineligible ineligible earning unmatched_refund"},
        {"also with a larger event_id", fraud_voids_member,
         .events = {fraud(1, "2025-05-10 12:00", 7), bonus(2, "2025-05-10 12:00", 10),
                    buy(3, "2025-05-10 12:00", 8, 1000)},
         .points = 0, .fates = "unmatched_refund ineligible ineligible"},
        {"credits likewise", fraud_voids_member,
         .events = {buy(1, "2025-05-10 12:00", 8, 1000),
                    buy(2, "2025-05-10 12:00:00.000001", 9, 2000), fraud(3, "2025-05-10 12:00", 7)},
         .points = 20, .fates = "ineligible earning unmatched_refund"},
        {"a credit is void by its date, with the shipments after the fraud", fraud_voids_member,
         .events = {buy(1, "2025-05-10 12:00", 8, 1000), buy(2, "2025-05-20 12:00", 8, 5000),
                    fraud(3, "2025-05-15 12:00", 7)},
         .points = 0, .fates = "ineligible ineligible unmatched_refund"},
        {"earlier months too, later ones not", fraud_voids_member,
         .events = {buy(1, "2025-03-10 12:00", 8, 1000), visit(2, "2025-04-10 12:00"),
                    buy(3, "2025-05-10 12:00", 7, 1000), fraud(4, "2025-05-31 23:59:59.999999", 7),
                    buy(5, "2025-06-01 00:00", 8, 3000), visit(6, "2025-06-01 00:00")},
         .points = 31, .fates = "ineligible ineligible ineligible refunds earning earning"},
        {"penalties too", fraud_voids_member,
         .events = {adjustment(1, "2025-05-01 12:00", -50), bonus(2, "2025-05-20 12:00", 10),
                    fraud(3, "2025-05-10 12:00", 7)},
         .points = 10, .fates = "ineligible earning unmatched_refund"},
        {"its own order also after it, in its month", fraud_voids_member,
         .events = {buy(1, "2025-05-20 12:00", 7, 1000), buy(2, "2025-05-20 12:00", 8, 2000),
                    fraud(3, "2025-05-10 12:00", 7)},
         .points = 20, .fates = "ineligible earning refunds"},
        {"two frauds: the later one reaches further", fraud_voids_member,
         .events = {bonus(1, "2025-05-01 12:00", 1), fraud(2, "2025-05-02 12:00", 7),
                    bonus(3, "2025-05-03 12:00", 10), fraud(4, "2025-05-04 12:00", 7),
                    bonus(5, "2025-05-05 12:00", 100)},
         .points = 100, .fates = "ineligible unmatched_refund ineligible unmatched_refund earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_fraud, voided_events_leave_room_for_others)
{
    const FoldCase cases[] = {
        {"a void visit does not use up the day", fraud_voids_member,
         .events = {visit(1, "2025-05-10 10:00"), fraud(2, "2025-05-10 11:00", 7),
                    visit(3, "2025-05-10 12:00"), visit(4, "2025-05-10 13:00")},
         .points = 1, .fates = "ineligible unmatched_refund earning ineligible"},
        {"a void credit lends no category", fraud_voids_member,
         .events = {with_categories(buy(1, "2025-05-10 10:00", 8, 1000), CATEGORIES(1, 2)),
                    fraud(2, "2025-05-10 11:00", 7),
                    with_categories(buy(3, "2025-05-10 12:00", 9, 1000), CATEGORIES(3))},
         .points = 10, .fates = "ineligible unmatched_refund earning"},
        {"void events fill no cap", fraud_voids_member,
         .events = {club_post(1, "2025-05-01 12:00"), club_post(2, "2025-05-01 12:01"),
                    club_post(3, "2025-05-01 12:02"), club_post(4, "2025-05-01 12:03"),
                    club_post(5, "2025-05-01 12:04"), fraud(6, "2025-05-02 12:00", 7),
                    club_post(7, "2025-05-03 12:00")},
         .points = 2,
         .fates =
             "ineligible ineligible ineligible ineligible ineligible unmatched_refund earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* In the chronological order of takes it takes everything at its place. */
Test(earn_fraud, refunds_before_it_find_something_and_those_after_it_nothing)
{
    const FoldCase cases[] = {
        {"a refund before the fraud", fraud_voids_member,
         .events = {buy(1, "2025-05-10 12:00", 8, 1000), refund(2, "2025-05-11 12:00", 8, 400),
                    fraud(3, "2025-05-12 12:00", 7)},
         .points = 0, .fates = "ineligible refunds unmatched_refund"},
        {"a refund after the fraud", fraud_voids_member,
         .events = {buy(1, "2025-05-10 12:00", 8, 1000), fraud(2, "2025-05-12 12:00", 7),
                    refund(3, "2025-05-13 12:00", 8, 400)},
         .points = 0, .fates = "ineligible unmatched_refund unmatched_refund"},
        {"at the same time the event_id decides", fraud_voids_member,
         .events = {buy(1, "2025-05-10 12:00", 8, 1000), refund(2, "2025-05-12 12:00", 8, 400),
                    fraud(3, "2025-05-12 12:00", 7), refund(4, "2025-05-12 12:00", 8, 400)},
         .points = 0, .fates = "ineligible refunds unmatched_refund unmatched_refund"},
        {"a refund of an earlier month than the fraud's", fraud_voids_member,
         .events = {buy(1, "2025-04-10 12:00", 8, 1000), refund(2, "2025-05-11 12:00", 8, 400),
                    fraud(3, "2025-07-12 12:00", 7), refund(4, "2025-08-12 12:00", 8, 400)},
         .points = 0, .fates = "ineligible refunds unmatched_refund unmatched_refund"},
        {"a credit dated after the fraud stays to be refunded", fraud_voids_member,
         .events = {buy(1, "2025-05-13 12:00", 8, 1000), fraud(2, "2025-05-12 12:00", 7),
                    refund(3, "2025-05-14 12:00", 8, 400)},
         .points = 6, .fates = "earning unmatched_refund refunds"},
        {"a later credit of a void order stays to be refunded", fraud_voids_member,
         .events = {buy(1, "2025-05-01 12:00", 8, 1000), fraud(2, "2025-05-12 12:00", 7),
                    buy(3, "2025-06-01 12:00", 8, 1000), refund(4, "2025-06-02 12:00", 8, 1001)},
         .points = 0, .fates = "ineligible unmatched_refund ineligible unmatched_refund"},
        {"the first of two frauds took it, the second finds nothing", fraud_voids_member,
         .events = {buy(1, "2025-05-10 12:00", 8, 1000), fraud(2, "2025-05-11 12:00", 7),
                    fraud(3, "2025-05-12 12:00", 8)},
         .points = 0, .fates = "ineligible unmatched_refund unmatched_refund"},
        {"its own order is enough for it to be matched", fraud_voids_member,
         .events = {buy(1, "2025-05-10 12:00", 8, 1000), fraud(2, "2025-05-11 12:00", 8)},
         .points = 0, .fates = "ineligible refunds"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* Decided: its fate is missing_order_id, and it voids the member all the same. */
Test(earn_fraud, without_order_still_voids_the_member)
{
    const FoldCase cases[] = {
        {"in its month and before", fraud_voids_member,
         .events = {buy(1, "2025-04-10 12:00", 8, 1000), visit(2, "2025-05-10 12:00"),
                    without_order(fraud(3, "2025-05-11 12:00", 0)),
                    buy(4, "2025-05-12 12:00", 9, 3000)},
         .points = 30, .fates = "ineligible ineligible missing_order_id earning"},
        {"it takes nothing of order 0 after it", fraud_voids_member,
         .events = {buy(1, "2025-05-12 12:00", 0, 1000),
                    without_order(fraud(2, "2025-05-11 12:00", 0))},
         .points = 10, .fates = "earning missing_order_id"},
        {"a refund without order has no effect",
         .events = {buy(1, "2025-05-10 12:00", 0, 1000),
                    without_order(refund(2, "2025-05-11 12:00", 0, 500))},
         .points = 10, .fates = "earning missing_order_id"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* The rule is that of the fraud's own month. */
Test(earn_fraud, follows_the_rule_of_its_own_month)
{
    RuleSet rulesets[2] = {standard_rules(), standard_rules()};
    rulesets[1].from = month(2025, 6);
    rulesets[1].fraud_voids_member = true;
    const Programme programme = {.rulesets = rulesets, .ruleset_count = 2};
    const Event under_the_old[] = {bonus(1, "2025-05-10 12:00", 10),
                                   fraud(2, "2025-05-31 23:59:59.999999", 7),
                                   bonus(3, "2025-06-10 12:00", 100)};
    const Event under_the_new[] = {bonus(1, "2025-05-10 12:00", 10),
                                   fraud(2, "2025-06-01 00:00", 7),
                                   bonus(3, "2025-06-10 12:00", 100)};
    Folded folded = fold_programme(&programme, under_the_old, COUNT(under_the_old));
    cr_expect_eq(folded.points, 110);
    folded = fold_programme(&programme, under_the_new, COUNT(under_the_new));
    cr_expect_eq(folded.points, 100);
    cr_expect_str_eq(folded.fates, "ineligible unmatched_refund earning");
}

/*
 * Where clocks go back over midnight, a fraud of October can occur after a purchase of November.
 * Like any take it reaches its own month and earlier ones (contract 3.3), so the November one
 * stays.
 */
Test(earn_fraud, spares_a_purchase_of_the_next_month_that_occurred_before_it)
{
    RuleSet rules = standard_rules();
    rules.fraud_voids_member = true;
    const Event events[] = {
        in_wall_clock(buy(1, "2009-11-01 02:30:30", 8, 1000), "2009-11-01 00:00:30"),
        in_wall_clock(fraud(2, "2009-11-01 03:00:00", 7), "2009-10-31 23:30:00"),
    };
    Folded folded = fold(&rules, events, COUNT(events));
    cr_assert(folded.done);
    cr_expect_eq(folded.points, 10);
    cr_expect_str_eq(folded.fates, "earning unmatched_refund");
}
