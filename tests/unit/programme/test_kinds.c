/*
 * programme/kinds: from the database's numbers of kinds to the programme's slots (contract 7.1,
 * 10).
 */
#include "builders.h"
#include "programme/kinds.h"

#include <criterion/criterion.h>
#include <string.h>

/* A file that names purchase, refund (not at all), fraud (not at all), review and coins. */
static Programme programme_of_five(void)
{
    return (Programme){
        .file = "config/programme.yaml",
        .kinds = {"purchase", "refund", "fraud", "category_bonus", "review", "coins"},
        .kind_places = {[SLOT_PURCHASE] = {16, 7},
                        [SLOT_CATEGORY_BONUS] = {40, 18},
                        [4] = {21, 7},
                        [5] = {22, 7}},
        .kind_count = 6,
    };
}

/* What a failed kind_map_init must not touch, and a passed one must fill. */
static KindMap *untouched_map(void)
{
    static KindMap map;
    memset(&map, 0x5a, sizeof map);
    return &map;
}

Test(kinds, numbers_lead_to_slots)
{
    static const int16_t numbers[] = {1, 2, 4, 150, 5, INT16_MAX, -1};
    static const char *const names[] = {"purchase", "refund", "review",        "coins",
                                        "visit",    "other",  "category_bonus"};
    Programme programme = programme_of_five();
    KindMap *map = untouched_map();
    Error error = {0};
    cr_assert(kind_map_init(map, &programme, numbers, names, COUNT(numbers), &error), "%s",
              error.message);
    cr_expect_eq(kind_map_slot(map, 1), SLOT_PURCHASE);
    cr_expect_eq(kind_map_slot(map, 2), SLOT_REFUND, "built in, also where the file is silent");
    cr_expect_eq(kind_map_slot(map, 4), 4);
    cr_expect_eq(kind_map_slot(map, 150), 5);
    cr_expect_eq(kind_map_slot(map, 5), SLOT_UNKNOWN, "visit has no rule");
    cr_expect_eq(kind_map_slot(map, INT16_MAX), SLOT_UNKNOWN);
    cr_expect_eq(kind_map_slot(map, 3), SLOT_UNKNOWN, "not in the database");
    cr_expect_eq(kind_map_slot(map, 0), SLOT_UNKNOWN);
    cr_expect_eq(kind_map_slot(map, INT16_MIN), SLOT_UNKNOWN);
    cr_expect_eq(kind_map_slot(map, -1), SLOT_UNKNOWN, "the category bonus is no event's kind");
    cr_expect_str_eq(map->names[SLOT_PURCHASE], "purchase");
    cr_expect_str_eq(map->names[5], "coins");
    cr_expect_null(map->names[6]);
}

Test(kinds, a_kind_that_the_database_does_not_know)
{
    static const int16_t numbers[] = {1, 2, 3, 4};
    static const char *const names[] = {"purchase", "refund", "fraud", "review"};
    Programme programme = programme_of_five();
    KindMap *map = untouched_map();
    Error error = {0};
    cr_expect_not(kind_map_init(map, &programme, numbers, names, COUNT(numbers), &error));
    cr_expect_eq(error.code, EXIT_CONFIG);
    cr_expect_str_eq(error.message,
                     "config/programme.yaml:22:7: the database does not know the kind \"coins\"");
    cr_expect_str_eq(error.hint,
                     "add it to the kinds' table, or correct its name in the configuration.");
    cr_expect_eq(map->slots[0], 0x5a, "ret_map was touched");
    cr_expect_eq(map->slots[1], 0x5a, "ret_map was touched");
}

Test(kinds, an_empty_table)
{
    Programme programme = programme_of_five();
    Error error = {0};
    cr_expect_not(kind_map_init(untouched_map(), &programme, NULL, NULL, 0, &error));
    cr_expect_str_eq(
        error.message,
        "config/programme.yaml:16:7: the database does not know the kind \"purchase\"");
}
