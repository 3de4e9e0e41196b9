/*
 * close/difference: a computed period against what stands (contract 8.2, 8.3).
 *
 * What stands is a small period of four members. Each test changes one thing on one side, so that
 * each kind of difference is seen alone.
 */
#include "base/arena.h"
#include "close/difference.h"
#include "close_builders.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 8 };

static RuleSet rules;
static StandingRow standings[ROWS_MAX];
static ChangeRow changes[ROWS_MAX];
static GrantRow grants[ROWS_MAX];
static PeriodResult result;

static StandingRow old_standings[ROWS_MAX];
static StandingLevel old_levels[ROWS_MAX];
static ChangeRow old_changes[ROWS_MAX];
static GrantRow old_grants[ROWS_MAX];
static Standing standing;

static PeriodDifference difference;

/* 1 reached Gold, 2 stays, 3 fell to Silver, 5 reached Platinum; coupons for 1 and 5. */
static void begin_equal(void)
{
    rules = standard_rules();
    static const StandingRow rows[] = {
        {.member_id = 1, .points = 150, .expiring_points = 10, .level_rank = 1},
        {.member_id = 2},
        {.member_id = 3, .points = 50, .expiring_points = -4},
        {.member_id = 5, .points = 700, .level_rank = 2},
    };
    static const ChangeRow moved[] = {{1, "Silver", "Gold", "up", 150},
                                      {3, "Gold", "Silver", "down", 50},
                                      {5, "Gold", "Platinum", "up", 700}};
    memcpy(standings, rows, sizeof rows);
    memcpy(old_standings, rows, sizeof rows);
    memcpy(changes, moved, sizeof moved);
    memcpy(old_changes, moved, sizeof moved);
    grants[0] = (GrantRow){.member_id = 1, .level = "Gold", .coupon = "LEVEL-GOLD"};
    grants[1] = (GrantRow){.member_id = 5, .level = "Platinum", .coupon = "LEVEL-PLATINUM"};
    for (size_t i = 0; i < 2; i++) {
        old_grants[i] = grants[i];
        old_grants[i].grant_id = 1000 + (int64_t)i;
        old_grants[i].issue_from = day_of("2026-01-08");
    }
    for (size_t rank = 0; rank < rules.level_count; rank++) {
        old_levels[rank] = (StandingLevel){rules.levels[rank].name, rules.levels[rank].min_points,
                                           rules.levels[rank].benefits_json};
    }
    result = (PeriodResult){.period = month(2025, 12),
                            .rules = &rules,
                            .standings = standings,
                            .standing_count = 4,
                            .changes = changes,
                            .change_count = 3,
                            .grants = grants,
                            .grant_count = 2};
    standing = (Standing){.closed = true,
                          .run_id = 9,
                          .set = {.rows = old_standings,
                                  .row_count = 4,
                                  .levels = old_levels,
                                  .level_count = rules.level_count},
                          .changes = old_changes,
                          .change_count = 3,
                          .grants = old_grants,
                          .grant_count = 2};
}

static void end_difference(void)
{
    difference_destroy(&difference);
}

TestSuite(difference, .init = begin_equal, .fini = end_difference);

/* Takes the element at `index` out of an array of `count` and lowers the count. */
#define REMOVE(array, count, index)                                                                \
    memmove(&(array)[index], &(array)[(index) + 1], (--(count) - (index)) * sizeof(array)[0])

static void find(const char *today)
{
    difference_destroy(&difference);
    difference_find(&result, &standing, day_of(today), &difference);
}

/* How many of each kind there are: restated, gone, new, grants new, revoked, overgranted, deserved.
 */
typedef struct Counts {
    size_t restated, changes_gone, changes_new, grants_new, revoked, overgranted, deserved;
} Counts;

static void check_counts(Counts expected)
{
    cr_assert_eq(difference.restated_count, expected.restated);
    cr_assert_eq(difference.changes_gone.count, expected.changes_gone);
    cr_assert_eq(difference.changes_new_count, expected.changes_new);
    cr_assert_eq(difference.grants_new_count, expected.grants_new);
    cr_assert_eq(difference.grants_revoked.count, expected.revoked);
    cr_assert_eq(difference.grants_overgranted.count, expected.overgranted);
    cr_assert_eq(difference.grants_deserved.count, expected.deserved);
    cr_assert_not(difference.anomalies, "they are the caller's");
    bool any = expected.restated + expected.changes_gone + expected.changes_new +
                   expected.grants_new + expected.revoked + expected.overgranted +
                   expected.deserved >
               0;
    cr_assert_eq(difference_any(&difference), any);
}

