/*
 * programme/earn: campaigns multiply (contract 4.3).
 */
#include "builders.h"

#include <criterion/criterion.h>

static Campaign campaign(const char *name, KindSet kinds, const char *from, const char *until,
                         int64_t multiply_hundredths)
{
    return (Campaign){name, kinds, at(from), at(until), multiply_hundredths};
}

static void set_campaigns(RuleSet *rules, const Campaign *campaigns, size_t campaign_count)
{
    rules->campaigns = campaigns;
    rules->campaign_count = campaign_count;
}

static void eleven_eleven(RuleSet *rules)
{
    static Campaign campaigns[1];
    campaigns[0] =
        campaign("11.11", KIND_SET(SLOT_PURCHASE), "2025-11-11 00:00", "2025-11-12 00:00", 200);
    set_campaigns(rules, campaigns, COUNT(campaigns));
}

static void one_and_a_half_for_everything(RuleSet *rules)
{
    static Campaign campaigns[1];
    campaigns[0] = campaign("spring", ~UINT64_C(0), "2025-05-01 00:00", "2025-06-01 00:00", 150);
    set_campaigns(rules, campaigns, COUNT(campaigns));
}

static void several_at_once(RuleSet *rules)
{
    static Campaign campaigns[3];
    campaigns[0] =
        campaign("week", KIND_SET(SLOT_FOLLOW), "2025-05-05 00:00", "2025-05-12 00:00", 200);
    campaigns[1] =
        campaign("day", KIND_SET(SLOT_FOLLOW), "2025-05-07 00:00", "2025-05-08 00:00", 500);
    campaigns[2] = campaign("month", KIND_SET(SLOT_FOLLOW) | KIND_SET(SLOT_VISIT),
                            "2025-05-01 00:00", "2025-06-01 00:00", 300);
    set_campaigns(rules, campaigns, COUNT(campaigns));
}

static void half_for_purchases(RuleSet *rules)
{
    static Campaign campaigns[1];
    campaigns[0] =
        campaign("half", KIND_SET(SLOT_PURCHASE), "2025-05-01 00:00", "2025-06-01 00:00", 50);
    set_campaigns(rules, campaigns, COUNT(campaigns));
}

static void nothing_for_purchases(RuleSet *rules)
{
    half_for_purchases(rules);
    static Campaign none;
    none = rules->campaigns[0];
    none.multiply_hundredths = 0;
    set_campaigns(rules, &none, 1);
}

