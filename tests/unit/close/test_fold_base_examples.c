/*
 * close/fold_base: the reasons one by one why an older month is folded again, and that others are
 * not.
 */
#include "fold_history.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(fold_base_examples, .fini = end_history);

static void begin_examples(void)
{
    history.rules = standard_rules();
    history.programme =
        (Programme){.window_months = 12, .rulesets = &history.rules, .ruleset_count = 1};
    add_member(&history.members, 1, "2020-01-01", NULL);
    add_member(&history.members, 3, "2026-01-15", NULL);
    finish_members(&history.members);
}

static void add_event(Event event, bool is_late)
{
    history.events[history.event_count] = (MemberEvent){1, event};
    history.is_late[history.event_count++] = is_late;
}

/* The months of January's window, or of December's; bit 0 is the oldest. */
enum {
    AUGUST = 1 << 6,
    SEPTEMBER = 1 << 7,
    OCTOBER = 1 << 8,
    NOVEMBER = 1 << 9,
    DECEMBER = 1 << 10,
    ALL_OLDER = (1 << 11) - 1,
};

static void check_example(Period period, uint64_t expected)
{
    PeriodResult base = base_result();
    uint64_t reopened = check_period(&base, period, 0);
    cr_expect_eq(reopened, expected, "folded again: %llx instead of %llx",
                 (unsigned long long)reopened, (unsigned long long)expected);
    result_destroy(&base);
}

/* Orders 11 and 19 make November's range hold 12 as well; the member's marks tell better. */
Test(fold_base_examples, a_refund_opens_the_month_of_its_order)
{
    begin_examples();
    add_event(buy(1, "2025-11-10 20:00", 11, 3000), false);
    add_event(buy(2, "2025-11-11 20:00", 19, 3000), false);
    add_event(buy(3, "2025-12-10 20:00", 12, 3000), false);
    add_event(buy(4, "2025-12-10 20:00", 20, 3000), false);
    add_event(refund(5, "2026-01-10 20:00", 12, 1000), false);
    check_example(base_period + 1, DECEMBER);
}

/* Of months that long ago no marks are kept. */
Test(fold_base_examples, a_refund_opens_each_month_whose_orders_lie_around_it)
{
    begin_examples();
    add_event(buy(1, "2025-08-10 20:00", 11, 3000), false);
    add_event(buy(2, "2025-08-11 20:00", 19, 3000), false);
    add_event(buy(3, "2025-09-10 20:00", 12, 3000), false);
    add_event(buy(4, "2025-09-10 20:00", 20, 3000), false);
    add_event(refund(5, "2026-01-10 20:00", 12, 1000), false);
    check_example(base_period + 1, AUGUST | SEPTEMBER);
}

static void add_refunded_order(void)
{
    add_event(buy(1, "2025-08-10 20:00", 10, 3000), false);
    add_event(refund(2, "2025-10-10 20:00", 10, 1000), false);
}

Test(fold_base_examples, a_late_event_opens_its_month)
{
    begin_examples();
    add_refunded_order();
    add_event(visit(3, "2025-09-10 20:00"), true);
    check_example(base_period + 1, SEPTEMBER);
}

Test(fold_base_examples, a_late_event_opens_the_refunds_that_have_reached_its_month)
{
    begin_examples();
    add_refunded_order();
    add_event(visit(3, "2025-08-12 20:00"), true);
    check_example(base_period + 1, AUGUST | SEPTEMBER | OCTOBER);
}

Test(fold_base_examples, a_late_order_opens_no_more_where_nothing_was_refunded)
{
    begin_examples();
    add_refunded_order();
    add_event(buy(3, "2025-11-12 20:00", 10, 2000), true);
    check_example(base_period + 1, NOVEMBER);
}

Test(fold_base_examples, a_late_order_opens_later_refunds_and_older_orders)
{
    begin_examples();
    add_refunded_order();
    add_event(buy(3, "2025-09-12 20:00", 10, 2000), true);
    check_example(base_period + 1, AUGUST | SEPTEMBER | OCTOBER);
}

