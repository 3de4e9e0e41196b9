/*
 * programme/earn: refunds and what they find (contract 3.3, 3.4 and 6).
 */
#include "builders.h"

#include <criterion/criterion.h>

static void refund_voids_order(RuleSet *rules)
{
    rules->refund_voids_order = true;
}

Test(earn_refunds, a_refund_takes_its_part)
{
    const FoldCase cases[] = {
        {"the rest is floored",
         .events = {buy(1, "2025-05-10 12:00", 7, 12050), refund(2, "2025-05-20 12:00", 7, 2050)},
         .points = 100, .fates = "earning refunds"},
        {"a cent more and a point is gone",
         .events = {buy(1, "2025-05-10 12:00", 7, 12050), refund(2, "2025-05-20 12:00", 7, 2051)},
         .points = 99, .fates = "earning refunds"},
        {"the rest is at the minimum",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), refund(2, "2025-05-20 12:00", 7, 800)},
         .points = 2, .fates = "earning refunds"},
        {"the rest is below the minimum",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), refund(2, "2025-05-20 12:00", 7, 801)},
         .points = 0, .fates = "ineligible refunds"},
        {"refunds come off before the order's cap",
         .events = {buy(1, "2025-05-10 12:00", 7, 60000), refund(2, "2025-05-20 12:00", 7, 9900)},
         .points = 500, .fates = "earning refunds"},
        {"and then it loses its points",
         .events = {buy(1, "2025-05-10 12:00", 7, 60000), refund(2, "2025-05-20 12:00", 7, 10001)},
         .points = 499, .fates = "earning refunds"},
        {"several refunds add up",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-11 12:00", 7, 3000),
                    refund(3, "2025-05-12 12:00", 7, 3000)},
         .points = 40, .fates = "earning refunds refunds"},
        {"without an amount it takes all",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund_all(2, "2025-05-20 12:00", 7)},
         .points = 0, .fates = "ineligible refunds"},
        {"of both shipments",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), buy(2, "2025-05-11 12:00", 7, 10000),
                    refund(3, "2025-05-20 12:00", 7, 15000)},
         .points = 50, .fates = "earning earning refunds"},
        {"a refund of 0 takes nothing and is matched",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-20 12:00", 7, 0)},
         .points = 100, .fates = "earning refunds"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* Contract 6: a refund that found nothing to take, or more than there was. */
Test(earn_refunds, unmatched_refunds_take_what_there_was)
{
    const FoldCase cases[] = {
        {"all but a cent",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-20 12:00", 7, 9999)},
         .points = 0, .fates = "ineligible refunds"},
        {"exactly what there was",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-20 12:00", 7, 10000)},
         .points = 0, .fates = "ineligible refunds"},
        {"a cent more than there was",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-20 12:00", 7, 10001)},
         .points = 0, .fates = "ineligible unmatched_refund"},
        {"no such order", .events = {refund(1, "2025-05-20 12:00", 7, 100)}, .points = 0,
         .fates = "unmatched_refund"},
        {"no such order, all of it", .events = {refund_all(1, "2025-05-20 12:00", 7)}, .points = 0,
         .fates = "unmatched_refund"},
        {"0 of no such order", .events = {refund(1, "2025-05-20 12:00", 7, 0)}, .points = 0,
         .fates = "unmatched_refund"},
        {"another order stays whole",
         .events = {buy(1, "2025-05-10 12:00", 8, 10000), refund(2, "2025-05-20 12:00", 7, 10000)},
         .points = 100, .fates = "earning unmatched_refund"},
        {"the second finds less than it asks for",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-11 12:00", 7, 6000),
                    refund(3, "2025-05-12 12:00", 7, 6000)},
         .points = 0, .fates = "ineligible refunds unmatched_refund"},
        {"the third finds nothing",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund_all(2, "2025-05-11 12:00", 7),
                    refund_all(3, "2025-05-12 12:00", 7), refund(4, "2025-05-13 12:00", 7, 0)},
         .points = 0, .fates = "ineligible refunds unmatched_refund unmatched_refund"},
        {"the earlier event_id goes first at the same time",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(3, "2025-05-11 12:00", 7, 10000),
                    refund(2, "2025-05-11 12:00", 7, 1)},
         .points = 0, .fates = "ineligible refunds unmatched_refund"},
        {"an order whose amount is 0 holds nothing",
         .events = {buy(1, "2025-05-10 12:00", 7, 0), refund_all(2, "2025-05-11 12:00", 7)},
         .points = 0, .fates = "ineligible unmatched_refund"},
        {"a purchase that was left out holds nothing",
         .events = {with_discount(buy(1, "2025-05-10 12:00", 7, 5000), -1),
                    refund_all(2, "2025-05-11 12:00", 7)},
         .points = 0, .fates = "negative_amount unmatched_refund"},
        {"a credit below the minimum is there to be refunded",
         .events = {buy(1, "2025-05-10 12:00", 7, 150), refund(2, "2025-05-11 12:00", 7, 150)},
         .points = 0, .fates = "ineligible refunds"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* Contract 3.3: its own local month and earlier months, not later ones. */
Test(earn_refunds, reach_back_but_not_forward)
{
    const FoldCase cases[] = {
        {"a refund in a later month",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-08-20 12:00", 7, 4000)},
         .points = 60, .fates = "earning refunds"},
        {"before its purchase, in the same month: purchases go first",
         .events = {refund(1, "2025-05-01 00:00", 7, 4000),
                    buy(2, "2025-05-31 23:59:59.999999", 7, 10000)},
         .points = 60, .fates = "refunds earning"},
        {"before its purchase, in an earlier month: not there yet",
         .events = {refund(1, "2025-04-30 23:59:59.999999", 7, 4000),
                    buy(2, "2025-05-01 00:00", 7, 10000)},
         .points = 100, .fates = "unmatched_refund earning"},
        {"of the year's last microsecond and the next year's first",
         .events = {buy(1, "2024-12-31 23:59:59.999999", 7, 10000),
                    refund_all(2, "2025-01-01 00:00", 7)},
         .points = 0, .fates = "ineligible refunds"},
        {"on 29 February",
         .events = {buy(1, "2024-02-29 23:59:59.999999", 7, 10000),
                    refund(2, "2024-02-01 00:00", 7, 100), refund(3, "2024-03-01 00:00", 7, 100)},
         .points = 98, .fates = "earning refunds refunds"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_refunds, latest_credit_first)
{
    const FoldCase cases[] = {
        {"the credit of the later month gives first",
         .events = {buy(1, "2025-05-10 12:00", 7, 10050), buy(2, "2025-06-10 12:00", 7, 10050),
                    refund(3, "2025-07-01 12:00", 7, 50)},
         .points = 200, .fates = "earning earning refunds"},
        {"what it lacks comes off the one before",
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), buy(2, "2025-06-10 12:00", 7, 3000),
                    refund(3, "2025-07-01 12:00", 7, 4000)},
         .points = 90, .fates = "earning ineligible refunds"},
        {"three months deep, with a cent too many",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), buy(2, "2025-06-10 12:00", 7, 1000),
                    buy(3, "2025-07-10 12:00", 7, 1000), refund(4, "2025-08-01 12:00", 7, 3001)},
         .points = 0, .fates = "ineligible ineligible ineligible unmatched_refund"},
        {"all of all months",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), buy(2, "2025-06-10 12:00", 7, 1000),
                    refund_all(3, "2025-08-01 12:00", 7)},
         .points = 0, .fates = "ineligible ineligible refunds"},
        {"a June refund leaves July alone and takes May",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), buy(2, "2025-07-10 12:00", 7, 1000),
                    refund(3, "2025-06-01 12:00", 7, 1000)},
         .points = 10, .fates = "ineligible earning refunds"},
        {"an earlier refund has its turn first, also of an older month",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), refund(2, "2025-05-11 12:00", 7, 800),
                    buy(3, "2025-06-10 12:00", 7, 1000), refund(4, "2025-06-11 12:00", 7, 1200)},
         .points = 0, .fates = "ineligible refunds ineligible refunds"},
        {"and takes what the later one then lacks",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), refund(2, "2025-05-11 12:00", 7, 801),
                    buy(3, "2025-06-10 12:00", 7, 1000), refund(4, "2025-06-11 12:00", 7, 1200)},
         .points = 0, .fates = "ineligible refunds ineligible unmatched_refund"},
        {"0 is matched by an older month that still holds something",
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), buy(2, "2025-06-10 12:00", 7, 1000),
                    refund(3, "2025-06-11 12:00", 7, 1000), refund(4, "2025-06-12 12:00", 7, 0)},
         .points = 10, .fates = "earning ineligible refunds refunds"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* Contract 3.4. */