typedef struct Restated {
    int64_t member_id;
    int64_t points_before;
    const char *level_before;
    int64_t points_after;
    const char *level_after;
} Restated;

static void check_restated(size_t index, const Restated *expected)
{
    cr_assert_lt(index, difference.restated_count);
    const RestatementRow *row = &difference.restated[index];
    cr_expect_eq(row->member_id, expected->member_id);
    cr_expect_eq(row->points_before, expected->points_before);
    cr_expect_eq(row->points_after, expected->points_after);
    cr_assert_eq(row->level_before == NULL, expected->level_before == NULL);
    cr_assert_eq(row->level_after == NULL, expected->level_after == NULL);
    if (row->level_before != NULL) {
        cr_expect_str_eq(row->level_before, expected->level_before);
    }
    if (row->level_after != NULL) {
        cr_expect_str_eq(row->level_after, expected->level_after);
    }
}

Test(difference, none)
{
    static const char *const days[] = {"2025-12-31", "2026-01-07", "2026-01-08", "2030-01-01"};
    for (size_t i = 0; i < COUNT(days); i++) {
        find(days[i]);
        check_counts((Counts){0});
        cr_expect_eq(difference.overgranted, 0);
    }
}

Test(difference, none_between_two_empty_periods)
{
    result.standing_count = result.change_count = result.grant_count = 0;
    standing.set.row_count = standing.change_count = standing.grant_count = 0;
    find("2026-01-01");
    check_counts((Counts){0});
}

/* Nothing in memory at all: a programme without members, never closed. */
Test(difference, none_without_members)
{
    result = (PeriodResult){.period = month(2025, 12), .rules = &rules};
    standing = (Standing){0};
    find("2026-01-01");
    check_counts((Counts){0});
}

Test(difference, anomalies_alone_are_a_difference)
{
    find("2026-01-01");
    difference.anomalies = true;
    cr_expect(difference_any(&difference));
    difference.anomalies = false;
    difference.benefits = true;
    cr_expect(difference_any(&difference));
}

Test(difference, overgranted_that_stand_are_none)
{
    find("2026-01-01");
    difference.overgranted = 5;
    cr_expect_not(difference_any(&difference));
}

Test(difference, points)
{
    standings[1].points = 1;
    find("2026-01-01");
    check_counts((Counts){.restated = 1});
    check_restated(0, &(Restated){2, 0, "Silver", 1, "Silver"});
}

Test(difference, expiring_points)
{
    standings[2].expiring_points = 0;
    find("2026-01-01");
    check_counts((Counts){.restated = 1});
    check_restated(0, &(Restated){3, 50, "Silver", 50, "Silver"});
    cr_expect_neq(difference.restated[0].expiring_before, 0);
    cr_expect_eq(difference.restated[0].expiring_after, 0);
}

Test(difference, level)
{
    standings[1].level_rank = 1;
    find("2026-01-01");
    check_counts((Counts){.restated = 1});
    check_restated(0, &(Restated){2, 0, "Silver", 0, "Gold"});
}

/* The same rank under another name is another level; the same name at another rank is not. */
Test(difference, levels_are_compared_by_name)
{
    static const Level renamed[] = {
        {"Basic", 0, "{}"}, {"Gold", 101, "{}"}, {"Platinum", 501, "{}"}, {"Diamond", 1501, "{}"}};
    rules.levels = renamed;
    find("2026-01-01");
    check_counts((Counts){.restated = 2});
    check_restated(0, &(Restated){2, 0, "Silver", 0, "Basic"});
    check_restated(1, &(Restated){3, 50, "Silver", 50, "Basic"});
}

Test(difference, members_who_came)
{
    REMOVE(old_standings, standing.set.row_count, 3);
    REMOVE(old_standings, standing.set.row_count, 0);
    find("2026-01-01");
    check_counts((Counts){.restated = 2});
    check_restated(0, &(Restated){1, 0, NULL, 150, "Gold"});
    check_restated(1, &(Restated){5, 0, NULL, 700, "Platinum"});
}