Test(fold_base_examples, a_late_refund_opens_older_orders)
{
    begin_examples();
    add_event(buy(1, "2025-09-10 20:00", 10, 3000), false);
    add_event(refund(2, "2025-11-10 20:00", 10, 1000), true);
    check_example(base_period + 1, SEPTEMBER | NOVEMBER);
}

/* The refund took all it wanted from September's shipment. November and August are folded again,
 * September is not: the refund must not come through to August. */
Test(fold_base_examples, a_refund_that_was_satisfied_in_a_month_that_stands_does_not_pass_it)
{
    begin_examples();
    add_event(buy(1, "2025-08-10 20:00", 10, 3000), false);
    add_event(buy(2, "2025-09-10 20:00", 10, 3000), false);
    add_event(refund(3, "2025-11-10 20:00", 10, 1000), false);
    add_event(visit(4, "2025-11-12 20:00"), true);
    add_event(visit(5, "2025-08-12 20:00"), true);
    check_example(base_period + 1, AUGUST | NOVEMBER);
}

Test(fold_base_examples, a_fraud_that_voids_the_member_opens_all)
{
    begin_examples();
    history.rules.fraud_voids_member = true;
    add_event(buy(1, "2025-08-10 20:00", 10, 3000), false);
    add_event(without_order(fraud(2, "2026-01-10 20:00", 0)), false);
    check_example(base_period + 1, ALL_OLDER);
}

/* October's fraud voids what comes late in August; all between is opened with it. */
Test(fold_base_examples, a_late_event_opens_the_fraud_that_voids_it)
{
    begin_examples();
    history.rules.fraud_voids_member = true;
    add_event(without_order(fraud(1, "2025-10-10 20:00", 0)), false);
    add_event(buy(2, "2025-08-10 20:00", 10, 3000), true);
    check_example(base_period + 1, AUGUST | SEPTEMBER | OCTOBER);
}

/* December is settled: a shipment of that month was recorded late, so the refund takes from it, and
 * November's credit is whole again. */
Test(fold_base_examples, a_late_order_of_the_own_month_gives_back_what_an_older_one_gave)
{
    begin_examples();
    add_event(buy(1, "2025-11-10 20:00", 10, 3000), false);
    add_event(refund(2, "2025-12-10 20:00", 10, 1000), false);
    add_event(buy(3, "2025-12-05 20:00", 10, 2000), true);
    check_example(base_period, 1 << 10);
}

/* Rows of an older version: nothing is known of the ties. */
Test(fold_base_examples, without_ties_more_is_opened)
{
    begin_examples();
    add_refunded_order();
    add_event(visit(3, "2025-09-10 20:00"), true);
    PeriodResult base = base_result();
    for (size_t i = 0; i < base.standing_count; i++) {
        StandingRow *row = &base.standings[i];
        int32_t points[WINDOW_MONTHS_MAX];
        unsigned char *bytes = base.months.bytes + row->months_at;
        cr_assert(month_points_unpack(bytes, row->months_size, points, base.month_count, NULL));
        row->months_size = (uint16_t)month_points_pack(points, base.month_count, bytes);
    }
    FoldLate late = {1, 0, LATE_OTHER, false, 7};
    const FoldBase fold_base = base_of(&base, &late, 1);
    FoldRun run = fold_run_from(&history.programme, base_period + 1, &history.members,
                                history.events, history.event_count, 1, &fold_base);
    cr_expect(run.done);
    cr_expect_eq(run_points(&run, 1), 21);
    for (size_t month = 0; month < 11; month++) {
        cr_expect_eq(fold_is_reopened(run.fold, month, member_place(&history.members, 1)),
                     month >= 7);
    }
    fold_run_end(&run);
    result_destroy(&base);
}

Test(fold_base_examples, a_row_that_cannot_be_read_is_refused)
{
    begin_examples();
    PeriodResult base = base_result();
    base.standings[0].months_size--;
    const FoldBase fold_base = base_of(&base, NULL, 0);
    FoldRun run = fold_run_from(&history.programme, base_period + 1, &history.members, NULL, 0, 1,
                                &fold_base);
    cr_expect_not(run.done);
    cr_expect_eq(run.error.code, EXIT_DATA);
    cr_expect_str_eq(run.error.message, "the stored points by month of member 1 cannot be read");
    fold_run_end(&run);
    result_destroy(&base);
}

