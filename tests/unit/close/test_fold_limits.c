/*
 * close/fold: points that 32 or 64 bits do not hold, and months that are taken back.
 */
#include "close_builders.h"

#include <criterion/criterion.h>
#include <string.h>

static MemberTable members;
static RuleSet rules;
static Programme programme;

static void begin_limits(void)
{
    rules = standard_rules();
    programme = (Programme){.window_months = 12,
                            .rulesets = &rules,
                            .ruleset_count = 1,
                            .kind_count = SLOT_STANDARD_END};
    add_member(&members, 1, "2020-01-01", NULL);
    add_member(&members, 2, "2020-01-01", "2025-12-15");
    finish_members(&members);
}

static void end_limits(void)
{
    member_table_destroy(&members);
}

TestSuite(fold_limits, .init = begin_limits, .fini = end_limits);

/* The sums by month are of those with a standing. */
Test(fold_limits, a_month_that_32_bits_do_not_hold)
{
    static const int32_t points[] = {INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < COUNT(points); i++) {
        MemberEvent events[4];
        for (int64_t e = 0; e < 4; e++) {
            events[e] = (MemberEvent){1 + e / 2, adjustment(e, "2025-12-10 20:00", points[i])};
        }
        FoldRun run = fold_run(&programme, month(2025, 12), &members, events, COUNT(events), 1);
        int64_t sums[WINDOW_MONTHS_MAX] = {0};
        cr_expect(run.done);
        cr_expect_not(fold_months_fit(run.fold));
        cr_expect(fold_add_wide(run.fold, sums));
        cr_expect_eq(sums[11], INT64_C(2) * points[i]);
        cr_expect_eq(run_points(&run, 1), INT64_C(2) * points[i]);
        cr_expect_eq(run_points(&run, 2), INT64_C(2) * points[i]);
        fold_run_end(&run);
    }
}

/* What is folded one by one, and what is only counted, together. */
Test(fold_limits, a_month_of_events_and_counts_beyond_a_bigint)
{
    rules.purchase.points_per_unit_hundredths = 100 * 100;
    rules.purchase.max_per_order = NO_LIMIT;
    const MemberEvent events[] = {{1, buy(1, "2025-12-10 20:00", 7, INT64_MAX)},
                                  {1, follow(2, "2025-12-10 20:00")}};
    FoldRun run = fold_run(&programme, month(2025, 12), &members, events, 1, 1);
    cr_expect(run.done, "%s", run.error.message);
    cr_expect_eq(run_points(&run, 1), INT64_MAX);
    fold_run_end(&run);
    run = fold_run(&programme, month(2025, 12), &members, events, COUNT(events), 1);
    cr_expect_not(run.done);
    cr_expect_eq(run.error.code, EXIT_DATA);
    cr_expect_str_eq(run.error.message,
                     "member 1: a month's points add up to more than a bigint holds");
    fold_run_end(&run);
}

static void check_ties(Fold *fold, Fold *expected)
{
    for (size_t slot = 0; slot < members.count; slot++) {
        unsigned char packed[2][MONTH_TIES_BYTES_MAX];
        MonthTies ties[] = {fold_ties(fold, slot), fold_ties(expected, slot)};
        size_t size = month_ties_pack(&ties[0], packed[0]);
        cr_assert_eq(month_ties_pack(&ties[1], packed[1]), size);
        cr_expect_arr_eq(packed[0], packed[1], size);
    }
}

/* A refund that is open, a month that is wide, orders and counts: nothing is there twice. */
Test(fold_limits, a_month_that_is_taken_back_and_folded_again)
{
    const MemberEvent events[] = {{1, buy(1, "2025-11-10 20:00", 7, 5000)},
                                  {1, refund(2, "2025-12-10 20:00", 7, 1000)},
                                  {1, buy(3, "2025-12-10 20:00", 8, 5000)},
                                  {1, follow(4, "2025-12-10 20:00")},
                                  {2, adjustment(5, "2025-12-10 20:00", INT32_MAX)},
                                  {2, adjustment(6, "2025-12-10 20:00", INT32_MAX)},
                                  {2, refund(7, "2025-12-10 20:00", 9, 1000)}};
    FoldRun once = fold_run(&programme, month(2025, 12), &members, events, COUNT(events), 1);
    FoldRun twice =
        fold_run_forgotten(&programme, month(2025, 12), &members, events, COUNT(events));
    cr_assert(once.done && twice.done);
    for (int64_t id = 1; id <= 2; id++) {
        cr_expect_eq(run_points(&twice, id), run_points(&once, id), "member %d", (int)id);
    }
    cr_expect(same_tally(twice.tally, once.tally));
    check_ties(twice.fold, once.fold);
    fold_run_end(&once);
    fold_run_end(&twice);
}