Test(difference, members_who_went)
{
    REMOVE(standings, result.standing_count, 3);
    REMOVE(standings, result.standing_count, 1);
    find("2026-01-01");
    check_counts((Counts){.restated = 2});
    check_restated(0, &(Restated){2, 0, "Silver", 0, NULL});
    check_restated(1, &(Restated){5, 700, "Platinum", 0, NULL});
}

Test(difference, other_members_altogether)
{
    old_standings[0].member_id = INT64_MIN;
    old_standings[3].member_id = INT64_MAX;
    find("2026-01-01");
    check_counts((Counts){.restated = 4});
    check_restated(0, &(Restated){INT64_MIN, 150, "Gold", 0, NULL});
    check_restated(1, &(Restated){1, 0, NULL, 150, "Gold"});
    check_restated(2, &(Restated){5, 0, NULL, 700, "Platinum"});
    check_restated(3, &(Restated){INT64_MAX, 700, "Platinum", 0, NULL});
}

/*
 * next_level and points_to_next of the standings come from the levels that the run had
 * (contract 7.2): with others the period has to be written anew, though nobody's points or level
 * moved.
 */
Test(difference, a_threshold_that_moved)
{
    static const Level moved[] = {
        {"Silver", 0, "{}"}, {"Gold", 102, "{}"}, {"Platinum", 501, "{}"}, {"Diamond", 1501, "{}"}};
    rules.levels = moved;
    find("2026-01-01");
    cr_expect(difference_any(&difference), "points_to_next would keep the old threshold");
}

Test(difference, a_level_added_at_the_top)
{
    static const Level added[] = {
        {"Silver", 0, "{}"}, {"Gold", 101, "{}"}, {"Platinum", 501, "{}"}};
    standing.set.level_count = COUNT(added);
    memcpy(old_levels,
           (StandingLevel[]){{"Silver", 0, "{}"}, {"Gold", 101, "{}"}, {"Platinum", 501, "{}"}},
           3 * sizeof *old_levels);
    find("2026-01-01");
    cr_expect(difference_any(&difference), "next_level would stay empty for Platinum");
}

Test(difference, a_change_that_is_new)
{
    REMOVE(old_changes, standing.change_count, 1);
    find("2026-01-01");
    check_counts((Counts){.changes_new = 1});
    cr_expect_eq(difference.changes_new[0].member_id, 3);
    cr_expect_str_eq(difference.changes_new[0].direction, "down");
}

Test(difference, a_change_that_is_gone)
{
    REMOVE(changes, result.change_count, 2);
    find("2026-01-01");
    check_counts((Counts){.changes_gone = 1});
    cr_expect_eq(difference.changes_gone.ids[0], 5);
}

Test(difference, a_change_that_is_another)
{
    static const ChangeRow others[] = {{1, "Platinum", "Gold", "up", 150},
                                       {1, "Silver", "Diamond", "up", 150},
                                       {1, "Silver", "Gold", "program", 150},
                                       {1, "Silver", "Gold", "up", 151}};
    for (size_t i = 0; i < COUNT(others); i++) {
        changes[0] = others[i];
        find("2026-01-01");
        check_counts((Counts){.changes_gone = 1, .changes_new = 1});
        cr_expect_eq(difference.changes_gone.ids[0], 1);
        cr_expect_eq(difference.changes_new[0].member_id, 1);
        cr_expect_eq(difference.changes_new[0].points, others[i].points);
    }
}

Test(difference, a_grant_that_is_new)
{
    REMOVE(old_grants, standing.grant_count, 0);
    find("2026-01-01");
    check_counts((Counts){.grants_new = 1});
    cr_expect_eq(difference.grants_new[0].member_id, 1);
    cr_expect_str_eq(difference.grants_new[0].coupon, "LEVEL-GOLD");
}

/* Contract 8.3: revoked if its issue has not begun, else kept and counted as overgranted. */
Test(difference, a_grant_no_longer_deserved)
{
    REMOVE(grants, result.grant_count, 0);
    find("2026-01-07");
    check_counts((Counts){.revoked = 1});
    cr_expect_eq(difference.grants_revoked.ids[0], 1000);
    cr_expect_eq(difference.overgranted, 0);
    static const char *const issued[] = {"2026-01-08", "2026-01-09", "2026-03-01"};
    for (size_t i = 0; i < COUNT(issued); i++) {
        find(issued[i]);
        check_counts((Counts){.overgranted = 1});
        cr_expect_eq(difference.grants_overgranted.ids[0], 1000);
        cr_expect_eq(difference.overgranted, 1);
    }
}

