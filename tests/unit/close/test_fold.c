/*
 * close/fold: from events in the store to points by member, under the programme that ships.
 */
#include "close_builders.h"
#include "config/load.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#ifndef TIERCLOSE_SOURCE_ROOT
#define TIERCLOSE_SOURCE_ROOT "."
#endif

static Arena arena;
static MemberTable members;

static void end_fold(void)
{
    arena_destroy(&arena);
    member_table_destroy(&members);
}

TestSuite(fold, .fini = end_fold);

static const Programme *aliexpress(void)
{
    static const char *const kinds[] = {"purchase", "refund",    "fraud",  "category_bonus",
                                        "review",   "visit",     "follow", "club_post",
                                        "bonus",    "adjustment"};
    Error error = {0};
    const Programme *programme = NULL;
    cr_assert(config_load_file(&arena, TIERCLOSE_SOURCE_ROOT "/config/aliexpress.yaml", &programme,
                               &error),
              "%s", error.message);
    for (size_t slot = 0; slot < COUNT(kinds); slot++) {
        cr_assert_str_eq(programme->kinds[slot], kinds[slot], "the builders' slots are others");
    }
    return programme;
}

/* A year of eleven members and one unknown. Local noon is 20:00 in winter. */
static const MemberEvent *year(size_t *ret_count)
{
    static MemberEvent events[40];
    const MemberEvent first[] = {
        /* 10: a part of an order comes back eleven months later. */
        {10, buy(1, "2025-01-10 20:00", 100, 12050)},
        {10, refund(2, "2025-12-15 20:00", 100, 2050)},
        /* 11: a refund takes the later credit whole and a part of the earlier one. */
        {11, buy(3, "2025-03-05 20:00", 200, 10000)},
        {11, buy(4, "2025-04-05 20:00", 200, 3000)},
        {11, refund(5, "2025-06-05 20:00", 200, 5000)},
        /* 13: closed on the last day. */
        {13, visit(6, "2025-12-20 20:00")},
        {13, buy(7, "2025-05-05 20:00", 300, 5000)},
        {13, refund(8, "2025-12-21 20:00", 300, 1000)},
        {13, refund(9, "2025-12-22 20:00", 301, 1000)},
        /* 14: registered the day after. */
        {14, buy(10, "2025-12-24 20:00", 400, 2000)},
        /* 15: nothing to take, and less than was asked for. */
        {15, refund(11, "2025-11-20 20:00", 500, 1000)},
        {15, buy(12, "2025-10-10 20:00", 501, 5000)},
        {15, refund(13, "2025-12-10 20:00", 501, 7000)},
        /* 17: the first and the last moment of 11 November, and the one after. */
        {17, buy(40, "2025-11-11 08:00", 600, 1000)},
        {17, buy(41, "2025-11-12 07:59:59.999999", 601, 1000)},
        {17, buy(42, "2025-11-12 08:00", 602, 1000)},
        /* 99: no member. */
        {99, buy(50, "2025-12-02 20:00", 700, 1000)},
        {99, visit(51, "2025-02-02 20:00")},
        /* 18: around the borders of the months and of the window. */
        {18, bonus(60, "2025-12-01 07:59:59.999999", 7)},
        {18, event_of(SLOT_UNKNOWN, 61, "2025-12-01 08:00")},
        {18, without_points(bonus(62, "2025-12-01 07:59", 9))},
        {18, adjustment(63, "2025-01-01 08:00", -30)},
        {18, adjustment(64, "2025-01-01 07:59:59.999999", -1000)},
        {18, adjustment(65, "2026-01-01 07:59:59.999999", 3)},
        {18, adjustment(66, "2026-01-01 08:00", 1000)},
    };
    size_t count = 0;
    for (; count < COUNT(first); count++) {
        events[count] = first[count];
    }
    /* 16: visits on twelve days, and a second one on the first. */
    for (int day = 1; day <= 12; day++) {
        char when[] = "2025-12-00 20:00";
        when[8] = (char)('0' + day / 10);
        when[9] = (char)('0' + day % 10);
        events[count++] = (MemberEvent){16, visit(19 + day, when)};
    }
    events[count++] = (MemberEvent){16, visit(32, "2025-12-01 20:30")};
    *ret_count = count;
    return events;
}

