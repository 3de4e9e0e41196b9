/*
 * close/result: standings, level changes and flows (contract 2.2, 5.1 to 5.3).
 */
#include "base/arena.h"
#include "close/result.h"
#include "close_builders.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *const level_names[] = {"Silver", "Gold", "Platinum", "Diamond"};

static MemberTable members;
static PeriodResult result;
static RuleSet rules;

static void begin_result(void)
{
    rules = standard_rules();
    result = (PeriodResult){.period = month(2025, 12), .rules = &rules};
}

static void end_result(void)
{
    member_table_destroy(&members);
    result_destroy(&result);
}

TestSuite(result, .init = begin_result, .fini = end_result);

Test(result, standings_of_those_who_get_one)
{
    static const struct {
        int64_t id;
        const char *registered_on;
        const char *closed_on;
        int32_t points;
        int64_t counted; /* -1: no standing */
        int16_t rank;
    } cases[] = {
        {-9, "2020-01-01", NULL, 100, 100, 0},
        {-1, "2020-01-01", NULL, 101, 101, 1},
        {0, "2020-01-01", NULL, 500, 500, 1},
        {1, "2025-12-31", NULL, 501, 501, 2},
        {2, "2026-01-01", NULL, 900, -1, 0},
        {3, "2020-01-01", "2025-12-31", 900, -1, 0},
        {4, "2020-01-01", "2026-01-01", 1500, 1500, 2},
        {5, "2020-01-01", NULL, 1501, 1501, 3},
        {6, "2020-01-01", NULL, -1, 0, 0},
        {7, "2020-01-01", NULL, INT32_MIN, 0, 0},
        {INT64_MAX, "2020-01-01", NULL, INT32_MAX, INT32_MAX, 3},
    };
    MemberEvent events[COUNT(cases)];
    for (size_t i = 0; i < COUNT(cases); i++) {
        add_member(&members, cases[i].id, cases[i].registered_on, cases[i].closed_on);
        const char *when = i % 2 == 0 ? "2025-01-10 20:00" : "2025-12-10 20:00";
        events[i] = (MemberEvent){cases[i].id, adjustment((int64_t)i + 1, when, cases[i].points)};
    }
    finish_members(&members);
    const Programme programme = {.window_months = 12, .rulesets = &rules, .ruleset_count = 1};
    FoldRun run = fold_run(&programme, result.period, &members, events, COUNT(events), 1);
    Error error;
    cr_assert(result_standings(&result, &members, run.fold, &error));
    size_t next = 0;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (cases[i].counted < 0) {
            continue;
        }
        cr_assert_lt(next, result.standing_count);
        const StandingRow *row = &result.standings[next++];
        cr_expect_eq(row->member_id, cases[i].id);
        cr_expect_eq(row->points, cases[i].counted, "member %lld", (long long)row->member_id);
        cr_expect_eq(row->level_rank, cases[i].rank, "member %lld", (long long)row->member_id);
        /* The oldest month's part may be negative. */
        cr_expect_eq(row->expiring_points, i % 2 == 0 ? cases[i].points : 0, "member %lld",
                     (long long)row->member_id);
    }
    cr_expect_eq(next, result.standing_count);
    /* By month; the own month's is that of its sources. */
    int64_t january = 100 + 500 + 1500 - 1 + INT64_C(0) + INT32_MAX;
    int64_t december = 101 + 501 + 1501 + (int64_t)INT32_MIN;
    cr_expect(result.month_sums_known);
    cr_expect_eq(result.month_sums[0], january, "%lld", (long long)result.month_sums[0]);
    cr_expect_eq(result.month_sums[11], december, "%lld", (long long)result.month_sums[11]);
    cr_expect_eq(result.month_sums[5], 0);
    result.tally = memory_alloc(1, sizeof *result.tally);
    *result.tally = *run.tally;
    cr_expect(result_reconcile_sources(&result, &error), "%s", error.message);
    result.tally->sources[SLOT_PURCHASE]++;
    cr_expect_not(result_reconcile_sources(&result, &error));
    cr_expect_eq(error.code, EXIT_BUG);
    /* Of sums that are not known nothing can be said. */
    result.tally->sources_overflow = true;
    cr_expect(result_reconcile_sources(&result, &error));
    result.tally->sources_overflow = false;
    result.month_sums_known = false;
    cr_expect(result_reconcile_sources(&result, &error));
    fold_run_end(&run);
}

