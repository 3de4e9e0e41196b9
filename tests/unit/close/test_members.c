/*
 * close/members: the table of members, its partitions and its search (contract 2.2).
 */
#include "close/members.h"
#include "close_builders.h"

#include <criterion/criterion.h>

static MemberTable table;

static void end_table(void)
{
    member_table_destroy(&table);
}

TestSuite(members, .fini = end_table);

/* Many ids at once are found where each alone is. */
static void check_places(const char *name)
{
    enum { AT_ONCE = 64 };
    int64_t ids[AT_ONCE];
    MemberPlace places[AT_ONCE];
    for (size_t first = 0; first < table.count; first += AT_ONCE / 2) {
        for (size_t i = 0; i < AT_ONCE; i++) {
            size_t slot = (first + i / 2) % table.count;
            ids[i] = table.ids[slot] + (table.ids[slot] < INT64_MAX ? (int64_t)(i % 2) : 0);
        }
        member_places(&table, ids, AT_ONCE, places);
        for (size_t i = 0; i < AT_ONCE; i++) {
            MemberPlace alone = member_place(&table, ids[i]);
            size_t slot = slot_of_member(&table, ids[i]);
            cr_assert_eq(places[i].partition, alone.partition, "%s", name);
            cr_assert_eq(places[i].slot, alone.slot, "%s", name);
            cr_assert_eq(alone.slot,
                         slot == SLOT_NONE ? PLACE_STRANGER : slot % MEMBERS_PER_PARTITION, "%s",
                         name);
        }
    }
}

/* Each id is found, and ids that are none are not, in the partition where they would be. */
static void check_search(const char *name)
{
    for (size_t slot = 0; slot < table.count; slot++) {
        int64_t id = table.ids[slot];
        MemberPlace place = member_place(&table, id);
        size_t partition = place.partition;
        cr_assert_eq(partition, slot / MEMBERS_PER_PARTITION, "%s: slot %zu is in partition %zu",
                     name, slot, partition);
        cr_assert_eq(slot_of_member(&table, id), slot, "%s: slot %zu", name, slot);
        bool last = slot + 1 == table.count;
        if (id != INT64_MAX && (last || table.ids[slot + 1] != id + 1)) {
            size_t beside = member_place(&table, id + 1).partition;
            cr_assert_eq(beside, partition, "%s: beside slot %zu", name, slot);
            cr_assert_eq(slot_of_member(&table, id + 1), SLOT_NONE, "%s: beside slot %zu", name,
                         slot);
        }
    }
    if (table.count > 0 && table.ids[0] != INT64_MIN) {
        cr_assert_eq(member_place(&table, INT64_MIN).partition, 0, "%s", name);
        cr_assert_eq(slot_of_member(&table, INT64_MIN), SLOT_NONE, "%s", name);
        cr_assert_eq(slot_of_member(&table, table.ids[0] - 1), SLOT_NONE, "%s", name);
    }
    if (table.count > 0 && table.ids[table.count - 1] != INT64_MAX) {
        size_t partition = member_place(&table, INT64_MAX).partition;
        cr_assert_eq(partition, table.partition_count - 1, "%s", name);
        cr_assert_eq(slot_of_member(&table, INT64_MAX), SLOT_NONE, "%s", name);
    }
    check_places(name);
}

static void fill(size_t count, int64_t (*id_of)(size_t index))
{
    member_table_destroy(&table);
    for (size_t i = 0; i < count; i++) {
        member_table_add(&table, id_of(i), (LocalDay)i, NEVER_CLOSED);
    }
    finish_members(&table);
    cr_assert_eq(table.count, count);
}

static int64_t dense(size_t index)
{
    return (int64_t)index + 1;
}