static void add_members(void)
{
    add_member(&members, 18, "2020-01-01", NULL);
    add_member(&members, 10, "2020-01-01", NULL);
    add_member(&members, 11, "2020-01-01", NULL);
    add_member(&members, 12, "2025-12-31", NULL);
    add_member(&members, 13, "2020-01-01", "2025-12-31");
    add_member(&members, 14, "2026-01-01", NULL);
    add_member(&members, 15, "2020-01-01", "2026-01-01");
    add_member(&members, 16, "2020-01-01", NULL);
    add_member(&members, 17, "2020-01-01", NULL);
    finish_members(&members);
}

static void check_fates(const int64_t fates[FATE_COUNT], const int64_t expected[FATE_COUNT],
                        const char *name)
{
    for (Fate fate = 0; fate < FATE_COUNT; fate++) {
        cr_expect_eq(fates[fate], expected[fate], "%s: %lld %s, expected %lld", name,
                     (long long)fates[fate], fate_name(fate), (long long)expected[fate]);
    }
}

/* The visits of a dozen days within their cap, and what came in the year's last microsecond. */
static void check_sources(const FoldRun *run)
{
    for (size_t slot = 0; slot < SLOTS_MAX; slot++) {
        int64_t expected = slot == SLOT_VISIT ? 10 : slot == SLOT_ADJUSTMENT ? 3 : 0;
        cr_expect_eq(run->tally->sources[slot], expected, "slot %zu", slot);
    }
}

static void check_year(const FoldRun *run)
{
    static const struct {
        int64_t member_id;
        int64_t points;
        int64_t expiring;
    } expected[] = {{10, 100, 100}, {11, 80, 0}, {12, 0, 0},    {15, 0, 0},
                    {16, 10, 0},    {17, 50, 0}, {18, -20, -30}};
    cr_assert(run->done, "%s", run->error.message);
    for (size_t i = 0; i < COUNT(expected); i++) {
        int64_t member_id = expected[i].member_id;
        cr_expect_eq(run_points(run, member_id), expected[i].points, "member %lld: %lld points",
                     (long long)member_id, (long long)run_points(run, member_id));
        cr_expect_eq(run_expiring(run, member_id), expected[i].expiring, "member %lld: %lld expire",
                     (long long)member_id, (long long)run_expiring(run, member_id));
    }
    static const int64_t window[FATE_COUNT] = {
        [FATE_EARNING] = 18,       [FATE_REFUND] = 3,          [FATE_CAPPED] = 2,
        [FATE_INELIGIBLE] = 6,     [FATE_UNKNOWN_MEMBER] = 2,  [FATE_UNKNOWN_KIND] = 1,
        [FATE_MISSING_POINTS] = 1, [FATE_UNMATCHED_REFUND] = 3};
    static const int64_t own_month[FATE_COUNT] = {
        [FATE_EARNING] = 11,        [FATE_REFUND] = 2,         [FATE_CAPPED] = 2,
        [FATE_INELIGIBLE] = 3,      [FATE_UNKNOWN_MEMBER] = 1, [FATE_UNKNOWN_KIND] = 1,
        [FATE_UNMATCHED_REFUND] = 2};
    check_fates(run->tally->window_fates, window, "window");
    check_fates(run->tally->month_fates, own_month, "month");
    check_sources(run);
    cr_expect_eq(run->tally->events, 36);
    Error error = {0};
    cr_expect(tally_reconcile(run->tally, &error), "%s", error.message);
}

