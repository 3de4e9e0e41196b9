/*
 * programme/earn: every kind but purchase, refund and fraud (contract 4.1, 4.2).
 */
#include "builders.h"
#include "programme/calendar.h"

#include <criterion/criterion.h>

static void visit_needs_two(RuleSet *rules)
{
    rules->kinds[SLOT_VISIT].has_minimum = true;
    rules->kinds[SLOT_VISIT].min_amount_cents = 200;
}

static void visit_needs_nothing(RuleSet *rules)
{
    rules->kinds[SLOT_VISIT].has_minimum = true;
}

static void adjustment_once_a_day(RuleSet *rules)
{
    rules->kinds[SLOT_ADJUSTMENT].once_per_day = true;
    rules->kinds[SLOT_ADJUSTMENT].has_minimum = true;
    rules->kinds[SLOT_ADJUSTMENT].min_amount_cents = 100;
}

static void review_earns_nothing(RuleSet *rules)
{
    rules->kinds[SLOT_REVIEW].points = 0;
}

Test(earn_kinds, listed_kinds_earn_their_points)
{
    const FoldCase cases[] = {
        {"each its own",
         .events = {review(1, "2025-05-10 12:00", 500), visit(2, "2025-05-10 12:00"),
                    follow(3, "2025-05-10 12:00"), club_post(4, "2025-05-10 12:00")},
         .points = 5, .fates = "earning earning earning earning"},
        {"several a day where nothing says otherwise",
         .events = {review(1, "2025-05-10 12:00", 500), review(2, "2025-05-10 12:00", 500),
                    follow(3, "2025-05-10 12:00"), follow(4, "2025-05-10 12:00")},
         .points = 4, .fates = "earning earning earning earning"},
        {"recorded points, below 0 too",
         .events = {bonus(1, "2025-05-10 12:00", 50), adjustment(2, "2025-05-10 12:00", -70),
                    bonus(3, "2025-05-10 12:00", 0)},
         .points = -20, .fates = "earning earning earning"},
        {"the limits of a recorded number",
         .events = {bonus(1, "2025-05-10 12:00", INT32_MAX),
                    bonus(2, "2025-05-10 12:00", INT32_MAX),
                    adjustment(3, "2025-05-10 12:00", INT32_MIN)},
         .points = 2 * (int64_t)INT32_MAX + INT32_MIN, .fates = "earning earning earning"},
        {"points of an event whose kind has its own do not matter",
         .events = {follow(1, "2025-05-10 12:00"),
                    {.event_id = 2,
                     .slot = SLOT_FOLLOW,
                     .points = 99,
                     .present = EVENT_HAS_POINTS,
                     .occurred_at_us = at("2025-05-10 12:00"),
                     .local_us = at("2025-05-10 12:00")}},
         .points = 2, .fates = "earning earning"},
        {"0 points are earned too", review_earns_nothing,
         .events = {review(1, "2025-05-10 12:00", 500)}, .points = 0, .fates = "earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_kinds, minimum_of_the_item)
{
    const FoldCase cases[] = {
        {"1.99, 2.00 and 2.01",
         .events = {review(1, "2025-05-10 12:00", 199), review(2, "2025-05-10 12:00", 200),
                    review(3, "2025-05-10 12:00", 201)},
         .points = 2, .fates = "ineligible earning earning"},
        {"a discount does not lower it",
         .events = {with_discount(review(1, "2025-05-10 12:00", 200), 100)}, .points = 1,
         .fates = "earning"},
        {"0 is below it, less and none are anomalies",
         .events = {review(1, "2025-05-10 12:00", 0), review(2, "2025-05-10 12:00", -1),
                    without_item(review(3, "2025-05-10 12:00", 0))},
         .points = 0, .fates = "ineligible negative_amount missing_amount"},
        {"a kind without minimum does not look at the item",
         .events = {with_item(visit(1, "2025-05-10 12:00"), -5),
                    with_item(follow(2, "2025-05-10 12:00"), 0)},
         .points = 2, .fates = "earning earning"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_kinds, once_a_local_day)
{
    const FoldCase cases[] = {
        {"two visits on a day are one",
         .events = {visit(1, "2025-05-10 00:00"), visit(2, "2025-05-10 23:59:59.999999")},
         .points = 1, .fates = "earning ineligible"},
        {"the first in time earns, not the first read",
         .events = {visit(1, "2025-05-10 13:00"), visit(2, "2025-05-10 12:00")}, .points = 1,
         .fates = "ineligible earning"},
        {"at the same time the smaller event_id",
         .events = {visit(2, "2025-05-10 12:00"), visit(1, "2025-05-10 12:00")}, .points = 1,
         .fates = "earning ineligible"},
        {"midnight is a new day",
         .events = {visit(1, "2025-05-10 23:59:59.999999"), visit(2, "2025-05-11 00:00"),
                    visit(3, "2025-05-11 00:00:00.000001")},
         .points = 2, .fates = "earning earning ineligible"},
        {"the first and the last day of a long month",
         .events = {visit(1, "2025-05-01 12:00"), visit(2, "2025-05-31 12:00"),
                    visit(3, "2025-05-31 13:00"), visit(4, "2025-05-01 13:00")},
         .points = 2, .fates = "earning earning ineligible ineligible"},
        {"days that are half a month apart",
         .events = {visit(1, "2025-05-01 12:00"), visit(2, "2025-05-15 12:00"),
                    visit(3, "2025-05-16 12:00"), visit(4, "2025-05-17 12:00"),
                    visit(5, "2025-05-31 12:00")},
         .points = 5, .fates = "earning earning earning earning earning"},
        {"29 February and 1 March",
         .events = {visit(1, "2024-02-28 12:00"), visit(2, "2024-02-29 12:00"),
                    visit(3, "2024-02-29 13:00"), visit(4, "2024-03-01 12:00")},
         .points = 3, .fates = "earning earning ineligible earning"},
        {"the same day of two months",
         .events = {visit(1, "2025-05-10 12:00"), visit(2, "2025-06-10 12:00")}, .points = 2,
         .fates = "earning earning"},
        {"one kind does not use up another's day",
         .events = {follow(1, "2025-05-10 12:00"), visit(2, "2025-05-10 12:01")}, .points = 2,
         .fates = "earning earning"},
        {"an event that is not eligible does not use up the day", visit_needs_two,
         .events = {with_item(visit(1, "2025-05-10 10:00"), 199),
                    without_item(visit(2, "2025-05-10 11:00")),
                    with_item(visit(3, "2025-05-10 12:00"), 200),
                    with_item(visit(4, "2025-05-10 13:00"), 200)},
         .points = 1, .fates = "ineligible missing_amount earning ineligible"},
        {"a minimum of nothing asks for an amount all the same", visit_needs_nothing,
         .events = {without_item(visit(1, "2025-05-10 10:00")),
                    with_item(visit(2, "2025-05-10 11:00"), -1),
                    with_item(visit(3, "2025-05-10 12:00"), 0)},
         .points = 1, .fates = "missing_amount negative_amount earning"},
        {"a penalty uses up the day", adjustment_once_a_day,
         .events = {with_item(adjustment(1, "2025-05-10 10:00", -3), 100),
                    with_item(adjustment(2, "2025-05-10 11:00", 5), 100)},
         .points = -3, .fates = "earning ineligible"},
    };
    check_fold_cases(cases, COUNT(cases));
}

Test(earn_kinds, local_days_where_the_clocks_change)
{
    RuleSet rules = standard_rules();
    /* Los Angeles: 9 March has 23 hours, 2 November has 25 and the hour from 01:00 twice. */
    const Event events[] = {
        in_wall_clock(visit(1, "2025-03-09 08:00"), "2025-03-09 00:00"),
        in_wall_clock(visit(2, "2025-03-10 06:59:59.999999"), "2025-03-09 23:59:59.999999"),
        in_wall_clock(visit(3, "2025-03-10 07:00"), "2025-03-10 00:00"),
        in_wall_clock(visit(4, "2025-11-02 08:30"), "2025-11-02 01:30"),
        in_wall_clock(visit(5, "2025-11-02 09:30"), "2025-11-02 01:30"),
        in_wall_clock(visit(6, "2025-11-03 07:59:59.999999"), "2025-11-02 23:59:59.999999"),
        in_wall_clock(visit(7, "2025-11-03 08:00"), "2025-11-03 00:00"),
    };
    Folded folded = fold(&rules, events, COUNT(events));
    cr_expect_eq(folded.points, 4);
    cr_expect_str_eq(folded.fates,
                     "earning ineligible earning earning ineligible ineligible earning");
    /* St John's: 1 November 2009 began, went back to 31 October, and began again. */
    const Event twice[] = {
        in_wall_clock(visit(1, "2009-11-01 02:29"), "2009-10-31 23:59"),
        in_wall_clock(visit(2, "2009-11-01 02:30:30"), "2009-11-01 00:00:30"),
        in_wall_clock(visit(3, "2009-11-01 02:31"), "2009-10-31 23:01"),
        in_wall_clock(visit(4, "2009-11-01 03:30"), "2009-11-01 00:00"),
    };
    folded = fold(&rules, twice, COUNT(twice));
    cr_expect_eq(folded.points, 2);
    cr_expect_str_eq(folded.fates, "earning earning ineligible ineligible");
}

/* Two visits on each day of a short and a long month: the day's first earns. */
Test(earn_kinds, every_day_of_a_month_is_one_of_its_own)
{
    RuleSet rules = standard_rules();
    rules.cap_count = 0;
    static const struct {
        const char *first;
        int64_t days;
    } months[] = {{"2023-02-01 00:00", 28}, {"1999-12-01 00:00", 31}, {"2025-01-01 00:00", 31}};
    for (size_t m = 0; m < COUNT(months); m++) {
        Event events[62];
        for (int64_t i = 0; i < 2 * months[m].days; i++) {
            events[i] = visit(i + 1, months[m].first);
            events[i].local_us += i * (US_PER_DAY / 2);
            events[i].occurred_at_us = events[i].local_us;
        }
        Folded folded = fold(&rules, events, 2 * (size_t)months[m].days);
        cr_expect_eq(folded.points, months[m].days, "%s", months[m].first);
        for (int64_t i = 0; i < 2 * months[m].days; i++) {
            cr_expect_eq(folded.events[i].fate, i % 2 == 0 ? FATE_EARNING : FATE_INELIGIBLE,
                         "visit %lld from %s", (long long)i + 1, months[m].first);
        }
    }
}

/* earn.h: by (day, occurred_at, event_id), the day's category bonus last. */
static void check_line_order(bool with_caps)
{
    RuleSet rules = standard_rules();
    rules.cap_count = with_caps ? rules.cap_count : 0;
    const Event events[] = {
        buy(9, "2025-05-20 12:00", 1, 1000),
        visit(8, "2025-05-20 11:00"),
        with_categories(buy(7, "2025-05-10 12:00", 2, 1000), CATEGORIES(1, 2)),
        follow(6, "2025-05-10 12:00"),
        follow(5, "2025-05-10 23:00"),
        visit(4, "2025-05-11 00:00"),
    };
    static const int64_t expected[] = {6, 7, 5, 0, 4, 8, 9};
    Folded folded = fold(&rules, events, COUNT(events));
    cr_assert(folded.done);
    cr_assert_eq(folded.line_count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        cr_expect_eq(folded.lines[i].event_id, expected[i], "line %zu is of event %lld", i,
                     (long long)folded.lines[i].event_id);
    }
}

Test(earn_kinds, lines_come_in_the_order_of_time_with_caps)
{
    check_line_order(true);
}

Test(earn_kinds, lines_come_in_the_order_of_time_without_caps)
{
    check_line_order(false);
}

/* St John's: 2 November 2008 began, went back to 1 November, and began again. */
Test(earn_kinds, lines_come_by_day_where_a_day_comes_back)
{
    RuleSet rules = standard_rules();
    const Event events[] = {
        in_wall_clock(follow(1, "2008-11-02 02:30:30"), "2008-11-02 00:00:30"),
        in_wall_clock(follow(2, "2008-11-02 02:31"), "2008-11-01 23:01"),
        in_wall_clock(follow(3, "2008-11-02 03:30"), "2008-11-02 00:00"),
    };
    static const int64_t expected[] = {2, 1, 3};
    Folded folded = fold(&rules, events, COUNT(events));
    cr_assert_eq(folded.line_count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        cr_expect_eq(folded.lines[i].event_id, expected[i]);
    }
}

static bool comes_before(const Earned *line, const Earned *next)
{
    if (line->day != next->day) {
        return line->day < next->day;
    }
    if (line->occurred_at_us != next->occurred_at_us) {
        return line->occurred_at_us < next->occurred_at_us;
    }
    return line->event_id < next->event_id;
}

/* From none to more than are sorted by hand, in no order. */
Test(earn_kinds, lines_of_many_events_come_in_the_order_of_time)
{
    static const int32_t categories[] = {1, 2};
    RuleSet rules = standard_rules();
    Random random = {first_seed()};
    for (size_t count = 0; count <= FOLD_EVENTS_MAX; count++) {
        Event events[FOLD_EVENTS_MAX];
        for (size_t i = 0; i < count; i++) {
            int64_t id = (int64_t)i + 1;
            events[i] = i % 2 == 0 ? follow(id, "2025-05-01 00:00")
                                   : with_categories(buy(id, "2025-05-01 00:00", 1000 - id, 1000),
                                                     COUNT(categories), categories);
            events[i].local_us += random_below(&random, INT64_C(31) * 4) * US_PER_DAY / 4;
            events[i].occurred_at_us = events[i].local_us;
        }
        Folded folded = fold(&rules, events, count);
        cr_assert(folded.done);
        cr_expect_geq(folded.line_count, count);
        for (size_t i = 1; i < folded.line_count; i++) {
            cr_expect(comes_before(&folded.lines[i - 1], &folded.lines[i]),
                      "line %zu of %zu events", i, count);
        }
    }
}

Test(earn_kinds, why_an_event_earned_nothing)
{
    RuleSet rules = standard_rules();
    rules.fraud_voids_member = true;
    const Event events[] = {
        follow(1, "2025-05-01 12:00"),       fraud(2, "2025-05-02 12:00", 99),
        review(3, "2025-05-10 12:00", 199),  visit(4, "2025-05-10 12:00"),
        visit(5, "2025-05-10 13:00"),        buy(6, "2025-05-10 12:00", 7, 199),
        buy(7, "2025-05-10 12:00", 8, 1000), refund_all(8, "2025-05-11 12:00", 8),
        buy(9, "2025-05-01 12:00", 9, 1000),
    };
    static const Ineligible expected[] = {
        INELIGIBLE_VOIDED,          INELIGIBLE_NOT,
        INELIGIBLE_BELOW_MINIMUM,   INELIGIBLE_NOT,
        INELIGIBLE_REPEATED_ON_DAY, INELIGIBLE_BELOW_MINIMUM,
        INELIGIBLE_REFUNDED,        INELIGIBLE_NOT,
        INELIGIBLE_VOIDED,
    };
    Folded folded = fold(&rules, events, COUNT(events));
    cr_assert(folded.done);
    for (size_t i = 0; i < COUNT(expected); i++) {
        cr_expect_eq((Ineligible)folded.events[i].ineligible, expected[i], "event %zu: %d", i + 1,
                     folded.events[i].ineligible);
    }
}