/* A month that 32 bits do not hold is in the sums all the same; a sum beyond a bigint is not known.
 */
Test(result, months_too_large_to_be_kept_are_in_the_sums)
{
    add_member(&members, 1, "2020-01-01", NULL);
    add_member(&members, 2, "2020-01-01", NULL);
    finish_members(&members);
    rules.kinds[SLOT_BONUS] = (KindRule){.in_force = true, .points = INT64_MAX - 5};
    const Programme programme = {.window_months = 12, .rulesets = &rules, .ruleset_count = 1};
    const MemberEvent events[] = {{1, bonus(1, "2025-06-10 20:00", 0)},
                                  {2, adjustment(2, "2025-06-10 20:00", 5)},
                                  {2, adjustment(3, "2025-05-10 20:00", 1)},
                                  {2, adjustment(4, "2025-06-11 20:00", 1)}};
    for (size_t count = 2; count <= COUNT(events); count++) {
        FoldRun run = fold_run(&programme, result.period, &members, events, count, 1);
        Error error;
        cr_assert(result_standings(&result, &members, run.fold, &error));
        cr_expect_not(result.months_kept);
        cr_expect_eq(result.month_sums_known, count < COUNT(events));
        cr_expect_eq(result.month_sums[5], count < COUNT(events) ? INT64_MAX : INT64_MIN);
        cr_expect_eq(result.month_sums[4], count > 2);
        fold_run_end(&run);
        end_result();
        begin_result();
        result.period = month(2025, 12);
        add_member(&members, 1, "2020-01-01", NULL);
        add_member(&members, 2, "2020-01-01", NULL);
        finish_members(&members);
        rules.kinds[SLOT_BONUS] = (KindRule){.in_force = true, .points = INT64_MAX - 5};
    }
}

static void set_standings(const StandingRow *rows, size_t count)
{
    result.standings = memory_alloc(count + 1, sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        result.standings[i] = rows[i];
    }
    result.standing_count = count;
}

static LevelsBefore before_of(const StandingRow *rows, size_t count)
{
    LevelsBefore before = {.rows = rows, .row_count = count, .level_count = COUNT(level_names)};
    memcpy(before.names, level_names, sizeof level_names);
    return before;
}

static void check_change(size_t index, const ChangeRow *expected)
{
    cr_assert_lt(index, result.change_count);
    const ChangeRow *row = &result.changes[index];
    cr_expect_eq(row->member_id, expected->member_id);
    cr_expect_str_eq(row->from_level, expected->from_level, "member %lld",
                     (long long)row->member_id);
    cr_expect_str_eq(row->to_level, expected->to_level, "member %lld", (long long)row->member_id);
    cr_expect_str_eq(row->direction, expected->direction, "member %lld", (long long)row->member_id);
    cr_expect_eq(row->points, expected->points, "member %lld", (long long)row->member_id);
}

Test(result, every_step_between_four_levels)
{
    enum { LEVELS = COUNT(level_names), MEMBERS = LEVELS * LEVELS };
    static const int64_t points[] = {0, 101, 501, 1501};
    StandingRow was[MEMBERS];
    StandingRow now[MEMBERS];
    for (int16_t i = 0; i < MEMBERS; i++) {
        int16_t from = (int16_t)(i / LEVELS);
        int16_t to = (int16_t)(i % LEVELS);
        was[i] = (StandingRow){i, points[from], 0, from, 0, 0};
        now[i] = (StandingRow){i, points[to], 0, to, 0, 0};
    }
    set_standings(now, MEMBERS);
    LevelsBefore before = before_of(was, MEMBERS);
    result_changes(&result, &before);
    cr_assert_eq(result.change_count, MEMBERS - LEVELS);
    cr_expect_eq(result.upgrades, 6);
    cr_expect_eq(result.downgrades, 6);
    cr_expect_eq(result.program_changes, 0);
    cr_expect_eq(result.points, (101 + 501 + 1501) * 4);
    cr_assert_eq(result.flow_count, MEMBERS);
    size_t change = 0;
    for (size_t i = 0; i < MEMBERS; i++) {
        size_t from = i / LEVELS;
        size_t to = i % LEVELS;
        const LevelFlow *flow = &result.flows[i];
        cr_expect_str_eq(flow->from, level_names[from]);
        cr_expect_str_eq(flow->to, level_names[to]);
        cr_expect_eq(flow->members, 1);
        cr_expect_eq(flow->direction, from == to  ? DIRECTION_NONE
                                      : from < to ? DIRECTION_UP
                                                  : DIRECTION_DOWN);
        if (from != to) {
            check_change(change++, &(ChangeRow){(int64_t)i, level_names[from], level_names[to],
                                                from < to ? "up" : "down", points[to]});
        }
    }
}

