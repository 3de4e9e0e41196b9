/*
 * programme/rules: which rules are in force in a month (contract 4.5).
 */
#include "builders.h"

#include <criterion/criterion.h>

Test(rules, newest_entry_that_is_not_younger_than_the_month)
{
    static RuleSet rulesets[3];
    rulesets[0].from = month(2024, 6);
    rulesets[1].from = month(2025, 1);
    rulesets[2].from = month(2025, 2);
    const Programme programme = {.rulesets = rulesets, .ruleset_count = COUNT(rulesets)};
    static const struct {
        int32_t year;
        int32_t month_of_year;
        int32_t index; /* -1: none */
    } cases[] = {
        {2023, 6, -1}, {2024, 5, -1}, {2024, 6, 0}, {2024, 7, 0},  {2024, 12, 0},
        {2025, 1, 1},  {2025, 2, 2},  {2025, 3, 2}, {9999, 12, 2}, {1, 1, -1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const RuleSet *expected = cases[i].index < 0 ? NULL : &rulesets[cases[i].index];
        Period wanted = month(cases[i].year, cases[i].month_of_year);
        cr_expect_eq(rules_in_force(&programme, wanted), expected, "%d-%02d", cases[i].year,
                     cases[i].month_of_year);
    }
}

Test(rules, level_is_found_by_its_exact_name)
{
    RuleSet rules = standard_rules();
    cr_expect_eq(rules_level_rank(&rules, "Silver"), 0);
    cr_expect_eq(rules_level_rank(&rules, "Gold"), 1);
    cr_expect_eq(rules_level_rank(&rules, "Diamond"), 3);
    cr_expect_eq(rules_level_rank(&rules, "gold"), -1);
    cr_expect_eq(rules_level_rank(&rules, "Gol"), -1);
    cr_expect_eq(rules_level_rank(&rules, "Golden"), -1);
    cr_expect_eq(rules_level_rank(&rules, ""), -1);
}

Test(rules, an_error_names_its_place_in_the_file)
{
    const Programme programme = {.file = "config/programme.yaml"};
    Error error = {.code = EXIT_CONFIG, .message = "no such zone", .hint = "look it up."};
    cr_expect_not(programme_error_at(&programme, (FilePlace){14, 18}, &error));
    cr_expect_str_eq(error.message, "config/programme.yaml:14:18: no such zone");
    cr_expect_eq(error.code, EXIT_CONFIG);
    cr_expect_str_eq(error.hint, "look it up.");
}
