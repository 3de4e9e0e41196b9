/*
 * programme/month_rules: the digest changes with all that decides what a month earns, and with
 * nothing else.
 */
#include "builders.h"

#include "base/arena.h"
#include "config/load.h"
#include "programme/month_rules.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char standard[] = "program: p\n"
                               "timezone: Europe/London\n"
                               "currency: GBP\n"
                               "source: {events: loyalty.point_event}\n"
                               "rules:\n"
                               "  - from: 2020-01\n"
                               "    levels: [{name: Silver, min_points: 0}]\n"
                               "    earning:\n"
                               "      purchase: {points_per_unit: 1, min_amount: 2.00}\n"
                               "      visit: {points: 1, once_per: day}\n"
                               "      follow: {points: 1}\n"
                               "    caps: [{kinds: [visit, follow], per: month, max_points: 10}]\n"
                               "    campaigns: [{name: c, from: 2025-03-10, until: 2025-03-11,"
                               " kinds: [purchase], multiply: 2}]\n";

static const int16_t numbers[] = {1, 2, 3, 5, 6, 100};
static const char *const names[] = {"purchase", "refund", "fraud", "visit", "follow", "coins"};

/* The digest of a month under the standard text with `from` replaced by `to` (NULL: as it is). */
static void digest_of(const char *from, const char *to, Period month,
                      char digest[MONTH_RULES_BYTES])
{
    char text[4096];
    const char *at = from == NULL ? NULL : strstr(standard, from);
    cr_assert(from == NULL || at != NULL, "%s is not in the text", from);
    if (at == NULL) {
        (void)snprintf(text, sizeof text, "%s", standard);
    } else {
        (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - standard), standard, to,
                       at + strlen(from));
    }
    Arena arena = {0};
    Error error = {0};
    const Programme *programme = NULL;
    cr_assert(config_load_text(&arena, "p.yaml", text, strlen(text), &programme, &error), "%s",
              error.message);
    KindMap *map = memory_alloc(1, sizeof *map);
    cr_assert(kind_map_init(map, programme, numbers, names, COUNT(names), &error), "%s",
              error.message);
    month_rules_digest(programme, map, month, digest);
    free(map);
    arena_destroy(&arena);
}

static const Period march = 2025 * 12 + 2;

Test(month_rules, is_sixteen_hex_digits)
{
    char digest[MONTH_RULES_BYTES];
    digest_of(NULL, NULL, march, digest);
    cr_expect_eq(strlen(digest), 16);
    cr_expect_eq(strspn(digest, "0123456789abcdef"), 16);
}

typedef struct Edit {
    const char *from;
    const char *to;
} Edit;

Test(month_rules, changes_with_what_decides_the_points)
{
    static const Edit edits[] = {
        {"Europe/London", "Europe/Paris"},
        {"events: loyalty.point_event", "events: shop.event"},
        {"points_per_unit: 1", "points_per_unit: 1.01"},
        {"min_amount: 2.00", "min_amount: 2.01"},
        {"points_per_unit: 1,", "points_per_unit: 1, max_per_order: 500,"},
        {"points_per_unit: 1,", "points_per_unit: 1, points_per_order: 1,"},
        {"points_per_unit: 1,", "points_per_unit: 1, category_bonus: {points: 1, max_per_day: 5},"},
        {"visit: {points: 1, once_per: day}", "visit: {points: 1}"},
        {"visit: {points: 1, once_per: day}", "visit: {points: 2, once_per: day}"},
        {"follow: {points: 1}", "follow: {points: recorded}"},
        {"follow: {points: 1}", "follow: {points: 1, min_amount: 0.00}"},
        {"follow: {points: 1}", "follow: {points: 1}\n      coins: {points: 1}"},
        {"max_points: 10", "max_points: 11"},
        {"per: month", "per: day"},
        {"kinds: [visit, follow]", "kinds: [visit]"},
        {"multiply: 2", "multiply: 3"},
        {"until: 2025-03-11", "until: 2025-03-12"},
        {"    caps:", "    refund: {voids: order}\n    caps:"},
        {"    caps:", "    fraud: {voids: member}\n    caps:"},
    };
    char before[MONTH_RULES_BYTES];
    digest_of(NULL, NULL, march, before);
    for (size_t i = 0; i < COUNT(edits); i++) {
        char after[MONTH_RULES_BYTES];
        digest_of(edits[i].from, edits[i].to, march, after);
        cr_expect_str_neq(after, before, "%s -> %s", edits[i].from, edits[i].to);
    }
}

Test(month_rules, stays_where_the_points_do)
{
    static const Edit edits[] = {
        {"program: p", "program: another"},
        {"currency: GBP", "currency: EUR"},
        {"{name: Silver, min_points: 0}",
         "{name: Silver, min_points: 0}, {name: Gold, min_points: 101}"},
        {"name: c,", "name: another,"},
        {"      visit: {points: 1, once_per: day}\n      follow: {points: 1}\n",
         "      follow: {points: 1}\n      visit: {points: 1, once_per: day}\n"},
        {"    campaigns: [", "    campaigns: [{name: later, from: 2025-04-01, until: 2025-04-02,"
                             " kinds: [visit], multiply: 2}, "},
        {"    caps:", "    refund: {voids: amount}\n    fraud: {voids: order}\n    caps:"},
        {"rules:\n", "window_months: 6\nrules:\n"},
    };
    char before[MONTH_RULES_BYTES];
    digest_of(NULL, NULL, march, before);
    for (size_t i = 0; i < COUNT(edits); i++) {
        char after[MONTH_RULES_BYTES];
        digest_of(edits[i].from, edits[i].to, march, after);
        cr_expect_str_eq(after, before, "%s -> %s", edits[i].from, edits[i].to);
    }
}

Test(month_rules, a_later_entry_leaves_the_months_before_it_alone)
{
    static const char later[] = "  - from: 2025-04\n"
                                "    levels: [{name: Silver, min_points: 0}]\n"
                                "    earning: {coins: {points: 3}}\n";
    char text[512];
    (void)snprintf(text, sizeof text, "multiply: 2}]\n%s", later);
    char before[MONTH_RULES_BYTES];
    char after[MONTH_RULES_BYTES];
    digest_of(NULL, NULL, march, before);
    digest_of("multiply: 2}]\n", text, march, after);
    cr_expect_str_eq(after, before);
    digest_of(NULL, NULL, march + 1, before);
    digest_of("multiply: 2}]\n", text, march + 1, after);
    cr_expect_str_neq(after, before);
}

Test(month_rules, a_month_without_campaign_differs_from_one_with)
{
    char with[MONTH_RULES_BYTES];
    char without[MONTH_RULES_BYTES];
    digest_of(NULL, NULL, march, with);
    digest_of(NULL, NULL, march + 1, without);
    cr_expect_str_neq(with, without);
}

Test(month_rules, months_before_the_oldest_entry_are_all_alike)
{
    char first[MONTH_RULES_BYTES];
    char second[MONTH_RULES_BYTES];
    char in_force[MONTH_RULES_BYTES];
    digest_of(NULL, NULL, month(2019, 12), first);
    digest_of("points: 1, once_per: day", "points: 2", month(2019, 11), second);
    digest_of(NULL, NULL, month(2020, 1), in_force);
    cr_expect_str_eq(first, second);
    cr_expect_str_neq(first, in_force);
}