/* Contract 5.2: a member without a level before starts at the first level. */
Test(result, members_without_a_level_before)
{
    static const StandingRow was[] = {{5, 700, 0, 2, 0, 0}, {40, 0, 0, 0, 0, 0}};
    static const StandingRow now[] = {
        {1, 0, 0, 0, 0, 0}, {5, 700, 9, 2, 0, 0}, {6, 600, 0, 2, 0, 0}, {90, 101, 0, 1, 0, 0}};
    set_standings(now, COUNT(now));
    LevelsBefore before = before_of(was, COUNT(was));
    result_changes(&result, &before);
    cr_assert_eq(result.change_count, 2);
    check_change(0, &(ChangeRow){6, "Silver", "Platinum", "up", 600});
    check_change(1, &(ChangeRow){90, "Silver", "Gold", "up", 101});
    cr_expect_eq(result.upgrades, 2);
    static const LevelFlow flows[] = {{NULL, "Silver", DIRECTION_NONE, 1},
                                      {NULL, "Gold", DIRECTION_UP, 1},
                                      {NULL, "Platinum", DIRECTION_UP, 1},
                                      {"Platinum", "Platinum", DIRECTION_NONE, 1}};
    cr_assert_eq(result.flow_count, COUNT(flows));
    for (size_t i = 0; i < COUNT(flows); i++) {
        if (flows[i].from == NULL) {
            cr_expect_null(result.flows[i].from);
        } else {
            cr_expect_str_eq(result.flows[i].from, flows[i].from);
        }
        cr_expect_str_eq(result.flows[i].to, flows[i].to);
        cr_expect_eq(result.flows[i].direction, flows[i].direction);
        cr_expect_eq(result.flows[i].members, flows[i].members);
    }
}

Test(result, the_first_period_has_no_levels_before)
{
    static const StandingRow now[] = {
        {1, 0, 0, 0, 0, 0}, {2, 0, 0, 0, 0, 0}, {3, 1501, 0, 3, 0, 0}};
    set_standings(now, COUNT(now));
    LevelsBefore before = {0};
    result_changes(&result, &before);
    cr_assert_eq(result.change_count, 1);
    check_change(0, &(ChangeRow){3, "Silver", "Diamond", "up", 1501});
    cr_assert_eq(result.flow_count, 2);
    cr_expect_null(result.flows[0].from);
    cr_expect_eq(result.flows[0].members, 2);
    cr_assert_eq(result.grant_count, 1);
    cr_expect_str_eq(result.grants[0].coupon, "LEVEL-DIAMOND");
}

/* Contract 5.3: by name. A level that moved keeps its members; one that is gone is `program`. */
Test(result, levels_of_another_programme)
{
    static const StandingRow was[] = {{1, 0, 0, 0, 0, 0},
                                      {2, 0, 0, 1, 0, 0},
                                      {3, 0, 0, 2, 0, 0},
                                      {4, 0, 0, 0, 0, 0},
                                      {5, 0, 0, 3, 0, 0}};
    static const StandingRow now[] = {{1, 0, 0, 0, 0, 0},
                                      {2, 200, 0, 1, 0, 0},
                                      {3, 501, 0, 2, 0, 0},
                                      {4, 1501, 0, 3, 0, 0},
                                      {5, 100, 0, 0, 0, 0}};
    LevelsBefore before = {.rows = was,
                           .row_count = COUNT(was),
                           .level_count = 4,
                           .names = {"Bronze", "Silver", "Gold", "Diamond"}};
    set_standings(now, COUNT(now));
    result_changes(&result, &before);
    cr_assert_eq(result.change_count, 5);
    check_change(0, &(ChangeRow){1, "Bronze", "Silver", "program", 0});
    check_change(1, &(ChangeRow){2, "Silver", "Gold", "up", 200});
    check_change(2, &(ChangeRow){3, "Gold", "Platinum", "up", 501});
    check_change(3, &(ChangeRow){4, "Bronze", "Diamond", "program", 1501});
    check_change(4, &(ChangeRow){5, "Diamond", "Silver", "down", 100});
    cr_expect_eq(result.upgrades, 2);
    cr_expect_eq(result.downgrades, 1);
    cr_expect_eq(result.program_changes, 2);
    /* No coupon for a change of programme. */
    cr_assert_eq(result.grant_count, 2);
    cr_expect_eq(result.grants[0].member_id, 2);
    cr_expect_eq(result.grants[1].member_id, 3);
    int64_t in_flows = 0;
    for (size_t i = 0; i < result.flow_count; i++) {
        in_flows += result.flows[i].members;
    }
    cr_expect_eq(in_flows, 5);
    cr_expect_eq(result.flows[0].direction, DIRECTION_PROGRAM);
}