Test(earn_campaigns, hold_from_inclusive_to_until_exclusive)
{
    const FoldCase cases[] = {
        {"a microsecond before", eleven_eleven,
         .events = {buy(1, "2025-11-10 23:59:59.999999", 7, 10000)}, .points = 100,
         .fates = "earning"},
        {"at its beginning", eleven_eleven, .events = {buy(1, "2025-11-11 00:00", 7, 10000)},
         .points = 200, .fates = "earning"},
        {"in its last microsecond", eleven_eleven,
         .events = {buy(1, "2025-11-11 23:59:59.999999", 7, 10000)}, .points = 200,
         .fates = "earning"},
        {"at its end", eleven_eleven, .events = {buy(1, "2025-11-12 00:00", 7, 10000)},
         .points = 100, .fates = "earning"},
        {"another kind is not meant", eleven_eleven, .events = {follow(1, "2025-11-11 12:00")},
         .points = 1, .fates = "earning"},
        {"the order's cap comes after it", eleven_eleven,
         .events = {buy(1, "2025-11-11 12:00", 7, 25000), buy(2, "2025-11-11 12:00", 8, 25099),
                    buy(3, "2025-11-11 12:00", 9, 25100)},
         .points = 1500, .fates = "earning earning earning"},
        {"refunds before it", eleven_eleven,
         .events = {buy(1, "2025-11-11 12:00", 7, 10000), refund(2, "2025-12-11 12:00", 7, 5001)},
         .points = 98, .fates = "earning refunds"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_campaigns, by_the_wall_clock)
{
    RuleSet rules = standard_rules();
    eleven_eleven(&rules);
    /* 11 November of Los Angeles is 08:00 to 08:00 UTC. */
    const Event events[] = {
        in_wall_clock(buy(1, "2025-11-11 07:59:59.999999", 1, 1000), "2025-11-10 23:59:59.999999"),
        in_wall_clock(buy(2, "2025-11-11 08:00", 2, 1000), "2025-11-11 00:00"),
        in_wall_clock(buy(3, "2025-11-12 07:59:59.999999", 3, 1000), "2025-11-11 23:59:59.999999"),
        in_wall_clock(buy(4, "2025-11-12 08:00", 4, 1000), "2025-11-12 00:00"),
    };
    Folded folded = fold(&rules, events, COUNT(events));
    cr_expect_eq(folded.points, 60);
    cr_expect_eq(folded_line(&folded, 1)->points, 10);
    cr_expect_eq(folded_line(&folded, 2)->points, 20);
    cr_expect_eq(folded_line(&folded, 2)->campaign, &rules.campaigns[0]);
    cr_expect_null(folded_line(&folded, 4)->campaign);
}

Test(earn_campaigns, a_credit_is_looked_up_by_its_date)
{
    const FoldCase cases[] = {
        {"first shipment within: all of it doubles", eleven_eleven,
         .events = {buy(1, "2025-11-11 23:59:59.999999", 7, 1000),
                    buy(2, "2025-11-20 12:00", 7, 2000)},
         .points = 60, .fates = "earning earning"},
        {"first shipment before: none of it", eleven_eleven,
         .events = {buy(1, "2025-11-10 12:00", 7, 1000), buy(2, "2025-11-11 12:00", 7, 2000)},
         .points = 30, .fates = "earning earning"},
        {"a credit of the next month is dated anew", eleven_eleven,
         .events = {buy(1, "2025-11-11 12:00", 7, 1000), buy(2, "2025-12-01 00:00", 7, 2000)},
         .points = 40, .fates = "earning earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_campaigns, floor_toward_minus_infinity_per_event)
{
    const FoldCase cases[] = {
        {"each event by itself", one_and_a_half_for_everything,
         .events = {follow(1, "2025-05-10 12:00"), follow(2, "2025-05-10 12:00")}, .points = 2,
         .fates = "earning earning"},
        {"3 x 1.5 is 4", one_and_a_half_for_everything, .events = {bonus(1, "2025-05-10 12:00", 3)},
         .points = 4, .fates = "earning"},
        {"-3 x 1.5 is -5", one_and_a_half_for_everything,
         .events = {adjustment(1, "2025-05-10 12:00", -3)}, .points = -5, .fates = "earning"},
        {"-2 x 1.5 is -3 exactly", one_and_a_half_for_everything,
         .events = {adjustment(1, "2025-05-10 12:00", -2)}, .points = -3, .fates = "earning"},
        {"-1 x 1.5 is -2", one_and_a_half_for_everything,
         .events = {adjustment(1, "2025-05-10 12:00", -1)}, .points = -2, .fates = "earning"},
        {"the credit is floored before it is multiplied", one_and_a_half_for_everything,
         .events = {buy(1, "2025-05-10 12:00", 7, 399)}, .points = 4, .fates = "earning"},
        {"it names no category bonus", one_and_a_half_for_everything,
         .events = {with_categories(buy(1, "2025-05-10 12:00", 7, 200), CATEGORIES(1, 2, 3))},
         .points = 3 + 2, .fates = "earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_campaigns, the_largest_that_holds_the_event)
{
    const FoldCase cases[] = {
        {"month only", several_at_once, .events = {follow(1, "2025-05-04 23:59:59.999999")},
         .points = 3, .fates = "earning"},
        {"month and week", several_at_once, .events = {follow(1, "2025-05-05 00:00")}, .points = 3,
         .fates = "earning"},
        {"all three", several_at_once, .events = {follow(1, "2025-05-07 12:00")}, .points = 5,
         .fates = "earning"},
        {"of those that name the kind", several_at_once, .events = {visit(1, "2025-05-07 12:00")},
         .points = 3, .fates = "earning"},
        {"outside all of them", several_at_once, .events = {follow(1, "2025-06-01 00:00")},
         .points = 1, .fates = "earning"},
        {"below 1 it lowers", half_for_purchases, .events = {buy(1, "2025-05-10 12:00", 7, 300)},
         .points = 1, .fates = "earning"},
        {"0 is nothing, earned", nothing_for_purchases,
         .events = {buy(1, "2025-05-10 12:00", 7, 300)}, .points = 0, .fates = "earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_campaigns, caps_come_after)
{
    RuleSet rules = standard_rules();
    several_at_once(&rules);
    const Event events[] = {follow(1, "2025-05-07 12:00"), follow(2, "2025-05-07 13:00"),
                            follow(3, "2025-05-07 14:00")};
    Folded folded = fold(&rules, events, COUNT(events));
    cr_expect_eq(folded.points, 10);
    cr_expect_str_eq(folded.fates, "earning earning capped");
}

/* The campaigns of the month's rules, also where the entry that ends just before has one too. */
Test(earn_campaigns, are_those_of_the_rules_in_force)
{
    RuleSet rulesets[2] = {standard_rules(), standard_rules()};
    one_and_a_half_for_everything(&rulesets[0]);
    rulesets[1].from = month(2025, 5);
    const Programme programme = {.rulesets = rulesets, .ruleset_count = 2};
    const Event events[] = {bonus(1, "2025-05-10 12:00", 10)};
    cr_expect_eq(fold_programme(&programme, events, 1).points, 10);
}
