/*
 * programme/earn: caps, days first, smaller sets before larger ones (contract 4.4).
 */
#include "builders.h"

#include <criterion/criterion.h>

#define FANS (KIND_SET(SLOT_REVIEW) | KIND_SET(SLOT_VISIT))

static void set_caps(RuleSet *rules, const Cap *caps, size_t cap_count)
{
    rules->caps = caps;
    rules->cap_count = cap_count;
}

static void fans_five_a_month(RuleSet *rules)
{
    static const Cap caps[] = {{FANS, false, 5, "review, visit: at most 5 a month"}};
    set_caps(rules, caps, COUNT(caps));
}

static void follow_two_a_day_three_a_month(RuleSet *rules)
{
    static const Cap caps[] = {
        {KIND_SET(SLOT_FOLLOW), true, 2, "follow: at most 2 a day"},
        {KIND_SET(SLOT_FOLLOW), false, 3, "follow: at most 3 a month"},
    };
    set_caps(rules, caps, COUNT(caps));
}

static void bonus_ten_a_day(RuleSet *rules)
{
    static const Cap caps[] = {
        {KIND_SET(SLOT_BONUS) | KIND_SET(SLOT_ADJUSTMENT), true, 10, "at most 10 a day"}};
    set_caps(rules, caps, COUNT(caps));
}

static void follow_not_at_all(RuleSet *rules)
{
    static const Cap caps[] = {{KIND_SET(SLOT_FOLLOW), false, 0, "follow: at most 0 a month"}};
    set_caps(rules, caps, COUNT(caps));
}

static void purchases_ten_a_month(RuleSet *rules)
{
    static const Cap caps[] = {
        {KIND_SET(SLOT_PURCHASE) | KIND_SET(SLOT_CATEGORY_BONUS), false, 10, "at most 10 a month"}};
    set_caps(rules, caps, COUNT(caps));
}

static void purchases_eleven_a_day(RuleSet *rules)
{
    static const Cap caps[] = {
        {KIND_SET(SLOT_PURCHASE) | KIND_SET(SLOT_CATEGORY_BONUS), true, 11, "at most 11 a day"}};
    set_caps(rules, caps, COUNT(caps));
}

/* Visits at most 2 a month, and with reviews at most 3: the smaller set bites first. */
static void caps_in_caps(RuleSet *rules)
{
    static const Cap caps[] = {
        {KIND_SET(SLOT_VISIT), false, 2, "visit: at most 2 a month"},
        {FANS, false, 3, "review, visit: at most 3 a month"},
    };
    set_caps(rules, caps, COUNT(caps));
}

Test(earn_caps, ten_visits_a_month)
{
    RuleSet rules = standard_rules();
    for (int64_t visits = 8; visits <= 12; visits++) {
        Event events[12];
        for (int64_t i = 0; i < visits; i++) {
            events[i] = visit(i + 1, "2025-05-01 12:00");
            events[i].occurred_at_us += i * INT64_C(86400000000);
            events[i].local_us = events[i].occurred_at_us;
        }
        Folded folded = fold(&rules, events, (size_t)visits);
        cr_expect_eq(folded.points, visits < 10 ? visits : 10, "%lld visits", (long long)visits);
        for (int64_t i = 0; i < visits; i++) {
            cr_expect_eq(folded.events[i].fate, i < 10 ? FATE_EARNING : FATE_CAPPED,
                         "visit %lld of %lld", (long long)i + 1, (long long)visits);
        }
    }
}

Test(earn_caps, a_month_is_a_month)
{
    RuleSet rules = standard_rules();
    Event events[24];
    for (int64_t i = 0; i < 24; i++) {
        events[i] = follow(i + 1, i < 12 ? "2025-05-31 23:59:59.999999" : "2025-06-01 00:00");
    }
    Folded folded = fold(&rules, events, 24);
    cr_expect_eq(folded_month(&folded, month(2025, 5)), 10);
    cr_expect_eq(folded_month(&folded, month(2025, 6)), 10);
}