/* Each level's name stands in every programme that has it: names are compared, not pointers. */
Test(result, names_are_compared_by_their_letters)
{
    char gold[] = "Gold";
    static const StandingRow was[] = {{1, 0, 0, 0, 0, 0}};
    static const StandingRow now[] = {{1, 200, 0, 1, 0, 0}};
    LevelsBefore before = {.rows = was, .row_count = 1, .names = {gold}, .level_count = 1};
    set_standings(now, 1);
    result_changes(&result, &before);
    cr_expect_eq(result.change_count, 0);
    cr_expect_eq(result.points, 200);
}

Test(result, without_members)
{
    set_standings(NULL, 0);
    LevelsBefore before = {0};
    result_changes(&result, &before);
    cr_expect_eq(result.change_count + result.grant_count + result.flow_count, 0);
    cr_expect_eq(result.points, 0);
}

/* A month that 32 bits do not hold: nobody's months are kept, the sums are right. */
Test(result, months_are_not_kept_where_one_is_too_large)
{
    add_member(&members, 1, "2020-01-01", NULL);
    add_member(&members, 2, "2020-01-01", NULL);
    finish_members(&members);
    const Programme programme = {.window_months = 12, .rulesets = &rules, .ruleset_count = 1};
    const MemberEvent events[] = {{1, adjustment(1, "2025-01-10 20:00", INT32_MAX)},
                                  {1, adjustment(2, "2025-01-11 20:00", 1)},
                                  {2, adjustment(3, "2025-01-10 20:00", 7)}};
    FoldRun run = fold_run(&programme, month(2025, 12), &members, events, COUNT(events), 1);
    Error error = {0};
    cr_assert(result_standings(&result, &members, run.fold, &error), "%s", error.message);
    cr_expect_not(result.months_kept);
    cr_expect_eq(result.months.size, 0);
    cr_expect_eq(result.standings[0].points, INT64_C(1) + INT32_MAX);
    cr_expect_eq(result.standings[0].expiring_points, INT64_C(1) + INT32_MAX);
    cr_expect_eq(result.standings[0].months_size, 0);
    cr_expect_eq(result.standings[1].points, 7);
    cr_expect_eq(result.standings[1].months_size, 0);
    fold_run_end(&run);
}

Test(result, a_sum_beyond_bigint_is_an_error)
{
    add_member(&members, 1, "2020-01-01", NULL);
    finish_members(&members);
    rules.purchase.points_per_unit_hundredths = 100 * 100;
    rules.purchase.max_per_order = NO_LIMIT;
    const Programme programme = {.window_months = 12, .rulesets = &rules, .ruleset_count = 1};
    const MemberEvent events[] = {{1, buy(1, "2025-01-10 20:00", 7, INT64_MAX)},
                                  {1, buy(2, "2025-02-10 20:00", 8, INT64_MAX)}};
    FoldRun run = fold_run(&programme, month(2025, 12), &members, events, COUNT(events), 1);
    Error error = {0};
    cr_assert_not(result_standings(&result, &members, run.fold, &error));
    cr_expect_eq(error.code, EXIT_DATA);
    cr_expect_str_eq(error.message, "member 1: the window's points are more than a bigint holds");
    fold_run_end(&run);
}
