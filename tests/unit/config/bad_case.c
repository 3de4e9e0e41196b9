#include "bad_case.h"

#include "config/load.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

const char shop_yaml[] =
    "program: shop\n"
    "timezone: Europe/Paris\n"
    "currency: EUR\n"
    "rules:\n"
    "  - from: 2020-01\n"
    "    levels:\n"
    "      - {name: Silver, min_points: 0}\n"
    "      - {name: Gold, min_points: 101}\n"
    "      - {name: Diamond, min_points: 500}\n"
    "    earning:\n"
    "      purchase: {points_per_unit: 1, category_bonus: {points: 1, max_per_day: 5}}\n"
    "      visit: {points: 1, once_per: day}\n"
    "      review: {points: 1, min_amount: 2.00}\n"
    "      bonus: {points: recorded}\n"
    "    caps:\n"
    "      - {kinds: [visit, review], per: month, max_points: 10}\n"
    "    refund: {voids: order}\n"
    "    campaigns:\n"
    "      - {name: Sale, from: 2025-11-11, until: 2025-11-12, kinds: [purchase], multiply: 2}\n"
    "    coupons:\n"
    "      level_up:\n"
    "        Gold: [{code: GOLD, value: 3.00, min_spend: 20.00}]\n"
    "    benefits:\n"
    "      Gold: {discount: 8}\n";

char *shop_with(const char *find, const char *put)
{
    if (find[0] == '\0') {
        return strdup(put);
    }
    const char *found = strstr(shop_yaml, find);
    cr_assert(found != NULL, "the shop has no \"%s\"", find);
    char *text = calloc(1, sizeof shop_yaml + strlen(put));
    cr_assert(text != NULL);
    char *end = mempcpy(text, shop_yaml, (size_t)(found - shop_yaml));
    (void)stpcpy(stpcpy(end, put), found + strlen(find));
    return text;
}

void bad_text_check(const char *name, const char *text, size_t length, const char *message,
                    const char *hint)
{
    static const Programme untouched;
    Arena arena = {0};
    Error error = {0};
    const Programme *programme = &untouched;
    bool loaded = config_load_text(&arena, "shop.yaml", text, length, &programme, &error);
    cr_expect(!loaded, "%s: loaded", name);
    cr_expect(programme == &untouched, "%s: the result was touched", name);
    cr_expect(error.code == EXIT_CONFIG, "%s: exit code %d", name, error.code);
    cr_expect_str_eq(error.message, message, "%s:\n  %s\ninstead of\n  %s", name, error.message,
                     message);
    cr_expect_str_eq(error.hint, hint, "%s:\n  %s\ninstead of\n  %s", name, error.hint, hint);
    arena_destroy(&arena);
}

void bad_cases_check(const BadCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *text = shop_with(cases[i].find, cases[i].put);
        bad_text_check(cases[i].name, text, strlen(text), cases[i].message, cases[i].hint);
        free(text);
    }
}