Test(difference, another_coupon_of_the_same_member)
{
    grants[1].level = "Diamond";
    grants[1].coupon = "LEVEL-DIAMOND";
    find("2026-01-07");
    check_counts((Counts){.grants_new = 1, .revoked = 1});
    cr_expect_str_eq(difference.grants_new[0].coupon, "LEVEL-DIAMOND");
    cr_expect_eq(difference.grants_revoked.ids[0], 1001);
}

Test(difference, an_overgranted_one_stays_so)
{
    REMOVE(grants, result.grant_count, 1);
    old_grants[1].overgranted = true;
    find("2026-01-09");
    check_counts((Counts){0});
    cr_expect_eq(difference.overgranted, 1);
}

Test(difference, an_overgranted_one_is_deserved_again)
{
    old_grants[1].overgranted = true;
    find("2026-01-09");
    check_counts((Counts){.deserved = 1});
    cr_expect_eq(difference.grants_deserved.ids[0], 1001);
    cr_expect_eq(difference.overgranted, 0);
}

Test(difference, overgranted_before_and_now_add_up)
{
    result.grant_count = 0;
    old_grants[0].overgranted = true;
    find("2026-01-09");
    check_counts((Counts){.overgranted = 1});
    cr_expect_eq(difference.grants_overgranted.ids[0], 1001);
    cr_expect_eq(difference.overgranted, 2);
}

Test(difference, of_a_period_never_closed_is_everything)
{
    standing = (Standing){0};
    find("2026-01-01");
    check_counts((Counts){.restated = 4, .changes_new = 3, .grants_new = 2});
    check_restated(3, &(Restated){5, 0, NULL, 700, "Platinum"});
}

Test(difference, nothing_is_left_of_a_period)
{
    result.standing_count = result.change_count = result.grant_count = 0;
    find("2026-01-07");
    check_counts((Counts){.restated = 4, .changes_gone = 3, .revoked = 2});
    find("2026-01-08");
    check_counts((Counts){.restated = 4, .changes_gone = 3, .overgranted = 2});
}

/* More than a list holds at first. */
Test(difference, of_many_members)
{
    enum { MANY = 1000 };
    StandingRow *rows = memory_alloc(MANY, sizeof *rows);
    ChangeRow *moved = memory_alloc(MANY, sizeof *moved);
    GrantRow *given = memory_alloc(MANY, sizeof *given);
    for (int64_t i = 0; i < MANY; i++) {
        rows[i] = (StandingRow){.member_id = i * 2, .points = 101, .level_rank = 1};
        moved[i] = (ChangeRow){i * 2, "Silver", "Gold", "up", 101};
        given[i] = (GrantRow){.member_id = i * 2, .level = "Gold", .coupon = "G"};
    }
    result = (PeriodResult){.period = month(2025, 12),
                            .rules = &rules,
                            .standings = rows,
                            .standing_count = MANY,
                            .changes = moved,
                            .change_count = MANY,
                            .grants = given,
                            .grant_count = MANY};
    standing.set.row_count = standing.change_count = standing.grant_count = 0;
    find("2026-01-01");
    check_counts((Counts){.restated = MANY, .changes_new = MANY, .grants_new = MANY});
    for (size_t i = 0; i < MANY; i++) {
        cr_assert_eq(difference.restated[i].member_id, (int64_t)i * 2);
        cr_assert_eq(difference.changes_new[i].member_id, (int64_t)i * 2);
        cr_assert_eq(difference.grants_new[i].member_id, (int64_t)i * 2);
    }
    free(rows);
    free(moved);
    free(given);
}

Test(difference, a_standing_gives_back_all_that_it_holds)
{
    Standing full = {.closed = true};
    full.set.rows = calloc(1, sizeof *full.set.rows);
    full.changes = calloc(1, sizeof *full.changes);
    full.grants = calloc(1, sizeof *full.grants);
    standing_destroy(&full);
    static const Standing empty;
    cr_expect(memcmp(&full, &empty, sizeof full) == 0);
    /* The leak checker of a sanitizer build watches the rest. */
}