Test(members, an_empty_table_has_one_partition)
{
    finish_members(&table);
    cr_expect_eq(table.partition_count, 1);
    size_t first = 77;
    size_t until = 77;
    member_partition_slots(&table, 0, &first, &until);
    cr_expect_eq(first, 0);
    cr_expect_eq(until, 0);
    static const int64_t ids[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
    for (size_t i = 0; i < COUNT(ids); i++) {
        cr_expect_eq(member_place(&table, ids[i]).partition, 0);
        cr_expect_eq(member_place(&table, ids[i]).slot, PLACE_STRANGER);
        cr_expect_eq(slot_of_member(&table, ids[i]), SLOT_NONE);
    }
}

Test(members, nobody_is_in_an_empty_table)
{
    static const int64_t ids[] = {INT64_MIN, 0, INT64_MAX};
    MemberPlace places[COUNT(ids)] = {{7, 7}, {7, 7}, {7, 7}};
    finish_members(&table);
    member_places(&table, ids, COUNT(ids), places);
    for (size_t i = 0; i < COUNT(ids); i++) {
        cr_expect_eq(places[i].partition, 0);
        cr_expect_eq(places[i].slot, PLACE_STRANGER);
    }
}

Test(members, partitions_are_neighbours_and_hold_everyone)
{
    static const size_t counts[] = {1, 2, 2047, 2048, 2049, 4095, 4096, 4097, 10000};
    static const size_t partitions[] = {1, 1, 1, 1, 2, 2, 2, 3, 5};
    for (size_t i = 0; i < COUNT(counts); i++) {
        fill(counts[i], dense);
        cr_expect_eq(table.partition_count, partitions[i], "%zu members", counts[i]);
        size_t next = 0;
        for (size_t partition = 0; partition < table.partition_count; partition++) {
            size_t first = 0;
            size_t until = 0;
            member_partition_slots(&table, partition, &first, &until);
            cr_expect_eq(first, next, "%zu members, partition %zu", counts[i], partition);
            cr_expect_gt(until, first, "%zu members, partition %zu", counts[i], partition);
            cr_expect_leq(until - first, (size_t)MEMBERS_PER_PARTITION);
            next = until;
        }
        cr_expect_eq(next, counts[i]);
        check_search("dense");
    }
}

Test(members, unsorted_rows_keep_their_days)
{
    enum { MEMBERS = 5000 };
    for (int64_t i = 0; i < MEMBERS; i++) {
        int64_t id = i * 1237 % MEMBERS; /* 1237 and 5000 have no common factor: each once */
        member_table_add(&table, id, (LocalDay)(id * 2), (LocalDay)(id * 3));
    }
    finish_members(&table);
    cr_assert_eq(table.count, (size_t)MEMBERS);
    for (size_t slot = 0; slot < table.count; slot++) {
        cr_assert_eq(table.ids[slot], (int64_t)slot);
        cr_assert_eq(table.registered_on[slot], (LocalDay)(slot * 2));
        cr_assert_eq(table.closed_on[slot], (LocalDay)(slot * 3));
    }
    check_search("unsorted");
}

Test(members, an_id_that_stands_twice_is_refused)
{
    static const struct {
        int64_t ids[4];
        const char *message;
    } cases[] = {
        {{1, 2, 2, 3}, "member 2 stands twice in the members' table"},
        {{1, 2, 3, 3}, "member 3 stands twice in the members' table"},
        {{7, 9, 8, 7}, "member 7 stands twice in the members' table"},
        {{0, -4, 5, -4}, "member -4 stands twice in the members' table"},
        {{INT64_MAX, 0, 1, INT64_MAX},
         "member 9223372036854775807 stands twice in the members' table"},
        {{INT64_MIN, 0, INT64_MIN, 1},
         "member -9223372036854775808 stands twice in the members' table"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        Error error = {0};
        member_table_destroy(&table);
        for (size_t j = 0; j < COUNT(cases[i].ids); j++) {
            member_table_add(&table, cases[i].ids[j], 0, NEVER_CLOSED);
        }
        cr_expect_not(member_table_finish(&table, &error), "%s", cases[i].message);
        cr_expect_eq(error.code, EXIT_DATA);
        cr_expect_str_eq(error.message, cases[i].message);
        cr_expect_str_eq(error.hint, "give the job a source with one row for each member_id.");
    }
}

static int64_t squares(size_t index)
{
    return (int64_t)(index * index);
}

static int64_t negative_and_sparse(size_t index)
{
    return ((int64_t)index - 2500) * INT64_C(1000000007);
}

static int64_t doubling(size_t index)
{
    return index == 0 ? 0 : INT64_C(1) << (index - 1);
}

/* Nearly all ids in a heap, and one far away on each side. */
static int64_t outliers(size_t index)
{
    return index == 0 ? INT64_MIN : index == 4999 ? INT64_MAX : (int64_t)index;
}

static int64_t whole_range(size_t index)
{
    return (int64_t)((uint64_t)INT64_MIN + (uint64_t)index * (UINT64_MAX / 5000));
}

Test(members, sparse_ids_are_found)
{
    fill(5000, squares);
    check_search("squares");
    fill(5000, negative_and_sparse);
    check_search("negative");
    fill(63, doubling);
    check_search("doubling");
    fill(5000, outliers);
    check_search("outliers");
    fill(5000, whole_range);
    check_search("whole range");
}

static int64_t highest(size_t index)
{
    return INT64_MAX - 4999 + (int64_t)index;
}

static int64_t lowest(size_t index)
{
    return INT64_MIN + (int64_t)index;
}

/* Ids that a double cannot tell apart. */
Test(members, neighbours_at_the_ends_of_bigint_are_found)
{
    fill(5000, highest);
    check_search("highest");
    fill(100, lowest);
    check_search("hundred lowest");
    fill(5000, lowest);
    check_search("lowest");
    member_table_destroy(&table);
    for (int64_t i = 0; i < 200; i++) {
        member_table_add(&table, INT64_MAX - i, 0, NEVER_CLOSED);
    }
    finish_members(&table);
    check_search("two hundred highest");
}

Test(members, extreme_ids_among_few)
{
    static const int64_t ids[] = {INT64_MIN, INT64_MIN + 1, -5,       -1, 0, 1, 2, 5,
                                  1000,      INT64_MAX - 1, INT64_MAX};
    for (size_t count = 1; count <= COUNT(ids); count++) {
        member_table_destroy(&table);
        for (size_t i = 0; i < count; i++) {
            member_table_add(&table, ids[count - 1 - i], 0, NEVER_CLOSED);
        }
        finish_members(&table);
        check_search("extremes");
    }
}

Test(members, who_gets_a_standing)
{
    static const struct {
        const char *registered_on;
        const char *closed_on;
        bool stands;
    } cases[] = {
        {"2025-12-30", NULL, true},          {"2025-12-31", NULL, true},
        {"2026-01-01", NULL, false},         {"2020-01-01", "2025-12-30", false},
        {"2020-01-01", "2025-12-31", false}, {"2020-01-01", "2026-01-01", true},
        {"2025-12-31", "2026-01-01", true},  {"2025-12-31", "2025-12-31", false},
        {"2026-01-01", "2026-01-02", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        add_member(&table, (int64_t)i, cases[i].registered_on, cases[i].closed_on);
    }
    finish_members(&table);
    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(member_stands(&table, i, day_of("2025-12-31")), cases[i].stands, "case %zu",
                     i);
    }
}