/* Points of the own month by kind, and of members with a standing only. */
Test(fold, sources_are_those_of_the_own_month)
{
    const Programme *programme = aliexpress();
    add_member(&members, 1, "2020-01-01", NULL);
    add_member(&members, 2, "2020-01-01", "2025-12-15");
    finish_members(&members);
    const MemberEvent events[] = {
        {1, buy(1, "2025-11-10 20:00", 1, 7000)},    {1, buy(2, "2025-12-10 20:00", 2, 5000)},
        {1, refund(3, "2025-12-11 20:00", 2, 1000)}, {1, refund(4, "2025-12-11 20:00", 1, 7000)},
        {1, follow(5, "2025-12-12 20:00")},          {1, adjustment(6, "2025-12-13 20:00", -9)},
        {2, buy(7, "2025-12-10 20:00", 3, 9000)},
    };
    FoldRun run = fold_run(programme, month(2025, 12), &members, events, COUNT(events), 1);
    cr_expect_eq(run.tally->sources[SLOT_PURCHASE], 40);
    cr_expect_eq(run.tally->sources[SLOT_FOLLOW], 1);
    cr_expect_eq(run.tally->sources[SLOT_ADJUSTMENT], -9);
    int64_t sum = 0;
    for (size_t slot = 0; slot < SLOTS_MAX; slot++) {
        sum += run.tally->sources[slot];
    }
    cr_expect_eq(sum, 32);
    cr_expect_eq(run_points(&run, 1), 32);
    fold_run_end(&run);
}

Test(fold, a_year_of_the_aliexpress_programme)
{
    const Programme *programme = aliexpress();
    size_t count = 0;
    const MemberEvent *events = year(&count);
    add_members();
    for (size_t lanes = 1; lanes <= 4; lanes++) {
        FoldRun run = fold_run(programme, month(2025, 12), &members, events, count, lanes);
        check_year(&run);
        fold_run_end(&run);
    }
    MemberEvent backwards[64];
    for (size_t i = 0; i < count; i++) {
        backwards[i] = events[count - 1 - i];
    }
    FoldRun run = fold_run(programme, month(2025, 12), &members, backwards, count, 3);
    check_year(&run);
    fold_run_end(&run);
}

Test(fold, the_samples_tell_what_happened)
{
    size_t count = 0;
    const MemberEvent *events = year(&count);
    add_members();
    FoldRun run = fold_run(aliexpress(), month(2025, 12), &members, events, count, 2);
    const SampleList *refunds = &run.tally->samples[FATE_UNMATCHED_REFUND - FATE_FIRST_ANOMALY];
    static const AnomalySample expected[] = {
        {.event_id = 9, .member_id = 13, .order_id = 301, .asked_cents = 1000},
        {.event_id = 13,
         .member_id = 15,
         .order_id = 501,
         .asked_cents = 7000,
         .taken_cents = 5000},
    };
    cr_assert_eq(refunds->count, COUNT(expected));
    for (size_t i = 0; i < COUNT(expected); i++) {
        cr_expect_eq(refunds->items[i].event_id, expected[i].event_id);
        cr_expect_eq(refunds->items[i].member_id, expected[i].member_id);
        cr_expect_eq(refunds->items[i].order_id, expected[i].order_id);
        cr_expect_eq(refunds->items[i].asked_cents, expected[i].asked_cents);
        cr_expect_eq(refunds->items[i].taken_cents, expected[i].taken_cents);
        cr_expect_eq(refunds->items[i].slot, SLOT_REFUND);
        cr_expect(refunds->items[i].has_member && refunds->items[i].has_order);
    }
    cr_expect_eq(refunds->items[0].occurred_at_us, at("2025-12-22 20:00"));
    const SampleList *strangers = &run.tally->samples[FATE_UNKNOWN_MEMBER - FATE_FIRST_ANOMALY];
    cr_assert_eq(strangers->count, 1);
    cr_expect_eq(strangers->items[0].event_id, 50);
    cr_expect_eq(strangers->items[0].member_id, 99);
    cr_expect_eq(strangers->items[0].slot, SLOT_PURCHASE);
    cr_expect_eq(run.tally->samples[FATE_MISSING_POINTS - FATE_FIRST_ANOMALY].count, 0);
    fold_run_end(&run);
}