Test(earn_refunds, a_refund_can_void_the_order)
{
    const FoldCase cases[] = {
        {"any refund takes the credit whole", refund_voids_order,
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-20 12:00", 7, 1)},
         .points = 0, .fates = "ineligible refunds"},
        {"also one of 0", refund_voids_order,
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-20 12:00", 7, 0)},
         .points = 0, .fates = "ineligible refunds"},
        {"more than there was is no anomaly: it asks for the order", refund_voids_order,
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-20 12:00", 7, 10001)},
         .points = 0, .fates = "ineligible refunds"},
        {"the credits of all its months", refund_voids_order,
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), buy(2, "2025-06-10 12:00", 7, 10000),
                    buy(3, "2025-07-10 12:00", 7, 10000), refund(4, "2025-06-20 12:00", 7, 1)},
         .points = 100, .fates = "ineligible ineligible earning refunds"},
        {"the second one finds nothing", refund_voids_order,
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-20 12:00", 7, 1),
                    refund(3, "2025-05-21 12:00", 7, 1)},
         .points = 0, .fates = "ineligible refunds unmatched_refund"},
        {"a negative one is left out", refund_voids_order,
         .events = {buy(1, "2025-05-10 12:00", 7, 10000), refund(2, "2025-05-20 12:00", 7, -1)},
         .points = 100, .fates = "earning negative_amount"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* The refund's own month decides how it takes, the credit's month how it earns. */
Test(earn_refunds, follow_the_rules_of_their_own_month)
{
    RuleSet rulesets[2] = {standard_rules(), standard_rules()};
    rulesets[1].from = month(2025, 6);
    rulesets[1].refund_voids_order = true;
    rulesets[1].purchase.min_amount_cents = 5000;
    const Programme programme = {.rulesets = rulesets, .ruleset_count = 2};
    const Event events[] = {
        buy(1, "2025-05-10 12:00", 7, 10000),
        refund(2, "2025-05-31 23:59:59.999999", 7, 6000),
        buy(3, "2025-05-10 12:00", 8, 10000),
        refund(4, "2025-06-01 00:00", 8, 6000),
    };
    Folded folded = fold_programme(&programme, events, COUNT(events));
    cr_assert(folded.done);
    cr_expect_eq(folded.points, 40);
    cr_expect_str_eq(folded.fates, "earning refunds ineligible refunds");
}

/* Where clocks go back over midnight a refund can be the earlier one and still of the later month.
 */
Test(earn_refunds, act_in_the_order_of_time_whatever_the_wall_clock_says)
{
    RuleSet rules = standard_rules();
    const Event events[] = {
        buy(1, "2009-10-10 12:00", 7, 10000),
        in_wall_clock(refund(2, "2009-11-01 02:30:30", 7, 6000), "2009-11-01 00:00:30"),
        in_wall_clock(refund(3, "2009-11-01 03:00:00", 7, 6000), "2009-10-31 23:30:00"),
    };
    Folded folded = fold(&rules, events, COUNT(events));
    cr_assert(folded.done);
    cr_expect_str_eq(folded.fates, "ineligible refunds unmatched_refund");
}

Test(earn_refunds, say_what_was_taken)
{
    RuleSet rules = standard_rules();
    const Event events[] = {buy(1, "2025-05-10 12:00", 7, 10000),
                            refund(2, "2025-05-20 12:00", 7, 3000),
                            buy(3, "2025-06-10 12:00", 8, 10000)};
    Folded folded = fold(&rules, events, COUNT(events));
    cr_assert(folded.done);
    const Earned *line = folded_line(&folded, 1);
    cr_assert_not_null(line);
    cr_expect_eq(line->amount_cents, 10000);
    cr_expect_eq(line->taken_cents, 3000);
    char day[DAY_TEXT_BYTES];
    cr_expect_str_eq(day_format(line->day, day), "2025-05-10", "dated on the day of the credit");
}

/* take_is_settled may only say yes when no earlier month can change the fate. */
Test(earn_refunds, settled_takes_keep_their_fate)
{
    static const struct {
        Take take;
        bool settled;
        Fate fate;
    } cases[] = {
        {{.has_order = true, .found = true}, true, FATE_REFUND},
        {{.has_order = true, .found = true, .remaining_cents = 1}, false, FATE_UNMATCHED_REFUND},
        {{.has_order = true, .found = true, .wants_all = true}, false, FATE_REFUND},
        {{.has_order = true, .wants_all = true}, false, FATE_UNMATCHED_REFUND},
        {{.has_order = true}, false, FATE_UNMATCHED_REFUND},
        {{.has_order = true, .found = true, .voids_member = true}, false, FATE_REFUND},
        {{.voids_member = true, .wants_all = true}, false, FATE_MISSING_ORDER_ID},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(take_is_settled(&cases[i].take), cases[i].settled, "case %zu", i);
        cr_expect_eq(take_fate(&cases[i].take), cases[i].fate, "case %zu", i);
    }
}

/* Each a cent, in whatever order they come; one less, and it would be another point. */
Test(earn_refunds, many_of_one_order)
{
    enum { REFUNDS = 60 };
    RuleSet rules = standard_rules();
    Event events[REFUNDS + 1];
    for (int64_t i = 0; i < REFUNDS; i++) {
        events[i] = refund(1 + (i * 37) % REFUNDS, "2025-05-11 12:00", 7, 1);
    }
    events[REFUNDS] = buy(1000, "2025-05-10 12:00", 7, 5059);
    Folded folded = fold(&rules, events, COUNT(events));
    cr_expect(folded.done, "%s", folded.error.message);
    cr_expect_eq(folded.points, 49);
}