Test(earn_caps, an_odd_rest_is_cut_in_two)
{
    const FoldCase cases[] = {
        {"nine and two are ten, and the last one still earns its part",
         .events = {club_post(1, "2025-05-01 12:00"), club_post(2, "2025-05-02 12:00"),
                    club_post(3, "2025-05-03 12:00"), club_post(4, "2025-05-04 12:00"),
                    club_post(5, "2025-05-05 12:00"), club_post(6, "2025-05-06 12:00")},
         .points = 10, .fates = "earning earning earning earning earning capped"},
        {"at most 5 of 2, 2, 2", fans_five_a_month,
         .events = {review(1, "2025-05-01 12:00", 500), visit(2, "2025-05-01 13:00"),
                    review(3, "2025-05-02 12:00", 500), visit(4, "2025-05-02 13:00"),
                    review(5, "2025-05-03 12:00", 500), visit(6, "2025-05-03 13:00"),
                    follow(7, "2025-05-04 12:00")},
         .points = 6, .fates = "earning earning earning earning earning capped earning"},
        {"a part of a bonus is kept", bonus_ten_a_day,
         .events = {bonus(1, "2025-05-10 12:00", 4), bonus(2, "2025-05-10 13:00", 4),
                    bonus(3, "2025-05-10 14:00", 4), bonus(4, "2025-05-10 15:00", 4)},
         .points = 10, .fates = "earning earning earning capped"},
        {"just the maximum is not over it", bonus_ten_a_day,
         .events = {bonus(1, "2025-05-10 12:00", 9), bonus(2, "2025-05-10 13:00", 1)}, .points = 10,
         .fates = "earning earning"},
        {"one more is", bonus_ten_a_day,
         .events = {bonus(1, "2025-05-10 12:00", 10), bonus(2, "2025-05-10 13:00", 1)},
         .points = 10, .fates = "earning capped"},
        {"a maximum of 0", follow_not_at_all,
         .events = {follow(1, "2025-05-10 12:00"), review(2, "2025-05-10 12:00", 500)}, .points = 1,
         .fates = "capped earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_caps, the_day_before_the_month)
{
    const FoldCase cases[] = {
        {"two a day", follow_two_a_day_three_a_month,
         .events = {follow(1, "2025-05-10 00:00"), follow(2, "2025-05-10 12:00"),
                    follow(3, "2025-05-10 23:59:59.999999")},
         .points = 2, .fates = "earning earning capped"},
        {"midnight begins a new day", follow_two_a_day_three_a_month,
         .events = {follow(1, "2025-05-10 12:00"), follow(2, "2025-05-10 13:00"),
                    follow(3, "2025-05-11 00:00")},
         .points = 3, .fates = "earning earning earning"},
        {"what the day left is what the month sees", follow_two_a_day_three_a_month,
         .events = {follow(1, "2025-05-10 12:00"), follow(2, "2025-05-10 13:00"),
                    follow(3, "2025-05-10 14:00"), follow(4, "2025-05-11 12:00"),
                    follow(5, "2025-05-11 13:00"), follow(6, "2025-05-11 14:00")},
         .points = 3, .fates = "earning earning capped earning capped capped"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_caps, smaller_sets_before_larger_ones)
{
    const FoldCase cases[] = {
        {"visits are cut to 2, then the last of all four", caps_in_caps,
         .events = {visit(1, "2025-05-01 12:00"), visit(2, "2025-05-02 12:00"),
                    visit(3, "2025-05-03 12:00"), review(4, "2025-05-04 12:00", 500),
                    review(5, "2025-05-05 12:00", 500)},
         .points = 3, .fates = "earning earning capped earning capped"},
        {"reviews first: the visits pay for the larger set", caps_in_caps,
         .events = {review(1, "2025-05-01 12:00", 500), review(2, "2025-05-02 12:00", 500),
                    visit(3, "2025-05-03 12:00"), visit(4, "2025-05-04 12:00"),
                    visit(5, "2025-05-05 12:00")},
         .points = 3, .fates = "earning earning earning capped capped"},
        {"other kinds are outside", caps_in_caps,
         .events = {review(1, "2025-05-01 12:00", 500), review(2, "2025-05-02 12:00", 500),
                    review(3, "2025-05-03 12:00", 500), review(4, "2025-05-04 12:00", 500),
                    follow(5, "2025-05-05 12:00"), buy(6, "2025-05-05 12:00", 7, 10000)},
         .points = 104, .fates = "earning earning earning capped earning earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

/* A cap bounds the sum: what is below 0 lowers it and is never cut. */
Test(earn_caps, penalties_make_room)
{
    const FoldCase cases[] = {
        {"12 - 2 is the maximum", bonus_ten_a_day,
         .events = {bonus(1, "2025-05-10 12:00", 12), adjustment(2, "2025-05-10 13:00", -2)},
         .points = 10, .fates = "earning earning"},
        {"13 - 2 is cut by one", bonus_ten_a_day,
         .events = {bonus(1, "2025-05-10 12:00", 13), adjustment(2, "2025-05-10 13:00", -2)},
         .points = 10, .fates = "earning earning"},
        {"the penalty is skipped, the bonus before it cut whole", bonus_ten_a_day,
         .events = {bonus(1, "2025-05-10 12:00", 14), bonus(2, "2025-05-10 13:00", 3),
                    adjustment(3, "2025-05-10 14:00", -3)},
         .points = 10, .fates = "earning capped earning"},
        {"below 0 nothing is cut", bonus_ten_a_day,
         .events = {bonus(1, "2025-05-10 12:00", 14), adjustment(2, "2025-05-10 14:00", -30)},
         .points = -16, .fates = "earning earning"},
        {"a penalty of another day makes no room", bonus_ten_a_day,
         .events = {bonus(1, "2025-05-10 12:00", 14), adjustment(2, "2025-05-11 14:00", -30)},
         .points = -20, .fates = "earning earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_caps, on_purchases_and_the_category_bonus)
{
    const FoldCase cases[] = {
        {"the latest credit is cut first", purchases_ten_a_month,
         .events = {buy(1, "2025-05-10 12:00", 7, 800), buy(2, "2025-05-11 12:00", 8, 800),
                    buy(3, "2025-05-12 12:00", 9, 800)},
         .points = 10, .fates = "earning earning capped"},
        {"all shipments share the credit's fate, its date is the first's", purchases_ten_a_month,
         .events = {buy(1, "2025-05-10 12:00", 7, 1000), buy(2, "2025-05-11 12:00", 8, 300),
                    buy(3, "2025-05-20 12:00", 8, 300), buy(4, "2025-05-21 12:00", 7, 300)},
         .points = 10, .fates = "earning capped capped earning"},
        {"the day's bonus comes after the day's events", purchases_eleven_a_day,
         .events = {with_categories(buy(1, "2025-05-10 12:00", 7, 1000), CATEGORIES(1, 2, 3)),
                    buy(2, "2025-05-10 23:59:59.999999", 8, 200)},
         .points = 11, .fates = "earning earning"},
        {"10 and a bonus of 2 are 11, the events untouched", purchases_eleven_a_day,
         .events = {with_categories(buy(1, "2025-05-10 12:00", 7, 1000), CATEGORIES(1, 2, 3))},
         .points = 11, .fates = "earning"},
        {"a bonus of an earlier day stays before the credits of later days", purchases_ten_a_month,
         .events = {with_categories(buy(1, "2025-05-10 12:00", 7, 800), CATEGORIES(1, 2, 3)),
                    buy(2, "2025-05-11 12:00", 8, 800)},
         .points = 10, .fates = "earning capped"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_caps, the_order_is_that_of_time)
{
    const FoldCase cases[] = {
        {"the earlier ones keep their points, whatever their ids", bonus_ten_a_day,
         .events = {bonus(9, "2025-05-10 12:00", 10), bonus(1, "2025-05-10 13:00", 10)},
         .points = 10, .fates = "capped earning"},
        {"at the same time the smaller event_id keeps them", bonus_ten_a_day,
         .events = {bonus(2, "2025-05-10 12:00", 10), bonus(1, "2025-05-10 12:00", 10)},
         .points = 10, .fates = "earning capped"},
        {"an event with 0 points is not capped", bonus_ten_a_day,
         .events = {bonus(1, "2025-05-10 12:00", 20), bonus(2, "2025-05-10 13:00", 0)},
         .points = 10, .fates = "earning earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_caps, lines_tell_what_was_cut)
{
    RuleSet rules = standard_rules();
    bonus_ten_a_day(&rules);
    const Event events[] = {bonus(1, "2025-05-10 12:00", 6), bonus(2, "2025-05-10 13:00", 6),
                            follow(3, "2025-05-10 14:00")};
    Folded folded = fold(&rules, events, COUNT(events));
    cr_assert(folded.done);
    cr_expect_null(folded_line(&folded, 1)->cap);
    cr_expect_eq(folded_line(&folded, 2)->cap, &rules.caps[0]);
    cr_expect_eq(folded_line(&folded, 2)->points, 4);
    cr_expect_eq(folded_line(&folded, 2)->uncapped_points, 6);
    cr_expect_null(folded_line(&folded, 3)->cap);
}