/* What would have been cut by a cap is ineligible too: without a standing nothing earns. */
Test(fold, a_member_without_standing_earns_and_caps_nothing)
{
    enum { FOLLOWS = 12 };
    const Programme *programme = aliexpress();
    add_member(&members, 1, "2020-01-01", NULL);
    add_member(&members, 2, "2020-01-01", "2025-12-15");
    finish_members(&members);
    MemberEvent events[2 * FOLLOWS];
    for (int64_t i = 0; i < FOLLOWS; i++) {
        events[2 * i] = (MemberEvent){1, follow(2 * i + 1, "2025-12-10 20:00")};
        events[2 * i + 1] = (MemberEvent){2, follow(2 * i + 2, "2025-12-10 20:00")};
    }
    FoldRun run = fold_run(programme, month(2025, 12), &members, events, COUNT(events), 1);
    cr_expect_eq(run_points(&run, 1), 10);
    cr_expect_eq(run.tally->month_fates[FATE_EARNING], 10);
    cr_expect_eq(run.tally->month_fates[FATE_CAPPED], 2);
    cr_expect_eq(run.tally->month_fates[FATE_INELIGIBLE], FOLLOWS);
    fold_run_end(&run);
}

/* Seed example: January's points leave the window with the close of the next January. */
Test(fold, the_oldest_month_leaves_the_window)
{
    const Programme *programme = aliexpress();
    add_member(&members, 1, "2020-01-01", NULL);
    finish_members(&members);
    const MemberEvent events[] = {{1, buy(1, "2025-01-31 20:00", 1, 40000)},
                                  {1, buy(2, "2025-02-01 20:00", 2, 20000)}};
    static const struct {
        int32_t month;
        int64_t points;
        int64_t expiring;
    } cases[] = {{11, 600, 0}, {12, 600, 400}, {13, 200, 200}, {14, 0, 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        FoldRun run =
            fold_run(programme, month(2025, cases[i].month), &members, events, COUNT(events), 1);
        cr_expect_eq(run_points(&run, 1), cases[i].points, "month %d", cases[i].month);
        cr_expect_eq(run_expiring(&run, 1), cases[i].expiring, "month %d", cases[i].month);
        fold_run_end(&run);
    }
}

/* Contract 2.3: December's refund in January is January's. */
Test(fold, what_happens_after_the_end_does_not_count)
{
    const Programme *programme = aliexpress();
    add_member(&members, 1, "2020-01-01", NULL);
    finish_members(&members);
    const MemberEvent events[] = {{1, buy(1, "2025-12-20 20:00", 1, 30000)},
                                  {1, refund_all(2, "2026-01-05 20:00", 1)}};
    FoldRun december = fold_run(programme, month(2025, 12), &members, events, COUNT(events), 1);
    cr_expect_eq(run_points(&december, 1), 300);
    cr_expect_eq(december.tally->events, 1);
    fold_run_end(&december);
    FoldRun january = fold_run(programme, month(2026, 1), &members, events, COUNT(events), 1);
    cr_expect_eq(run_points(&january, 1), 0);
    cr_expect_eq(january.tally->month_fates[FATE_REFUND], 1);
    cr_expect_eq(january.tally->month_fates[FATE_INELIGIBLE], 0);
    cr_expect_eq(january.tally->window_fates[FATE_INELIGIBLE], 1);
    fold_run_end(&january);
}

/* A fraud without an order voids its member's year, and is an anomaly of its own month all the
 * same. */
Test(fold, a_fraud_voids_the_member_through_all_months)
{
    RuleSet rules = standard_rules();
    rules.fraud_voids_member = true;
    const Programme programme = {.window_months = 12, .rulesets = &rules, .ruleset_count = 1};
    add_member(&members, 1, "2020-01-01", NULL);
    add_member(&members, 2, "2020-01-01", NULL);
    finish_members(&members);
    const MemberEvent events[] = {
        {1, buy(1, "2025-02-10 20:00", 1, 30000)},
        {1, adjustment(2, "2025-05-10 20:00", -7)},
        {1, visit(3, "2025-12-10 20:00")},
        {1, without_order(fraud(4, "2025-12-10 20:00:00.000001", 0))},
        {1, visit(5, "2025-12-11 20:00")},
        {2, buy(6, "2025-02-10 20:00", 1, 30000)},
    };
    FoldRun run = fold_run(&programme, month(2025, 12), &members, events, COUNT(events), 2);
    cr_expect_eq(run_points(&run, 1), 1);
    cr_expect_eq(run_points(&run, 2), 300);
    cr_expect_eq(run.tally->month_fates[FATE_MISSING_ORDER_ID], 1);
    cr_expect_eq(run.tally->window_fates[FATE_INELIGIBLE], 3);
    cr_expect_eq(run.tally->window_fates[FATE_EARNING], 2);
    const SampleList *list = &run.tally->samples[FATE_MISSING_ORDER_ID - FATE_FIRST_ANOMALY];
    cr_assert_eq(list->count, 1);
    cr_expect_eq(list->items[0].slot, SLOT_FRAUD);
    cr_expect_not(list->items[0].has_order);
    fold_run_end(&run);
}

/* Contract 4.5: each month under its own rules; months before all rules know no kind. */
Test(fold, each_month_has_its_rules)
{
    RuleSet rulesets[] = {standard_rules(), standard_rules()};
    rulesets[0].from = month(2025, 3);
    rulesets[1].from = month(2025, 6);
    rulesets[1].purchase.points_per_unit_hundredths = 200;
    const Programme programme = {
        .window_months = 12, .rulesets = rulesets, .ruleset_count = COUNT(rulesets)};
    add_member(&members, 1, "2020-01-01", NULL);
    finish_members(&members);
    const MemberEvent events[] = {{1, buy(1, "2025-02-10 20:00", 1, 1000)},
                                  {1, buy(2, "2025-05-10 20:00", 2, 1000)},
                                  {1, buy(3, "2025-06-10 20:00", 3, 1000)}};
    FoldRun run = fold_run(&programme, month(2025, 12), &members, events, COUNT(events), 1);
    cr_expect_eq(run_points(&run, 1), 30);
    cr_expect_eq(run.tally->window_fates[FATE_UNKNOWN_KIND], 1);
    fold_run_end(&run);
}

static void check_overflow(const MemberEvent *events, size_t event_count, const char *message)
{
    RuleSet rules = standard_rules();
    rules.cap_count = 0;
    rules.kinds[SLOT_FOLLOW].points = INT64_MAX / 2 + 1;
    const Programme programme = {.window_months = 12, .rulesets = &rules, .ruleset_count = 1};
    FoldRun run = fold_run(&programme, month(2025, 12), &members, events, event_count, 1);
    cr_expect_not(run.done);
    cr_expect_eq(run.error.code, EXIT_DATA);
    cr_expect_str_eq(run.error.message, message);
    cr_expect_str_eq(run.error.hint, "look at the member's recorded points.");
    fold_run_end(&run);
}

Test(fold, points_beyond_a_bigint_are_refused)
{
    add_member(&members, 4, "2020-01-01", NULL);
    add_member(&members, 5, "2020-01-01", NULL);
    finish_members(&members);
    /* The refund is open when the fold ends: nothing may leak. */
    const MemberEvent months[] = {{4, refund_all(1, "2025-12-10 20:00", 1)},
                                  {5, follow(2, "2025-12-10 20:00")},
                                  {5, follow(3, "2025-11-10 20:00")}};
    check_overflow(months, COUNT(months),
                   "member 5: the window's points are more than a bigint holds");
    const MemberEvent one_month[] = {{4, refund_all(1, "2025-12-10 20:00", 1)},
                                     {5, follow(2, "2025-12-10 20:00")},
                                     {5, follow(3, "2025-12-10 20:00")}};
    check_overflow(one_month, COUNT(one_month),
                   "member 5: a month's points add up to more than a bigint holds");
}

Test(fold, without_members_and_events)
{
    const Programme *programme = aliexpress();
    finish_members(&members);
    FoldRun run = fold_run(programme, month(2025, 12), &members, NULL, 0, 4);
    cr_expect(run.done);
    cr_expect_eq(run.tally->events, 0);
    fold_run_end(&run);
    const MemberEvent events[] = {{1, visit(1, "2025-12-10 20:00")},
                                  {-1, refund_all(2, "2025-12-10 20:00", 1)}};
    run = fold_run(programme, month(2025, 12), &members, events, COUNT(events), 2);
    cr_expect(run.done);
    cr_expect_eq(run.tally->month_fates[FATE_UNKNOWN_MEMBER], 2);
    fold_run_end(&run);
}
