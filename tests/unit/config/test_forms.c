/*
 * config/forms: what programme.yaml(5) says of the keys is what the loader does.
 */
#include "config/forms.h"
#include "config/load.h"
#include "report/programme_print.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 1024 };

/* Where a form's key goes: a programme that is whole without it, %s its place. */
static const struct {
    const MapForm *form;
    const char *programme;
} homes[] = {
#define TOP "program: a\ntimezone: UTC\ncurrency: EUR\n"
#define RULES                                                                                      \
    "rules:\n  - from: 2025-01\n    levels: [{name: A, min_points: 0}, {name: B, min_points: "     \
    "9}]\n"
#define EARNING "    earning: {purchase: {points_per_unit: 1}}\n"
    {&config_form_top, TOP RULES EARNING "%s\n"},
    {&config_form_source, TOP RULES EARNING "source: {%s}\n"},
    {&config_form_purchase, TOP RULES "    earning: {purchase: {points_per_unit: 1, %s}}\n"},
    {&config_form_coupons, TOP RULES EARNING "    coupons: {%s}\n"},
    {&config_form_coupon,
     TOP RULES EARNING "    coupons: {level_up: {B: [{code: C, value: 1, %s}]}}\n"},
};

static Arena arena;

static void end_arena(void)
{
    arena_destroy(&arena);
}

TestSuite(config_forms, .fini = end_arena);

/* The programme as it is understood, but for its checksum; NULL where it is refused. */
static char *understood(const char *home, const char *entry)
{
    char text[TEXT_BYTES];
    Error error = {0};
    const Programme *programme = NULL;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(text, sizeof text, home, entry);
#pragma GCC diagnostic pop
    if (!config_load_text(&arena, "shop.yaml", text, strlen(text), &programme, &error)) {
        cr_log_info("%s: %s", entry, error.message);
        return NULL;
    }
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    programme_print(out, programme);
    (void)fclose(out);
    char *checksum = strstr(printed, programme->sha256);
    cr_assert_not_null(checksum);
    memset(checksum, '0', strlen(programme->sha256));
    return printed;
}

static const char *home_of(const MapForm *form)
{
    for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++) {
        if (homes[i].form == form) {
            return homes[i].programme;
        }
    }
    return NULL;
}

Test(config_forms, what_is_called_the_default_is_it)
{
    size_t count = 0;
    size_t tried = 0;
    const MapForm *const *forms = config_forms(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < forms[i]->key_count; j++) {
            const MapKey *key = &forms[i]->keys[j];
            if (key->fallback == NULL) {
                continue;
            }
            const char *home = home_of(forms[i]);
            cr_assert_not_null(home, "%s: its form has no home here", key->name);
            char entry[TEXT_BYTES];
            (void)snprintf(entry, sizeof entry, "%s: %s", key->name, key->fallback);
            char *without = understood(home, "");
            char *with = understood(home, entry);
            cr_assert(with != NULL && without != NULL, "%s is refused", entry);
            cr_expect_str_eq(with, without, "%s", entry);
            cr_expect_not(key->required, "%s is required and has a default", key->name);
            free(with);
            free(without);
            tried++;
        }
    }
    cr_expect_gt(tried, 10);
}

Test(config_forms, every_key_is_explained_in_a_phrase)
{
    size_t count = 0;
    const MapForm *const *forms = config_forms(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < forms[i]->key_count; j++) {
            const MapKey *key = &forms[i]->keys[j];
            cr_expect_gt(strlen(key->help), 5, "%s", key->name);
            cr_expect_neq(key->help[strlen(key->help) - 1], '.', "%s", key->name);
        }
    }
}