/* Events of plain kinds are folded again too, and counted in the close of their own month only. */
Test(fold_base_examples, a_month_of_plain_events_is_folded_again)
{
    begin_examples();
    history.programme.kind_count = SLOT_STANDARD_END;
    add_event(follow(1, "2025-09-09 20:00"), false);
    add_event(club_post(2, "2025-09-09 20:00"), true);
    add_event(follow(3, "2026-01-09 20:00"), false);
    check_example(base_period + 1, SEPTEMBER);
}

/* Of so many orders no marks are kept: any number that lies among them may be one of them. */
Test(fold_base_examples, more_orders_in_a_month_than_are_kept)
{
    begin_examples();
    for (int64_t i = 0; i <= ORDERS_MAX; i++) {
        add_event(buy(i + 1, "2025-12-10 20:00", 1000 + 2 * i, 300), false);
    }
    add_event(refund(1000, "2026-01-10 20:00", 1001, 100), false);
    check_example(base_period + 1, DECEMBER);
}

Test(fold_base_examples, a_window_of_two_months)
{
    begin_examples();
    history.programme.window_months = 2;
    add_event(buy(1, "2025-12-10 20:00", 10, 3000), false);
    add_event(refund(2, "2026-01-10 20:00", 10, 1000), false);
    check_example(base_period + 1, 1);
}

static void check_reopened(const FoldRun *run, size_t month, bool oldest, size_t count,
                           const int64_t *expected)
{
    int64_t *ids = NULL;
    cr_assert_eq(fold_reopened(run->fold, month, oldest, &ids), count, "month %zu", month);
    for (size_t i = 0; i < count; i++) {
        cr_expect_eq(ids[i], expected[i], "month %zu", month);
    }
    free(ids);
}

/* Two have late events, one has no standing to start from, and one is no member at all. */
Test(fold_base_examples, whose_months_are_read_again)
{
    enum { LATE_MONTH = 7 };
    begin_examples();
    member_table_destroy(&history.members);
    add_member(&history.members, 1, "2020-01-01", NULL);
    add_member(&history.members, 3, "2020-01-01", NULL);
    add_member(&history.members, 4, "2026-01-15", NULL);
    finish_members(&history.members);
    PeriodResult base = base_result();
    static const FoldLate late[] = {{1, 0, LATE_OTHER, false, LATE_MONTH},
                                    {2, 0, LATE_OTHER, false, LATE_MONTH},
                                    {3, 0, LATE_OTHER, false, LATE_MONTH}};
    const FoldBase fold_base = base_of(&base, late, COUNT(late));
    FoldRun run = fold_run_from(&history.programme, base_period + 1, &history.members, NULL, 0, 1,
                                &fold_base);
    cr_assert(run.done, "%s", run.error.message);
    static const int64_t all[] = {1, 3, 4};
    for (size_t month = 0; month < 11; month++) {
        const int64_t *last = &all[2];
        bool is_late = month == LATE_MONTH;
        check_reopened(&run, month, false, is_late ? 3 : 1, is_late ? all : last);
        size_t oldest = is_late ? 2 : month == 0 ? 1 : 0;
        check_reopened(&run, month, true, oldest, is_late ? all : last);
        cr_expect_not(fold_is_reopened(run.fold, month, member_place(&history.members, 2)));
    }
    fold_run_end(&run);
    result_destroy(&base);
}

Test(fold_base_examples, nobody_at_all)
{
    begin_examples();
    member_table_destroy(&history.members);
    finish_members(&history.members);
    PeriodResult base = base_result();
    const FoldBase fold_base = base_of(&base, NULL, 0);
    const MemberEvent events[] = {{1, visit(1, "2026-01-10 20:00")}};
    FoldRun run = fold_run_from(&history.programme, base_period + 1, &history.members, events,
                                COUNT(events), 1, &fold_base);
    cr_expect(run.done, "%s", run.error.message);
    cr_expect_eq(run.tally->month_fates[FATE_UNKNOWN_MEMBER], 1);
    fold_run_end(&run);
    result_destroy(&base);
}
